"""Policy programmes: rules as data, one YAML file each, in the language of lines.

    parameters   figures of the law: values by the day from which they hold, each with its article
    formulas     eligibility and benefit of one claim; they read `fact.<name>`, parameters, earlier formulas
    plan         how a plan claims: facts that follow from its lines (`plan.<name>`), further tests, the
                 amount, when it is filed and paid
    conditions   what neither a plan nor a claim can compute, in words

The formulas serve both a single claim (a case gives the facts) and a plan (its lines do). A formula is
computed where everything that it reads is known. What may be missing says what then counts: a fact with
`absent` counts as that number, a `test` as passed, a `limit` as none; but a formula that reads nothing
known, apart from parameters, is not computed. Several formulas of one id: the first that can be computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from toolkit.errors import InputError, Problem, refuse
from toolkit.lines.language import is_name
from toolkit.lines.spelling import nearest
from toolkit.provenance import Confidence, Source
from toolkit.reference.paths import data_dir
from toolkit.resources.policy.facts import FACTS
from toolkit.resources.reading import read_yaml
from toolkit.resources.record import Id, Record, Words
from toolkit.resources.surroundings import complaint
from toolkit.resources.validation import validate

Kind = Literal[
    "tax_credit", "payroll_relief", "super_deduction", "reduced_rate", "grant", "voucher", "refund"
]
Role = Literal["amount", "test", "limit"]
Selector = Literal["tax_year", "expense_date", "project_start_date"]
NO_LIMIT = 1e100  # larger than any amount, and still a number that can be squared and put in a workbook


def _fact_name(name: str) -> str:
    if name not in FACTS:
        raise complaint("policy.unknown_fact", name=name, nearest=nearest(name, FACTS))
    return name


def _formula_id(id: str) -> str:
    if not all(is_name(part) for part in id.split(".")):
        raise complaint("plan.id", text=id)
    return id


def _several(raw: Any) -> Any:
    return raw if isinstance(raw, list) else [raw]


def _iso_day(text: str) -> str:
    parts = text.split("-")
    if len(text) != 10 or len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise complaint("policy.not_a_day", text=text, allowed="")
    return text


CostName = Literal["research_pay", "research_compute"]
FactName = Annotated[str, AfterValidator(_fact_name)]
# One formula, or several of which the first that can be computed holds.
Alternatives = Annotated[list[str], BeforeValidator(_several), Field(min_length=1)]


class Article(Record):
    """Where a value stands in the law."""

    title: str
    url: str | None = None


class DatedValue(Record):
    """A value from an ISO day on."""

    since: Annotated[str, AfterValidator(_iso_day)] = Field(alias="from")
    value: float
    source: Article


class Ending(Record):
    """The last day of a programme, and where that stands."""

    day: Annotated[str, AfterValidator(_iso_day)]
    source: Article


class Parameter(Record):
    """Values by the day from which they hold. `by` is the fact whose day selects among them; where it is not
    known, the `unknown` value holds."""

    label: Words
    unit: str
    by: Selector = "tax_year"
    unknown: Literal["newest", "oldest"] = "newest"
    values: list[DatedValue] = Field(min_length=1)

    def on(self, day: str | None) -> DatedValue:
        """The value that holds on an ISO day; before the first one's day, the first."""
        ordered = sorted(self.values, key=lambda value: value.since)
        if day is None:
            return ordered[-1 if self.unknown == "newest" else 0]
        return next((value for value in reversed(ordered) if value.since <= day), ordered[0])


class ClaimFormula(Record):
    """A figure of a claim. An id with a dot is one figure of a mapping (`components.health`)."""

    id: Annotated[str, AfterValidator(_formula_id)]
    unit: str
    label: Words
    role: Role = "amount"
    formula: Alternatives


class PlanLine(Record):
    """A line that a plan needs to know a fact (a running total, a year that is kept)."""

    id: Id
    unit: str
    label: Words
    formula: str


class PlanTest(Record):
    """A condition of eligibility that the figures of a claim do not hold: the plan's amount is 0 where it
    fails. One whose facts are not known counts as passed, and is reported as not checked."""

    id: Id
    label: Words
    formula: str
    source: Article


