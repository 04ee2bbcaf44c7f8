"""Correlations: which uncertain inputs of the plan move together.

    correlations:
      - between: [market.pro.price, market.pro.monthly_churn]
        value: 0.3
      - between: [compute.finetune.price_change, compute.drafting.price_change, compute.review.price_change]
        matrix: [[1, 0.8, 0.6], [0.8, 1, 0.7], [0.6, 0.7, 1]]

An input is named by its line, as every explanation and tornado names it. One `value` for more than two inputs
holds for each pair. Paths move with paths, in every month.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from toolkit.errors import Problem, refuse
from toolkit.lines.correlation import Pair
from toolkit.lines.spelling import nearest
from toolkit.resources.compilation import Compilation
from toolkit.resources.record import Sourced
from toolkit.resources.surroundings import complaint


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -1 <= raw <= 1:
        raise complaint("correlations.range", text=str(raw))
    return float(raw)


Coefficient = Annotated[float, BeforeValidator(_number)]


class Correlation(Sourced):
    """Inputs that move together: one `value` for each pair, or the `matrix` of all."""

    between: list[str] = Field(min_length=2)
    value: Coefficient | None = None
    matrix: list[list[Coefficient]] | None = None

    @model_validator(mode="after")
    def _is_correlation(self) -> Correlation:
        count = len(self.between)
        if len(set(self.between)) < count:
            raise complaint("correlations.twice")
        if (self.value is None) == (self.matrix is None):
            raise complaint("correlations.one_of")
        rows = self.matrix or []
        if self.matrix is not None:
            if len(rows) != count or any(len(row) != count for row in rows):
                raise complaint("correlations.size", count=count)
            if any(abs(rows[i][i] - 1) > 1e-9 for i in range(count)):
                raise complaint("correlations.diagonal")
            if any(abs(rows[i][j] - rows[j][i]) > 1e-9 for i in range(count) for j in range(i)):
                raise complaint("correlations.symmetric")
        return self

    def pairs(self) -> Iterator[tuple[str, str, float]]:
        """Every pair with its correlation."""
        for (i, first), (j, second) in combinations(enumerate(self.between), 2):
            value = self.value if self.matrix is None else self.matrix[i][j]
            yield first, second, 0.0 if value is None else value


def compile_correlations(compilation: Compilation) -> None:
    """The pairs of the plan, in the book. A pair of which one input is certain (in a scenario that fixes it)
    has nothing to say. Raises InputError: an input that is not there, a pair that stands twice, a path with
    another input."""
    book, positions = compilation.book, compilation.positions
    inputs = {name: line.quantity for name, line in book.lines.items() if line.quantity is not None}
    problems: list[Problem] = []
    seen: set[frozenset[str]] = set()
    for index, entry in enumerate(compilation.plan.correlations):
        path = f"correlations[{index}]"
        unknown = [name for name in entry.between if name not in inputs]
        for name in unknown:
            near = nearest(name, inputs)
            problems.append(
                positions.problem("correlations.unknown", f"{path}.between", name=name, nearest=near)
            )
        for first, second, value in entry.pairs() if not unknown else ():
            key, both = frozenset((first, second)), (inputs[first], inputs[second])
            if key in seen:
                problems.append(positions.problem("correlations.again", path, first=first, second=second))
            elif all(one.is_uncertain for one in both):
                if both[0].is_path != both[1].is_path:
                    problems.append(positions.problem("correlations.path", path, first=first, second=second))
                book.pairs.append(Pair(first, second, value, positions.place(path) or ""))
            seen.add(key)
    refuse(problems)
