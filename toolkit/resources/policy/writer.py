"""One claim while its lines are written.

    plan's lines → facts of twelve months (or one) → figures of the claim → what is earned → accrual → cash

At the end of every fiscal year (or month) the figures are those of that year; in the months between they
show the claim of the last twelve months, so that one sees when a test begins to fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from toolkit.errors import Problem
from toolkit.lines.language import Name, Window, leaf_text, parse, render
from toolkit.provenance import Source
from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.policy.bases import Bases
from toolkit.resources.policy.claim import Figure, figures_of
from toolkit.resources.policy.claims import Claim
from toolkit.resources.policy.conditions import Cap, Condition, caps_in, conditions_in, plain_name
from toolkit.resources.policy.facts import FACTS, day_of, numbers_of
from toolkit.resources.policy.plan_facts import COSTS
from toolkit.resources.policy.programme import ClaimFormula, Parameter, Programme, load_programme, source_of
from toolkit.resources.policy.reading import (
    facts_of_formulas,
    names_in,
    needed_figures,
    needed_lines,
    plan_known,
)
from toolkit.resources.policy.settlement import Room, settle, wait_of, words
from toolkit.resources.record import month_after
from toolkit.text import bilingual

_UNITS = {"number": "1", "people": "people", "year": "year", "yes_no": "1", "choice": "1"}


def given_facts(claim: Claim) -> Mapping[str, object]:
    """The facts that a claim states; a null counts as not given."""
    return {name: value for name, value in claim.facts.items() if value is not None}


def figures_of_claim(claim: Claim, lines: Mapping[str, str]) -> tuple[Figure, ...]:
    """The figures of a claim that its amount and its tests rest on, the amount last; none when it cannot be
    computed from the plan's `lines` and the given facts."""
    programme = load_programme(claim.programme)
    known = plan_known(programme.plan, lines) | given_facts(claim).keys()
    name = programme.name
    parts = [
        {"id": test.id, "unit": "1", "label": {"en": test.label.en, "zh": test.label.zh}, "role": "test",
         "formula": test.formula}
        for test in programme.plan.tests
    ]  # fmt: skip
    parts.append(
        {"id": "amount", "unit": programme.currency, "label": {"en": name.en, "zh": name.zh},
         "formula": programme.plan.amount}
    )  # fmt: skip
    own = [ClaimFormula.model_validate(part) for part in parts]
    figures = figures_of(programme, known, [*programme.formulas, *own])
    tests = {figure.formula.id for figure in figures if figure.formula.role == "test"}
    return needed_figures(figures, tests)