class PlanRules(Record):
    """How a plan claims: `amount` accrues at the end of every fiscal `year` or `month`, is filed `files`
    months later and is cash `after` so many months: paid out, or not paid as `payroll_tax` or `income_tax` as
    far as that is due (the rest is `carried_forward`, or lost). `account` is where the income stands: a
    relief that depends on the result of the year must stand below it, in `income_tax`. What `relieves` a cost
    is taken off it in the facts of every other claim, so that no cost is supported twice. A programme that is
    `exclusive` takes the costs that it counts: no other exclusive one counts them again.
    """

    every: Literal["year", "month"]
    amount: str
    settled: Literal["cash", "payroll_tax", "income_tax"]
    files: Annotated[int, Field(ge=0, le=36)] = 0
    after: Annotated[int, Field(ge=0, le=36)]
    why: Article
    account: Literal["public_support", "income_tax"] = "public_support"
    carried_forward: bool = True
    relieves: CostName | None = None
    exclusive: bool = False
    facts: dict[FactName, Alternatives] = Field(default_factory=dict)
    lines: list[PlanLine] = Field(default_factory=list)
    tests: list[PlanTest] = Field(default_factory=list)


class Programme(Record):
    """A programme that can be computed. `jurisdiction` is ISO 3166, with a region where it is regional
    (`CN-ZJ`). `absent`: what counts for a fact that is not given. `not_with`: programmes that support the
    same cost, so that only one of them can be claimed. `ends` is the last day on which an expense counts."""

    id: Id
    name: Words
    jurisdiction: str
    currency: str
    kind: Kind
    confidence: Confidence
    not_with: list[Id] = Field(default_factory=list)
    ends: Ending | None = None
    conditions: list[Words] = Field(default_factory=list)
    parameters: dict[str, Parameter]
    absent: dict[FactName, float] = Field(default_factory=dict)
    formulas: list[ClaimFormula] = Field(min_length=1)
    plan: PlanRules

    @property
    def country(self) -> str:
        return self.jurisdiction.partition("-")[0]

    def runs_on(self, day: str | None) -> bool:
        """Whether an expense of an ISO day still counts."""
        return self.ends is None or day is None or day <= self.ends.day

    @property
    def file(self) -> str:
        return f"data/policies/{self.country.lower()}/{self.id}.yaml"


@cache
def programme_files() -> dict[str, Path]:
    """The programmes that can be computed: id → file."""
    return {path.stem: path for path in sorted((data_dir() / "policies").glob("*/*.yaml"))}


@cache
def load_programme(id: str) -> Programme:
    """The programme of that id.

    Raises InputError for a programme that is only in the catalogue (nobody wrote its rules down yet), for an
    unknown id, and for a file with problems.
    """
    files = programme_files()
    if id not in files:
        raise InputError([_not_computed(id, files)])
    path = files[id]
    return read_programme(path.read_text(encoding="utf-8"), f"data/policies/{path.parent.name}/{path.name}")


def _not_computed(id: str, files: dict[str, Path]) -> Problem:
    from toolkit.reference import load_reference

    found = load_reference().programmes.get(id)
    known = nearest(id, files)
    if found is None:
        return Problem("policy.unknown_programme", "programme", values={"name": id, "nearest": known})
    values = {"name": id, "title": found.name, "known": ", ".join(files)}
    return Problem("policy.only_in_catalogue", "programme", values=values)


def read_programme(text: str, file: str) -> Programme:
    """Read and check one programme file. Raises InputError with all its problems."""
    from toolkit.resources.policy.checking import formula_problems

    raw, positions = read_yaml(text, file)
    programme = validate(Programme, raw, positions)
    refuse(formula_problems(programme, positions))
    return programme


def source_of(programme: Programme, value: DatedValue) -> Source:
    """An article as a source."""
    article = value.source
    return Source("rule", article.title, programme.file, article.url, value.since, programme.confidence)


def each_formula(programme: Programme) -> Iterator[tuple[str, ClaimFormula, str]]:
    """Every formula text with its place in the file, in order."""
    for index, formula in enumerate(programme.formulas):
        for number, text in enumerate(formula.formula):
            several = len(formula.formula) > 1
            yield f"formulas[{index}].formula" + (f"[{number}]" if several else ""), formula, text
