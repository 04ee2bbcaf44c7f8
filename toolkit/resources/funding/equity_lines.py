"""Equity as lines: SAFEs and notes until they convert, priced rounds, crowdfunding.

    SAFE        debit cash, credit convertibles (between debt and equity until it converts)
    note        the same; interest is an expense that adds to the convertibles, on the principal outstanding
                at the start of the month; at maturity what has not converted is paid back with its interest
    round       debit cash, credit preferred stock; legal costs are an expense
    conversion  when a round closes: debit convertibles, credit preferred stock, for all that is outstanding:
                last month's balance, this month's interest, and what closed this month and is listed before
                the round
    campaign    equity: all of it at the payout, credit common stock. Reward: what was pledged is owed until
                delivery (receivables against deferred revenue), then it is revenue

Who owns what after a round is an exact function, in `toolkit.resources.funding.cap_table`.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from toolkit.resources.compilation import Scope
from toolkit.resources.funding import crowdfunding as rules
from toolkit.resources.funding import note as note_rules
from toolkit.resources.funding.closing import at_closing, by_age, write_closing
from toolkit.resources.funding.equity_records import Crowdfunding, Note, PricedRound, Safe
from toolkit.resources.funding.rule_text import written


def write_safe(scope: Scope, safe: Safe) -> str:
    """Lines of a SAFE; returns the line of its proceeds."""
    return at_closing(scope, write_closing(scope, safe), "amount", "convertibles")


def unit_interest(note: Note) -> tuple[float, ...]:
    """Interest of one unit of principal by month of age (index 0: the month of closing, which bears none)."""
    unit = note_rules.ConvertibleNote(Fraction(1), exact_rate(note), None, None, Fraction(0))
    total = [
        note_rules.accrued_interest(unit, Fraction(months, 12)) for months in range(note.maturity_months + 1)
    ]
    return (0.0, *(float(after - before) for before, after in pairwise(total)))


def exact_rate(note: Note) -> Fraction:
    """The yearly rate of a note as it is written."""
    return Fraction(repr(note.annual_rate.quantity.median))


def write_note(scope: Scope, note: Note, before: list[str], after: list[str]) -> str:
    """Lines of a note; `before` and `after` are the proceeds of the rounds that are listed before and after
    it. Returns the line of its proceeds."""
    closing = write_closing(scope, note)
    proceeds = at_closing(scope, closing, "amount", "convertibles")
    principal, owed = scope.line("principal"), scope.line("owed")
    unit = unit_interest(note)
    amount, age = scope.line("amount"), closing.age_before
    had = f"{amount} * {1 + sum(unit[:age])!r}" if 1 <= age < len(unit) else None
    rate = by_age(scope, "interest", unit, closing)
    interest = scope.amount(
        "interest", f"{principal}[-1] * {rate}", "interest_expense", "convertibles", "note_interest"
    )
    standing = f"{owed}[-1] + {interest}"
    converted = scope.formula(
        "converted",
        f"where({_any(after)} > 0, {standing} + {proceeds}, where({_any(before)} > 0, {standing}, 0))",
        scope.currency, "conversion",
    )  # fmt: skip
    due = f"{closing.age} == {len(unit)} and {converted} <= 0"
    repaid = scope.amount("repaid", f"where({due}, {standing}, 0)", "convertibles", "cash", "note_repaid")
    gone = f"{converted} + {repaid} > 0"
    scope.formula(
        "principal", f"where({gone}, 0, {principal}[-1] + {proceeds})", scope.currency, "note_principal",
        amount if had else None,
    )  # fmt: skip
    scope.formula("owed", f"where({gone}, 0, {standing} + {proceeds})", scope.currency, None, had)
    return proceeds


def _any(proceeds: list[str]) -> str:
    return " + ".join(proceeds) or "0"


def write_round(scope: Scope, round_: PricedRound, outstanding: str) -> tuple[str, str]:
    """Lines of a priced round; `outstanding` is the formula of the convertibles that it converts. Returns the
    lines of its proceeds and of the conversion."""
    proceeds = at_closing(scope, write_closing(scope, round_), "new_money", "preferred_stock")
    formula = f"where({proceeds} > 0, {outstanding}, 0)"
    conversion = scope.amount("conversion", formula, "convertibles", "preferred_stock")
    if round_.costs is not None:
        scope.amount("closing_costs", f"{proceeds} * {scope.input('costs')}", "general_other", "cash")
    return proceeds, conversion


def write_campaign(scope: Scope, campaign: Crowdfunding) -> str:
    """Lines of a campaign; returns the line of what is paid out, before fees."""
    closing = write_closing(scope, campaign)
    terms = {
        "keeps_all": "1" if campaign.model == "keep_it_all" else "0",
        "pledged": scope.input("pledged"),
        "goal": scope.input("goal"),
        "failed": scope.optional("failed", 0.0),
    }
    now = f"where({closing.age} == 1, {closing.closes}, 0)"
    taken = f"{now} * {written(rules.COLLECTED, **terms)}"
    backers = f"{now} * {written(rules.PAYMENTS, backers=scope.input('backers'), **terms)}"
    payments = scope.formula("payments", backers, "1", "campaign_payments")
    wait = campaign.payout_months
    if campaign.campaign == "equity":
        collected = scope.formula("collected", taken, scope.currency, "campaign_collected")
        proceeds = scope.amount("proceeds", _later(collected, wait), "cash", "common_stock")
    else:
        collected = scope.amount("collected", taken, "receivables", "deferred_revenue", "campaign_collected")
        proceeds = scope.amount("proceeds", _later(collected, wait), "cash", "receivables")
        _delivery(scope, collected, payments, wait + campaign.delivery_months)
    _fees(scope, _later(collected, wait), _later(payments, wait))
    return proceeds


def _later(line: str, months: int) -> str:
    return f"{line}[-{months}]" if months else line


def _fees(scope: Scope, collected: str, payments: str) -> None:
    """What the platform keeps back of a payout."""
    platform = written(rules.PLATFORM_FEE, collected=collected, platform_share=scope.input("platform_fee"))
    scope.amount("platform_fees", platform, "financing_fees", "cash", "platform_fees")
    processing = written(
        rules.PROCESSING_FEE,
        collected=collected,
        payments=payments,
        processing_share=scope.optional("processing_fee", 0.0),
        fixed_fee=scope.optional("fixed_fee", 0.0, scope.currency),
    )
    scope.amount("processing_fees", processing, "financing_fees", "cash", "processing_fees")


def _delivery(scope: Scope, collected: str, payments: str, months: int) -> None:
    """A reward campaign delivers: what was owed becomes revenue, and the rewards are paid for."""
    scope.amount("delivered", _later(collected, months), "deferred_revenue", "sales", "campaign_delivered")
    cost = f"{_later(payments, months)} * {scope.optional('reward_cost', 0.0, scope.currency)}"
    scope.amount("rewards", cost, "cost_other", "cash", "campaign_rewards")
