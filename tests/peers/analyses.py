"""How long the analyses of the example plan take, in a process that has the run open.

Wall-clock and processor seconds of the quickest of some tries; the second are what a machine without other
work needs.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from toolkit.app.analysis import find_fan, find_sensitivity, find_tornado, seek_goal
from toolkit.app.building import build, example
from toolkit.app.study import Study
from toolkit.reference import load_reference
from toolkit.store.workspace import Workspace

TRIES = 3


def measure() -> list[tuple[str, float, float, float]]:
    """What was asked, wall-clock seconds, processor seconds, and the seconds that it may take."""
    with tempfile.TemporaryDirectory(prefix="groundplan-peers-") as folder:
        workspace = Workspace(Path(folder, "w.duckdb"))
        build(example(), workspace)
        study = Study(workspace)
        _ = study.version  # read once, when a page is opened
        thirty = _thirty(study)
        jobs: list[tuple[str, float, Callable[[], object]]] = [
            ("scenario change to new percentiles of cash, 4,096 draws", 0.5, lambda: _change(study)),
            ("goal seek on survive(24), 4,096 draws", 3.0, lambda: _goal(study)),
            (
                f"tornado of {len(thirty)} inputs, 4,096 draws",
                5.0,
                lambda: find_tornado(study, inputs=thirty),
            ),
            ("the same on p5(runway), all months", 5.0, lambda: find_tornado(study, "p5(runway)", thirty)),
            ("Sobol indices of cash, 16,384 draws", 30.0, lambda: find_sensitivity(study, "account.cash")),
        ]
        return [(name, *_quickest(job), limit) for name, limit, job in jobs]


def show() -> None:
    """Print them."""
    table = Table(box=None, pad_edge=False)
    table.add_column("job")
    for name in ("wall s", "processor s", "may take s"):
        table.add_column(name, justify="right")
    for name, wall, processor, limit in measure():
        table.add_row(name, f"{wall:.2f}", f"{processor:.2f}", f"{limit:g}")
    Console(width=110).print(table)


def _thirty(study: Study) -> list[str]:
    """The first thirty inputs that cash rests on."""
    ground = study.model.ground(["account.cash"])
    return [name for name in study.model.uncertain if name in ground][:30]


def _change(study: Study) -> object:
    changed = study.version.changed({"talent.roles.sales.count": 2, "market.products.pro.marketing": "7k"})
    return find_fan(study, changed.model(load_reference()))


def _goal(study: Study) -> object:
    return seek_goal(study, "survive(24) >= 95%", ["funding.pre_seed.amount"])


def _quickest(job: Callable[[], object]) -> tuple[float, float]:
    found = []
    for _ in range(TRIES):
        wall, processor = time.perf_counter(), time.process_time()
        job()
        found.append((time.perf_counter() - wall, time.process_time() - processor))
    return min(wall for wall, _ in found), min(processor for _, processor in found)
