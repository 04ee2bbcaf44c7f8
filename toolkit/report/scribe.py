"""The scribe: writes numbers and sentences of one report in one language, and keeps its list of sources.

Sections ask the scribe for finished words, so that every section writes money, months and intervals in the
same way, and every source is numbered once, in the order in which the reader meets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from toolkit.projection.run import Fan, Run
from toolkit.projection.run import Figure as Estimate
from toolkit.provenance import Source
from toolkit.report.context import Headline, ReportContext
from toolkit.report.document import FigureData, Paragraph, SourceEntry, Span, TableCell
from toolkit.text import Language, t
from toolkit.text.formats import (
    UNKNOWN,
    MoneyScale,
    at_least,
    compact_money,
    compact_number,
    day,
    interval,
    money_scale,
    month,
    number,
    percent,
    significant,
    unit_price,
    zh_currency,
)
from toolkit.units import CURRENCIES

MOST_PLACES = 12
NOTHING = "–"
WIDTH = 500  # pixels of a chart's plot, so that its labels print at 8 points


@dataclass(frozen=True, slots=True)
class Year:
    """A fiscal year of the horizon: its label and the positions (1, 2, …) of its months."""

    label: str
    months: tuple[int, ...]


class Scribe:
    """One report in one language. Stateful in one thing only: the numbers of its sources."""

    def __init__(self, context: ReportContext, language: Language) -> None:
        self.context = context
        self.language = language
        self._places: dict[Source, list[str]] = {}

    # Words

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue `report`."""
        return t(f"report.{key}", self.language, **values)

    def strong(self, key: str, **values: object) -> tuple[Span, ...]:
        """A sentence whose `**figures**` are set strong."""
        pieces = self.say(key, **values).split("**")
        return tuple(Span(piece, bool(place % 2)) for place, piece in enumerate(pieces) if piece)

    def absent(self) -> Paragraph:
        """Said where the plan holds nothing, in place of an empty table."""
        return Paragraph.of(self.say("absent"), "small")

    # Numbers

    @property
    def run(self) -> Run:
        return self.context.run

    @property
    def currency(self) -> str:
        return self.run.currency

    def compact(self, value: float | None) -> str:
        return compact_money(value, self.currency, self.language)

    def price(self, value: float | None) -> str:
        return unit_price(value, self.currency, self.language)

    def rate_of_price(self, value: float | None) -> str:
        """A price without its currency, where the head of the column names it."""
        return UNKNOWN if value is None else self.plain(value)

    def number(self, value: float | None, decimals: int = 0) -> str:
        return number(value, self.language, decimals)

    def percent(self, value: float | None, decimals: int = 0) -> str:
        return percent(value, self.language, decimals)

    def month(self, iso: str | None) -> str:
        return UNKNOWN if iso is None else month(iso, self.language)

    def day(self, iso: str) -> str:
        return day(iso, self.language)

    def round(self, value: float) -> str:
        """Three significant figures."""
        return significant(value, self.language)

    def range(self, low: float, high: float) -> str:
        """An interval in three significant figures."""
        return interval(low, high, lambda value: significant(value, self.language))

    def months(self, estimate: Estimate, *, error: bool = False) -> str:
        """A duration: `≥ 36 months`, `28 months`, with ` ± 0.4` where `error` is asked for and not 0."""
        words = self.count(estimate, error=error)
        return self.say("months.one" if words == "1" else "months.other", count=words)

    def horizon(self) -> str:
        """How far the plan looks: `36 months`."""
        return self.say("months.other", count=len(self.run.months))

    def count(self, estimate: Estimate, *, error: bool = False) -> str:
        """The same without its unit."""
        decimals = 0 if float(estimate.value).is_integer() else 1
        words = self.number(estimate.value, decimals)
        if estimate.at_least:
            return at_least(words)
        if error and estimate.error > 0:
            words += f" ± {self.number(estimate.error, 1)}"
        return words

    def chance(self, estimate: Estimate) -> str:
        """A probability; one that rounds to certainty is written as nearly so."""
        if 0 < 1 - estimate.value < 0.0005:
            return "> " + self.percent(0.999, 1)
        return self.percent(estimate.value, 1 if estimate.value > 0.99 else 0)

    def scale(self, values: Iterable[float]) -> MoneyScale:
        return money_scale(values, self.currency, self.language)

    def plain(self, value: float, *, short: bool = False) -> str:
        """A number of any size, without zeros at its end: `168,000`, `0.8048`, or `short` `91.65B`."""
        if short:
            return compact_number(value, self.language)
        if abs(value) >= 1000 or float(value).is_integer():
            return self.number(value)
        words = significant(value, self.language, 4)
        return words.rstrip("0").rstrip(".") if "." in words else words

    def share(self, value: float) -> str:
        """A share with as many decimals as it has: `22%`, `1.25%`."""
        return self.plain(value * 100) + "%"

    def unit(self, unit: str) -> str:
        """A unit in the reader's words: `token/second` is `tokens/s`, `token/秒`; a pure number has none."""
        if unit == "1":
            return ""
        return "/".join(self._symbol(part) for part in unit.split("/"))

    def _symbol(self, part: str) -> str:
        if part in CURRENCIES:
            return self.money_unit(part)
        singular = {"s": "second", "person": "people"}.get(part, part.removesuffix("s"))
        return self.word("unit", singular)

    def money_unit(self, currency: str) -> str:
        """The name of a currency in a unit: `USD`, `美元`."""
        return zh_currency(currency) if self.language == "zh" else currency

    def word(self, group: str, key: str) -> str:
        """The reader's word for a key of data, or the key itself where the catalogue has none."""
        try:
            return self.say(f"{group}.{key}")
        except KeyError:
            return key

    # Lines of the run

    def line(self, headline: Headline) -> tuple[float, ...] | None:
        """Monthly base-case values of a headline line, opening value first; None if the plan has none."""
        name = self.context.headlines.get(headline)
        return None if name is None else self.run.base.get(name)

    def cash_fan(self) -> Fan | None:
        """Percentiles of closing cash by month."""
        name = self.context.headlines.get("cash")
        return None if name is None else self.run.fans.get(name)

    def years(self) -> tuple[Year, ...]:
        """The fiscal years of the horizon; a year that is not whole says how many months it has."""
        first = self.context.company.fiscal_year_first_month
        groups: dict[int, list[int]] = {}
        for place, iso in enumerate(self.run.months, start=1):
            year, number_of_month = int(iso[:4]), int(iso[5:7])
            groups.setdefault(year + (first > 1 and number_of_month >= first), []).append(place)
        return tuple(
            Year(self._year_label(year, len(places)), tuple(places)) for year, places in groups.items()
        )

    def _year_label(self, year: int, months: int) -> str:
        key = "year.fiscal" if self.context.company.fiscal_year_first_month > 1 else "year.calendar"
        label = self.say(key, year=year)
        return label if months == 12 else self.say("year.part", year=label, months=months)

    def over(self, values: Sequence[float], year: Year, *, is_balance: bool = False) -> float:
        """One value for a year from monthly ones (opening value first): their sum, or the last balance."""
        if is_balance:
            return float(values[year.months[-1]])
        return float(sum(values[place] for place in year.months))

    def figure_data(
        self, series: Sequence[tuple[str, Sequence[str]]], *, are_bars: bool = False
    ) -> FigureData:
        """The printed numbers of a monthly chart of `WIDTH`; a bar stands half its width from the end."""
        months = self.run.months
        return FigureData(
            labels=tuple(self.month(iso) for iso in months),
            series=tuple((name, tuple(values)) for name, values in series),
            inset=0.5 * WIDTH / len(months) if are_bars else 0.0,
        )

    # Cells and sources

    def money_cell(self, value: float | None, scale: MoneyScale) -> TableCell:
        """An amount as statements write it; a true 0 is a dash that catches no eye."""
        if value == 0:
            return TableCell(NOTHING, value=0.0)
        return TableCell(scale.format(value, self.language, accounting=True), value=value)

    def cite(self, source: Source) -> int:
        """The number of a source in this document's list. The same source at several places is one entry."""
        places = self._places.setdefault(replace(source, place=None), [])
        if source.place and source.place not in places:
            places.append(source.place)
        return list(self._places).index(replace(source, place=None)) + 1

    def source_cell(self, source: Source) -> TableCell:
        number = self.cite(source)
        return TableCell(f"[{number}]", source=number)

    def sources(self) -> tuple[SourceEntry, ...]:
        """Every source cited so far."""
        return tuple(
            SourceEntry(
                number=number,
                title=source.title,
                kind=self.word("kind", source.kind),
                place=together(places),
                url=source.url or "",
                date=source.date or "",
                confidence=""
                if source.confidence == "unknown"
                else self.word("confidence", source.confidence),
            )
            for number, (source, places) in enumerate(self._places.items(), start=1)
        )


def together(places: Sequence[str]) -> str:
    """Places as one text, the file named once: `plan.yaml:12, 15`; the first `MOST_PLACES` of many."""
    files: dict[str, list[str]] = {}
    for place in places:
        file, colon, line = place.rpartition(":")
        known = colon and line.isdigit()
        files.setdefault(file if known else place, []).extend([line] if known else [])
    written = []
    for file, lines in files.items():
        more = ", …" if len(lines) > MOST_PLACES else ""
        written.append(f"{file}:{', '.join(lines[:MOST_PLACES])}{more}" if lines else file)
    return "; ".join(written)
