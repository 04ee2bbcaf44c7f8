"""modelx: a space of cells whose values are NumPy arrays, one value a draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import modelx
import numpy as np

from tests.peers.formulas import OUTPUT, load, rewrite
from tests.peers.serve import columns, rows, serve

CHUNK = 10_000  # of 1,000, 10,000 and 100,000 the quickest; it keeps every cell of every month
FUNCTIONS = {"min": "np.minimum", "max": "np.maximum", "where": "np.where"}


def call(name: str, arguments: Sequence[str]) -> str:
    return f"{FUNCTIONS[name]}({', '.join(arguments)})"


def main() -> None:
    work = load()
    lines = {line.name for line in work.lines}
    model = modelx.new_model("speed")
    space = model.new_space("space")

    def present(name: str) -> str:
        return f"{name}(t)" if name in lines else name

    for line in work.lines:
        text = rewrite(line.formula, present, lambda name: f"{name}(t - 1)", call)
        opening = "" if line.opening is None else f"({line.opening}) if t == 0 else "
        space.new_cells(line.name, formula=f"lambda t: {opening}{text}")
    space.np = np
    for name, value in work.constants.items():
        setattr(space, name, value)

    def run(given: dict[str, Any]) -> Any:
        for name, values in given.items():
            setattr(space, name, values)
        return np.array([space.cells[OUTPUT](month) for month in range(1, work.months + 1)])

    serve("modelx, vectorised", modelx.__version__, CHUNK, columns(work), run, rows)


if __name__ == "__main__":
    main()
