"""Ways to begin a plan: the examples as they are, and the templates under one's own name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from toolkit.app.building import example
from toolkit.app.interview.defaults import load_template, template_names
from toolkit.app.interview.writing import given_answers, plan_text, prepare
from toolkit.reference import load_reference
from toolkit.reference.paths import data_dir
from toolkit.store.changes import read_tree
from toolkit.text import Language, Text, bilingual

FILE = "plan.yaml"


@dataclass(frozen=True, slots=True)
class Beginning:
    """An example, or a template. `about` says in a line what it is."""

    id: str
    name: str
    is_example: bool
    label: Text
    about: Text


@cache
def beginnings() -> tuple[Beginning, ...]:
    """The examples, then the templates, each with its words."""
    examples = [_example(file.stem) for file in sorted((data_dir() / "examples").glob("*.yaml"))]
    return (*examples, *(_template(name) for name in template_names()))


def countries() -> tuple[str, ...]:
    """Where a company of a template can be: countries whose rules are known."""
    return tuple(sorted(load_reference().countries))


def text_of(beginning: Beginning, answers: Mapping[str, Any], language: Language) -> str:
    """The text of the plan; a template takes what the founder answered (`name`, `country`, …), and says of
    everything else where its default is from. Raises InputError."""
    if beginning.is_example:
        return example(beginning.name).read_text(encoding="utf-8")
    defaults = prepare(beginning.name, language)
    return plan_text(defaults, given_answers(defaults, answers), FILE)


def _example(name: str) -> Beginning:
    company = read_tree(example(name).read_text(encoding="utf-8"))["company"]
    label, about = Text.of(company.get("name", name)), Text.of(company.get("tagline", ""))
    return Beginning(f"example:{name}", name, True, bilingual("beginnings.example", name=label), about)


def _template(name: str) -> Beginning:
    found = load_template(name)
    return Beginning(
        f"template:{name}", name, False, bilingual("beginnings.template", name=found.label), found.basis
    )
