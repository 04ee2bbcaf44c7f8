"""What the same requests cost behind an API, at the list price of the model that the user names.

    a request = prompt · input price + output · output price      (per million tokens)

From the provider's long-context limit on, the long prices hold. Batch, cache and off-peak discounts are left
out: they need traffic that can wait or repeats itself. That the named model does the same work is the user's
judgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.errors import Problem
from toolkit.estimate.cost.market import Converter, age_in_days
from toolkit.estimate.cost.workload import ApiChoice, CostWorkload, Service
from toolkit.provenance import Source
from toolkit.reference import ApiPrice, Reference

MILLION = 1e6


@dataclass(frozen=True, slots=True)
class ApiCost:
    """A month behind an API, in the workload's currency."""

    provider: str
    model: str
    per_request: float
    per_month: float
    per_million_output: float
    source: Source
    as_of: str
    age_days: int | None
    warnings: tuple[Problem, ...]


def request_cost(row: ApiPrice, prompt: int, output: int) -> float:
    """USD of one request."""
    paid_in, paid_out = row.usd_per_1m_input, row.usd_per_1m_output
    limit = row.long_context_from_tokens
    if limit is not None and prompt >= limit:
        paid_in = row.usd_per_1m_long_input or paid_in
        paid_out = row.usd_per_1m_long_output or paid_out
    return (prompt * paid_in + output * paid_out) / MILLION


def api_cost(
    choice: ApiChoice, workload: CostWorkload, reference: Reference, converter: Converter, today: date
) -> ApiCost | Problem:
    """A month of a service behind an API. Raises InputError for a model without a price."""
    work = workload.work
    if not isinstance(work, Service):
        raise TypeError("only a service can be bought behind an API")
    row = reference.api_price(choice.provider, choice.model)
    factor = converter.factor("USD")
    if isinstance(factor, Problem):
        return factor
    each = request_cost(row, work.prompt_tokens, work.output_tokens) * factor[0]
    age = age_in_days(row.as_of, today)
    old = age is not None and age > workload.max_price_age_days
    return ApiCost(
        provider=row.provider,
        model=row.model,
        per_request=each,
        per_month=each * work.requests,
        per_million_output=each / work.output_tokens * MILLION,
        source=row.source,
        as_of=row.as_of,
        age_days=age,
        warnings=(Problem("gpu.old_price", values={"days": age, "as_of": row.as_of}),) if old else (),
    )
