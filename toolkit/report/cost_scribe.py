"""The scribe of a GPU cost comparison."""

from __future__ import annotations

from toolkit.report.cost_context import Band, CostContext
from toolkit.report.subject import Subject
from toolkit.report.wording import Wording
from toolkit.text import Language
from toolkit.text.formats import UNKNOWN, MoneyScale, interval

HOURS_A_DAY = 24
LARGE = 1e6


class CostScribe(Wording):
    """One comparison in one language."""

    def __init__(self, context: CostContext, language: Language) -> None:
        super().__init__(language, context.currency)
        self.context = context

    @property
    def subject(self) -> Subject:
        return self.context.subject

    def cover_facts(self) -> tuple[tuple[str, str], ...]:
        """The day and the currency."""
        return (*super().cover_facts(), (self.say("cover.currency"), self.money_unit(self.currency)))

    def money_band(self, band: Band) -> str:
        """The good and the bad end of a cost."""
        return interval(min(band), max(band), self.compact)

    def scaled_band(self, band: Band, scale: MoneyScale) -> str:
        """The same in the unit of a table."""
        return interval(min(band), max(band), lambda value: scale.format(value, self.language))

    def duration(self, hours: float | None) -> str:
        """Hours, or days from two of them on."""
        if hours is None:
            return UNKNOWN
        days = hours / HOURS_A_DAY
        if days >= 2:
            return self.say("cost.days", count=self.number(days, 0 if days >= 10 else 1))
        return self.say("cost.hours", count=self.number(hours, 0 if hours >= 10 else 1))

    def duration_band(self, band: Band) -> str:
        return interval(min(band), max(band), self.duration)

    def volume(self, count: float | None) -> str:
        """Requests a month; a volume that is never reached says so."""
        return self.say("cost.never") if count is None else self.plain(count, short=count >= LARGE)