@dataclass(frozen=True)
class ClaimWriter:
    """`bases` holds the plan's lines, and changes while claims pay for costs."""

    scope: Scope
    claim: Claim
    programme: Programme
    bases: Bases
    figures: tuple[Figure, ...]

    @classmethod
    def of(cls, compilation: Compilation, index: int, claim: Claim, bases: Bases) -> ClaimWriter:
        """The writer of the claim at that place of the plan."""
        programme = load_programme(claim.programme)
        name = claim.label or programme.name
        scope = compilation.scope(f"policy.programmes[{index}]", f"policy.{programme.id}", claim, name)
        return cls(scope, claim, programme, bases, figures_of_claim(claim, bases.lines))

    @property
    def lines(self) -> Mapping[str, str]:
        return self.bases.lines

    def problems(self) -> Iterator[Problem]:
        """A claim that lacks facts, or the tax that it is set against."""
        place, positions = self.scope.path, self.scope.compilation.positions
        if self.programme.plan.settled == "income_tax" and "tax_due" not in self.lines:
            yield positions.problem("policy.needs_tax", f"{place}.programme", name=self.programme.id)
        elif not self.figures:
            known = plan_known(self.programme.plan, self.lines) | given_facts(self.claim).keys()
            facts = ", ".join(sorted(facts_of_formulas(self.programme) - known))
            yield positions.problem(
                "policy.needs_facts", f"{place}.facts", name=self.programme.id, facts=facts
            )

    def write(self, room: Room) -> str:
        """Write every line of the claim; returns the line of what is accrued."""
        rules = self.programme.plan
        read = {name for figure in self.figures for name in names_in(figure.text)}
        facts = {name.split(".")[1] for name in read if name.startswith("fact.")}
        given = given_facts(self.claim)
        derived = needed_lines(rules, facts - given.keys(), self.lines)
        read |= {name for text in derived.values() for name in names_in(text)}
        self._granted()
        costs = self._costs(read)
        for name, parameter in self.programme.parameters.items():
            if name in read:
                self._parameter(name, parameter)
        for fact in given:
            if fact in facts:
                self._given_fact(fact)
        for name, text in derived.items():
            self._derived(name, text, costs)
        for figure in self.figures[:-1]:
            self._figure(figure)
        self._limits()
        return settle(self.scope, rules, wait_of(self.scope, rules, self.claim), self._earned(), room)

    def _earned(self) -> str:
        """Formula text of what accrues in a month."""
        amount = self._rendered(self.figures[-1].text)
        own = {test.id for test in self.programme.plan.tests}
        passed = [self.scope.line(f.formula.id) for f in self.figures if f.formula.id in own]
        if passed:
            amount = f"where({' and '.join(passed)}, {amount}, 0)"
        label = words(self.scope, "amount")
        amount = self.scope.book.formula(self.scope.line("amount"), amount, self.scope.currency, label)
        if self.programme.plan.every == "year":
            amount = f"where(fiscal_month == 12, {amount}, 0)"
        runs = f" * {self._in_force()}" if self.programme.ends is not None else ""
        return f"{amount} * {self.scope.line('granted')}{runs}"

    def _in_force(self) -> str:
        company = self.scope.compilation.plan.company
        days = [f"{month_after(company.start, number)}-01" for number in range(1, company.months + 1)]
        runs = [self.programme.runs_on(day) for day in days]
        return self.scope.schedule("in_force", runs, "programme", "policy.lines.in_force")

    def _granted(self) -> None:
        if self.claim.granted is None and self.programme.confidence == "own_knowledge":
            # What nobody verified stays out of the plan's cash until somebody says how likely it is.
            source = Source("rule", "not verified: left out unless `granted` is given", self.programme.file)
            self.scope.fact("granted", 0.0, "1", source)
        else:
            self.scope.optional("granted", 1.0)

    def _costs(self, read: set[str]) -> Mapping[str, str]:
        """The line of each cost that the claim counts."""
        counted = [cost for cost in COSTS if f"plan.{cost}" in read]
        exclusive = self.programme.plan.exclusive
        return {cost: self.bases.claim(self.scope, self.claim, cost, exclusive) for cost in counted}

    def _parameter(self, name: str, parameter: Parameter) -> None:
        """The value that holds in each month: one input, or one value a month when it changes."""
        compilation = self.scope.compilation
        start, count = compilation.plan.company.start, compilation.months
        months = [month_after(start, number) for number in range(1, count + 1)]
        held = [parameter.on(self._day(parameter, month)) for month in months]
        text = bilingual(
            "resources.label_of", name=self.scope.name or self.programme.name, label=parameter.label
        )
        source = source_of(self.programme, held[-1])
        if len({value.value for value in held}) == 1:
            self.scope.fact(name, held[0].value, parameter.unit, source, words=text)
        else:
            values = [value.value for value in held]
            self.scope.book.series(self.scope.line(name), values, parameter.unit, text, source)

    def _day(self, parameter: Parameter, month: str) -> str | None:
        """The day by which a month selects the value of a parameter."""
        given = self.claim.facts.get(parameter.by)
        if given is not None:
            return day_of(parameter.by, given)
        if parameter.by == "project_start_date":
            return None
        return f"{month}-01" if parameter.by == "expense_date" else f"{month}-31"

    def _given_fact(self, fact: str) -> None:
        path = f"{self.scope.path}.facts.{fact}"
        source = self.scope.compilation.source_of(path, self.claim)
        for name, value in numbers_of(fact, self.claim.facts[fact]).items():
            unit = _UNITS.get(FACTS[fact].kind, self.scope.currency)
            self.scope.fact(name, value, unit, source, words=words(self.scope, f"facts.{fact}"))

    def _derived(self, name: str, text: str, costs: Mapping[str, str]) -> None:
        """A fact, or a line that facts need, which follows from the plan's lines."""
        line = next((line for line in self.programme.plan.lines if line.id == name), None)
        if line is not None:
            unit, label = line.unit, line.label
        else:
            fact = name.removeprefix("fact.")
            unit, label = (
                _UNITS.get(FACTS[fact].kind, self.scope.currency),
                words(self.scope, f"facts.{fact}"),
            )
        self.scope.book.formula(self.scope.line(name), self._rendered(text, costs), unit, label)

    def _figure(self, figure: Figure) -> None:
        formula = figure.formula
        text = self._rendered(figure.text)
        self.scope.book.formula(self.scope.line(formula.id), text, formula.unit, formula.label)

    def _limits(self) -> None:
        """Both sides of every comparison and cap, where they are more than the name of a line."""
        units = self.units()
        parts: list[Condition | Cap] = [*self.conditions(), *self.caps()]
        for part in parts:
            for side in ("value", "limit"):
                text = getattr(part, side)
                if plain_name(text) is None:
                    name = f"{part.name}_{side}"
                    unit = next((units[n] for n in names_in(text) if n in units), "1")
                    label = words(self.scope, side)
                    self.scope.book.formula(self.scope.line(name), self._rendered(text), unit, label)

    def units(self) -> Mapping[str, str]:
        """The unit of every name of the programme that is not a fact."""
        units = {name: parameter.unit for name, parameter in self.programme.parameters.items()}
        return units | {figure.formula.id: figure.formula.unit for figure in self.figures}

    def conditions(self) -> list[Condition]:
        """Every comparison of the tests that can be computed."""
        fixed = set(self.programme.parameters)
        tests = [figure for figure in self.figures if figure.formula.role == "test"]
        return [one for f in tests for one in conditions_in(f.formula.id, f.text, fixed)]

    def caps(self) -> list[Cap]:
        """Every cap on the figures of the claim."""
        limits = {figure.formula.id for figure in self.figures if figure.formula.role == "limit"}
        fixed = set(self.programme.parameters) | limits
        figures = [figure for figure in self.figures if figure.formula.role == "amount"]
        return [cap for f in figures for cap in caps_in(f.formula.id, f.text, fixed)]

    def line_of(self, part: str, side: str, text: str) -> str:
        """The line that holds one side of a comparison or cap."""
        name = plain_name(text)
        return self.scope.line(name if name is not None else f"{part}_{side}")

    def _rendered(self, text: str, costs: Mapping[str, str] | None = None) -> str:
        return render(parse(text), lambda leaf: self._leaf(leaf, costs or {}))

    def _leaf(self, leaf: Name | Window, costs: Mapping[str, str]) -> str:
        """A name of a programme's formula as a name of the plan's book."""
        if leaf.name.startswith("plan."):
            name = leaf.name.removeprefix("plan.")
            return leaf_text(leaf, costs.get(name, self.lines[name]))
        if "." not in leaf.name and leaf.name in ("t", "fiscal_month"):
            return leaf_text(leaf)
        return leaf_text(leaf, self.scope.line(leaf.name))
