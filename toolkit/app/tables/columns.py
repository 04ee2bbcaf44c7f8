"""Columns: which field of a plan a header means, in English or Chinese, and in what it is counted.

A header may be the name of the field itself (`monthly_churn`), a usual word for it (`月薪`), and may say in
brackets what its numbers are in: `Salary (k USD)`, `年薪（万元）`, `Churn (%)`. A month's pay becomes a
year's. Where a word could mean two things (`工资`: a month or a year?) it is refused, not guessed. The words
are in `data/table_words.yaml`.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from toolkit.lines.spelling import nearest
from toolkit.reference.paths import data_dir
from toolkit.resources.market.records import Product
from toolkit.resources.operations.records import Cost
from toolkit.resources.talent.records import Role
from toolkit.resources.values import Counted
from toolkit.units import CURRENCIES

TableKind = Literal["roles", "costs", "revenue"]
TABLES: tuple[TableKind, ...] = get_args(TableKind)


@dataclass(frozen=True, slots=True)
class Table:
    """Where the entries of a table stand in a plan, and the record of one."""

    section: str
    list: str
    record: type[BaseModel]

    @property
    def path(self) -> str:
        return f"{self.section}.{self.list}"


PLACES: Mapping[TableKind, Table] = {
    "roles": Table("talent", "roles", Role),
    "costs": Table("operations", "costs", Cost),
    "revenue": Table("market", "products", Product),
}

# What an entry is counted per, when it is not the field's own: a month's salary is a twelfth of a year's.
_PER: Mapping[tuple[str, str], float] = {
    ("salary", "month"): 12,
    ("monthly", "year"): 1 / 12,
    ("price", "year"): 1 / 12,
}
_PERIODS: Mapping[str, str] = dict.fromkeys(("month", "monthly", "月", "每月"), "month") | dict.fromkeys(
    ("year", "yearly", "annual", "年", "每年"), "year"
)
_SCALES: Mapping[str, float] = {
    "万": 1e4, "万元": 1e4, "千": 1e3, "千元": 1e3, "百万": 1e6, "亿": 1e8, "亿元": 1e8, "k": 1e3,
    "thousand": 1e3, "m": 1e6, "million": 1e6,
}  # fmt: skip
_YUAN = ("元", "万元", "千元", "亿元", "百万元", "人民币", "rmb")
_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was recognised: `field` (`salary`, `label.zh`) and what its numbers are multiplied by.
    `is_percent` says that its numbers are percents, `unit` what the brackets say else (a currency)."""

    header: str
    field: str
    factor: float = 1.0
    is_percent: bool = False
    currency: str | None = None


@cache
def months_of(kind: TableKind) -> frozenset[str]:
    """The fields of an entry that hold a month (`start`, `search_start`)."""
    fields = PLACES[kind].record.model_fields
    return frozenset(name for name in fields if name.endswith(("start", "end")) and not _counts(fields[name]))


@cache
def numbers_of(kind: TableKind) -> frozenset[str]:
    """The fields of an entry that hold a number."""
    return frozenset(name for name, field in PLACES[kind].record.model_fields.items() if _counts(field))


def _counts(annotation: Any) -> bool:
    """Whether a field, or a type within its own, is a quantity or a whole number."""
    if isinstance(annotation, FieldInfo):
        return any(isinstance(one, Counted) for one in annotation.metadata) or _counts(annotation.annotation)
    if annotation is int or isinstance(annotation, Counted):
        return True
    if get_origin(annotation) not in (Union, types.UnionType, Annotated):
        return False
    return any(map(_counts, get_args(annotation)))


def recognise(
    kind: TableKind, header: Sequence[str], skip: Sequence[str]
) -> tuple[list[Column], list[tuple[str, str, dict[str, str]]]]:
    """The columns of a header, and what is wrong with it: (header, name of the problem, its values)."""
    words = _words(kind)
    columns: list[Column] = []
    faults: list[tuple[str, str, dict[str, str]]] = []
    taken: dict[str, str] = {}
    for name in header:
        if name in skip:
            continue
        plain = _plain(name)
        field = words.get(plain) or words.get(_plain(_BRACKETS.sub("", name)))
        if field is None:
            faults.append((name, *_unknown(kind, name)))
            continue
        column = _counted(name, field)
        if column is None:
            faults.append((name, "unknown_unit", {"name": name}))
        elif column.field in taken:
            values = {"name": name, "other": taken[column.field]}
            faults.append((name, "same_field", values))
        else:
            taken[column.field] = name
            columns.append(column)
    return columns, faults


def _unknown(kind: TableKind, name: str) -> tuple[str, dict[str, str]]:
    plain = _plain(_BRACKETS.sub("", name))
    for choices, spellings in vocabulary()["ambiguous"][kind].items():
        if plain in spellings:
            return "ambiguous_column", {"name": name, "choices": choices}
    return "unknown_column", {"name": name, "nearest": nearest(plain, _words(kind))}


def _counted(name: str, field: str) -> Column | None:
    field, _, per = field.partition("/")
    factor, is_percent, currency = _PER.get((field, per), 1.0), False, None
    for content in _BRACKETS.findall(name):
        for word in re.split(r"[\s,，/·]+", content.strip().lower()):
            currency = "CNY" if word in _YUAN else currency
            if word == "%":
                is_percent = True
            elif word in _SCALES:
                factor *= _SCALES[word]
            elif word.upper() in CURRENCIES:
                currency = word.upper()
            elif not per and (field, _PERIODS.get(word, "")) in _PER:
                factor *= _PER[field, _PERIODS[word]]
            elif word not in (*_HARMLESS, *_YUAN):
                return None
    return Column(name, field, factor, is_percent, currency)


_HARMLESS = {
    "", "a", "per", "month", "months", "year", "years", "monthly", "yearly", "annual", "月", "年", "每月",
    "每年", "人", "people", "yyyy-mm", "个月", "$", "€", "£", "¥", "￥", "required", "必填",
    "optional", "选填",
}  # fmt: skip


@cache
def vocabulary() -> Mapping[str, Any]:
    """`data/table_words.yaml`: words of columns, of ambiguous headers, and of choices."""
    from ruamel.yaml import YAML

    found: Mapping[str, Any] = YAML(typ="safe").load((data_dir() / "table_words.yaml").read_text("utf-8"))
    return found


@cache
def _words(kind: TableKind) -> Mapping[str, str]:
    """Plain header → field (with `/month` or `/year` where it is counted per that)."""
    result: dict[str, str] = {}
    for name in PLACES[kind].record.model_fields:
        if name != "label":
            result[_plain(name)] = name
    columns = vocabulary()["columns"]
    for words in (columns["every table"], columns[kind]):
        for field, spellings in words.items():
            result |= {_plain(spelling): field for spelling in spellings}
    return result


def _plain(header: str) -> str:
    return re.sub(r"[\s_\-]+", " ", header.strip().lower().replace("（", "(").replace("）", ")")).strip()


def headers(kind: TableKind, language: str) -> Mapping[str, str]:
    """Field → the header under which an export writes it, which `recognise` reads back."""
    chinese, columns = language == "zh", vocabulary()["columns"]
    result: dict[str, str] = {}
    for field in ("id", "label.en", "label.zh", *PLACES[kind].record.model_fields):
        if field in ("label", "kind"):
            continue
        own = [*columns[kind].get(field, ()), *columns["every table"].get(field, ())]
        fitting = [word for word in own if word.isascii() != chinese]
        result[field] = fitting[0] if fitting and (chinese or field.startswith("label")) else field
    if chinese:
        result |= {"id": "编号", "label.en": "英文名称"}
    return result
