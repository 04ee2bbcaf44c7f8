"""The scribe: the wording of a report that is written from a run, with its lines, fans and years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.projection.run import Fan, Run
from toolkit.projection.run import Figure as Estimate
from toolkit.report.board_facts import BoardFacts
from toolkit.report.context import Headline, ReportContext
from toolkit.report.cover_art import cover_art
from toolkit.report.document import FigureData
from toolkit.report.subject import Subject
from toolkit.report.wording import WIDTH, Wording
from toolkit.text import Language
from toolkit.text.formats import at_least

__all__ = ["WIDTH", "Scribe", "Year"]


@dataclass(frozen=True, slots=True)
class Year:
    """A fiscal year of the horizon: its label and the positions (1, 2, …) of its months."""

    label: str
    months: tuple[int, ...]


class Scribe(Wording):
    """One report of a run in one language."""

    def __init__(self, context: ReportContext, language: Language) -> None:
        super().__init__(language, context.run.currency)
        self.context = context

    @property
    def run(self) -> Run:
        return self.context.run

    @property
    def subject(self) -> Subject:
        company = self.context.company
        return Subject(company.name, company.name, company.date, self.run.id, company.one_liner)

    def cover_facts(self) -> tuple[tuple[str, str], ...]:
        """The ask, the contact and the day; of a board update the month and what it is compared with."""
        board = self.context.board
        if board is not None:
            budget = self.budget(board) or self.say("board.plan")
            month = (self.say("board.month"), self.month(board.month))
            return (month, (self.say("board.against"), budget))
        company, ask = self.context.company, self.context.ask
        facts: list[tuple[str, str]] = []
        if ask is not None:
            facts.append((self.say("cover.raising"), self.compact(ask.amount)))
            if ask.stake is not None:
                facts.append((self.say("cover.stake"), self.stake(ask.stake)))
        if company.contact:
            facts.append((self.say("cover.contact"), company.contact))
        return (*facts, (self.say("cover.date"), self.day(company.date)))

    def cover_picture(self) -> str:
        return cover_art(self.run.paths, self.run.metrics.cash)

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

    def budget(self, board: BoardFacts) -> str:
        """The locked budget that actual figures are held against, as one: `budget “2027”`; empty without."""
        return self.say("board.budget", name=board.budget) if board.budget else ""

    def stake(self, share: float) -> str:
        """A share of the company that is offered: `18%`, `9.6%`."""
        return self.percent(share, 0 if share >= 0.1 else 1)

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
