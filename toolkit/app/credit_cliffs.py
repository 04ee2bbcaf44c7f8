"""The cliff of compute credits: what the invoice of a provider becomes when its credits end.

Gross use, credit used and net invoice are three lines of a run; here they stand side by side, with the month
in which each grant of credits ends (used up, expired, or lapsed) and what the net invoice then becomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from toolkit.app.building import Built
from toolkit.resources.compute.pricing import provider_slug
from toolkit.resources.partnerships.records import ComputeCredits
from toolkit.text import Language, Text

NOTHING = 0.005  # money below this is none
HALF_YEAR = 6


@dataclass(frozen=True, slots=True)
class CreditGrant:
    """One grant in the base case. `ends_in` is the ISO month in which the last of it is gone, None where some
    is left at the end of the horizon or nothing came; `how` says why it ended."""

    id: str
    label: Text
    granted: float
    used: float
    expired: float
    ends_in: str | None
    how: Literal["used_up", "expired"] | None


@dataclass(frozen=True, slots=True)
class CreditCliff:
    """A provider with credits: `gross`, `used` and `net` by month; `month` is the first in which nothing is
    left of any of them, None where credits last; `before` and `after` are the mean net invoices of a month
    in the half year before credits ran out and from `month` on."""

    provider: str
    grants: tuple[CreditGrant, ...]
    gross: tuple[float, ...]
    used: tuple[float, ...]
    net: tuple[float, ...]
    month: str | None
    before: float
    after: float

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The JSON form."""
        return {
            "provider": self.provider, "cliff_month": self.month, "invoice_before": self.before,
            "invoice_after": self.after, "gross": self.gross, "used": self.used, "net": self.net,
            "grants": [
                {
                    "id": grant.id, "label": grant.label[language], "granted": grant.granted,
                    "used": grant.used, "expired": grant.expired, "ends_in": grant.ends_in, "how": grant.how,
                }
                for grant in self.grants
            ],
        }  # fmt: skip


def credit_cliffs(built: Built) -> tuple[CreditCliff, ...]:
    """Every provider with credits, by name."""
    partners = [one for one in built.plan.partnerships.partners if isinstance(one, ComputeCredits)]
    providers = sorted({partner.provider for partner in partners})
    return tuple(_cliff(built, one, [p for p in partners if p.provider == one]) for one in providers)


def _cliff(built: Built, provider: str, partners: list[ComputeCredits]) -> CreditCliff:
    slug, base, months = provider_slug(provider), built.run.base, built.run.months
    nothing = (0.0,) * (len(months) + 1)
    gross, used, net = (
        base.get(line, nothing)[1:]
        for line in (
            f"compute.gross.{slug}",
            f"partnerships.credit_used.{slug}",
            f"compute.invoice.{slug}.net",
        )
    )
    last = max((number for number, amount in enumerate(used) if amount > NOTHING), default=None)
    after = None if last is None or last + 1 >= len(months) else last + 1
    until = last or 0  # the month in which credits run out pays a part already
    return CreditCliff(
        provider=provider,
        grants=tuple(_grant(built, partner) for partner in partners),
        gross=gross,
        used=used,
        net=net,
        month=None if after is None else months[after],
        before=0.0 if after is None else _mean(net[max(until - HALF_YEAR, 0) : until]),
        after=0.0 if after is None else _mean(net[after : after + HALF_YEAR]),
    )


def _mean(amounts: tuple[float, ...]) -> float:
    return sum(amounts) / len(amounts) if amounts else 0.0


def _grant(built: Built, partner: ComputeCredits) -> CreditGrant:
    prefix, base = f"partnerships.{partner.id}", built.run.base
    granted, used, expired, left = (
        base[f"{prefix}.{part}"][1:] for part in ("granted", "used", "expired", "left")
    )
    came = [number for number, amount in enumerate(granted) if amount > NOTHING]
    empty = [
        number for number, amount in enumerate(left) if came and number >= came[-1] and amount <= NOTHING
    ]
    ends = empty[0] if empty else None
    how: Literal["used_up", "expired"] | None = None
    if ends is not None:
        how = "expired" if expired[ends] > NOTHING else "used_up"
    return CreditGrant(
        partner.id, partner.words, sum(granted), sum(used), sum(expired),
        None if ends is None else built.run.months[ends], how,
    )  # fmt: skip
