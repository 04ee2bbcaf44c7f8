"""Workspaces for the pages: none, an empty one, and one with the example in two revisions.

In the last, an earlier revision has a run of the base; the newest has runs of the base and of `lean`; `push`
was never built. Measurements are one processor's and one GPU's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from toolkit.app.building import Built, build, example
from toolkit.app.pages.benchmarks import newest_of
from toolkit.app.serving import LANGUAGE_VARIABLE, WORKSPACE_VARIABLE
from toolkit.reference.paths import dashboards_dir
from toolkit.shapes.records import Device, Measurement, Workload
from toolkit.store.measurements import save_measurements
from toolkit.store.workspace import Workspace

EARLIER = ("marketing: 5k", "marketing: 12k")  # what the earlier revision said instead
CPU = Device("cpu", "AMD EPYC", count=2)
GPU = Device("cuda", "NVIDIA H200", "h200_sxm", 1)


@dataclass(frozen=True)
class Example:
    """The example's workspace and the runs in it."""

    workspace: Workspace
    earlier: Built
    base: Built
    lean: Built


def measured(
    work: Workload, device: Device, value: float, *flags: str, at: str = "2026-11-20"
) -> Measurement:
    return Measurement(
        workload=work,
        device=device,
        value=value,
        low=0.9 * value,
        high=1.2 * value,
        work_per_step=float(work.batch * work.tokens),
        block_seconds=((0.1, 0.1),),
        stop_reason="precision",
        measured_at=f"{at}T10:00:00+00:00",
        flags=flags,
        mfu=0.41 if device is GPU else None,
        peak_bytes=3_000_000_000,
        unknown={} if device is GPU else {"mfu": "no data sheet peak for a CPU"},
    )


TRAIN = Workload("gpt2", "train", "fp32", 4, 128)
DECODE = Workload("gpt2", "decode", "bf16", 8, 512)
MATMUL = Workload("matmul", "ceiling", "bf16", 1, 1, "flop")
MEASUREMENTS = (
    measured(TRAIN, CPU, 200.0, at="2026-11-18"),
    measured(TRAIN, CPU, 250.0, "unquiet"),
    measured(DECODE, GPU, 12_000.0, at="2026-11-21"),
    measured(MATMUL, GPU, 6.1e14, at="2026-11-21"),
)


NEWEST = newest_of(MEASUREMENTS)


@pytest.fixture(scope="session")
def example_runs(tmp_path_factory: pytest.TempPathFactory) -> Example:
    folder = tmp_path_factory.mktemp("pages")
    workspace = Workspace(folder / "example.duckdb")
    text = example().read_text(encoding="utf-8")
    assert text.count(EARLIER[0]) == 1, "the example changed: choose another field for the earlier revision"
    before = folder / "before.yaml"
    before.write_text(text.replace(*EARLIER), encoding="utf-8")
    runs = build(before, workspace), build(example(), workspace, scenario="lean"), build(example(), workspace)
    save_measurements(workspace, MEASUREMENTS)
    return Example(workspace, runs[0], runs[2], runs[1])


@pytest.fixture(scope="session")
def empty_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("empty") / "empty.duckdb")
    with workspace.write():
        pass
    return workspace


@pytest.fixture
def board_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """`board` is found beside `app.py`, as Streamlit finds it."""
    monkeypatch.syspath_prepend(str(dashboards_dir()))


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open the dashboards on a workspace, not yet run; `query` is what stands in the address."""

    def opened(path: Path, language: str = "en", **query: str) -> AppTest:
        monkeypatch.setenv(WORKSPACE_VARIABLE, str(path))
        monkeypatch.setenv(LANGUAGE_VARIABLE, language)
        app = AppTest.from_file(str(dashboards_dir() / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        return app

    return opened
