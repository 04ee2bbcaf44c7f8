"""The toolkit's engine: its kernel, or NumPy with `numpy` as argument."""

from __future__ import annotations

import sys
from typing import Any

import toolkit
from tests.peers.formulas import OUTPUT, load
from tests.peers.serve import columns, rows, serve
from tests.peers.speed_model import model
from toolkit.projection.engine import Engine

CHUNK = 65_536  # draws handed over at once; the engine makes its own blocks of them


def main() -> None:
    work = load()
    engine = Engine(model(), work.inputs, (OUTPUT,), fast="numpy" not in sys.argv)

    def run(given: dict[str, Any]) -> Any:
        return engine.run(given, len(given[work.inputs[0]]))[OUTPUT]

    serve("ours", toolkit.__version__, CHUNK, columns(work), run, lambda found: rows(found[1:]))


if __name__ == "__main__":
    main()
