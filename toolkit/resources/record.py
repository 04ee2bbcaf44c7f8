"""Records: the common ground of everything that a plan lists."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from toolkit.lines.language import is_name
from toolkit.resources.surroundings import MONTH, SourceKey, complaint, surroundings
from toolkit.text import Text

_Part = TypeVar("_Part", bound="Sourced")
KIND = Field(discriminator="kind")  # an entry that has several forms says by `kind` which one it has


def _month(raw: Any) -> str:
    if MONTH.fullmatch(str(raw)):
        return str(raw)
    raise complaint("plan.month", text=str(raw))


def _in_the_plan(month: str, info: ValidationInfo) -> str:
    start = surroundings(info).start
    if month < start:
        raise complaint("plan.before_start", month=month, start=start)
    return month


def _words(raw: Any) -> Text:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return Text.of(str(raw))
    if isinstance(raw, str):
        return Text.of(raw)
    if isinstance(raw, dict) and raw and set(raw) <= {"en", "zh"} and _all_text(raw):
        return Text.of(raw)
    raise complaint("plan.text")


def _all_text(raw: dict[str, Any]) -> bool:
    return all(isinstance(words, str) for words in raw.values())


def _id(text: str) -> str:
    if not is_name(text):
        raise complaint("plan.id", text=text)
    return text


def _country(code: str) -> str:
    if len(code) != 2 or not code.isascii() or not code.isalpha() or code != code.upper():
        raise complaint("plan.country", text=code)
    return code


Month = Annotated[
    str, BeforeValidator(_month), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}$"})
]
EventMonth = Annotated[
    Month, AfterValidator(_in_the_plan)
]  # when something happens once: not before the plan
Words = Annotated[
    Text, BeforeValidator(_words), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]})
]
Id = Annotated[str, AfterValidator(_id)]
Country = Annotated[str, AfterValidator(_country)]  # ISO 3166: US, CN


class Record(BaseModel):
    """Unknown keys are refused; records do not change once they are read."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Sourced(Record):
    """A record whose numbers share one basis: `source` names an entry of the plan's `sources`, `assumption`
    is named in words. A number may name a basis of its own."""

    source: SourceKey | None = None
    assumption: str | None = None


def with_basis(part: _Part, whole: Sourced) -> _Part:
    """A part of a record that names no basis rests on that of the whole."""
    if part.source is not None or part.assumption is not None:
        return part
    return part.model_copy(update={"source": whole.source, "assumption": whole.assumption})


class Item(Sourced):
    """An entry of a list: `id` makes the names of its lines, `label` is what people read."""

    id: Id
    label: Words | None = None

    @property
    def words(self) -> Text:
        return self.label or Text.of(self.id.replace("_", " "))


class Span(Record):
    """First and last month, both included; without a start it holds from the beginning, without an end it
    goes on."""

    start: Month | None = None
    end: Month | None = None

    @field_validator("end")
    @classmethod
    def _not_before_start(cls, end: str | None, info: ValidationInfo) -> str | None:
        start = info.data.get("start")
        if start and end and end < start:
            raise complaint("plan.end_before_start", start=start, end=end)
        return end


class SourceEntry(Record):
    """An entry of `sources`: what a value rests on."""

    title: str
    url: str | None = None
    date: Annotated[str, BeforeValidator(str)] | None = None
    confidence: Literal["high", "medium", "low", "own_knowledge"] = "medium"


def month_number(start: str, month: str) -> int:
    """1 for the first month of the plan; 0 and below before it."""
    return (int(month[:4]) - int(start[:4])) * 12 + int(month[5:]) - int(start[5:]) + 1


def month_after(start: str, number: int) -> str:
    """The ISO month with that number: `month_after("2027-01", 1)` is `2027-01`."""
    index = int(start[:4]) * 12 + int(start[5:]) - 1 + number - 1
    return f"{index // 12:04d}-{index % 12 + 1:02d}"
