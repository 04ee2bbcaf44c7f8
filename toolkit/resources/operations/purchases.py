"""Purchases as lines: bought, paid, written off, and sold for what they are worth at the end.

    bought        = count × amount in the months of the purchase (or for everybody who joins)
    depreciation  = cost of the piece in use × share of the month
    sold          = salvage share × cost, in the month after its life

The shares of the months follow from dates alone: a twelfth of the year's charge in each month, by MACRS the
charge of a tax year over its months of service. What is written off stays in equipment and in accumulated
depreciation, which cancel, as long as it is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.finance.depreciation import (
    MacrsConvention,
    declining_balance,
    macrs_percentages,
    sum_of_years,
)
from toolkit.resources.operations.purchase_records import DEPRECIATION, Method, Purchase, TaxMethod

CHINESE_STRAIGHT_YEARS = 2  # the last ones of the declining balance, 企业会计准则第4号应用指南


def compile_purchases(compilation: Compilation) -> None:
    """Lines and postings of every purchase, and what research writes off."""
    operations = compilation.plan.operations
    research: list[str] = []
    differences: list[str] = []
    for scope, purchase in compilation.scopes(
        "operations.purchases", "operations.purchase", operations.purchases, "operations"
    ):
        charge = _stream(scope, purchase) if purchase.per_joiner else _dated(scope, purchase)
        if purchase.category == "research":
            research.append(charge)
        if purchase.tax is not None:
            differences.append(_tax_difference(scope, purchase, purchase.tax, charge))
    room = compilation.scope("operations", "operations", operations, area="operations")
    if operations.purchases:
        room.total("research_depreciation", research, room.currency)
    if differences:
        # What the tax law deducts beyond the books: taxable income is lower by it.
        room.total("tax_depreciation", differences, room.currency, "tax_depreciation_total")


def _delay(scope: Scope, purchase: Purchase) -> int:
    """0 if depreciation begins in the month of the purchase, 1 if in the next."""
    if purchase.first_month is None:
        return int(scope.compilation.plan.company.country == "CN")
    return int(purchase.first_month == "next")


def _price(scope: Scope, purchase: Purchase) -> str:
    count = f"{scope.input('count')} * " if purchase.count is not None else ""
    return f"{count}{scope.input('amount')}"


def _pay(scope: Scope, purchase: Purchase, formula: str) -> str:
    """The line of what is bought each month, and its payment."""
    if purchase.payment_months == 0:
        return scope.amount("bought", formula, "equipment", "cash")
    bought = scope.amount("bought", formula, "equipment", "equipment_payables")
    scope.amount("bought_paid", f"{bought}[-{purchase.payment_months}]", "equipment_payables", "cash")
    return bought


def _stream(scope: Scope, purchase: Purchase) -> str:
    """One piece for everybody who joins, each written off evenly."""
    joined = [f"talent.{role.id}.joined" for role in scope.compilation.plan.talent.roles]
    bought = _pay(scope, purchase, f"({' + '.join(joined) or '0'}) * {_price(scope, purchase)}")
    life, late = purchase.life_months, _delay(scope, purchase)
    window = f"(sum({bought}, {life + 1}) - {bought})" if late else f"sum({bought}, {life})"
    kept = f" * (1 - {scope.input('salvage')})" if purchase.salvage is not None else ""
    account = DEPRECIATION[purchase.category]
    charge = scope.amount("depreciation", f"{window} / {life}{kept}", account, "accumulated_depreciation")
    if purchase.salvage is not None:
        worth = f"{bought}[-{life + late}] * {scope.line('salvage')}"
        scope.amount("sold", worth, "cash", "equipment")
    return charge


def _dated(scope: Scope, purchase: Purchase) -> str:
    """A purchase in its month, and again after its life where it is replaced."""
    starts = _purchase_months(scope, purchase)
    all_months = range(1, scope.compilation.months + 1)
    buys = scope.schedule("buys", [month in starts for month in all_months], "month")
    bought = _pay(scope, purchase, f"{buys} * {_price(scope, purchase)}")
    basis = scope.formula("basis", f"where({buys}, {bought}, {scope.line('basis')}[-1])", scope.currency)
    late = _delay(scope, purchase)
    spread = _Spread.of_books(purchase, late)
    share = scope.schedule("share", spread.by_month(scope, starts), "method")
    written_off = f"{basis}[-1] * {share}" if late else f"{basis} * {share}"
    if purchase.salvage is not None:
        salvage = scope.input("salvage")
        if purchase.method != "declining_balance":
            written_off = f"{written_off} * (1 - {salvage})"
        _sell(scope, purchase, starts, basis, salvage)
    account = DEPRECIATION[purchase.category]
    return scope.amount("depreciation", written_off, account, "accumulated_depreciation")


def _purchase_months(scope: Scope, purchase: Purchase) -> list[int]:
    first = scope.compilation.number_of(purchase.month or scope.compilation.plan.company.start)
    if not purchase.replaced:
        return [first]
    return list(range(first, scope.compilation.months + 1, purchase.life_months))


def _sell(scope: Scope, purchase: Purchase, starts: list[int], basis: str, salvage: str) -> None:
    age = purchase.life_months + _delay(scope, purchase)
    ended = [month - age in starts for month in range(1, scope.compilation.months + 1)]
    if any(ended):
        sold = scope.schedule("life_ends", ended, "life_months")
        scope.amount("sold", f"{sold} * {basis}[-{age}] * {salvage}", "cash", "equipment")


@dataclass(frozen=True, slots=True)
class _Spread:
    """How the cost of a piece is spread: `late` is 1 where the first charge is a month after the purchase,
    `salvage` is what the declining balance stops at (other methods are scaled afterwards)."""

    method: Method
    life_months: int
    recovery_years: int
    convention: MacrsConvention
    late: int = 0
    salvage: float = 0.0
    factor: float = 2.0

    @classmethod
    def of_books(cls, one: Purchase, late: int) -> _Spread:
        """As in the books."""
        stops_at = one.method == "declining_balance" and one.salvage is not None
        salvage = one.salvage.quantity.median if stops_at and one.salvage is not None else 0.0
        late = 0 if one.method == "macrs" else late
        rules = (one.recovery_years, one.convention, late, salvage, one.declining_factor)
        return cls(one.method, one.life_months, *rules)

    @classmethod
    def of_tax(cls, one: Purchase, tax: TaxMethod) -> _Spread:
        """As the tax law has it."""
        life = tax.life_months or one.life_months
        return cls(tax.method, life, tax.recovery_years, tax.convention)

    def by_month(self, scope: Scope, starts: Iterable[int]) -> list[float]:
        """The share of the cost that is written off in each month of the plan."""
        months = scope.compilation.months
        total = [0.0] * (months + 1)
        for start in starts:
            for month, share in enumerate(self._curve(scope, start), start + self.late):
                if month <= months:
                    total[month] += float(share)
        return total[1:]

    def _curve(self, scope: Scope, start: int) -> list[Fraction]:
        """Share of the cost by month of service, for a piece that is bought in the month `start`."""
        company = scope.compilation.plan.company
        match self.method:
            case "straight_line":
                return [Fraction(1, self.life_months)] * self.life_months
            case "declining_balance":
                straight = CHINESE_STRAIGHT_YEARS if company.country == "CN" else None
                years = declining_balance(self.life_months // 12, self.salvage, self.factor, straight)
            case "sum_of_years":
                years = sum_of_years(self.life_months // 12)
            case "macrs":
                before = (int(company.start[5:]) + start - 1 - company.fiscal_year_start) % 12
                return self._by_tax_year(before)
        return [share / 12 for share in years for _ in range(12)]

    def _by_tax_year(self, before: int) -> list[Fraction]:
        """The charge of each tax year over its months; `before` months of the first are over."""
        quarter = before // 3 + 1 if self.convention == "mid_quarter" else None
        first, *later = macrs_percentages(self.recovery_years, self.convention, quarter)
        shares = [first / 100 / (12 - before)] * (12 - before)
        return shares + [share / 1200 for share in later for _ in range(12)]


def _tax_difference(scope: Scope, purchase: Purchase, tax: TaxMethod, charge: str) -> str:
    """The line of what the tax law deducts in a month beyond the books."""
    shares = _Spread.of_tax(purchase, tax).by_month(scope, _purchase_months(scope, purchase))
    share = scope.schedule("tax_share", shares, "tax")
    return scope.formula("tax_depreciation", f"{scope.line('basis')} * {share} - {charge}", scope.currency)
