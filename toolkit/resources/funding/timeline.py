"""The cap table of a plan through time: whatever issues or moves shares, in the month in which it closes.

What closes when, and with how much money, is given: the lines of a run say it
(`toolkit.projection.ownership`), or the medians of the plan, when it is checked before anything runs.
Instruments of one month keep the order of the plan; a note's interest runs to the month of its conversion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

from toolkit.errors import InputError, Problem
from toolkit.resources.funding.cap_table import (
    COMMON,
    WARRANTS,
    Cancel,
    CapTable,
    ClassTerms,
    CloseRound,
    Issue,
    IssueConvertible,
    Transfer,
    apply_event,
    close_round,
)
from toolkit.resources.funding.convertible import Convertible
from toolkit.resources.funding.loan import Loan as LoanTerms
from toolkit.resources.funding.plan_terms import as_note, as_safe, median, plan_field, round_terms
from toolkit.resources.funding.priced_round import RoundResult
from toolkit.resources.funding.records import (
    BuyBack,
    Crowdfunding,
    Funding,
    Instrument,
    Note,
    PricedRound,
    Promise,
    Safe,
    ValuationAdjustment,
    VentureDebt,
)
from toolkit.resources.funding.valuation_adjustment import ValuationAdjustment as AdjustmentTerms
from toolkit.resources.funding.valuation_adjustment import adjust_valuation
from toolkit.resources.funding.venture_debt import VentureDebt as VentureDebtTerms
from toolkit.resources.funding.venture_debt import warrant_shares
from toolkit.text import Text, bilingual

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Closed:
    """An instrument closes in `month` (1 = first of the plan; 0 and below: before it) with `money`."""

    month: int
    money: Fraction


@dataclass(frozen=True, slots=True)
class Bite:
    """A promise falls due in `month`; `actual` is the figure that was tested, of a valuation adjustment."""

    month: int
    actual: Fraction = ZERO


@dataclass(frozen=True, slots=True)
class Standing:
    """The cap table after something closed in `month` (0 = before the plan). `result` is that of a round,
    `strikes` are the strike prices of the warrants so far, by holder."""

    month: int
    label: Text
    table: CapTable
    result: RoundResult | None = None
    strikes: Mapping[str, Fraction] = field(default_factory=dict)


def through_time(
    funding: Funding, closed: Mapping[str, Closed], bites: Mapping[str, Bite] | None = None
) -> tuple[Standing, ...]:
    """The cap table before the plan and after every event. Empty when the plan names no holder.

    Raises InputError for a step that no cap table can take; its fields are those of the plan
    (`funding.instruments[2].pool_target`).
    """
    if not funding.holders:
        return ()
    walk = _Walk(funding, closed, bites or {})
    for step in sorted(walk.steps(), key=lambda step: (step.month, step.rank)):
        try:
            step.take()
        except InputError as error:
            found = [plan_field(problem, step.field, funding) for problem in error.problems]
            raise InputError(found) from None
    return tuple(walk.standings)


def opening_table(funding: Funding) -> CapTable:
    """Holders and pool before the plan."""
    pool = median(funding.pool)
    table = CapTable(unallocated_pool=pool, total_shares=pool)
    for holder in funding.holders:
        table = apply_event(table, Issue(holder.id, median(holder.shares)))
    return table


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that happens to the table: instruments (rank 0) before what falls due (rank 1)."""

    month: int
    rank: int
    field: str
    take: Callable[[], None]


