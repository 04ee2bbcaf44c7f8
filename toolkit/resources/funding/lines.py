"""Funding as lines: every instrument and promise of a plan, and their totals."""

from __future__ import annotations

from toolkit.resources.compilation import Compilation
from toolkit.resources.funding.debt_lines import write_loan, write_revenue_based
from toolkit.resources.funding.equity_lines import write_campaign, write_note, write_round, write_safe
from toolkit.resources.funding.promise_lines import write_promise
from toolkit.resources.funding.records import (
    Crowdfunding,
    Grant,
    Loan,
    Note,
    PricedRound,
    RevenueBased,
    Safe,
)
from toolkit.resources.funding.support_lines import write_grant


def compile_funding(compilation: Compilation) -> None:
    """Lines and postings of every instrument and promise, the total of money raised (grants are support, not
    money raised), and the total of what is contingent."""
    funding = compilation.plan.funding
    raised: list[str] = []
    # What a round finds to convert; interest comes before it, and a note that a round converts is not repaid.
    notes = [f"funding.{one.id}" for one in funding.instruments if isinstance(one, Note)]
    outstanding = "account.convertibles[-1]"
    outstanding += "".join(f" + {note}.interest - {note}.repaid" for note in notes)
    rounds = [f"funding.{one.id}.proceeds" for one in funding.instruments if isinstance(one, PricedRound)]
    closed = 0
    for scope, instrument in compilation.scopes("funding.instruments", "funding", funding.instruments):
        match instrument:
            case Safe():
                raised.append(write_safe(scope, instrument))
                outstanding += f" + {raised[-1]}"
            case Note():
                raised.append(write_note(scope, instrument, rounds[:closed], rounds[closed:]))
                outstanding += f" + {raised[-1]}"
            case PricedRound():
                proceeds, conversion = write_round(scope, instrument, outstanding)
                raised.append(proceeds)
                outstanding += f" - {conversion}"  # a second round of the same month finds them converted
                closed += 1
            case Loan():
                raised.append(write_loan(scope, instrument))
            case RevenueBased():
                raised.append(write_revenue_based(scope, instrument))
            case Crowdfunding():
                raised.append(write_campaign(scope, instrument))
            case Grant():
                write_grant(scope, instrument)
    room = compilation.scope("funding", "funding", funding)
    room.total("raised", raised, room.currency, "raised_total")
    exposures = [
        write_promise(scope, promise, funding.contingent)
        for scope, promise in compilation.scopes("funding.contingent", "funding", funding.contingent)
    ]
    if exposures:
        room.total("contingent", exposures, room.currency, "contingent_total")
