"""Ownership of a stored run: who holds what after each event, and what each holder gets at an exit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from toolkit.app.building import Built
from toolkit.errors import InputError, Problem
from toolkit.lines.quantity_text import parse_quantity
from toolkit.projection.ownership import Standing, closings, standings
from toolkit.resources.funding.convertible import Instrument
from toolkit.resources.funding.equity_records import Crowdfunding, Note, PricedRound, Safe
from toolkit.resources.funding.holder_returns import HolderReturn, holder_returns
from toolkit.resources.funding.ocf import Issuer, read_ocf, write_ocf
from toolkit.resources.funding.ocf.package import read_package
from toolkit.resources.funding.priced_round import UNALLOCATED_POOL
from toolkit.resources.record import month_after
from toolkit.text import Language, bilingual

EXIT_MULTIPLES = (1, 2, 5, 10)  # of the last valuation: exit values where none are asked for
NOTHING = "0"
_FORMS: dict[Instrument, dict[str, str]] = {
    "convertible_note": {"kind": "convertible_note"},
    "safe_post_money": {"kind": "safe", "form": "post_money"},
    "safe_pre_money": {"kind": "safe", "form": "pre_money"},
}


@dataclass(frozen=True, slots=True)
class Ownership:
    """The cap table through time. `labels` maps a holder to the words of the plan; months are ISO."""

    built: Built
    standings: tuple[Standing, ...]

    @property
    def labels(self) -> Mapping[str, Any]:
        funding = self.built.plan.funding
        named = {one.id: one.words for one in funding.instruments}
        # Investors of a round, who are named by an id or not at all, are called after what they bought first.
        for one in funding.instruments:
            investor = getattr(one, "investor", None) or (one.id if isinstance(one, PricedRound) else None)
            if investor is not None and (investor == one.id or investor not in named):
                named[investor] = bilingual("report_plan.investors_of", name=one.words)
        return named | {one.id: one.words for one in funding.holders} | _pool_words()

    def month(self, standing: Standing) -> str:
        """The ISO month of a standing; the eve of the plan counts as the month before its first."""
        return month_after(self.built.plan.company.start, standing.month)

    def holders(self) -> tuple[str, ...]:
        """Everybody who ever holds shares, in order of arrival; the unallocated pool last."""
        names = dict.fromkeys(name for one in self.standings for name in one.table.ownership())
        return (*(name for name in names if name != UNALLOCATED_POOL), UNALLOCATED_POOL)

    def at(self, month: str | None) -> Standing:
        """What stands at the end of an ISO month; after the last event where none is given."""
        if month is None:
            return self.standings[-1]
        months = self.built.run.months
        eve = month_after(months[0], 0)
        if month not in (eve, *months):
            values = {"month": month, "first": eve, "last": months[-1]}
            raise InputError([Problem("funding_plan.month_out_of_plan", "month", values=values)])
        return [one for one in self.standings if self.month(one) <= month][-1]

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The JSON form: one entry an event, with shares and ownership by holder."""
        return {
            "run_id": self.built.run.id,
            "currency": self.built.run.currency,
            "holders": [
                {"id": name, "label": self.labels[name][language] if name in self.labels else name}
                for name in self.holders()
            ],
            "events": [self._event(one, language) for one in self.standings],
        }

    def _event(self, standing: Standing, language: Language) -> dict[str, Any]:
        table, result = standing.table, standing.result
        held = {name: float(table.shares_of(name)) for name in self.holders() if name != UNALLOCATED_POOL}
        return {
            "month": self.month(standing),
            "label": standing.label[language],
            "total_shares": float(table.total_shares),
            "shares": {**held, UNALLOCATED_POOL: float(table.unallocated_pool)},
            "ownership": {name: table.ownership().get(name, 0.0) for name in self.holders()},
            "convertibles": [
                {"holder": holder, "name": one.name, "amount": float(one.amount)}
                for holder, one in table.convertibles
            ],
            "round_price": None if result is None else float(result.round_price),
        }


def _pool_words() -> dict[str, Any]:
    return {UNALLOCATED_POOL: bilingual("funding_plan.pool")}


def ownership_of(built: Built) -> Ownership:
    """The cap table of a run through time. Raises InputError when the plan names no holder."""
    found = standings(built.plan.funding, built.run.base)
    if not found:
        raise InputError([Problem("funding_plan.no_holders", "funding.holders")])
    return Ownership(built, found)


