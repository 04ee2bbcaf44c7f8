"""The checks of a claim in one month: each condition of its tests, with the numbers on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from toolkit.projection.model import Model
from toolkit.resources.policy.conditions import Condition
from toolkit.resources.policy.writer import ClaimWriter
from toolkit.text import LANGUAGES, Language, Text, t
from toolkit.text import formats as fmt
from toolkit.units import CURRENCIES

Values = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Check:
    """One condition in one month. `value` must be at least `limit` (`at_least`) or at most; `strict`: and not
    equal to it. `distance` is how far the value may move before the test turns, negative where it fails;
    `margin` is that as a share of the limit, None where it says nothing (a limit of 0, a year)."""

    label: Text
    value: float
    limit: float
    unit: str
    at_least: bool
    strict: bool

    @property
    def holds(self) -> bool:
        if self.value == self.limit:
            return not self.strict
        return (self.value > self.limit) == self.at_least

    @property
    def distance(self) -> float:
        return self.value - self.limit if self.at_least else self.limit - self.value

    @property
    def margin(self) -> float | None:
        return self.distance / abs(self.limit) if self.limit and self.unit != "year" else None

    @property
    def words(self) -> Text:
        """The condition as a sentence: what the value is, and what it must be."""
        return Text(*(self._say(language) for language in LANGUAGES))

    def _say(self, language: Language) -> str:
        bound = ("at_least" if self.at_least else "at_most") if not self.strict else None
        name = bound or ("above" if self.at_least else "below")
        value, limit = (quantity(each, self.unit, language) for each in (self.value, self.limit))
        return t(f"support.check.{name}", language, label=self.label[language], value=value, limit=limit)


def quantity(value: float, unit: str, language: Language) -> str:
    """A number of a programme in words: money, a share, or a count."""
    if unit in CURRENCIES:
        return fmt.money(value, unit, language)
    if unit == "1" and abs(value) <= 10:
        return fmt.percent(value, language, 2)
    return fmt.number(value, language, 0) if unit != "year" else f"{value:.0f}"


def checks_of(writer: ClaimWriter, model: Model, values: Values, month: int) -> Iterator[tuple[str, Check]]:
    """Every condition of a claim's tests in a month (from 1), with the id of its test."""
    for condition in writer.conditions():
        yield condition.test, _check(writer, model, values, month, condition)


def _check(writer: ClaimWriter, model: Model, values: Values, month: int, condition: Condition) -> Check:
    value = writer.line_of(condition.name, "value", condition.value)
    limit = writer.line_of(condition.name, "limit", condition.limit)
    test = next(one for one in writer.figures if one.formula.id == condition.test)
    own = f"{writer.scope.prefix}.{condition.name}_value"
    label = test.formula.label if value == own else _without_programme(model.lines[value].label, writer)
    unit = model.lines[value].unit
    if unit == "1" and model.lines[limit].unit != "1":
        unit = model.lines[limit].unit
    return Check(
        label, values[value][month], values[limit][month], unit, condition.at_least, condition.strict
    )


def _without_programme(label: Text, writer: ClaimWriter) -> Text:
    """The label of a line without the name of the programme before it."""
    name = writer.scope.name or writer.programme.name
    parts = []
    for language in LANGUAGES:
        before = t("resources.label_of", language, name=name[language], label="")
        parts.append(label[language].removeprefix(before))
    return Text(*parts)