@dataclass
class _Walk:
    """The table while it goes through the steps."""

    funding: Funding
    closed: Mapping[str, Closed]
    bites: Mapping[str, Bite]
    standings: list[Standing] = field(default_factory=list)
    results: dict[str, RoundResult] = field(default_factory=dict)
    strikes: dict[str, Fraction] = field(default_factory=dict)
    price: Fraction | None = None

    def __post_init__(self) -> None:
        opening = opening_table(self.funding)
        self.standings.append(Standing(0, bilingual("funding_plan.before"), opening))

    @property
    def table(self) -> CapTable:
        return self.standings[-1].table

    def steps(self) -> Iterable[_Step]:
        for index, one in enumerate(self.funding.instruments):
            if (closed := self.closed.get(one.id)) is None:
                continue
            path = f"funding.instruments[{index}]"
            yield _Step(closed.month, 0, path, partial(self._close, one, closed))
            if isinstance(one, Note):
                month = closed.month + one.maturity_months
                yield _Step(month, 1, path, partial(self._mature, one, month))
        for index, promise in enumerate(self.funding.contingent):
            if (bite := self.bites.get(promise.id)) is not None:
                path = f"funding.contingent[{index}]"
                yield _Step(bite.month, 1, path, partial(self._bite, promise, bite))

    def _stand(self, month: int, label: Text, table: CapTable, result: RoundResult | None = None) -> None:
        self.standings.append(Standing(max(month, 0), label, table, result, dict(self.strikes)))

    def _close(self, one: Instrument, closed: Closed) -> None:
        label = one.words
        match one:
            case Safe():
                event = IssueConvertible(one.holder, as_safe(one, closed.money))
                self._stand(closed.month, label, apply_event(self.table, event))
            case Note():
                event = IssueConvertible(one.holder, as_note(one, closed.money, 0))
                self._stand(closed.month, label, apply_event(self.table, event))
            case PricedRound():
                self._round(one, closed)
            case Crowdfunding() if one.campaign == "equity" and one.pre_money_valuation is not None:
                shares = closed.money * self.table.total_shares / median(one.pre_money_valuation)
                self._stand(closed.month, label, apply_event(self.table, Issue(one.holder, shares)))
            case VentureDebt() if one.warrant_coverage is not None:
                self._warrants(one, closed)

    def _round(self, one: PricedRound, closed: Closed) -> None:
        notes = {note.id: note for note in self.funding.instruments if isinstance(note, Note)}
        convertibles = tuple(
            (holder, convertible)
            if (note := notes.get(convertible.name)) is None
            else (holder, self._with_interest(note, closed.month))
            for holder, convertible in self.table.convertibles
        )
        event = CloseRound(
            one.id,
            round_terms(one, closed.money),
            one.holder,
            pro_rata={holder: median(used) for holder, used in one.pro_rata.items()},
            rounding=one.rounding,
            preference_multiple=Fraction(repr(one.preference_multiple)),
            participation=one.participation,
            seniority=one.seniority,
        )
        table, result = close_round(replace(self.table, convertibles=convertibles), event)
        self.price, self.results[one.id] = result.round_price, result
        self._stand(closed.month, one.words, table, result)

    def _with_interest(self, note: Note, month: int) -> Convertible:
        issued = self.closed[note.id]
        return as_note(note, issued.money, min(month - issued.month, note.maturity_months))

    def _mature(self, note: Note, month: int) -> None:
        """A note that has not converted is paid back and leaves the table."""
        left = tuple(pair for pair in self.table.convertibles if pair[1].name != note.id)
        if len(left) < len(self.table.convertibles):
            label = bilingual("funding_plan.repaid", name=note.words)
            self._stand(month, label, replace(self.table, convertibles=left))

    def _warrants(self, debt: VentureDebt, closed: Closed) -> None:
        strike = median(debt.warrant_strike) or self.price
        if strike is None:
            raise InputError([Problem("funding_plan.strike_needed", "warrant_strike")])
        loan = LoanTerms(float(closed.money), 0.0, 12, debt.term_months)
        terms = VentureDebtTerms(loan, warrant_coverage_fraction=median(debt.warrant_coverage))
        table = replace(self.table, classes={WARRANTS: ClassTerms("common"), **self.table.classes})
        issue = Issue(debt.id, warrant_shares(terms, strike), WARRANTS)
        label = bilingual("funding_plan.warrants", name=debt.words)
        self.strikes[debt.id] = strike
        self._stand(closed.month, label, apply_event(table, issue))

    def _bite(self, promise: Promise, bite: Bite) -> None:
        """A promise falls due: founders' shares move to the investor, or the investor's are bought back."""
        match promise:
            case ValuationAdjustment() if promise.compensation == "shares":
                table = self._compensated(promise, bite)
            case BuyBack():
                table = self._bought_back(promise)
            case _:
                return
        self._stand(bite.month, promise.words, table)

    def _compensated(self, promise: ValuationAdjustment, bite: Bite) -> CapTable:
        closed, result = self.closed.get(promise.round), self.results.get(promise.round)
        if closed is None or result is None:
            return self.table
        founders = self._founders()
        held = sum(founders.values(), ZERO)
        terms = AdjustmentTerms(
            investment=closed.money,
            post_money_valuation=result.implied_post_money_valuation,
            promised=median(promise.promised),
            test_month=bite.month,
            compensation="shares",
            obligor=promise.obligor,
            tolerance=Fraction(1) if promise.tolerance is None else median(promise.tolerance),
        )
        owed = adjust_valuation(terms, bite.actual, held / self.table.total_shares).fraction_owed
        table = self.table
        for founder, shares in founders.items():
            part = owed * table.total_shares * shares / held
            table = apply_event(table, Transfer(founder, self._investor(promise), part))
        return table

    def _bought_back(self, promise: BuyBack) -> CapTable:
        holder, table = self._investor(promise), self.table
        held = table.positions.get((holder, promise.round), ZERO)
        if promise.obligor == "company":
            return apply_event(table, Cancel(holder, held, promise.round))
        founders = self._founders()
        whole = sum(founders.values(), ZERO)
        for founder, shares in founders.items():
            table = apply_event(table, Transfer(holder, founder, held * shares / whole, promise.round))
        return table

    def _founders(self) -> dict[str, Fraction]:
        """Common shares of the founders; of all holders before the plan where none is called a founder."""
        names = [one.id for one in self.funding.holders if one.group == "founder"]
        names = names or [one.id for one in self.funding.holders]
        return {name: self.table.positions.get((name, COMMON), ZERO) for name in names}

    def _investor(self, promise: Promise) -> str:
        rounds = (one for one in self.funding.instruments if one.id == promise.round)
        return next(one.holder for one in rounds if isinstance(one, PricedRound))
