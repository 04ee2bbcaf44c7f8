"""Ways to begin a plan: the examples as they are, and the templates under one's own name."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.app.building import example
from toolkit.app.drafts import new_plan
from toolkit.app.templates import template_names
from toolkit.reference.paths import data_dir
from toolkit.store.changes import read_tree
from toolkit.text import Text, bilingual


@dataclass(frozen=True, slots=True)
class Beginning:
    """An example, or a template. `about` says in a line what it is."""

    id: str
    name: str
    is_example: bool
    label: Text
    about: Text


def beginnings() -> tuple[Beginning, ...]:
    """The templates, then the examples, each with its words."""
    templates = [
        Beginning(
            f"template:{name}",
            name,
            False,
            _words(f"beginnings.template.{name}.label", name),
            _words(f"beginnings.template.{name}.about", ""),
        )
        for name in template_names()
    ]
    examples = [_example(file.stem) for file in sorted((data_dir() / "examples").glob("*.yaml"))]
    return (*examples, *templates)


def text_of(beginning: Beginning, name: str) -> str:
    """The text of the plan; a template takes the company's name. Raises InputError."""
    if beginning.is_example:
        return example(beginning.name).read_text(encoding="utf-8")
    return new_plan(beginning.name, name.strip())


def _example(name: str) -> Beginning:
    company = read_tree(example(name).read_text(encoding="utf-8"))["company"]
    label, about = Text.of(company.get("name", name)), Text.of(company.get("tagline", ""))
    words = bilingual("beginnings.example", name=label)
    return Beginning(f"example:{name}", name, True, words, about)


def _words(key: str, otherwise: str) -> Text:
    try:
        return bilingual(key)
    except KeyError:
        return Text.of(otherwise)
