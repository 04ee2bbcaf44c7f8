"""Wording: writes words, numbers and tables' cells of one report in one language, and keeps its sources.

Sections ask it for finished words, so that every section writes money, months and intervals in the same way,
and every source is numbered once, in the order in which the reader meets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from toolkit.provenance import Source
from toolkit.reference import load_reference
from toolkit.report.document import Paragraph, SourceEntry, Span, TableCell
from toolkit.report.subject import Subject
from toolkit.shapes.records import Device
from toolkit.text import Language, load_catalogue
from toolkit.text.formats import (
    UNKNOWN,
    MoneyScale,
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

# Titles that the program gives itself, in English: to be said in the reader's language.
OWN_TITLES = {
    "not given in the plan": "not_given",
    "holders and pool of the plan, before its first month": "holders",
}
OWN_ASSUMPTION = re.compile(r"Assumption of Groundplan, from memory: ([^:]+)(?:: (.+))?")
RATE = re.compile(r"(\S+) on ([^:]+): .*", re.DOTALL)
AREAS = ("report", "report_plan", "report_papers")  # catalogues that a report's words are looked up in
MOST_PLACES = 12
LARGE = 1e6
NOTHING = "–"
WIDTH = 500  # pixels of a chart's plot, so that its labels print at 8 points


class Wording:
    """One report in one language and currency. Stateful in one thing only: the numbers of its sources."""

    def __init__(self, language: Language, currency: str) -> None:
        self.language = language
        self.currency = currency
        self._places: dict[Source, list[str]] = {}

    # What the report is about

    @property
    def subject(self) -> Subject:
        """Title, author, day and record: those of the context that the report is written from."""
        raise NotImplementedError

    def cover_facts(self) -> tuple[tuple[str, str], ...]:
        """Terms and what they are, for the cover or below the title: the day, unless there is more to say."""
        return ((self.say("cover.date"), self.day(self.subject.date)),)

    def cover_picture(self) -> str:
        """The picture of a cover page as SVG; empty where there is none."""
        return ""

    # Words

    def say(self, key: str, /, **values: object) -> str:
        """A sentence of the report's catalogues. Raises KeyError for an unknown key."""
        sentence = catalogue(self.language)[key]
        return sentence.format(**values) if values or "{" in sentence else sentence

    def strong(self, key: str, **values: object) -> tuple[Span, ...]:
        """A sentence whose `**figures**` are set strong."""
        pieces = self.say(key, **values).split("**")
        return tuple(Span(piece, bool(place % 2)) for place, piece in enumerate(pieces) if piece)

    def absent(self) -> Paragraph:
        """Said where the plan holds nothing, in place of an empty table."""
        return Paragraph.of(self.say("absent"), "small")

    # Numbers

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

    def range_short(self, low: float, high: float) -> str:
        """An interval that is put short where it reaches large numbers: `80B – 200B`."""
        large = max(abs(low), abs(high)) >= LARGE
        return interval(low, high, lambda value: self.plain(value, short=large))

    def short_day(self, iso: str | None) -> str:
        """An ISO day as the month that it is in; unknown is a dash."""
        return UNKNOWN if not iso else self.month(iso[:7]) if len(iso) >= 7 else iso

    def device(self, device: Device) -> str:
        """A device with its count: `8 × NVIDIA A100 SXM4 40GB`."""
        return (
            f"{device.count} × {device.name}" if device.count > 1 and device.kind == "cuda" else device.name
        )

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

    def heads(self, value: float) -> str:
        """People: whole, or with one decimal where some come and go within the month."""
        return self.number(value, 0 if abs(value - round(value)) < 0.05 else 1)

    def share(self, value: float) -> str:
        """A share with as many decimals as it has: `22%`, `1.25%`."""
        return self.plain(value * 100) + "%"

    def unit(self, unit: str) -> str:
        """A unit in the reader's words: `token/second` is `tokens/s`, `token/秒`; a pure number has none."""
        if unit == "1":
            return ""
        if unit == "second/second":  # how much sound is worked through in a second
            return f"{self.say('unit.audio')}/{self.say('unit.second')}"
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

    def title(self, source: Source) -> str:
        """A source's title as it was published; our own words for what we found ourselves."""
        key = OWN_TITLES.get(source.title)
        if key is not None:
            return self.say(f"own_title.{key}")
        own = OWN_ASSUMPTION.fullmatch(source.title)
        if own is not None and self.language == "zh":
            label = _assumption_words().get(own[2] or "", own[2])
            return self.say("own_title.assumption", rest=f"：{label}" if label else "")
        rate = RATE.fullmatch(source.title)
        if rate is not None and source.kind in ("measurement", "fit", "assumption") and self.language == "zh":
            return self.say(f"own_title.rate.{source.kind}", work=rate[1], device=rate[2])
        return source.title

    def sources(self) -> tuple[SourceEntry, ...]:
        """Every source cited so far."""
        return tuple(
            SourceEntry(
                number=number,
                title=self.title(source),
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


@cache
def _assumption_words() -> Mapping[str, str]:
    """Chinese words of the named assumptions of `data/`, by their English ones."""
    return {row.label_en: row.label_zh for row in load_reference().assumptions.values()}


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """The sentences of every area of `AREAS`; no key is in two of them."""
    return {key: text for area in AREAS for key, text in load_catalogue(area, language).items()}


def _without_folder(place: str) -> str:
    """A place without the folders of the machine that the plan was read on."""
    return place.rpartition("/")[2] if place.startswith("/") else place


def together(places: Sequence[str]) -> str:
    """Places as one text, the file named once: `plan.yaml:12, 15`; the first `MOST_PLACES` of many."""
    files: dict[str, list[str]] = {}
    for place in map(_without_folder, places):
        file, colon, line = place.rpartition(":")
        known = colon and line.isdigit()
        files.setdefault(file if known else place, []).extend([line] if known else [])
    written = []
    for file, lines in files.items():
        more = ", …" if len(lines) > MOST_PLACES else ""
        written.append(f"{file}:{', '.join(lines[:MOST_PLACES])}{more}" if lines else file)
    return "; ".join(written)
