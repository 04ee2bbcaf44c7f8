"""Cohorts: the customers of each month of joining, by age, and what they pay.

The lines of a product hold the sum of all cohorts; since everybody of an age leaves and grows alike, each
cohort follows from the newcomers of its month:

    by the month   newcomers × (1 − annual share) × survival(age),  survival = early churn, then churn
    by contract    newcomers × annual share × renewal ^ full years of age
    revenue        customers × growth of spending ^ age × price, and what they pay for use

The first cohort are the customers of before the plan, who count as old.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from toolkit.resources.market.records import Product

Values = Mapping[str, tuple[float, ...]]
OPENING = "opening"
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class CohortTable:
    """Cohorts of one product in one case: row k of `customers` and `revenue` is the cohort that joined in
    `joined[k]` (`opening`, then ISO months), column a its month of age a (0 in the month of joining; for the
    opening cohort 0 is the evening before the plan). Months after the horizon are NaN."""

    product: str
    joined: tuple[str, ...]
    customers: Matrix
    revenue: Matrix

    @property
    def retention(self) -> Matrix:
        """Customers of each age as a share of those who joined; NaN for a cohort of nobody."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(
                self.customers / np.where(self.customers[:, :1] > 0, self.customers[:, :1], np.nan)
            )

    def by_month(self, matrix: Matrix) -> Matrix:
        """The sum over all cohorts for each month of the plan: what the lines of the product hold."""
        months = len(self.joined) - 1
        total = np.zeros(months)
        for row, values in enumerate(matrix):
            first = max(row - 1, 0)
            ages = values[1:] if row == 0 else values
            total[first:] += ages[: months - first]
        return total


def cohort_table(product: Product, values: Values, months: Sequence[str]) -> CohortTable:
    """The cohorts of a product from the lines of one case (name → the opening value, then one a month)."""
    case = _Case(product, values, len(months))
    customers = np.full((len(months) + 1, len(months) + 1), np.nan)
    revenue = customers.copy()
    for row in range(len(months) + 1):
        ages = range(len(months) + 1 - row)
        found = [case.opening(age) if row == 0 else case.cohort(row, age) for age in ages]
        customers[row, : len(found)] = [one[0] for one in found]
        revenue[row, : len(found)] = [one[1] for one in found]
    return CohortTable(product.id, (OPENING, *months), customers, revenue)


@dataclass(frozen=True)
class _Case:
    product: Product
    values: Values
    months: int

    def _line(self, part: str, default: float = 0.0) -> tuple[float, ...]:
        return self.values.get(f"market.{self.product.id}.{part}", (default,) * (self.months + 1))

    def _number(self, part: str, default: float = 0.0) -> float:
        return self._line(part, default)[1]

    @cached_property
    def _share(self) -> float:
        return self._number("annual.share")

    def cohort(self, joined: int, age: int) -> tuple[float, float]:
        """Customers and revenue of those who joined in a month (from 1), `age` months later."""
        month, new = joined + age, self._line("new_customers")[joined]
        by_month = new * (1 - self._share) * self._survival(age) * self._active(month)
        if age == 0:
            by_month = new * (1 - self._share)
        contracts, paid = self._contracts(joined, month, new * self._share)
        customers = by_month + contracts
        return customers, self._monthly(by_month, age, month) + paid + self._use(customers, month)

    def opening(self, month: int) -> tuple[float, float]:
        """Customers and revenue of those who were there before the plan."""
        there = self._number("opening_customers")
        by_month = there * (1 - self._share) * (1 - self._number("monthly_churn")) ** month
        by_month *= self._active(month) if month else 1.0
        contracts = paid = 0.0
        for begun in range(-11, 1) if self._share else ():
            running, bill = self._contracts(begun, month, there * self._share / 12)
            contracts, paid = contracts + running, paid + bill
        if month == 0:
            return there, 0.0
        customers = by_month + contracts
        return customers, self._monthly(by_month, month, month) + paid + self._use(customers, month)

    def _active(self, month: int) -> float:
        return self._line("active")[month]

    def _survival(self, age: int) -> float:
        churn = self._number("monthly_churn")
        if self.product.early_churn is None:
            return float((1 - churn) ** age)
        early, months = self._number("early_churn"), self.product.early_months or 0
        return float((1 - early) ** min(age, months) * (1 - churn) ** max(age - months, 0))

    def _monthly(self, customers: float, age: int, month: int) -> float:
        growth = self._number("spending_growth", 1.0) ** age
        return customers * growth * self._line("price_now")[month]

    def _use(self, customers: float, month: int) -> float:
        paid = self.product.usage is not None and self.product.usage.unit_price is not None
        return customers * self._line("usage.price_now")[month] if paid else 0.0

    def _contracts(self, begun: int, month: int, contracts: float) -> tuple[float, float]:
        """Contracts that began in a month and their renewals, as they run in a later one, and what they pay
        then. What was paid before the plan is in its opening balance."""
        growth, start, units = self._number("spending_growth", 1.0) ** 12, begun, contracts
        while start + 12 <= month:
            start += 12
            renewed = self._number("annual.renewal") * (self._active(start) if start >= 1 else 1.0)
            contracts, units = contracts * renewed, units * renewed * growth
        price = self._line("contract_price")[start] if start >= 1 else 0.0
        return contracts, units * price
