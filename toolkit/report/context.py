"""What a report is made from: the run, its lines, and the plan's facts as small records.

`toolkit.app` fills a `ReportContext` from the plan, the compiled model and the run; nothing in
`toolkit.report` reads a plan file or a database. Numbers are raw (full precision, plain units); the report
formats them. Money is in the plan's currency. A row names the plan field that it comes from (`field`), so
that a problem with its words has a place. Where a fact is unknown it is None, and the report says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from toolkit.lines.line import Line
from toolkit.projection.ledger import StatementRow
from toolkit.projection.run import Run
from toolkit.provenance import Source
from toolkit.report.board_facts import BoardFacts
from toolkit.report.exhibits import (
    CommitmentRow,
    ExitTable,
    Findings,
    MilestoneRow,
    SafeguardRow,
    TechnologyRow,
)
from toolkit.report.subject import NO_WORDS
from toolkit.shapes.records import Ground
from toolkit.text import Text

# Figures that sections ask for by meaning; the context says which line holds each.
Headline = Literal[
    "cash",
    "revenue",
    "gross_profit",
    "operating_result",
    "net_income",
    "net_burn",
    "customers",
    "headcount",
    "payroll",
    "compute_cost",
]
# The parts of a plan's narrative, in the order of a western plan.
NARRATIVE: tuple[str, ...] = (
    *("summary", "problem", "product", "traction"),
    *("technology", "model", "data", "training", "evaluation", "optimisation", "deployment", "property"),
    *("market", "competition", "business_model", "pricing", "go_to_market", "growth", "unit_economics"),
    *("team", "compute", "policy", "qualifications", "partnerships", "financials"),
    *("funding", "use_of_funds", "milestones", "risks", "security", "exit"),
)


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """Who the plan is about. `date` is the ISO day printed on the cover (of the revision, not of the clock).
    `cash_floor` is the balance below which the founders do not want to fall."""

    name: Text
    one_liner: Text
    place: Text
    date: str
    contact: str | None = None
    website: str | None = None
    founded: str | None = None
    cash_floor: float = 0.0
    fiscal_year_first_month: int = 1
    field: str = "company"


@dataclass(frozen=True, slots=True)
class Ask:
    """What the reader is asked for: the round that is open. `stake` is the share offered, 0 to 1."""

    amount: float
    instrument: Text
    month: str | None = None
    stake: float | None = None
    pre_money: float | None = None
    field: str = "funding"


@dataclass(frozen=True, slots=True)
class FundingRow:
    """One source of money: a round, a loan, a grant. `probability` is of arriving at all."""

    label: Text
    kind: Text
    month: str | None
    amount: float
    terms: Text
    probability: float | None = None
    is_closed: bool = False
    use: Text = NO_WORDS
    field: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """The cap table at one moment: `label` says after which event, `month` is ISO (None: before the plan).
    `ownership` maps a holder to a fraction of all shares, the unallocated pool included."""

    label: Text
    month: str | None
    ownership: Mapping[Text, float]


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role. `headcount` is the line with the people of each month; `salary` is gross a year a head;
    `costs` are the lines that together are its full monthly cost."""

    label: Text
    place: Text
    salary: float
    headcount: str
    costs: tuple[str, ...]
    source: Source
    field: str = ""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price of a product at list, per `unit` (`seat/month`); `note` says who pays it."""

    label: Text
    price: float
    unit: Text
    source: Source
    note: Text = NO_WORDS


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One thing that is sold, at `prices`; the lines hold customers and revenue. `line` is the prefix of its
    other lines (`market.pro`)."""

    label: Text
    prices: tuple[PriceRow, ...]
    customers: str | None
    revenue: str
    line: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class MarketRow:
    """One segment of the market, in money a year: all of it, what can be served, what can be won. `method`
    says how it was counted (accounts × yearly value)."""

    label: Text
    total: float | None
    serviceable: float | None
    obtainable: float | None
    method: Text
    source: Source
    accounts: float | None = None
    yearly_value: float | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class CompetitorRow:
    """Who else serves the need, and why a customer would choose this company."""

    label: Text
    offer: Text
    difference: Text
    field: str = ""


@dataclass(frozen=True, slots=True)
class WorkloadRow:
    """Words for one workload of the plan; numbers come from `Run.compute` by the same `workload` name.

    `model` is what a reader calls it (GPT-2 small), `purpose` says why it runs, `unit_price` is money for
    one device-hour with its source."""

    workload: str
    label: Text
    purpose: Text
    model: str
    device: str
    provider: Text
    unit_price: float | None
    price_source: Source
    field: str = ""


