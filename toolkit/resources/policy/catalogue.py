"""Claims of programmes whose rules nobody wrote down: the catalogue knows them, the plan says how much.

earned   amount × granted, once or in every year or month of its span, as long as the programme runs
cash     after the catalogue's usual lag, or less of a tax, by its kind
"""

from __future__ import annotations

from toolkit.errors import Problem
from toolkit.provenance import Source
from toolkit.reference import Reference
from toolkit.reference.programmes import Programme as Listed
from toolkit.resources.compilation import Scope
from toolkit.resources.policy.programme import Article, PlanRules
from toolkit.resources.record import month_after
from toolkit.resources.surroundings import Surroundings

# Members of the European Union, ISO 3166: whose companies claim its programmes.
EU = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
_ELSEWHERE = {"credit": "partnerships", "loan": "funding"}


def is_listed(id: str, reference: Reference) -> bool:
    """Whether the catalogue knows a programme."""
    return id in reference.programmes


def catalogue_problem(id: str, around: Surroundings) -> Problem | None:
    """Why a company cannot claim a programme of the catalogue; None where it can."""
    listed = around.reference.programmes[id]
    if listed.kind in _ELSEWHERE:
        room = _ELSEWHERE[listed.kind]
        return Problem("policy.belongs_elsewhere", values={"name": id, "room": room})
    everywhere = listed.country == "GLOBAL" or (listed.country == "EU" and around.country in EU)
    if not everywhere and listed.country != around.country:
        values = {"name": id, "country": listed.country, "company": around.country}
        return Problem("plan.programme_country", values=values)
    return None


def rules_of(listed: Listed) -> PlanRules:
    """How the money of a listed programme comes, by its kind."""
    settled = "cash"
    if listed.kind == "payroll_relief":
        settled = "payroll_tax"
    elif listed.kind in ("super_deduction", "reduced_rate") or listed.refundable == "no":
        settled = "income_tax" if listed.kind not in ("grant", "voucher") else "cash"
    return PlanRules.model_validate(
        {
            "every": "month",
            "amount": "0",
            "settled": settled,
            "after": 0 if settled == "income_tax" else listed.payment_lag_months,
            "why": Article(title=listed.source.title, url=listed.source.url),
            "account": "income_tax" if settled == "income_tax" else "public_support",
        }
    )


def write_expected(scope: Scope, listed: Listed, start: str, end: str | None, every: str | None) -> str:
    """Formula text of what a listed programme brings in a month, before the chance that it is granted."""
    compilation = scope.compilation
    first, company = compilation.number_of(start), compilation.plan.company
    last = compilation.number_of(end) if end else compilation.months
    step = {"month": 1, "year": 12}.get(every or "once")
    falls = []
    for number in range(1, compilation.months + 1):
        runs = listed.runs_on(f"{month_after(company.start, number)}-01")
        on = number == first if step is None else first <= number <= last and (number - first) % step == 0
        falls.append(on and runs)
    amount = scope.input("amount", "policy.lines.expected")
    return f"{scope.schedule('falls', falls, 'start', 'policy.lines.falls')} * {amount}"


def source_of_listed(listed: Listed) -> Source:
    """A row of the catalogue as a source."""
    place = listed.source
    return Source("rule", place.title, place.place, place.url, place.date, listed.confidence)
