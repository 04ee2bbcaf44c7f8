"""What a plan says about people: roles, where they work, what they are paid, how they come and go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from toolkit.errors import InputError
from toolkit.reference import EmployerRate, Pay, Reference
from toolkit.reference.pay import Percentile
from toolkit.resources.employer_cost import allowances, payroll_rules, rate_options, regions_of
from toolkit.resources.record import Country, EventMonth, Item, Record, Sourced, Span
from toolkit.resources.surroundings import Surroundings, complain, complaint, surroundings
from toolkit.resources.values import (
    Change,
    MoneyPerMonth,
    MoneyPerYear,
    Months,
    People,
    PositiveMoney,
    Share,
    Shares,
    Value,
)

Function = Literal["research", "sales", "general", "support"]
Channel = Literal["own", "agency", "university"]
CalendarMonth = Annotated[int, Field(ge=1, le=12)]


class Location(Record):
    """Where people work, if not where the company is: the employer's rules are those of that place."""

    country: Country
    region: str | None = None


class SalaryFrom(Record):
    """Pay from the salary table: the best row for `role` (`ml_engineer`) in a country, in a year or before;
    `country` and `region` are those of the role by default."""

    role: str
    percentile: Percentile = "p50"
    country: Country | None = None
    region: str | None = None
    year: Annotated[int, Field(ge=1990, le=2100)] | None = None

    def find(self, reference: Reference, country: str, region: str | None) -> Pay:
        """The yearly pay. Raises InputError with the nearest roles when there is no row."""
        place = self.country or country
        region = self.region or (region if place == country else None)
        return reference.salary(self.role, place, self.percentile, self.year, region)


class ShareGrant(Sourced):
    """What each person who joins is granted: `shares`, or a share of the company as it stands before the
    plan. They vest month by month over `vesting_months`, nothing before `cliff_months`. `share_value` is the
    fair value of one at the grant (409A, EMI valuation, 股份公允价值)."""

    shares: Shares | None = None
    share_of_company: Share | None = Field(None, validate_default=True)
    share_value: PositiveMoney
    vesting_months: Annotated[int, Field(ge=1, le=120)] = 48
    cliff_months: Annotated[int, Field(ge=0, le=24)] = 12

    @field_validator("share_of_company")
    @classmethod
    def _one_measure(cls, share: Value | None, info: ValidationInfo) -> Value | None:
        if "shares" in info.data and (info.data["shares"] is None) == (share is None):
            raise complaint("talent.grant_size")
        if share is not None and not surroundings(info).holders:
            raise complaint("talent.no_holders")
        return share

    @field_validator("cliff_months")
    @classmethod
    def _within_vesting(cls, months: int, info: ValidationInfo) -> int:
        vesting = info.data.get("vesting_months", months)
        if months > vesting:
            raise complaint("talent.cliff", cliff=str(months), vesting=str(vesting))
        return months


class Role(Item, Span):
    """`count` people at `salary` a year, or at what the salary table says.

    Without `start` they are there already; `start` is the month in which they come; with `search_start` they
    come when the search is over (`lead_months`, or what is usual for the `channel`). `bonus` is a share of
    the salary, paid once a year; `employer_rate` replaces the statutory contributions of the place;
    `recruiting_share` is the cost of winning a person as a share of the salary. People learn for
    `ramp_months`; `attrition` is the share who leave in a year, each replaced after `replacement_months`
    unless `replace` is false. `research_share` is the part of the work that qualifies as research.
    """

    function: Function
    count: People
    location: Location | None = None
    salary_from: SalaryFrom | None = None
    salary: MoneyPerYear | None = Field(None, validate_default=True)
    bonus: Share | None = None
    bonus_month: CalendarMonth = 12
    employer_rate: Share | None = None
    benefits: MoneyPerMonth | None = None
    channel: Channel | None = None
    recruiting_share: Share | None = None
    lead_months: Months | None = None
    search_start: EventMonth | None = None
    ramp_months: Annotated[int, Field(ge=0, le=24)] = 0
    attrition: Share | None = None
    replace: bool = True
    replacement_months: Annotated[int, Field(ge=1, le=24)] | None = None
    research_share: Share | None = None
    equity: ShareGrant | None = None

    @field_validator("salary_from")
    @classmethod
    def _in_the_table(cls, given: SalaryFrom | None, info: ValidationInfo) -> SalaryFrom | None:
        if given is None:
            return None
        around = surroundings(info)
        country, region = _place(info.data.get("location"), around)
        try:
            pay = given.find(around.reference, country, region)
        except InputError as error:
            problem = error.problems[0]
            raise complaint(problem.id, **problem.values) from None
        if pay.currency != around.currency and not around.converts(pay.currency):
            raise complaint("money.no_exchange_rate", currency=pay.currency, plan=around.currency)
        return given

    @field_validator("salary")
    @classmethod
    def _one_salary(cls, salary: Value | None, info: ValidationInfo) -> Value | None:
        if "salary_from" in info.data and (info.data["salary_from"] is None) == (salary is None):
            raise complaint("talent.one_salary")
        return salary

    @field_validator("search_start")
    @classmethod
    def _start_or_search(cls, month: str | None, info: ValidationInfo) -> str | None:
        if month is not None and info.data.get("start"):
            raise complaint("talent.start_or_search")
        if month is not None and not (info.data.get("channel") or info.data.get("lead_months")):
            raise complaint("talent.search_length")
        return month

    @field_validator("replacement_months")
    @classmethod
    def _who_leaves(cls, months: int | None, info: ValidationInfo) -> int | None:
        if months is not None and info.data.get("attrition") is None and "attrition" in info.data:
            raise complaint("talent.nobody_leaves")
        return months


