"""How a product spreads by itself: the curves that a plan can name."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from toolkit.resources.record import KIND, Sourced
from toolkit.resources.values import Count, Counted, Months, PositiveShare, Value

Rate = Annotated[Value, Counted("1", 0, positive=True)]  # a year
CertainCount = Annotated[Value, Counted("1", 0, certain=True)]


class Bass(Sourced):
    """Bass (1969): of those who have not bought yet, `innovation` a year buy by themselves and `imitation` a
    year, times the share that has bought, since others did. `customers` is how many there are in the end; by
    default what can be obtained in the product's segments."""

    kind: Literal["bass"]
    innovation: PositiveShare
    imitation: Rate
    customers: Count | None = None

    @property
    def needs_market(self) -> bool:
        return self.customers is None


class Logistic(Sourced):
    """An S-curve: half of `customers` have come `midpoint` months after the start, and around it their number
    grows by a factor of e^`growth` a year. `customers` as for Bass."""

    kind: Literal["logistic"]
    growth: Rate
    midpoint: Months
    customers: Count | None = None

    @property
    def needs_market(self) -> bool:
        return self.customers is None


class Given(Sourced):
    """New customers of each month from the start of the product, as listed; afterwards the last number stays
    (`then: last`) or nobody comes (`none`). `factor` multiplies all of them: where the uncertainty is."""

    kind: Literal["given"]
    new_customers: Annotated[list[CertainCount], Field(min_length=1, max_length=120)]
    then: Literal["last", "none"] = "none"
    factor: Rate | None = None

    @property
    def needs_market(self) -> bool:
        return False


Adoption = Annotated[Bass | Logistic | Given, KIND]
