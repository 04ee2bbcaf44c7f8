"""Policy support as lines: the formulas of a claim, with the facts that follow from the plan.

    plan's lines → facts of twelve months (or one) → figures of the claim → what is earned → accrual → cash

At the end of every fiscal year (or month) the figures are those of that year; in the months between they
show the claim of the last twelve months, so that one sees when a test begins to fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from toolkit.errors import Problem, refuse
from toolkit.lines.language import Name, Window, leaf_text, parse, render
from toolkit.provenance import Source
from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.policy.claim import Figure, figures_of
from toolkit.resources.policy.claims import Claim, Policy
from toolkit.resources.policy.facts import FACTS, day_of, numbers_of
from toolkit.resources.policy.plan_facts import ALWAYS, PLAN_NAMES
from toolkit.resources.policy.programme import ClaimFormula, Parameter, Programme, load_programme, source_of
from toolkit.resources.policy.reading import (
    facts_of_formulas,
    names_in,
    needed_figures,
    needed_lines,
    plan_known,
)
from toolkit.resources.policy.settlement import Room, settle, words
from toolkit.resources.record import month_after
from toolkit.text import bilingual

__all__ = ["Claim", "Policy", "compile_policy"]

_UNITS = {"number": "1", "people": "people", "year": "year", "yes_no": "1", "choice": "1"}


def compile_policy(compilation: Compilation) -> None:
    """Lines and postings of every programme that the plan claims.

    Raises InputError for claims whose facts neither follow from the plan nor are given.
    """
    claims = list(enumerate(compilation.plan.policy.programmes))
    if not claims:
        return
    lines = dict(PLAN_NAMES) if compilation.plan.tax is not None else dict(ALWAYS)
    writers = [_ClaimWriter.of(compilation, index, claim, lines) for index, claim in claims]
    refuse(problem for writer in writers for problem in writer.problems())
    _tax_year(compilation)
    room = Room()
    # What pays for a cost comes first; the order in the plan changes nothing.
    for writer in sorted(writers, key=lambda one: (one.programme.plan.relieves is None, one.programme.id)):
        accrued = writer.write(room)
        cost = writer.programme.plan.relieves
        if cost is not None:
            net, label = f"policy.net.{cost}.{writer.programme.id}", bilingual(f"policy.net.{cost}")
            formula = f"{lines[cost]} - {accrued}"
            lines[cost] = compilation.book.formula(net, formula, compilation.currency, label)


def _tax_year(compilation: Compilation) -> None:
    """The year in which the fiscal year of each month begins."""
    company = compilation.plan.company
    months = [month_after(company.start, number) for number in range(1, compilation.months + 1)]
    years = [int(month[:4]) - (int(month[5:]) < company.fiscal_year_start) for month in months]
    place = compilation.positions.place("company.fiscal_year_start")
    source = Source("rule", "year in which the fiscal year begins", place)
    compilation.book.series(ALWAYS["tax_year"], years, "year", bilingual("policy.tax_year"), source)


@dataclass(frozen=True)
class _ClaimWriter:
    """One claim while its lines are written. `lines` maps what a plan knows to its lines, and changes while
    grants pay for costs; `figures` are those that the amount needs, which is the last."""

    scope: Scope
    claim: Claim
    programme: Programme
    lines: dict[str, str]
    figures: tuple[Figure, ...]

    @classmethod
    def of(cls, compilation: Compilation, index: int, claim: Claim, lines: dict[str, str]) -> _ClaimWriter:
        programme = load_programme(claim.programme)
        name = claim.label or programme.name
        scope = compilation.scope(f"policy.programmes[{index}]", f"policy.{programme.id}", claim, name)
        known = plan_known(programme.plan, lines) | _given(claim).keys()
        label = {"en": name.en, "zh": name.zh}
        amount = ClaimFormula.model_validate(
            {"id": "amount", "unit": programme.currency, "label": label, "formula": programme.plan.amount}
        )
        figures = figures_of(programme, known, [*programme.formulas, amount])
        return cls(scope, claim, programme, lines, needed_figures(figures))

    def problems(self) -> Iterator[Problem]:
        """A claim that lacks facts, or the tax that it is set against."""
        place, positions = self.scope.path, self.scope.compilation.positions
        if self.programme.plan.settled == "income_tax" and "tax_due" not in self.lines:
            yield positions.problem("policy.needs_tax", f"{place}.programme", name=self.programme.id)
        elif not self.figures:
            known = plan_known(self.programme.plan, self.lines) | _given(self.claim).keys()
            facts = ", ".join(sorted(facts_of_formulas(self.programme) - known))
            yield positions.problem(
                "policy.needs_facts", f"{place}.facts", name=self.programme.id, facts=facts
            )

    def write(self, room: Room) -> str:
        """Write every line of the claim; returns the line of what is accrued."""
        rules = self.programme.plan
        read = {name for figure in self.figures for name in names_in(figure.text)}
        facts = {name.split(".")[1] for name in read if name.startswith("fact.")}
        given = _given(self.claim)
        derived = needed_lines(rules, facts - given.keys())
        read |= {name for text in derived.values() for name in names_in(text)}
        self._granted()
        for name, parameter in self.programme.parameters.items():
            if name in read:
                self._parameter(name, parameter)
        for fact in given:
            if fact in facts:
                self._given_fact(fact)
        for name, text in derived.items():
            self._derived(name, text)
        for figure in self.figures[:-1]:
            self._figure(figure)
        amount = self._rendered(self.figures[-1].text)
        if rules.every == "year":
            amount = f"where(fiscal_month == 12, {amount}, 0)"
        wait = rules.after + self.claim.delay_months
        return settle(self.scope, rules, wait, f"{amount} * {self.scope.line('granted')}", room)

    def _granted(self) -> None:
        if self.claim.granted is None and self.programme.confidence == "own_knowledge":
            # What nobody verified stays out of the plan's cash until somebody says how likely it is.
            source = Source("rule", "not verified: left out unless `granted` is given", self.programme.file)
            self.scope.fact("granted", 0.0, "1", source)
        else:
            self.scope.optional("granted", 1.0)

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

    def _derived(self, name: str, text: str) -> None:
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
        self.scope.book.formula(self.scope.line(name), self._rendered(text), unit, label)

    def _figure(self, figure: Figure) -> None:
        formula = figure.formula
        text = self._rendered(figure.text)
        self.scope.book.formula(self.scope.line(formula.id), text, formula.unit, formula.label)

    def _rendered(self, text: str) -> str:
        return render(parse(text), self._leaf)

    def _leaf(self, leaf: Name | Window) -> str:
        """A name of a programme's formula as a name of the plan's book."""
        if leaf.name.startswith("plan."):
            return leaf_text(leaf, self.lines[leaf.name.removeprefix("plan.")])
        if "." not in leaf.name and leaf.name in ("t", "fiscal_month"):
            return leaf_text(leaf)
        return leaf_text(leaf, self.scope.line(leaf.name))


def _given(claim: Claim) -> Mapping[str, object]:
    return {name: value for name, value in claim.facts.items() if value is not None}
