"""What a plan says about policy support: the programmes that the company claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import floor
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from toolkit.errors import InputError
from toolkit.lines.spelling import nearest
from toolkit.resources.policy.catalogue import catalogue_problem, is_listed
from toolkit.resources.policy.facts import fact_problems
from toolkit.resources.policy.programme import CostName, load_programme, programme_files
from toolkit.resources.policy.reading import facts_of_programme
from toolkit.resources.record import EventMonth, Month, Sourced, Words
from toolkit.resources.surroundings import complaint, surroundings
from toolkit.resources.values import Chance, Counted, Money, Share, Value

Place = tuple[int | str, ...]
LONGEST_DELAY = 36
Delay = Annotated[Value, Counted("month", 0, LONGEST_DELAY)]
BEST = "best"


def _claimable(id: str, info: ValidationInfo) -> str:
    around = surroundings(info)
    if id not in programme_files() and is_listed(id, around.reference):
        problem = catalogue_problem(id, around)
        if problem is not None:
            raise complaint(problem.id, **problem.values)
        return id
    try:
        programme = load_programme(id)
    except InputError as error:
        raise complaint(error.problems[0].id, **error.problems[0].values) from None
    if programme.country != around.country:
        values = {"country": programme.country, "company": around.country}
        raise complaint("plan.programme_country", name=id, **values)
    if programme.currency != around.currency:
        raise complaint("plan.offer_currency", offer=programme.currency, plan=around.currency)
    return id


class Claim(Sourced):
    """A programme that the company claims.

    `granted` is the chance that it is; `delay_months` come on top of the usual time until the money (whole
    months: a range is rounded); `facts` are what the lines of a plan cannot know (`is_sme: true`), or know
    worse than the founder. `costs` are the shares of cost lines that this claim takes for itself alone.

    A programme that is only in the catalogue is claimed by what is expected of it: an `amount`, `once` in the
    month `start` or every `year` or `month` from then until `end`; `relieves` names the cost that it pays
    for. One that nobody verified stays out of cash until `granted` is given.
    """

    programme: Annotated[str, AfterValidator(_claimable)]
    granted: Chance | None = None
    delay_months: Delay | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    costs: dict[CostName, Share] = Field(default_factory=dict)
    amount: Money | None = Field(None, validate_default=True)
    every: Literal["once", "year", "month"] | None = None
    start: EventMonth | None = Field(None, validate_default=True)
    end: Month | None = None
    relieves: CostName | None = None
    label: Words | None = None

    @property
    def usual_delay(self) -> int:
        """The delay of the base case, in whole months."""
        return 0 if self.delay_months is None else floor(self.delay_months.quantity.median + 0.5)

    @property
    def is_listed(self) -> bool:
        """Whether its rules are not written down: it is claimed by an expected amount."""
        return self.programme not in programme_files()

    @field_validator("facts")
    @classmethod
    def _facts_of_the_programme(cls, facts: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        wrong: dict[Place, PydanticCustomError] = {
            (problem.field,): complaint(problem.id, **problem.values) for problem in fact_problems(facts)
        }
        programme = info.data.get("programme")
        if programme in programme_files():
            read = facts_of_programme(load_programme(programme))
            for name in facts.keys() - read:
                close = nearest(name, read)
                wrong.setdefault((name,), complaint("policy.fact_not_read", name=name, known=close))
        _complain(wrong, facts)
        return facts

    @field_validator("amount")
    @classmethod
    def _expected_or_computed(cls, amount: Value | None, info: ValidationInfo) -> Value | None:
        programme = info.data.get("programme")
        if programme is None:
            return amount
        if programme in programme_files():
            if amount is not None:
                raise complaint("policy.amount_computed", name=programme)
            return amount
        listed = surroundings(info).reference.programmes[programme]
        if amount is None:
            raise complaint("policy.amount_needed", name=programme)
        of_benefit = listed.cap_on == "benefit" and listed.currency == amount.currency
        if of_benefit and listed.cap_amount and amount.quantity.median > float(listed.cap_amount):
            most = f"{float(listed.cap_amount):,.0f}"
            raise complaint("partnerships.above_cap", name=programme, most=most)
        return amount

    @field_validator("start")
    @classmethod
    def _in_its_time(cls, start: str | None, info: ValidationInfo) -> str | None:
        programme, amount = info.data.get("programme"), info.data.get("amount")
        if amount is None or programme is None:
            return start
        if start is None:
            raise complaint("policy.start_needed", name=programme)
        ends = surroundings(info).reference.programmes[programme].valid_to
        if ends and start > str(ends)[:7]:
            raise complaint("policy.already_ended", name=programme, end=str(ends))
        return start

    @field_validator("end")
    @classmethod
    def _after_its_start(cls, end: str | None, info: ValidationInfo) -> str | None:
        start = info.data.get("start")
        if start and end and end < start:
            raise complaint("plan.end_before_start", start=start, end=end)
        return end


def _order(raw: Any) -> Any:
    if raw == BEST or raw is None or (isinstance(raw, list) and all(isinstance(name, str) for name in raw)):
        return raw
    raise complaint("policy.order_form")


Order = Annotated[
    Any,
    BeforeValidator(_order),
    WithJsonSchema({"anyOf": [{"const": BEST}, {"type": "array", "items": {"type": "string"}}]}),
]


class Policy(Sourced):
    """What pays for a cost comes before what counts it, whatever stands first. Within that, claims that share
    a tax or a cost are served in `order`: programmes by id, those that it leaves out afterwards by id; or the
    `best`, which a pilot run finds, and which also chooses among claims that exclude each other."""

    order: Order = None
    programmes: list[Claim] = Field(default_factory=list)

    @field_validator("programmes")
    @classmethod
    def _no_cost_twice(cls, claims: list[Claim], info: ValidationInfo) -> list[Claim]:
        wrong = {} if info.data.get("order") == BEST else dict(exclusions(claims))
        _complain(wrong, claims)
        order = info.data.get("order")
        claimed = [claim.programme for claim in claims]
        for name in order if isinstance(order, list) else ():
            if name not in claimed:
                raise complaint("policy.order_unknown", name=name, known=nearest(name, claimed))
        return claims


def exclusions(claims: list[Claim]) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Claims that an earlier one excludes, by the place of their field."""
    for index, claim in enumerate(claims):
        if claim.is_listed:
            continue
        excluded = load_programme(claim.programme).not_with
        for earlier in claims[:index]:
            if earlier.programme in excluded:
                values = {"name": claim.programme, "other": earlier.programme}
                yield (index, "programme"), complaint("policy.exclusive", **values)


def _complain(wrong: Mapping[Place, PydanticCustomError], raw: Any) -> None:
    """Raise errors at several places below a field; nothing when there are none."""
    details = [InitErrorDetails(type=error, loc=place, input=raw) for place, error in wrong.items()]
    if details:
        raise ValidationError.from_exception_data("policy", details)
