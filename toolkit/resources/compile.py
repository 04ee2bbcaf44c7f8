"""From the text of a plan to its book."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.errors import InputError, Problem, refuse
from toolkit.lines.book import Book
from toolkit.reference import Reference
from toolkit.resources.chart import chart_of_accounts
from toolkit.resources.company import compile_interest, compile_opening
from toolkit.resources.compilation import Compilation
from toolkit.resources.compute.billing import compile_billing
from toolkit.resources.compute.lines import compile_compute
from toolkit.resources.correlations import compile_correlations
from toolkit.resources.funding.checks import funding_problems
from toolkit.resources.funding.lines import compile_funding
from toolkit.resources.market.lines import compile_market
from toolkit.resources.market.sales_tax import compile_sales_tax
from toolkit.resources.operations.commitments import compile_commitments
from toolkit.resources.operations.costs import compile_operations
from toolkit.resources.operations.purchases import compile_purchases
from toolkit.resources.operations.safeguards import compile_safeguards
from toolkit.resources.overlay import BASE, overlay, scenario_ids
from toolkit.resources.partnerships.credits import compile_credits, compile_discounts
from toolkit.resources.partnerships.sharing import compile_referrals, compile_sharing
from toolkit.resources.plan import Plan
from toolkit.resources.policy.lines import compile_policy
from toolkit.resources.reading import Positions, read_yaml
from toolkit.resources.surroundings import Surroundings
from toolkit.resources.talent.lines import compile_talent
from toolkit.resources.tax.lines import compile_tax
from toolkit.resources.validation import validate
from toolkit.shapes.records import Rate

__all__ = ["BASE", "compile_plan", "read_plan"]


def read_plan(
    text: str, reference: Reference, file: str | None = None, scenario: str = BASE
) -> tuple[Plan, Positions]:
    """The plan of a YAML text, under a scenario, with the line of every field.

    Raises InputError with every problem of the base and of all scenarios: of each field, and between fields.
    """
    raw, positions = read_yaml(text, file)
    known = [BASE, *scenario_ids(raw)]
    plans: dict[str, tuple[Plan, Positions]] = {}
    problems: list[Problem] = []
    if scenario not in known:
        values = {"name": scenario, "known": ", ".join(known)}
        problems.append(Problem("plan.unknown_scenario", "scenario", file, values=values))
    for name in known:
        data, places, found = (raw, positions, []) if name == BASE else overlay(raw, name, positions)
        try:
            plan = validate(Plan, data, places, Surroundings.of(data, reference))
            plans[name] = plan, places
            found += funding_problems(plan, places)
        except InputError as error:
            found += error.problems
        problems += [problem for problem in found if problem not in problems]
    refuse(sorted(problems, key=lambda problem: problem.line or 0))
    return plans[scenario]


def compile_plan(
    plan: Plan, reference: Reference, rates: Mapping[str, Rate], positions: Positions
) -> Compilation:
    """The book of a plan that was read and checked: every room writes its lines, in an order in which later
    rooms may read earlier ones. `rates` holds every rate of `rate_requests`."""
    compilation = Compilation(plan, reference, rates, positions, Book(chart_of_accounts()))
    compile_opening(compilation)
    compile_funding(compilation)
    compile_referrals(compilation)
    compile_market(compilation)
    compile_talent(compilation)
    compile_discounts(compilation)
    compile_safeguards(compilation)
    compile_compute(compilation)
    compile_credits(compilation)
    compile_billing(compilation)
    compile_operations(compilation)
    compile_purchases(compilation)
    compile_commitments(compilation)
    compile_sharing(compilation)
    compile_sales_tax(compilation)
    compile_policy(compilation)
    compile_interest(compilation)
    compile_tax(compilation)
    compile_correlations(compilation)
    return compilation
