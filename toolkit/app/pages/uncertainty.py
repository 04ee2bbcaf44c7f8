"""Uncertainty: what moves the answer, what the spread comes from, and what the bad futures have in common."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.app.analysis import Worst
from toolkit.app.pages.measures import (
    Measure,
    input_text,
    label_of,
    labels_of,
    printed,
    printed_change,
    range_text,
)
from toolkit.projection.analysis.sensitivity import Sensitivity
from toolkit.projection.analysis.survival import Survival
from toolkit.projection.analysis.tornado import Tornado
from toolkit.projection.model import Model
from toolkit.projection.run import Figure
from toolkit.text import Language
from toolkit.text.formats import month, number, percent

BARS, INDICES, DRIVERS = 12, 10, 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One input of the tornado: the change of the measure when it is low, and when it is high. `is_clear`:
    the swing is larger than its sampling error."""

    line: str
    label: str
    low: float
    high: float
    low_text: str
    high_text: str
    range: str
    low_set: str
    high_set: str
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Index:
    """Shares of the variance that an input makes alone, and with the others."""

    label: str
    first: Figure
    total: Figure


@dataclass(frozen=True, slots=True)
class Driver:
    """What an input usually is, what it is in the worst draws, and how far apart these are in standard
    deviations."""

    line: str
    label: str
    usual: str
    worst: str
    shift: Figure


@dataclass(frozen=True, slots=True)
class BadDraws:
    """What the worst draws have in common. `until` is the month by which half of them are in trouble, None
    where fewer ever are; `spared` the share that never is."""

    share: float
    threshold: str
    drivers: tuple[Driver, ...]
    until: str | None
    spared: str


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """The chance to last each month, and the figures worth naming: `(month number, chance, error)`."""

    months: tuple[str, ...]
    alive: tuple[float, ...]
    marks: tuple[tuple[int, str, str], ...]
    median_month: str | None


def bars(found: Tornado, model: Model, measure: Measure, language: Language) -> tuple[Bar, ...]:
    """The widest bars of a tornado."""
    currency = model.currency
    return tuple(
        Bar(
            line=one.input,
            label=label_of(model, one.input, language),
            low=one.change_low.value,
            high=one.change_high.value,
            low_text=printed_change(measure, one.change_low.value, currency, language),
            high_text=printed_change(measure, one.change_high.value, currency, language),
            range=range_text(model, one.input, one.low, one.high, language),
            low_set=input_text(model, one.input, one.low, language),
            high_set=input_text(model, one.input, one.high, language),
            is_clear=abs(one.swing.value) > one.swing.error,
        )
        for one in found.bars[:BARS]
    )


def indices(found: Sensitivity, model: Model, language: Language) -> tuple[Index, ...]:
    """The inputs that make most of the variance."""
    return tuple(
        Index(labels_of(model, one.inputs, language), one.first, one.total) for one in found.indices[:INDICES]
    )


def bad_draws(found: Worst, model: Model, measure: Measure, language: Language) -> BadDraws:
    """What drives the worst draws."""
    worst = found.drivers
    months = model.months
    return BadDraws(
        share=worst.share,
        threshold=printed(measure, worst.threshold.value, model.currency, language),
        drivers=tuple(
            Driver(
                one.input,
                label_of(model, one.input, language),
                input_text(model, one.input, one.usual, language),
                input_text(model, one.input, one.worst, language),
                one.shift,
            )
            for one in worst.drivers[:DRIVERS]
        ),
        until=None if worst.median_month is None else month(months[worst.median_month - 1], language),
        spared=percent(worst.spared, language),
    )


def survival_curve(found: Survival, language: Language) -> SurvivalCurve:
    """The curve, with every twelfth month named."""
    marks = list(range(12, len(found.months) + 1, 12)) or [len(found.months)]
    named = tuple(
        (
            mark,
            percent(found.probabilities[mark - 1].value, language, 1),
            number(found.probabilities[mark - 1].error * 100, language, 1),
        )
        for mark in marks
    )
    median = None if found.median is None else month(found.months[max(found.median - 1, 0)], language)
    return SurvivalCurve(found.months, tuple(one.value for one in found.probabilities), named, median)
