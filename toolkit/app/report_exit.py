"""What holders get when the company is sold at the end of the plan, over a range of exit values."""

from __future__ import annotations

from toolkit.app.building import Built
from toolkit.app.ownership import exit_returns, ownership_of
from toolkit.errors import InputError
from toolkit.report.exhibits import ExitRow, ExitTable
from toolkit.text import Text


def exit_table(built: Built) -> ExitTable | None:
    """Payouts at multiples of the last valuation; None where the plan names no holder or nobody shares."""
    try:
        owned = ownership_of(built)
        returns = exit_returns(owned)
    except InputError:
        return None
    values = tuple(dict.fromkeys(float(one.exit_value) for one in returns))
    holders = dict.fromkeys(one.holder for one in returns)
    rows = []
    for holder in holders:
        own = [one for one in returns if one.holder == holder]
        payouts = tuple(float(one.payout) for one in own)
        if any(payouts):
            label = Text.of(owned.labels.get(holder, holder))
            rows.append(ExitRow(label, float(own[0].invested), payouts))
    return ExitTable(values, tuple(rows), built.run.months[-1]) if rows else None
