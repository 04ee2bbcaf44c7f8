"""What the pages of uncertainty look at: four measures of a run, and how a figure of each is printed.

`survive`  the chance that cash never was negative up to month 24 (or the horizon)
`runway`   the mean number of whole months whose closing cash is not negative
`lowest`   the mean of the lowest closing cash
`closing`  the mean of closing cash at the end of the plan
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from toolkit.app.study import SURVIVE
from toolkit.projection.model import Model
from toolkit.projection.run import Figure
from toolkit.text import Language
from toolkit.text.formats import MINUS, compact_money, compact_number, interval, number, percent, significant

Measure = Literal["survive", "runway", "lowest", "closing"]
MEASURES: tuple[Measure, ...] = ("survive", "runway", "lowest", "closing")
CASH = "account.cash"
LARGE = 1e6  # numbers from here on are shortened


def metric_text(measure: Measure, months: int) -> str:
    """The metric as analyses read it."""
    return {
        "survive": f"survive({min(SURVIVE, months)})",
        "runway": "mean(runway)",
        "lowest": f"mean(min({CASH}))",
        "closing": f"mean({CASH})",
    }[measure]


def printed(measure: Measure, value: float, currency: str, language: Language) -> str:
    """A figure of a measure: `81.7%`, `32.4`, `−$1.03M`."""
    if measure == "survive":
        return percent(value, language, 1)
    if measure == "runway":
        return number(value, language, 1)
    return compact_money(value, currency, language)


def printed_change(measure: Measure, value: float, currency: str, language: Language) -> str:
    """A difference of a measure with its sign: `+4.2`, `−$31K`; of a chance in points."""
    size = abs(value)
    if measure == "survive":
        text = number(size * 100, language, 1)
    elif measure == "runway":
        text = number(size, language, 1)
    else:
        text = compact_money(size, currency, language)
    if not any(digit in text for digit in "123456789"):
        return text
    return (MINUS if value < 0 else "+") + text


def printed_error(measure: Measure, figure: Figure, currency: str, language: Language) -> str:
    """A figure with its sampling error: `81.7% ± 0.5`."""
    change = printed_change(measure, figure.error, currency, language).lstrip("+")
    return f"{printed(measure, figure.value, currency, language)} ± {change}"


def input_text(model: Model, line: str, value: float, language: Language) -> str:
    """A value of an input as people say it: money, a share in percent, a number with its unit."""
    found = model.lines[line]
    written = found.quantity.text if found.quantity is not None else ""
    if found.unit == "1" and "%" in str(written):
        return f"{significant(value * 100, language)}%"
    if found.unit == "1" and found.quantity is not None and found.quantity.is_chance:
        return percent(value, language)
    if found.unit.split("/")[0] == model.currency:
        return compact_money(value, model.currency, language)
    return compact_number(value, language) if abs(value) >= LARGE else significant(value, language)


def range_text(model: Model, line: str, low: float, high: float, language: Language) -> str:
    """A range of an input: `4.3 – 7.4`."""
    return interval(low, high, lambda value: input_text(model, line, value, language))


def label_of(model: Model, line: str, language: Language) -> str:
    """The words of a line; its name where it has none."""
    return model.lines[line].label[language] if line in model.lines else line


def labels_of(model: Model, lines: Sequence[str], language: Language) -> str:
    """The words of several lines that belong together."""
    return " + ".join(label_of(model, line, language) for line in lines)
