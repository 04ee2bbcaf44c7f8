"""Measurements and the registry of Sobol dimensions: what went in comes out, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.store.sample_run import sample_measurement
from toolkit.store import (
    Workspace,
    extend_dimensions,
    load_dimensions,
    load_measurements,
    save_measurements,
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "plan.duckdb")


def test_what_went_in_comes_out_by_time(workspace: Workspace) -> None:
    saved = [sample_measurement(number) for number in (2, 0, 1)]
    assert save_measurements(workspace, saved) == 3
    loaded = load_measurements(workspace)
    assert loaded == [sample_measurement(number) for number in (0, 1, 2)]
    assert [m.id for m in loaded] == [sample_measurement(number).id for number in (0, 1, 2)]


def test_an_import_can_be_repeated(workspace: Workspace) -> None:
    measurement = sample_measurement()
    assert save_measurements(workspace, [measurement, measurement]) == 1
    assert save_measurements(workspace, [measurement, sample_measurement(1)]) == 1
    before = workspace.path.read_bytes()
    assert save_measurements(workspace, [measurement]) == 0
    assert save_measurements(workspace, []) == 0
    assert workspace.path.read_bytes() == before


def test_chosen_by_device_or_by_id(workspace: Workspace) -> None:
    gpu, cpu = sample_measurement(0), sample_measurement(1)
    save_measurements(workspace, [gpu, cpu])
    assert load_measurements(workspace, "h100-sxm-80") == [gpu]
    assert load_measurements(workspace, "NVIDIA H100 80GB HBM3") == [gpu]
    assert load_measurements(workspace, "EPYC") == [cpu]
    assert load_measurements(workspace, "abacus") == []
    assert load_measurements(workspace, ids=[cpu.id, "m-0"]) == [cpu]
    assert load_measurements(workspace, ids=[]) == []


def test_columns_say_what_the_record_says(workspace: Workspace) -> None:
    measurement = sample_measurement()
    save_measurements(workspace, [measurement])
    with workspace.read() as connection:
        row = connection.execute(
            "select id, model, gpu_id, device_count, value, mfu, peak_bytes, record->>'$.unknown.mfu' "
            "from measurement"
        ).fetchone()
    assert row == (measurement.id, "gpt2", "h100-sxm-80", 2, 1000.1, None, 2**40, "no data sheet peak")


def test_of_two_measurements_one_of_which_is_not_a_number_none_is_saved(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="JSON"):
        save_measurements(workspace, [sample_measurement(), replace(sample_measurement(), low=float("nan"))])
    assert load_measurements(workspace) == []


def test_dimensions_are_only_ever_added(workspace: Workspace) -> None:
    assert extend_dimensions(workspace, "acme", ["price", "churn"]) == {"price": 0, "churn": 1}
    assert extend_dimensions(workspace, "acme", ["growth", "churn", "growth"]) == {
        "price": 0,
        "churn": 1,
        "growth": 2,
    }
    assert extend_dimensions(workspace, "beta", ["growth"]) == {"growth": 0}
    assert load_dimensions(workspace, "acme") == {"price": 0, "churn": 1, "growth": 2}
    assert load_dimensions(workspace, "gamma") == {}
