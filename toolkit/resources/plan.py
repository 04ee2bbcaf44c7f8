"""The plan: everything a founder writes down, as one record."""

from __future__ import annotations

from pydantic import Field, field_validator

from toolkit.resources.company import Company, Opening
from toolkit.resources.compute.records import Compute
from toolkit.resources.correlations import Correlation
from toolkit.resources.funding.records import Funding
from toolkit.resources.market.records import Market
from toolkit.resources.operations.records import Operations
from toolkit.resources.overlay import BASE
from toolkit.resources.partnerships.records import Partnerships
from toolkit.resources.policy.lines import Policy
from toolkit.resources.record import Id, Record, SourceEntry, Words
from toolkit.resources.surroundings import complaint
from toolkit.resources.talent.records import Talent
from toolkit.resources.tax.records import Tax


class Scenario(Record):
    """An overlay: what differs from the base, by path. An entry of a list is named by its id:
    `talent.roles.ml_engineer.count: 1`."""

    id: Id
    label: Words
    changes: dict[str, object] = Field(default_factory=dict)

    @field_validator("id")
    @classmethod
    def _not_the_base(cls, id: str) -> str:
        if id == BASE:
            raise complaint("plan.reserved_id", name=id)
        return id


class Plan(Record):
    """The six resources, operations and tax; scenarios; and the narrative of the report by section."""

    format: int = Field(1, ge=1, le=1)
    company: Company
    sources: dict[str, SourceEntry] = Field(default_factory=dict)
    opening: Opening = Opening()
    funding: Funding = Funding()
    talent: Talent = Talent()
    compute: Compute = Compute()
    policy: Policy = Policy()
    market: Market = Market()
    partnerships: Partnerships = Partnerships()
    operations: Operations = Operations()
    tax: Tax | None = None
    correlations: list[Correlation] = Field(default_factory=list)
    scenarios: list[Scenario] = Field(default_factory=list)
    narrative: dict[str, Words] = Field(default_factory=dict)
