"""What sellers of machines and of models are called, from the ids under which `data/` lists them."""

from __future__ import annotations

from toolkit.text import LANGUAGES, Text, load_catalogue


def provider_name(id: str) -> Text:
    """The proper name of a seller, `aws` is AWS; a seller that has none here keeps its id, as an imported
    price list may name anyone."""
    return Text(*(load_catalogue("providers", language).get(id, id) for language in LANGUAGES))
