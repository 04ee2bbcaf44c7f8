"""One claim: which figures of a programme can be computed from the facts that are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from toolkit.lines.language import Name, Window, leaf_text, parse, references, render
from toolkit.resources.policy.facts import day_of, names_of, numbers_of
from toolkit.resources.policy.programme import NO_LIMIT, ClaimFormula, DatedValue, Programme, Selector

_COUNTS_AS = {"test": 1.0, "limit": NO_LIMIT}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that can be computed: `formula` reads facts, parameters and earlier figures, all known."""

    formula: ClaimFormula
    text: str


def figures_of(
    programme: Programme, facts: Set[str], formulas: Sequence[ClaimFormula] | None = None
) -> list[Figure]:
    """The figures that follow from the facts of these names, in order; of the programme's formulas, or of
    `formulas`."""
    known = {name for fact in facts for name in names_of(fact)}
    absent: dict[str, float] = {}
    for fact, number in programme.absent.items():
        absent |= dict.fromkeys((name for name in names_of(fact) if name not in known), number)
    parameters = set(programme.parameters)
    figures: list[Figure] = []
    for formula in programme.formulas if formulas is None else formulas:
        text = next((text for text in formula.formula if _computable(text, known, absent, parameters)), None)
        if text is not None:
            figures.append(Figure(formula, render(parse(text), _with(absent))))
            known.add(formula.id)
        elif formula.role != "amount":
            absent[formula.id] = _COUNTS_AS[formula.role]
    return figures


def _computable(text: str, known: Set[str], absent: Mapping[str, float], parameters: Set[str]) -> bool:
    names = {reference.name for reference in references(parse(text))}
    return bool(names & known) and names <= known | absent.keys() | parameters


def _with(absent: Mapping[str, float]) -> Callable[[Name | Window], str]:
    """Names as they are, and what is absent as the number that counts for it."""
    return lambda leaf: f"{absent[leaf.name]:.15g}" if leaf.name in absent else leaf_text(leaf)


def parameters_on(programme: Programme, facts: Mapping[str, Any]) -> dict[str, DatedValue]:
    """The value of every parameter on the day that the facts of a claim select."""
    return {name: parameter.on(_day(parameter.by, facts)) for name, parameter in programme.parameters.items()}


def _day(selector: Selector, facts: Mapping[str, Any]) -> str | None:
    """The day of the fact that selects; the day of an expense and its tax year can stand for each other."""
    stand_in = {"expense_date": "tax_year", "tax_year": "expense_date"}.get(selector, selector)
    fact = next((name for name in (selector, stand_in) if name in facts), None)
    return None if fact is None else day_of(fact, facts[fact])


def day_of_claim(facts: Mapping[str, Any]) -> str | None:
    """The day of the expense of a claim: given, or the last of its tax year."""
    return _day("expense_date", facts)


def numbers_of_claim(programme: Programme, facts: Mapping[str, Any]) -> dict[str, float]:
    """What the formulas of one claim read: its facts and the parameters of its day."""
    numbers = {name: value.value for name, value in parameters_on(programme, facts).items()}
    for fact, value in facts.items():
        numbers |= numbers_of(fact, value)
    return numbers
