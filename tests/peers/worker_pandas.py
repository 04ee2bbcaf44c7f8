"""Plain pandas: one frame a month, one column a line, one row a draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tests.peers.formulas import OUTPUT, load, rewrite
from tests.peers.serve import columns, rows, serve

CHUNK = 10_000
FUNCTIONS = {"min": "np.minimum", "max": "np.maximum", "where": "np.where"}


def call(name: str, arguments: Sequence[str]) -> str:
    return f"{FUNCTIONS[name]}({', '.join(arguments)})"


def main() -> None:
    work = load()
    lines = {line.name for line in work.lines}

    def present(name: str) -> str:
        if name in lines:
            return f"now[{name!r}]"
        return name if name == "t" or name in work.constants else f"given[{name!r}]"

    def compiled(formula: str) -> Any:
        text = rewrite(formula, present, lambda name: f"last[{name!r}]", call)
        return compile(text, formula, "eval")

    formulas = {line.name: compiled(line.formula) for line in work.lines}
    openings = {line.name: compiled(line.opening) for line in work.lines if line.opening is not None}

    def run(given: dict[str, Any]) -> Any:
        frame = pd.DataFrame(given)
        space: dict[str, Any] = {"np": np, "given": frame, **work.constants}
        last = pd.DataFrame(index=frame.index)
        for name, code in openings.items():
            last[name] = eval(code, space)
        path = []
        for month in range(1, work.months + 1):
            now = pd.DataFrame(index=frame.index)
            space.update(t=month, now=now, last=last)
            for name, code in formulas.items():
                now[name] = eval(code, space)
            path.append(now[OUTPUT].to_numpy())
            last = now
        return np.array(path)

    serve("plain pandas", pd.__version__, CHUNK, columns(work), run, rows)


if __name__ == "__main__":
    main()
