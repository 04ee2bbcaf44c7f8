"""Small models whose answers are known in closed form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.lines.book import Book
from toolkit.lines.correlation import Pair
from toolkit.lines.quantity import Quantity
from toolkit.projection.analysis.experiment import Experiment
from toolkit.projection.analysis.outcome import Metric, parse_metric
from toolkit.projection.draws import Sampler, extend_registry
from toolkit.projection.model import Model, assemble
from toolkit.provenance import Source
from toolkit.text import Text

SOURCE = Source("assumption", "a test")
CASH = "account.cash"


def model_of(
    inputs: Mapping[str, Quantity],
    formulas: Mapping[str, str],
    *,
    opening: str | None = None,
    months: int = 12,
    series: Mapping[str, tuple[float, ...]] | None = None,
    pairs: Iterable[Pair] = (),
) -> Model:
    """A model of inputs, schedules and formulas; `opening` is that of `account.cash`."""
    book = Book(())
    for name, quantity in inputs.items():
        book.input(name, quantity, "1", Text(name, name), SOURCE)
    for name, values in (series or {}).items():
        book.series(name, values, "1", Text(name, name), SOURCE)
    for name, formula in formulas.items():
        is_cash = name == CASH
        book.formula(
            name, formula, "USD" if is_cash else "1", Text(name, name), opening=opening if is_cash else None
        )
    book.pairs += pairs
    iso = [f"{2027 + month // 12}-{month % 12 + 1:02d}" for month in range(months)]
    return assemble(book, (), iso, "USD")


def normal(mean: float, sd: float) -> Quantity:
    return Quantity("normal", (mean, sd))


def uniform(low: float, high: float) -> Quantity:
    return Quantity("uniform", (low, high))


def linear() -> Model:
    """Cash after m months is 100 + m · (burn + x + 2 y), x and y standard normal, burn −5; no line of cash
    reads z."""
    return model_of(
        {
            "burn": Quantity.constant(-5.0),
            "x": normal(0, 1),
            "y": normal(0, 1),
            "z": normal(0, 1),
        },
        {"flow": "burn + x + 2 * y", CASH: f"{CASH}[-1] + flow", "other": "z"},
        opening="100",
    )


def experiment(model: Model, text: str, sampler: Sampler | None = None) -> tuple[Experiment, Metric]:
    """The experiment that answers a metric, on 8 replicates of 512 draws."""
    metric = parse_metric(text, model)
    registry = extend_registry({}, model.dimensions)
    return Experiment(model, registry, sampler or Sampler(1, 8, 512), metric.outcome), metric
