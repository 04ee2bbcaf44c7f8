"""What a report says of partnerships: what each gives or takes, and what it brings over the horizon."""

from __future__ import annotations

from toolkit.app.building import Built
from toolkit.reference.providers import provider_name
from toolkit.report.context import PartnerRow
from toolkit.resources.partnerships.records import (
    AnyPartner,
    ComputeCredits,
    CostShare,
    DataLicence,
    Referral,
    RevenueShare,
)
from toolkit.text import bilingual


def partner_rows(built: Built) -> tuple[PartnerRow, ...]:
    """Every partner of the plan, with what it brings over the horizon in the base case."""
    rows = []
    for index, partner in enumerate(built.plan.partnerships.partners):
        prefix = f"partnerships.{partner.id}"
        kind, basis, brought = _what_it_gives(partner)
        size = built.run.base[f"{prefix}.{basis}"][1] * (1 if basis == "customers" else 100)
        provider = provider_name(getattr(partner, "provider", ""))
        values = [sign * sum(built.run.base.get(f"{prefix}.{part}", (0.0,))[1:]) for part, sign in brought]
        rows.append(
            PartnerRow(
                label=partner.words,
                gives=bilingual(f"app.gives.{kind}", provider=provider, share=f"{size:.3g}"),
                value=sum(values) if values else None,
                until=partner.end,
                source=built.model.lines[f"{prefix}.{basis}"].source,
                field=f"partnerships.partners[{index}]",
            )
        )
    return tuple(rows)


def _what_it_gives(partner: AnyPartner) -> tuple[str, str, list[tuple[str, int]]]:
    """Its words in the catalogue, the input line that it rests on, and the lines of what it brings (1) and
    costs (-1)."""
    match partner:
        case ComputeCredits():
            return "amount", "amount", [("granted", 1)]
        case CostShare():
            return "cost_share", "share", [("contributed", 1)]
        case RevenueShare():
            return "revenue_share", "share", [("paid_share", -1)]
        case Referral():
            return "referral", "customers", [("fee_cost", -1)]
        case DataLicence():
            given = next(name for name in ("monthly", "upfront", "royalty") if getattr(partner, name))
            parts = [("fee_income", 1), ("upfront_earned", 1), ("fee_cost", -1), ("used_up", -1)]
            return f"licence_{partner.direction}", given, parts
    return "discount", "discount", []
