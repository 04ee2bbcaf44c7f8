"""The cost lines that claims count, after what others have paid for them.

    base          = cost − what partners and grants pay of it
    for a claim   = base − what earlier grants of programmes paid − what exclusive claims took (for another
                    exclusive claim), times the share of the cost that the claim takes

A cost that public money paid for is not counted again (CGI 244 quater B III; ITA 127(18); FZulG § 7(2)).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.funding.support_records import ELIGIBLE, Grant
from toolkit.resources.partnerships.records import CostShare
from toolkit.resources.policy.claims import Claim
from toolkit.resources.policy.plan_facts import COSTS
from toolkit.text import bilingual


@dataclass
class Bases:
    """`lines` maps what a plan knows (`research_pay`) to the line that holds it now; `taken` are formula
    texts of what exclusive claims have taken of a cost."""

    compilation: Compilation
    lines: dict[str, str]
    taken: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, compilation: Compilation, lines: dict[str, str]) -> Bases:
        """The bases before any claim: without what partners and grants pay."""
        found = cls(compilation, lines)
        grants = [one for one in compilation.plan.funding.instruments if isinstance(one, Grant)]
        for grant in grants:
            found._grant(grant)
        for cost in COSTS:
            paid = [*found._partners(cost), *found._grants(grants, cost)]
            if paid:
                found._reduce(cost, "base", " - ".join([found.lines[cost], *paid]))
        return found

    def relieve(self, cost: str, programme: str, accrued: str) -> None:
        """Take what a programme pays off a cost."""
        self._reduce(cost, f"net.{programme}", f"{self.lines[cost]} - {accrued}")

    def claim(self, scope: Scope, claim: Claim, cost: str, exclusive: bool) -> str:
        """The line of a cost that a claim counts."""
        line = self.lines[cost]
        if not exclusive and not claim.costs:
            return line
        left = " - ".join([line, *self.taken.get(cost, [])])
        if claim.costs:
            share = _share(scope, claim, cost)
            counted = f"max(min({share} * {line}, {left}), 0)" if share else "0"
        else:
            counted = f"max({left}, 0)"
        words = bilingual(f"policy.base.{cost}")
        label = words if scope.name is None else bilingual("resources.label_of", name=scope.name, label=words)
        found = scope.book.formula(scope.line(f"base.{cost}"), counted, scope.currency, label)
        self.taken.setdefault(cost, []).append(f"{found} * {scope.line('granted')}")
        return found

    def _reduce(self, cost: str, part: str, formula: str) -> None:
        words = bilingual(f"policy.net.{cost}")
        name = f"policy.{part}.{cost}" if part == "base" else f"policy.net.{cost}.{part.partition('.')[2]}"
        self.lines[cost] = self.compilation.book.formula(name, formula, self.compilation.currency, words)

    def _partners(self, cost: str) -> list[str]:
        partners = self.compilation.plan.partnerships.partners
        return [
            f"{COSTS[cost]} * partnerships.{partner.id}.share_paid"
            for partner in partners
            if isinstance(partner, CostShare) and cost in partner.of
        ]

    def _grant(self, grant: Grant) -> None:
        """The line of what a grant pays of the cost of a month: by its matching rate, up to the award."""
        prefix, currency = f"funding.{grant.id}", self.compilation.currency
        so_far = f"min({prefix}.award, {prefix}.matching_rate * {prefix}.spent"
        formula = f"{prefix}.closes * ({so_far}) - {so_far}[-1]))"
        label = bilingual("policy.paid_by_grant", name=grant.words)
        self.compilation.book.formula(f"policy.grant.{grant.id}", formula, currency, label)

    def _grants(self, grants: list[Grant], cost: str) -> list[str]:
        found = []
        for grant in grants:
            words = dict.fromkeys(grant.eligible)
            covered = {"research_compute", "compute"} if cost == "research_compute" else {cost}
            if covered & words.keys():
                whole = " + ".join(ELIGIBLE[word] for word in words)
                found.append(f"policy.grant.{grant.id} * {COSTS[cost]} / max({whole}, 1e-9)")
        return found


def _share(scope: Scope, claim: Claim, cost: str) -> str | None:
    """The line of the share of a cost that a claim takes; None where it names others only."""
    value = claim.costs.get(cost)  # type: ignore[call-overload]
    if value is None:
        return None
    source = scope.compilation.source_of(f"{scope.path}.costs.{cost}", value, claim)
    label = bilingual(f"policy.share.{cost}")
    name = scope.line(f"share.{cost}")
    return scope.book.input(name, value.quantity, value.unit, label, source)
