"""Words and numbers on a page: the catalogue of the dashboards, and people's words made harmless.

What a plan says is shown as it stands: Streamlit reads Markdown in labels, so its signs are escaped. A name
such as `A $5 :red[x]` neither turns red nor becomes a formula, and a picture in it is not fetched.
"""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from typing import Any, get_args

from toolkit.projection.run import Figure
from toolkit.shapes.models import Unit
from toolkit.shapes.records import Measurement
from toolkit.store.workspace import Workspace
from toolkit.text import Language, t
from toolkit.text.catalogue import CATALOGUES
from toolkit.text.formats import at_least, day, money, month, number, percent, significant

_NAMED = re.compile(r":(?=[A-Za-z+_])")
_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+\-!|$~:&^=])")
MONEY_UNITS_DECIMALS = 2
KNOWN_WORK = (*get_args(Unit), "flop", "byte")
PAGES_WITH_WORDS = frozenset(
    file.name.removeprefix("page_").split(".")[0] for file in CATALOGUES.glob("page_*.yaml")
)


def say(key: str, language: Language, **values: Any) -> str:
    """A sentence of the dashboards: of the catalogue of a page (`page_plan`), where it has one, else of
    `dashboard`."""
    page, _, rest = key.partition(".")
    of_page = rest and page in PAGES_WITH_WORDS
    return t(f"page_{page}.{rest}" if of_page else f"dashboard.{key}", language, **values)


def command(line: str, workspace: Workspace) -> str:
    """A command on a workspace, as a shell takes it."""
    return f"{line} --workspace {shlex.quote(str(workspace.path))}"


def plain(text: str) -> str:
    """Somebody's words for a place where Markdown is read.

    A colon before a letter may begin an icon or an emoji (`:home:`), escaped or not: a joiner that nobody
    sees stands between.
    """
    return _SIGNS.sub(r"\\\1", _NAMED.sub(":\u2060", " ".join(text.split())))


def level(text: str, language: Language) -> str:
    """A text that stands on the line of the Chinese ones beside it: the blank of a Chinese font makes it as
    high as they are, and the joiner keeps that blank from being trimmed."""
    return text + "\u3000\u2060" if language == "zh" else text


def rate(one: Measurement, language: Language) -> str:
    """Work a second: `250 tokens/s`. A program of the reader's own may count what no catalogue names."""
    unit = one.workload.unit
    words = f"benchmarks.unit.{unit}" if unit in KNOWN_WORK else "benchmarks.unit.other"
    return f"{significant(one.value, language)} {say(words, language, unit=unit)}"


def months(figure: Figure, language: Language) -> str:
    """A runway: `21 months`, `≥ 36 months`."""
    return in_months(bare_months(figure, language), language)


def in_months(figure: str, language: Language) -> str:
    """A number of months with its unit: `1 month`, `21 months`."""
    return say("month_one" if figure == "1" else "months", language, figure=figure)


def bare_months(figure: Figure, language: Language) -> str:
    """A runway without its unit: `21`, `≥ 36`."""
    text = number(figure.value, language)
    return at_least(text) if figure.at_least else text


def chance(figure: Figure, language: Language) -> str:
    """A probability to a tenth of a percent where it is close to 0 or 1: `85%`, `99.4%`."""
    decimals = 1 if 0 < min(figure.value, 1 - figure.value) < 0.05 else 0
    return percent(figure.value, language, decimals)


def moment(at: datetime, language: Language) -> str:
    """A day: `Nov 23, 2026`, `2026年11月23日`."""
    return day(at.date().isoformat(), language, "medium")


def value(amount: float, unit: str, currency: str, language: Language) -> str:
    """A number with its unit as an explanation shows it: money in full, a share (`%`) in percent, anything
    else to four figures."""
    if unit == "%":
        return f"{significant(amount * 100, language)}%"
    if unit == currency:
        decimals = 0 if abs(amount) >= 1000 or float(amount).is_integer() else MONEY_UNITS_DECIMALS
        return money(amount, currency, language, decimals)
    text = number(amount, language) if float(amount).is_integer() else significant(amount, language, 4)
    return text if unit in ("1", "") else f"{text} {unit}"


def month_of(months: tuple[str, ...], number: int, language: Language) -> str:
    """The month with a number: `Mar 2028`; `opening` for 0."""
    return month(months[number - 1], language) if number else say("opening", language)
