"""cashflower: a folder with `model.py` and `input.py`, one model point a draw, grouped by draw."""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cashflower
import numpy as np
import pandas as pd

from tests.peers.formulas import OUTPUT, Work, load, rewrite
from tests.peers.serve import columns, serve

CHUNK = 200
INPUT = """\
from cashflower import ModelPointSet
import pandas as pd

main = ModelPointSet(data=pd.DataFrame({"draw": [0]}))
"""


def call(name: str, arguments: Sequence[str]) -> str:
    if name == "where":
        return f"({arguments[1]} if {arguments[0]} else {arguments[2]})"
    return f"{name}({', '.join(arguments)})"


def model_text(work: Work) -> str:
    """`model.py`. A line without an opening value is computed from month 1 on."""
    lines = {line.name for line in work.lines}

    def present(name: str) -> str:
        if name in lines:
            return f"{name}(t)"
        return f"main.get({name!r})" if name in work.inputs else name

    text = ["from cashflower import variable", "from input import main"]
    text += [f"{name} = {value!r}" for name, value in work.constants.items()]
    for line in work.lines:
        formula = rewrite(line.formula, present, lambda name: f"{name}(t - 1)", call)
        opening = rewrite(line.opening or "0.0", present, present, call)
        text += ["@variable()", f"def {line.name}(t):", "    if t == 0:", f"        return {opening}"]
        text += [f"    return {formula}"]
    return "\n".join(text) + "\n"


def main() -> None:
    work = load()
    folder = tempfile.TemporaryDirectory(prefix="groundplan-peers-")
    Path(folder.name, "model.py").write_text(model_text(work), encoding="utf-8")
    Path(folder.name, "input.py").write_text(INPUT, encoding="utf-8")
    sys.path.insert(0, folder.name)
    settings = {
        "GROUP_BY": "draw", "MULTIPROCESSING": False, "NUM_STOCHASTIC_SCENARIOS": None,
        "OUTPUT_VARIABLES": [OUTPUT], "SAVE_DIAGNOSTIC": False, "SAVE_LOG": False, "SAVE_OUTPUT": False,
        "T_MAX_CALCULATION": work.months, "T_MAX_OUTPUT": work.months,
    }  # fmt: skip
    points = importlib.import_module("input")

    def run(given: dict[str, Any]) -> Any:
        count = len(given[work.inputs[0]])
        frame = pd.DataFrame({**given, "draw": np.arange(count)})
        points.main = cashflower.ModelPointSet(data=frame)  # type: ignore[attr-defined]
        sys.modules.pop("model", None)
        with contextlib.redirect_stdout(io.StringIO()):
            output, _, _ = cashflower.run(settings=settings, path=folder.name)
        return output[OUTPUT].to_numpy().reshape(count, work.months + 1)[:, 1:]

    serve("cashflower", version("cashflower"), CHUNK, columns(work), run, lambda found: found.tobytes())


if __name__ == "__main__":
    main()
