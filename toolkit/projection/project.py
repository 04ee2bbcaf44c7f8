"""Projection: a compiled plan becomes a model, and the model a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import toolkit
from toolkit.projection.closed_books import ClosedBooks, close_books
from toolkit.projection.compute_uses import by_ground, compute_uses
from toolkit.projection.draws import Sampler
from toolkit.projection.engine import base_case
from toolkit.projection.headlines import CASH, headlines
from toolkit.projection.layout import layout_of
from toolkit.projection.ledger import write_ledger
from toolkit.projection.metric_lines import write_metric_lines
from toolkit.projection.metrics import measure_lengths
from toolkit.projection.model import Model, assemble
from toolkit.projection.run import Run
from toolkit.resources.compilation import Compilation
from toolkit.resources.record import month_after
from toolkit.text import Text

HEADLINES = (
    CASH, "total.revenue", "total.gross_profit", "total.net_income", "metric.net_burn", "compute.cost",
    "market.customers", "talent.headcount",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Basis:
    """What a run rests on besides its model: together they decide every number, and so the id of the run."""

    plan: str
    revision: str
    scenario: str
    data_hash: str
    measurements: tuple[str, ...]
    sampler: Sampler
    registry: Mapping[str, int]
    books: ClosedBooks | None = None

    def run_id(self) -> str:
        """The hash of everything that decides a number."""
        parts = [
            self.plan, self.revision, self.scenario, self.data_hash, sorted(self.measurements),
            self.sampler.seed, self.sampler.replicates, self.sampler.per_replicate,
            sorted(self.registry.items()), toolkit.__version__,
        ]  # fmt: skip
        if self.books is not None:
            parts.append(self.books.digest)
        return "r-" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def model_of(compilation: Compilation, books: ClosedBooks | None = None) -> Model:
    """The model of a compiled plan: its book with the ledger and the metrics written to the end; `books` are
    actual figures that take the place of the plan's up to the last closed month."""
    book, company = compilation.book, compilation.plan.company
    months = [month_after(company.start, number) for number in range(1, company.months + 1)]
    if books is not None:
        close_books(book, books, months, company.currency)
    layout = layout_of(company.country)
    statements = write_ledger(book, compilation.opening, company.currency, layout)
    write_metric_lines(book, company.currency)
    return assemble(book, statements, months, company.currency, company.fiscal_year_start)


def project(compilation: Compilation, model: Model, basis: Basis, warnings: Iterable[Text] = ()) -> Run:
    """Run a model: the base case of every line, and the headlines over all draws.

    Raises InputError (`app.not_finite`) where a draw of a headline is no number.
    """
    sampler = basis.sampler
    base = base_case(model)
    found = headlines(model, basis.registry, sampler, HEADLINES)
    compute = compute_uses(compilation, base)
    closed = model.months.index(basis.books.closed) + 1 if basis.books else 0
    return Run(
        id=basis.run_id(),
        plan=basis.plan,
        revision=basis.revision,
        scenario=basis.scenario,
        data_hash=basis.data_hash,
        measurements=tuple(sorted(basis.measurements)),
        seed=sampler.seed,
        draws=sampler.draws,
        replicates=sampler.replicates,
        code_version=toolkit.__version__,
        currency=model.currency,
        months=model.months,
        base=base,
        fans=found.fans,
        metrics=measure_lengths(found.runway, found.cash_p5, base, sampler.replicates, closed),
        compute=compute,
        compute_cost_by_rung=by_ground(compute),
        paths=tuple(tuple(path) for path in found.paths.tolist()),
        warnings=tuple(warnings),
        books=basis.books,
    )
