"""The catalogues: id-keyed sentences, one YAML file an area and language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
CATALOGUES = Path(__file__).parent / "catalogues"


@dataclass(frozen=True, slots=True)
class Text:
    """Words in both languages; a plan that gives one language only shows it in both."""

    en: str
    zh: str

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    @classmethod
    def of(cls, value: str | Mapping[str, str] | Text) -> Text:
        """Text from one string for both languages, or from a mapping with `en`, `zh` or both."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return cls(value, value)
        fallback = value.get("en") or value.get("zh") or ""
        return cls(value.get("en", fallback), value.get("zh", fallback))


@cache
def load_catalogue(area: str, language: Language) -> Mapping[str, str]:
    """All sentences of an area, keyed by dotted id without the area."""
    from ruamel.yaml import YAML  # loaded late: `groundplan --help` needs no sentence

    path = CATALOGUES / f"{area}.{language}.yaml"
    return dict(_flatten(YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}))


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{prefix}{key}"
        rows += _flatten(value, f"{name}.") if isinstance(value, Mapping) else [(name, str(value))]
    return rows


def t(id: str, language: Language = "en", /, **values: Any) -> str:
    """The sentence `area.key` in `language` with `{names}` filled in.

    Raises KeyError for an unknown id or a value that is missing: both are faults of the code.
    """
    area, key = id.split(".", 1)
    sentence = load_catalogue(area, language)[key]
    return sentence.format(**values) if values or "{" in sentence else sentence


def bilingual(id: str, /, **values: Text | str) -> Text:
    """The sentence in both languages; a `Text` among the values is put in in the same language."""
    en = {name: value["en"] if isinstance(value, Text) else value for name, value in values.items()}
    zh = {name: value["zh"] if isinstance(value, Text) else value for name, value in values.items()}
    return Text(t(id, "en", **en), t(id, "zh", **zh))
