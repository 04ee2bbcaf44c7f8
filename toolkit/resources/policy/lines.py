"""Policy support as lines: every claim in its order, and what the claims share.

What pays for a cost comes before what counts it. Claims that share a tax or a cost are served in the order
that the plan names; the rest by their id: so the order in the plan's list changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.errors import Problem, refuse
from toolkit.provenance import Source
from toolkit.reference.programmes import Programme as Listed
from toolkit.resources.compilation import Compilation
from toolkit.resources.policy.bases import Bases
from toolkit.resources.policy.catalogue import rules_of, source_of_listed, write_expected
from toolkit.resources.policy.claims import Claim, Policy
from toolkit.resources.policy.plan_facts import ALWAYS, WITH_SALES_TAX, WITH_TAX
from toolkit.resources.policy.programme import load_programme
from toolkit.resources.policy.settlement import Room, settle, wait_of
from toolkit.resources.policy.writer import ClaimWriter
from toolkit.resources.record import month_after
from toolkit.text import bilingual

__all__ = ["Claim", "Policy", "claims_in_order", "compile_policy", "plan_lines"]


def plan_lines(compilation: Compilation) -> dict[str, str]:
    """What a plan knows, by the lines that hold it."""
    lines = dict(ALWAYS)
    if compilation.plan.tax is not None:
        lines |= WITH_TAX
    if compilation.plan.market.sales_tax is not None:
        lines |= WITH_SALES_TAX
    return lines


def claims_in_order(policy: Policy) -> list[tuple[int, Claim]]:
    """The claims, each with its place in the plan, in the order in which they are served. While nobody has
    found the best order, a claim that an earlier one excludes is left out."""
    named = policy.order if isinstance(policy.order, list) else []

    def place(numbered: tuple[int, Claim]) -> tuple[bool, int, str]:
        _, claim = numbered
        relieves = claim.relieves if claim.is_listed else load_programme(claim.programme).plan.relieves
        first = named.index(claim.programme) if claim.programme in named else len(named)
        return relieves is None, first, claim.programme

    served: list[tuple[int, Claim]] = []
    for number, claim in sorted(enumerate(policy.programmes), key=place):
        excluded = () if claim.is_listed else load_programme(claim.programme).not_with
        if not any(earlier.programme in excluded for _, earlier in served):
            served.append((number, claim))
    return served


def compile_policy(compilation: Compilation) -> None:
    """Lines and postings of every programme that the plan claims.

    Raises InputError for claims whose facts neither follow from the plan nor are given.
    """
    served = claims_in_order(compilation.plan.policy)
    if not served:
        return
    bases = Bases.of(compilation, plan_lines(compilation))
    refuse(_problems(compilation, served, bases))
    _tax_year(compilation)
    _gross_receipts(compilation)
    room = Room()
    for index, claim in served:
        if claim.is_listed:
            accrued, relieved = _write_listed(compilation, index, claim, room), claim.relieves
        else:
            writer = ClaimWriter.of(compilation, index, claim, bases)
            accrued, relieved = writer.write(room), writer.programme.plan.relieves
        if relieved is not None:
            bases.relieve(relieved, claim.programme, accrued)


def _problems(
    compilation: Compilation, served: Sequence[tuple[int, Claim]], bases: Bases
) -> Iterator[Problem]:
    for index, claim in served:
        if not claim.is_listed:
            yield from ClaimWriter.of(compilation, index, claim, bases).problems()
        elif rules_of(_listed(compilation, claim)).settled == "income_tax" and "tax_due" not in bases.lines:
            place = f"policy.programmes[{index}].programme"
            yield compilation.positions.problem("policy.needs_tax", place, name=claim.programme)


def _listed(compilation: Compilation, claim: Claim) -> Listed:
    return compilation.reference.programmes[claim.programme]


def _write_listed(compilation: Compilation, index: int, claim: Claim, room: Room) -> str:
    """A claim of a programme that is only in the catalogue."""
    listed = _listed(compilation, claim)
    name = claim.label or listed.name
    scope = compilation.scope(f"policy.programmes[{index}]", f"policy.{listed.id}", claim, name)
    if claim.granted is None and not listed.verified:
        scope.fact("granted", 0.0, "1", source_of_listed(listed))
    else:
        scope.optional("granted", 1.0)
    expected = write_expected(scope, listed, claim.start or "", claim.end, claim.every)
    rules = rules_of(listed)
    earned = f"{expected} * {scope.line('granted')}"
    return settle(scope, rules, wait_of(scope, rules, claim), earned, room)


def _tax_year(compilation: Compilation) -> None:
    """The year in which the fiscal year of each month begins."""
    company = compilation.plan.company
    months = [month_after(company.start, number) for number in range(1, compilation.months + 1)]
    years = [int(month[:4]) - (int(month[5:]) < company.fiscal_year_start) for month in months]
    place = compilation.positions.place("company.fiscal_year_start")
    source = Source("rule", "year in which the fiscal year begins", place)
    compilation.book.series(ALWAYS["tax_year"], years, "year", bilingual("policy.tax_year"), source)


def _gross_receipts(compilation: Compilation) -> None:
    formula = "market.revenue + partnerships.licence_income"
    label = bilingual("policy.gross_receipts")
    compilation.book.formula(ALWAYS["gross_receipts"], formula, compilation.currency, label)
