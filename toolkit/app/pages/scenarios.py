"""Scenarios: side by side, what makes the difference, what other inputs would do, how far they must move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toolkit.app.analysis import Change, Versus
from toolkit.app.pages.measures import Measure, input_text, label_of, printed, printed_change, printed_error
from toolkit.app.pages.plan_tables import field_label
from toolkit.projection.analysis.goal_seek import Sought
from toolkit.projection.analysis.tornado import Bar, Tornado
from toolkit.projection.model import Model
from toolkit.projection.run import Fan, Run
from toolkit.text import Language, Text
from toolkit.text.formats import money_scale, significant

CASH = "account.cash"
SLIDERS = 10
STEPS = 40  # of a slider
LOW, MIDDLE = 0.05, 0.5


@dataclass(frozen=True, slots=True)
class CashCourse:
    """Median and P5 of closing cash of one scenario, by month."""

    label: Text
    median: tuple[float, ...]
    low: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall from one scenario to another, in the unit of the measure."""

    label: str
    start: float
    end: float
    text: str
    is_total: bool
    is_gain: bool


@dataclass(frozen=True, slots=True)
class Slider:
    """An input that can be moved: between its 5th and 95th percentile, from its median; an event between
    never and certain. `decimals` is how finely it moves."""

    line: str
    label: str
    low: float
    high: float
    present: float
    step: float
    is_event: bool
    is_percent: bool
    swing: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What the moved sliders do: the measure before and after, and cash by month both ways."""

    before: str
    after: str
    change: str
    is_gain: bool | None
    planned: CashCourse
    changed: CashCourse


@dataclass(frozen=True, slots=True)
class GoalRow:
    """How far one input must move. `answer` is the value of the input there; None where it does not reach
    the goal, and `best` says how far it gets."""

    line: str
    label: str
    present: str
    answer: str | None
    factor: str | None
    met: bool
    best: str


def cash_courses(runs: Mapping[str, Run], labels: Mapping[str, Text]) -> tuple[CashCourse, ...]:
    """Cash of every scenario that was built, in the order of `labels`."""
    return tuple(course(labels[name], runs[name].fans[CASH]) for name in labels if name in runs)


def course(label: Text, fan: Fan) -> CashCourse:
    """The median and the P5 of a fan."""
    return CashCourse(label, fan.values[fan.levels.index(MIDDLE)], fan.values[fan.levels.index(LOW)])


def attribution_steps(
    found: Versus, names: tuple[str, str], model: Model, measure: Measure, language: Language
) -> tuple[Step, ...]:
    """The waterfall: the first scenario, each change, the second scenario."""
    first, second, currency = found.attribution.first, found.attribution.second, model.currency
    steps = [Step(names[0], 0.0, first.value, printed(measure, first.value, currency, language), True, True)]
    at = first.value
    for part in sorted(found.attribution.parts, key=lambda one: -abs(one.change.value)):
        after = at + part.change.value
        text = printed_change(measure, part.change.value, currency, language)
        steps.append(Step(group_words(part.group, model, language), at, after, text, False, after >= at))
        at = after
    text = printed(measure, second.value, currency, language)
    return (*steps, Step(names[1], 0.0, second.value, text, True, True))


def group_words(group: str, model: Model, language: Language) -> str:
    """A group of changed fields in words: `Engineers after the seed round: people`."""
    return " + ".join(_field_words(path, model, language) for path in group.split(" + "))


def _field_words(path: str, model: Model, language: Language) -> str:
    """The words of a field, by its line where it has one of that name, else by the entry and the field."""
    *above, name = path.split(".")
    room = above[0] if above else name
    for line in (f"{room}.{'.'.join(above[2:])}.{name}", f"{room}.{above[-1] if above else ''}.{name}"):
        if line in model.lines:
            return model.lines[line].label[language]
    label = field_label(name, language)
    entry = above[-1] if len(above) > 2 else ""
    near = next(
        (one.label[language] for key, one in model.lines.items() if key.startswith(f"{room}.{entry}.")), ""
    )
    owner = near.partition(":" if language == "en" else "：")[0] if entry and near else ""
    return f"{owner}{': ' if language == 'en' else '：'}{label}" if owner else label


def sliders(found: Tornado, model: Model, measure: Measure, language: Language) -> tuple[Slider, ...]:
    """The inputs that move the measure most."""
    return tuple(_slider(one, model, measure, language) for one in found.bars[:SLIDERS])


def _slider(bar: Bar, model: Model, measure: Measure, language: Language) -> Slider:
    line, quantity = bar.input, model.lines[bar.input].quantity
    if quantity is None:
        raise ValueError(line)
    is_event = quantity.is_chance
    low, high = (0.0, 1.0) if is_event else quantity.interval_90
    if low == high:  # what differs is rarer than one time in twenty: then between the ends of the bar
        low, high = bar.low, bar.high
    is_percent = not is_event and model.lines[line].unit == "1" and "%" in str(quantity.text)
    return Slider(
        line=line,
        label=label_of(model, line, language),
        low=low,
        high=high,
        present=quantity.median,
        step=1.0 if is_event else (high - low) / STEPS,
        is_event=is_event,
        is_percent=is_percent,
        swing=printed_change(measure, abs(bar.swing.value), model.currency, language).lstrip("+"),
    )


def slider_text(one: Slider, model: Model, value: float, language: Language) -> str:
    """Where a slider stands, in words."""
    return input_text(model, one.line, value, language)


def tried(
    found: Change, planned: Fan, model: Model, measure: Measure, labels: tuple[Text, Text], language: Language
) -> Tried:
    """What the moved sliders do."""
    difference = found.difference
    is_clear = abs(difference.value) > difference.error
    return Tried(
        before=printed_error(measure, found.present, model.currency, language),
        after=printed(measure, found.changed.value, model.currency, language),
        change=printed_change(measure, difference.value, model.currency, language),
        is_gain=difference.value > 0 if is_clear else None,
        planned=course(labels[0], planned),
        changed=course(labels[1], found.fan),
    )


def goal_text(metric: str, measure: Measure, threshold: float) -> str:
    """The goal as analyses read it; a chance is given in percent."""
    value = threshold / 100 if measure == "survive" else threshold
    return f"{metric} >= {value:.12g}"


def goal_rows(
    found: Sequence[Sought], model: Model, measure: Measure, language: Language
) -> tuple[GoalRow, ...]:
    """How far each input must move."""
    return tuple(_goal_row(one, model, measure, language) for one in found)


def _goal_row(one: Sought, model: Model, measure: Measure, language: Language) -> GoalRow:
    line, quantity = one.lever.line, model.lines[one.lever.line].quantity
    median = quantity.median if quantity is not None else None
    answer = None if one.answer is None else one.answer.value
    is_factor = one.lever.mode == "scale"
    reached = None
    if answer is not None:
        reached = (
            input_text(model, line, answer * median if is_factor and median is not None else answer, language)
            if median is not None or not is_factor
            else f"× {significant(answer, language)}"
        )
    return GoalRow(
        line=line,
        label=label_of(model, line, language),
        present="" if median is None else input_text(model, line, median, language),
        answer=reached,
        factor=f"× {significant(answer, language)}" if answer is not None and is_factor else None,
        met=one.met,
        best=printed(measure, one.best.metric.value, model.currency, language),
    )


def levers(model: Model, found: Tornado) -> tuple[str, ...]:
    """Inputs that a goal may move: those that matter first, then every other number of the plan; no event."""
    first = [one.input for one in found.bars]
    rest = [name for name, line in model.lines.items() if line.statement == "input" and name not in first]
    able = [
        name
        for name in (*first, *rest)
        if (quantity := model.lines[name].quantity) is not None
        and quantity.distribution != "discrete"
        and quantity.median != 0
    ]
    return tuple(able)


def scale_of(courses: Sequence[CashCourse], currency: str, language: Language) -> tuple[float, str]:
    """The unit of the axis: factor and words."""
    values = [value for one in courses for value in (*one.median, *one.low)]
    found = money_scale(values, currency, language)
    return found.factor, found.label


def start_threshold(measure: Measure, present: float) -> float:
    """A goal to begin with: a little more than the plan reaches."""
    if measure == "survive":
        return min(99.0, float(round(present * 100) + 5))
    return float(f"{present + 0.1 * abs(present):.3g}")