def exit_returns(
    ownership: Ownership, exit_values: Sequence[str] = (), month: str | None = None
) -> list[HolderReturn]:
    """What each holder gets, over exit values (texts such as `20M`; multiples of the last valuation by
    default) in an ISO month (the last of the plan by default).

    Proceeds are after debt and costs. Convertibles that are outstanding then take no part.
    """
    run = ownership.built.run
    standing = ownership.at(month)
    values = [_money(text, run.currency) for text in exit_values] or _default_exits(ownership)
    day = _day(month or run.months[-1])
    return holder_returns(standing.table, values, day, _paid_in(ownership), standing.strikes)


def _money(text: str, currency: str) -> Fraction:
    try:
        value = parse_quantity(text, currency)
    except InputError:
        value = parse_quantity(NOTHING, currency)
    if value.is_uncertain or value.median <= 0:
        raise InputError([Problem("funding_plan.exit_value", "exit", values={"text": text})])
    return Fraction(repr(value.median))


def _default_exits(ownership: Ownership) -> list[Fraction]:
    results = [one.result for one in ownership.standings if one.result is not None]
    last = results[-1].implied_post_money_valuation if results else Fraction(10_000_000)
    return [Fraction(round(last * multiple)) for multiple in EXIT_MULTIPLES]


def _paid_in(ownership: Ownership) -> dict[str, list[tuple[date, Fraction]]]:
    """What holders of the plan's equity paid, dated; a round's money is its lead holder's."""
    built = ownership.built
    closed = closings(built.plan.funding, built.run.base)
    paid: dict[str, list[tuple[date, Fraction]]] = {}
    for one in built.plan.funding.instruments:
        if isinstance(one, Safe | Note | PricedRound | Crowdfunding) and one.id in closed:
            month = month_after(built.plan.company.start, closed[one.id].month)
            paid.setdefault(one.holder, []).append((_day(month), closed[one.id].money))
    return paid


def _day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def export_ocf(
    ownership: Ownership, folder: Path, month: str | None = None, scenario: str | None = None
) -> list[Path]:
    """Write the table of an ISO month as an Open Cap Format package; by default that of today, which is a
    record of fact. Raises InputError where the table holds forecast events and no scenario is named."""
    plan = ownership.built.plan
    today = month_after(plan.company.start, 0)
    month = month or today
    table = ownership.at(month).table
    forecast = any(one.month > 0 and ownership.month(one) <= month for one in ownership.standings)
    if forecast and scenario is None:
        values = {"month": month}
        raise InputError([Problem("funding_plan.scenario_needed", "scenario", values=values)])
    issuer = Issuer(
        legal_name=plan.company.name["en"],
        country=plan.company.country,
        formation_date=_day(today),
        currency=plan.company.currency,
        common_price=Fraction(0),
        option_exercise_price=Fraction(0),
    )
    return write_ocf(folder, table, issuer, _day(month), forecast=forecast, scenario=scenario)


def import_ocf(path: Path) -> dict[str, Any]:
    """The holders, pool and convertibles of an Open Cap Format package, as a plan writes them: what is
    outstanding is dated with the package. Raises InputError with everything that cannot be taken over."""
    table = read_ocf(path)
    month = str(read_package(path).manifest["as_of"])[:7]
    names = dict.fromkeys(holder for holder, _ in table.positions)
    return {
        "holders": [
            {"id": _identifier(name), "label": name, "shares": float(table.shares_of(name))} for name in names
        ],
        "pool": float(table.unallocated_pool),
        "convertibles": [
            {
                "id": _identifier(one.name),
                "investor": _identifier(holder),
                "month": month,
                **_FORMS[one.instrument],
                "amount": float(one.amount),
                "valuation_cap": None if one.valuation_cap is None else float(one.valuation_cap),
                "discount": float(one.discount_rate),
            }
            for holder, one in table.convertibles
        ],
        "total_shares": float(table.total_shares),
    }


def _identifier(name: str) -> str:
    """A name as an id of a plan: small letters, digits and underscores, beginning with a letter."""
    plain = "".join(mark if mark.isascii() and mark.isalnum() else "_" for mark in name.lower())
    return plain if plain[:1].isalpha() else f"h_{plain}"