class Talent(Sourced):
    """`yearly_raise` holds for every role: after each year of the plan, or every year in `raise_month`.
    `employer_options` are rates of the statutory rules that depend on the employer
    (`housing_fund_rate: 12 %`), `allowances` those that it claims (`employment_allowance`)."""

    yearly_raise: Change | None = None
    raise_month: CalendarMonth | None = None
    employer_options: dict[str, Share] = Field(default_factory=dict)
    allowances: list[str] = Field(default_factory=list)
    roles: list[Role] = Field(default_factory=list)

    @field_validator("employer_options")
    @classmethod
    def _known_options(cls, options: dict[str, Value], info: ValidationInfo) -> dict[str, Value]:
        known = rate_options(surroundings(info).reference.employer_rates)
        wrong = {(name,): _unknown(name, known) for name in options if name not in known}
        complain(wrong, options)
        return options

    @field_validator("allowances")
    @classmethod
    def _known_allowances(cls, names: list[str], info: ValidationInfo) -> list[str]:
        known = allowances(surroundings(info).reference.employer_rates)
        complain({(i,): _unknown(name, known) for i, name in enumerate(names) if name not in known}, names)
        return names

    @field_validator("roles")
    @classmethod
    def _rules_apply(cls, roles: list[Role], info: ValidationInfo) -> list[Role]:
        given = info.data.get("employer_options")
        around = surroundings(info)
        wrong = {}
        for index, role in enumerate(roles):
            for field, problem in _rule_problems(role, given, around):
                wrong[index, field] = problem
        complain(wrong, roles)
        return roles


def _unknown(name: str, known: tuple[str, ...]) -> PydanticCustomError:
    return complaint("talent.unknown_option", name=name, known=", ".join(known) or "—")


def _place(location: Location | None, around: Surroundings) -> tuple[str, str | None]:
    if location is not None:
        return location.country, location.region
    return around.country, around.region or None


def _rule_problems(
    role: Role, options: dict[str, Value] | None, around: Surroundings
) -> Iterator[tuple[str, PydanticCustomError]]:
    """What keeps the statutory contributions of a role from being computed."""
    if role.employer_rate is not None or not around.start:
        return
    country, region = _place(role.location, around)
    rates = around.reference.employer_rates
    if not any(rule.country == country for rule in rates):
        yield "employer_rate", complaint("talent.no_rules", country=country)
        return
    regions = regions_of(rates, country)
    if regions and region not in regions:
        values = {"country": country, "known": ", ".join(sorted(regions)), "region": region or "—"}
        yield "employer_rate", complaint("talent.region", **values)
        return
    rules: list[EmployerRate] = [
        rule for period in payroll_rules(rates, country, region, around.start) for rule in period.rules
    ]
    missing = [name for name in rate_options(rules) if options is not None and name not in options]
    for rule in rules:
        if around.currency != rule.currency and not around.converts(rule.currency):
            values = {"currency": rule.currency, "plan": around.currency}
            yield "employer_rate", complaint("money.no_exchange_rate", **values)
            return
    if missing:
        yield "employer_rate", complaint("talent.options_needed", country=country, names=", ".join(missing))


def place_of(role: Role, country: str, region: str | None) -> tuple[str, str | None]:
    """Country and region of a role, where the company is in `country` and `region`."""
    return (role.location.country, role.location.region) if role.location else (country, region)
