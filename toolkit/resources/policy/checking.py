"""The formulas of a programme file, checked: the language, every name, and the order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.errors import InputError, Problem
from toolkit.lines.language import parse, references, tables
from toolkit.lines.spelling import nearest
from toolkit.resources.policy.facts import FACTS, names_of
from toolkit.resources.policy.plan_facts import PLAN_NAMES
from toolkit.resources.policy.programme import Programme, each_formula
from toolkit.resources.reading import Positions

# Lines that every claim has: no id of a file may be one of them.
RESERVED = (
    "granted", "claimed", "accrued", "filed", "available", "received", "left", "amount", "in_force", "base",
    "test", "cap", "share",
)  # fmt: skip


def formula_problems(programme: Programme, positions: Positions) -> Iterator[Problem]:
    """Formulas outside the language, names that nobody knows, and ids that stand twice."""
    facts = {name for fact in FACTS for name in names_of(fact)}
    parameters = set(programme.parameters)
    earlier: set[str] = set()
    for place, formula, text in each_formula(programme):
        # A formula reads only what stands above it: so no claim can be circular.
        yield from _problems(place, formula.id, text, facts | parameters | earlier, positions)
        if text == formula.formula[-1]:
            earlier.add(formula.id)
    yield from _name_problems(programme, positions)
    yield from _plan_problems(programme, facts, earlier, positions)


def _name_problems(programme: Programme, positions: Positions) -> Iterator[Problem]:
    """Names that stand twice, or that the lines of every claim have."""
    taken = dict.fromkeys(RESERVED, "policy.reserved_id")
    places = [(f"parameters.{name}", name) for name in programme.parameters]
    places += [(f"formulas[{index}].id", each.id) for index, each in enumerate(programme.formulas)]
    places += [(f"plan.lines[{index}].id", each.id) for index, each in enumerate(programme.plan.lines)]
    places += [(f"plan.tests[{index}].id", each.id) for index, each in enumerate(programme.plan.tests)]
    for place, name in places:
        if name in taken:
            yield positions.problem(taken[name], place, name=name)
        taken.setdefault(name, "plan.duplicate_id")


def _plan_problems(
    programme: Programme, facts: set[str], own: set[str], positions: Positions
) -> Iterator[Problem]:
    rules = programme.plan
    parameters = set(programme.parameters)
    lines = {line.id for line in rules.lines}
    plan = {f"plan.{name}" for name in PLAN_NAMES}
    bound = {name for fact in rules.facts for name in names_of(fact)}
    # What was claimed in earlier months: a yearly maximum is told by it.
    known = plan | lines | bound | parameters | {"accrued"}
    for index, line in enumerate(rules.lines):
        place = f"plan.lines[{index}].formula"
        yield from _problems(place, line.id, line.formula, known, positions)
    for fact, texts in rules.facts.items():
        for text in texts:
            yield from _problems(f"plan.facts.{fact}", fact, text, known, positions)
    for index, test in enumerate(rules.tests):
        place = f"plan.tests[{index}].formula"
        yield from _problems(place, test.id, test.formula, own | parameters | facts, positions)
    yield from _problems("plan.amount", "amount", rules.amount, own | parameters | facts, positions)


def _problems(
    place: str, line: str, text: str, known: Iterable[str], positions: Positions
) -> Iterator[Problem]:
    try:
        tree = parse(text)
    except InputError as error:
        yield from (positions.problem(problem.id, place, **problem.values) for problem in error.problems)
        return
    names = set(known)
    for name in sorted({reference.name for reference in references(tree)} - names):
        near = nearest(name, names)
        yield positions.problem("lines.unknown_name", place, line=line, name=name, nearest=near)
    for name in sorted(set(tables(tree))):
        yield positions.problem("lines.unknown_table", place, line=line, name=name, known="—")
