"""Grants as lines: earned by milestone, paid later.

spent    = eligible cost since the first month of the grant
reached  = (1 if awarded) × (1 for each milestone up to this one that is met)
earned   debit public support receivable, credit public support, in the month of a milestone
paid     debit cash, credit the receivable, `payment_months` later
"""

from __future__ import annotations

from toolkit.resources.compilation import Scope
from toolkit.resources.funding import grant as rules
from toolkit.resources.funding.closing import write_closing
from toolkit.resources.funding.rule_text import written
from toolkit.resources.funding.support_records import ELIGIBLE, Grant
from toolkit.resources.record import with_basis


def write_grant(scope: Scope, grant: Grant) -> None:
    """Lines and postings of a grant."""
    closing = write_closing(scope, grant)
    cost = " + ".join(ELIGIBLE[word] for word in dict.fromkeys(grant.eligible))
    spent = scope.line("spent")
    scope.formula(
        "spent", f"{spent}[-1] + where({closing.age} >= 1, {cost}, 0)", scope.currency, "grant_spent"
    )
    before = f"{scope.line('earned_total')}[-1]"
    award, matching = scope.input("award"), scope.input("matching_rate")
    reached, parts, terms = closing.closes, [], []
    path, prefix = f"{scope.path}.milestones", scope.prefix
    milestones = [with_basis(milestone, grant) for milestone in grant.milestones]
    for step, milestone in scope.compilation.scopes(path, prefix, milestones):
        reached = step.formula("reached", f"{reached} * {step.optional('met', 1.0)}", "1")
        parts.append(step.input("part"))
        part = " + ".join(parts)
        rule = written(rules.EARNED, award=award, part=part, matching=matching, spent=spent, before=before)
        terms.append(f"where({closing.age} == {milestone.after_months}, {reached} * ({rule} - {before}), 0)")
    earned = scope.amount("earned", " + ".join(terms), "support_receivable", "public_support", "grant_earned")
    scope.formula("earned_total", f"{before} + {earned}", scope.currency, "grant_earned_total")
    months = grant.payment_months
    paid = f"{earned}[-{months}]" if months else earned
    scope.amount("paid", paid, "cash", "support_receivable", "grant_paid")
