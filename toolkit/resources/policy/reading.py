"""What the formulas of a programme need: figures, facts, and lines of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from toolkit.lines.language import parse, references
from toolkit.resources.policy.claim import Figure
from toolkit.resources.policy.facts import FACTS
from toolkit.resources.policy.programme import PlanRules, Programme


def names_in(text: str) -> set[str]:
    """Every name that a formula reads."""
    return {reference.name for reference in references(parse(text))}


def facts_in(text: str) -> set[str]:
    """Every fact that a formula reads."""
    return {name.split(".")[1] for name in names_in(text) if name.startswith("fact.")}


def facts_of_formulas(programme: Programme) -> set[str]:
    """Every fact that a formula of a programme may read."""
    texts = [text for formula in programme.formulas for text in formula.formula]
    texts += [test.formula for test in programme.plan.tests]
    return {fact for text in [*texts, programme.plan.amount] for fact in facts_in(text)}


def facts_of_programme(programme: Programme) -> set[str]:
    """Every fact that matters to a programme: its formulas read it, or it selects a parameter's value."""
    selectors = {parameter.by for parameter in programme.parameters.values() if len(parameter.values) > 1}
    return facts_of_formulas(programme) | selectors


def needed_figures(figures: Sequence[Figure], tests: Set[str] = frozenset()) -> tuple[Figure, ...]:
    """The figures that the one called `amount` and these tests rest on, the amount last; none when it cannot
    be computed."""
    if not figures or figures[-1].formula.id != "amount":
        return ()
    needed = {"amount", *tests}
    for figure in reversed(figures):
        if figure.formula.id in needed:
            needed |= names_in(figure.text)
    return tuple(figure for figure in figures if figure.formula.id in needed)


def plan_known(rules: PlanRules, lines: Mapping[str, str]) -> set[str]:
    """The facts that follow from the lines that a plan has."""
    known: set[str] = set()
    for fact in rules.facts:
        read = {name for each in needed_lines(rules, {fact}, lines).values() for name in names_in(each)}
        if all(name.removeprefix("plan.") in lines for name in read if name.startswith("plan.")):
            known.add(fact)
    return known


def needed_lines(rules: PlanRules, facts: Set[str], lines: Mapping[str, str]) -> dict[str, str]:
    """Name → formula of the facts and of everything in `plan` that they rest on, in the order of the file; of
    several formulas of a fact, the first that reads only `lines` that the plan has."""
    formulas = {line.id: line.formula for line in rules.lines}
    formulas |= {f"fact.{fact}": _first_known(texts, lines) for fact, texts in rules.facts.items()}
    needed: set[str] = set()
    stack = [f"fact.{fact}" for fact in facts if fact in FACTS]
    while stack:
        name = stack.pop()
        if name in formulas and name not in needed:
            needed.add(name)
            stack += names_in(formulas[name])
    return {name: text for name, text in formulas.items() if name in needed}


def _first_known(texts: Sequence[str], lines: Mapping[str, str]) -> str:
    for text in texts:
        read = {name.removeprefix("plan.") for name in names_in(text) if name.startswith("plan.")}
        if read <= lines.keys():
            return text
    return texts[-1]