@dataclass(frozen=True, slots=True)
class SupportRow:
    """One policy programme. `amount` is expected over the horizon; `months` when cash arrives; `in_base` is
    false for a programme that is kept out of the base case, and `reason` says why."""

    label: Text
    authority: Text
    kind: Text
    amount: float | None
    months: tuple[str, ...]
    in_base: bool
    reason: Text
    source: Source
    field: str = ""


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One partnership: what the partner gives (credits in money, or words), and until when."""

    label: Text
    gives: Text
    value: float | None
    until: str | None
    source: Source
    field: str = ""


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A named line of a chart: a cost category, a team."""

    label: Text
    line: str


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input of the plan with its evidence. `interval_90` is None for a certain number. `group` is the
    resource that it belongs to (`funding`, `talent`, `compute`, …); `rung` is set for compute rates only.
    `is_share`: a pure number that reads as a percentage; an event is one, and its `value` is its chance."""

    group: str
    label: Text
    value: float
    unit: str
    interval_90: tuple[float, float] | None
    source: Source
    rung: Ground | None = None
    is_share: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class ReportContext:
    """Everything a report is written from. Tuples may be empty: the report then says "not in this plan".

    `narrative` maps a name of `NARRATIVE` to the plan's own words; they may hold references such as
    `{{runway.p50}}`. `headlines` says which line holds a figure that sections ask for by meaning. `costs` are
    the categories of the cost chart, in order. `business` is what investors ask for (burn, margins, unit
    economics) in the base case by month, as `toolkit.projection.business` names it.
    """

    run: Run
    lines: Mapping[str, Line]
    company: CompanyFacts
    headlines: Mapping[Headline, str]
    statements: tuple[StatementRow, ...]
    inputs: tuple[InputRow, ...]
    ask: Ask | None = None
    narrative: Mapping[str, Text] = field(default_factory=dict)
    roles: tuple[RoleRow, ...] = ()
    products: tuple[ProductRow, ...] = ()
    markets: tuple[MarketRow, ...] = ()
    competitors: tuple[CompetitorRow, ...] = ()
    workloads: tuple[WorkloadRow, ...] = ()
    funding: tuple[FundingRow, ...] = ()
    cap_table: tuple[Moment, ...] = ()
    support: tuple[SupportRow, ...] = ()
    partners: tuple[PartnerRow, ...] = ()
    costs: tuple[SeriesRow, ...] = ()
    technology: tuple[TechnologyRow, ...] = ()
    milestones: tuple[MilestoneRow, ...] = ()
    findings: Findings | None = None
    exit_table: ExitTable | None = None
    safeguards: tuple[SafeguardRow, ...] = ()
    commitments: tuple[CommitmentRow, ...] = ()
    business: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
    board: BoardFacts | None = None


def input_rows(lines: Mapping[str, Line], rungs: Mapping[str, Ground] | None = None) -> tuple[InputRow, ...]:
    """Every input line as a row, in the order of the lines; `rungs` maps a line to the rung of its rate."""
    return tuple(
        InputRow(
            group=line.name.split(".")[0],
            label=line.label,
            value=quantity.parameters[3] if quantity.is_chance else quantity.median,
            unit=line.unit,
            interval_90=None if quantity.is_chance or not quantity.is_uncertain else quantity.interval_90,
            source=line.source,
            rung=(rungs or {}).get(line.name),
            is_share=reads_as_share(line),
            field=line.name,
        )
        for line in lines.values()
        if line.statement == "input" and (quantity := line.quantity) is not None
    )


def reads_as_share(line: Line) -> bool:
    """Whether a pure number is a share and not a count. A plan writes `%` or a chance; the tables of `data/`
    write fractions, so that there a number within 1 is one (but 0 and 1 may be yes and no)."""
    quantity = line.quantity
    if quantity is None or line.unit != "1":
        return False
    if quantity.is_chance or "%" in (quantity.text or ""):
        return True
    values = (quantity.median, *quantity.interval_90) if quantity.is_uncertain else (quantity.median,)
    within = max(map(abs, values)) <= 1 and any(0 < abs(value) < 1 for value in values)
    return within and (line.source.place or "").startswith("data/")
