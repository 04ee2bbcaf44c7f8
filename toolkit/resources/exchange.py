"""Exchange: a plan keeps its books in one currency; amounts in others are converted at dated rates.

rate            units of the plan's currency for one of the other: given with the month from which it
                holds, else the newest of `data/exchange_rates.csv`
an amount       is booked at the rate of its month
what is open    is revalued at the end of every month until it is paid (IAS 21.23 and 21.28):
                difference = open at the start of the month, in its currency × (rate − rate[-1])
paid            = amount in its currency × the rate of the month of payment
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, ValidationInfo

from toolkit.lines.quantity import Quantity
from toolkit.provenance import Source
from toolkit.reference import prices
from toolkit.reference.cells import CONFIDENCES
from toolkit.resources.record import Month, Sourced
from toolkit.resources.surroundings import complaint, surroundings
from toolkit.resources.values import Counted, Value
from toolkit.text import bilingual
from toolkit.units import CURRENCIES

if TYPE_CHECKING:
    from toolkit.resources.compilation import Compilation, Scope

Side = Literal["to pay", "to collect"]


def _foreign(code: str, info: ValidationInfo) -> str:
    own = surroundings(info).currency
    if code not in CURRENCIES:
        raise complaint("plan.currency", text=code, known=", ".join(CURRENCIES))
    if code == own:
        raise complaint("money.own_currency", currency=code)
    return code


class ExchangeRate(Sourced):
    """`rate` units of the plan's currency for one of `currency`, from `start` on; the first rate of a
    currency also holds before."""

    currency: Annotated[str, AfterValidator(_foreign)]
    rate: Annotated[Value, Counted("1", 0, positive=True)]
    start: Month | None = None


def exchange_line(compilation: Compilation, currency: str) -> str:
    """The line with the rate of a currency in each month, written when it is first asked for."""
    name, book = f"exchange.{currency.lower()}", compilation.book
    if name in book.lines:
        return name
    unit = f"{compilation.currency}/{currency}"
    label = bilingual("money.rate", currency=currency)
    given = [
        (rate.start or "", index, rate)
        for index, rate in enumerate(compilation.plan.company.exchange_rates)
        if rate.currency == currency
    ]
    if not given:
        found = prices.choose_rate(compilation.reference.exchange_rates, currency, compilation.currency)
        if found is None or not found.rows:
            raise ValueError(f"no exchange rate of {currency}: plans are checked before they are compiled")
        return book.input(name, Quantity.constant(found.factor), unit, label, _source_of(found.rows))
    steps: list[tuple[int, str]] = []
    for start, index, rate in sorted(given, key=lambda one: one[0]):
        path = f"company.exchange_rates[{index}].rate"
        source = compilation.source_of(path, rate.rate, rate, compilation.plan.company)
        part = name if len(given) == 1 else f"{name}.from_{(start or compilation.plan.company.start)}"
        line = book.input(part.replace("-", "_"), rate.rate.quantity, unit, label, source)
        steps.append((compilation.number_of(start) if start else 1, line))
    if len(steps) == 1:
        return name
    formula = steps[0][1]
    for first, line in steps[1:]:
        formula = f"where(t >= {first}, {line}, {formula})" if first > 1 else line
    return book.formula(name, formula, unit, label, opening=steps[0][1])


def _source_of(rows: tuple[prices.ExchangeRate, ...]) -> Source:
    """The source of a rate from the table; of two rows (through the dollar), the less trusted."""
    weakest = max(rows, key=lambda row: CONFIDENCES.index(row.confidence)).source
    places = ", ".join(row.place for row in rows)
    return Source("fact", weakest.title, places, weakest.url, weakest.date, weakest.confidence)


def settle_abroad(scope: Scope, part: str, line: str, currency: str, months: int, side: Side) -> None:
    """Settle `line` (booked in the plan's currency as payables or receivables) in its own currency `months`
    later: the lines `<part>_abroad`, `<part>_difference` (posted) and `<part>_paid` or `<part>_collected`;
    without a part `abroad` and so on."""
    rate, part = exchange_line(scope.compilation, currency), f"{part}_" if part else ""
    abroad = scope.book.formula(
        scope.line(f"{part}abroad"), f"{line} / {rate}", currency,
        bilingual("money.abroad", label=scope.book.lines[line].label, currency=currency),
    )  # fmt: skip
    still_open = f"(sum({abroad}, {months + 1}) - {abroad})"
    change = f"{still_open} * ({rate} - {rate}[-1])"
    settled = f"{abroad}[-{months}] * {rate}"
    if side == "to pay":
        scope.amount(f"{part}difference", change, "exchange_difference", "payables", "money.difference")
        scope.amount(f"{part}paid", settled, "payables", "cash", "invoice_paid")
    else:
        scope.amount(f"{part}difference", change, "receivables", "exchange_difference", "money.difference")
        scope.amount(f"{part}collected", settled, "cash", "receivables", "collected")
