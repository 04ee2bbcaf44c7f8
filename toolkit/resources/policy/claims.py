"""What a plan says about policy support: the programmes that the company claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from toolkit.errors import InputError
from toolkit.lines.spelling import nearest
from toolkit.resources.policy.facts import fact_problems
from toolkit.resources.policy.programme import load_programme
from toolkit.resources.policy.reading import facts_of_programme
from toolkit.resources.record import Sourced, Words
from toolkit.resources.surroundings import complaint, surroundings
from toolkit.resources.values import Chance

Place = tuple[int | str, ...]


def _claimable(id: str, info: ValidationInfo) -> str:
    around = surroundings(info)
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

    `granted` is the chance that it is; `delay_months` come on top of the usual time until the money; `facts`
    are what the lines of a plan cannot know (`is_sme: true`), or know worse than the founder.
    """

    programme: Annotated[str, AfterValidator(_claimable)]
    granted: Chance | None = None
    delay_months: Annotated[int, Field(ge=0, le=36)] = 0
    facts: dict[str, Any] = Field(default_factory=dict)
    label: Words | None = None

    @field_validator("facts")
    @classmethod
    def _facts_of_the_programme(cls, facts: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        wrong: dict[Place, PydanticCustomError] = {
            (problem.field,): complaint(problem.id, **problem.values) for problem in fact_problems(facts)
        }
        if (programme := info.data.get("programme")) is not None:
            read = facts_of_programme(load_programme(programme))
            for name in facts.keys() - read:
                close = nearest(name, read)
                wrong.setdefault((name,), complaint("policy.fact_not_read", name=name, known=close))
        _complain(wrong, facts)
        return facts


class Policy(Sourced):
    """The order of the claims changes nothing: what pays for a cost comes before what counts it."""

    programmes: list[Claim] = Field(default_factory=list)

    @field_validator("programmes")
    @classmethod
    def _no_cost_twice(cls, claims: list[Claim]) -> list[Claim]:
        _complain(dict(_exclusions(claims)), claims)
        return claims


def _exclusions(claims: list[Claim]) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Claims that an earlier one excludes."""
    for index, claim in enumerate(claims):
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
