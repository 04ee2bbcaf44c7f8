"""A claim month by month: eligible or not and why, what accrues, is filed and paid, and when its cash comes.

Amounts are the base case's. In the months within a year the checks show the claim of the last twelve months,
so that one sees when a test begins to fail; what accrues at the end of a year is decided by the checks of its
last month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from toolkit.app.building import Built
from toolkit.app.policy.checks import Check, checks_of
from toolkit.resources.compilation import Compilation
from toolkit.resources.policy.bases import Bases
from toolkit.resources.policy.catalogue import rules_of
from toolkit.resources.policy.claims import Claim
from toolkit.resources.policy.lines import plan_lines
from toolkit.resources.policy.programme import PlanRules
from toolkit.resources.policy.writer import ClaimWriter
from toolkit.resources.record import month_after
from toolkit.text import Text, bilingual

State = Literal["eligible", "failed", "ended", "not_running", "unverified", "unlikely", "nothing", "no_tax"]


@dataclass(frozen=True, slots=True)
class ClaimMonth:
    """One month of a claim. `reason` says why it is eligible or not. `accrued` is recognised this month,
    `filed` handed in, `received` cash (or tax not paid); `filed_in` and `cash_in` say in which ISO month that
    happens to what accrues now, None where nothing does (or when it depends on later taxes)."""

    month: str
    state: State
    reason: Text
    checks: tuple[Check, ...]
    accrued: float
    filed: float
    received: float
    filed_in: str | None
    cash_in: str | None

    @property
    def eligible(self) -> bool:
        return self.state == "eligible"


def writer_of(compilation: Compilation, index: int) -> ClaimWriter:
    """The claim at that place of the plan as it was compiled, for reading: it writes nothing."""
    claim = compilation.plan.policy.programmes[index]
    return ClaimWriter.of(compilation, index, claim, Bases(compilation, plan_lines(compilation)))


def claim_months(built: Built, index: int) -> tuple[ClaimMonth, ...]:
    """Every month of the claim at that place of the plan; none for a claim that another one excludes."""
    claim = built.plan.policy.programmes[index]
    prefix = f"policy.{claim.programme}"
    if f"{prefix}.accrued" not in built.model.lines:
        return ()
    writer = None if claim.is_listed else writer_of(built.compilation, index)
    if writer is None:
        rules = rules_of(built.compilation.reference.programmes[claim.programme])
    else:
        rules = writer.programme.plan
    return tuple(
        _month(built, claim, rules, writer, number) for number in range(1, len(built.run.months) + 1)
    )


def _month(
    built: Built, claim: Claim, rules: PlanRules, writer: ClaimWriter | None, number: int
) -> ClaimMonth:
    prefix, base = f"policy.{claim.programme}", built.run.base
    checks = list(checks_of(writer, built.model, base, number)) if writer is not None else []
    state, reason = _state(built, claim, writer, checks, number)
    accrued = base[f"{prefix}.accrued"][number]
    earned = base.get(f"{prefix}.claimed", base[f"{prefix}.accrued"])[number]
    filed_in = cash_in = None
    if abs(earned) > 0.005:
        start, wait = built.plan.company.start, rules.after + claim.usual_delay
        filed_in = month_after(start, number + min(rules.files, wait))
        if rules.settled == "cash" or not rules.carried_forward:
            cash_in = month_after(start, number + wait)
    if rules.settled == "income_tax" and abs(accrued) > 0.005 and built.plan.tax is not None:
        cash_in = month_after(built.plan.company.start, number + built.plan.tax.payment_months)
    return ClaimMonth(
        month=built.run.months[number - 1],
        state=state,
        reason=reason,
        checks=tuple(check for _, check in checks),
        accrued=accrued,
        filed=base[f"{prefix}.filed"][number],
        received=base[f"{prefix}.received"][number],
        filed_in=filed_in,
        cash_in=cash_in,
    )


def _state(
    built: Built, claim: Claim, writer: ClaimWriter | None, checks: list[tuple[str, Check]], number: int
) -> tuple[State, Text]:
    prefix, base, month = f"policy.{claim.programme}", built.run.base, built.run.months[number - 1]
    if writer is not None and not writer.programme.runs_on(f"{month}-01"):
        end = writer.programme.ends
        return "ended", bilingual("support.ended", day=end.day if end else "")
    if writer is None and not base[f"{prefix}.falls"][number]:
        return "not_running", bilingual("support.not_running")
    if not base[f"{prefix}.granted"][number]:
        state: State = "unlikely" if claim.granted is not None else "unverified"
        return state, bilingual(f"support.{state}")
    failed = [
        check.words
        for test, check in checks
        if not base[f"{prefix}.{test}"][number] and not check.holds
    ]  # fmt: skip
    failed += list(_failed_without_numbers(writer, built, checks, number)) if writer else []
    if failed:
        return "failed", Text("; ".join(w.en for w in failed), "；".join(w.zh for w in failed))
    if writer is not None and base[f"{prefix}.amount"][number] <= 0:
        return "nothing", bilingual("support.nothing")
    passed = [check.words for _, check in checks]
    if not passed:
        return "eligible", bilingual("support.no_condition")
    return "eligible", Text("; ".join(w.en for w in passed), "；".join(w.zh for w in passed))


def _failed_without_numbers(
    writer: ClaimWriter, built: Built, checks: list[tuple[str, Check]], number: int
) -> Iterator[Text]:
    """Tests that fail and compare nothing: a yes that is a no."""
    compared = {test for test, _ in checks}
    for figure in writer.figures:
        name = figure.formula.id
        held = built.run.base.get(f"{writer.scope.prefix}.{name}", (1.0,) * (number + 1))[number]
        if figure.formula.role == "test" and name not in compared and not held:
            yield bilingual("support.not_so", label=figure.formula.label)
