"""Measurements as JSON Lines: nothing is lost, damage is listed by line, altered lines are found."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.benchmark.test_results import STEADY, TRAIN, only, run, run_events
from toolkit.benchmark.measurement_file import read_measurements, write_measurements
from toolkit.shapes.records import Measurement


@pytest.fixture
def measurements() -> list[Measurement]:
    first = only(run(run_events({TRAIN: STEADY})))
    return [first, replace(first, measured_at="2026-11-02T00:00:00Z", flags=("无网络",))]


def test_round_trip(tmp_path: Path, measurements: list[Measurement]) -> None:
    path = tmp_path / "m.jsonl"
    write_measurements(path, measurements[:1])
    write_measurements(path, measurements[1:], append=True)
    again, problems = read_measurements(path)
    assert again == measurements
    assert problems == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["m.jsonl"]


def test_reading_the_same_record_twice_gives_it_once(tmp_path: Path, measurements: list[Measurement]) -> None:
    path = tmp_path / "m.jsonl"
    write_measurements(path, [*measurements, *measurements])
    assert read_measurements(path)[0] == measurements


def test_damaged_lines_are_listed_and_the_others_kept(
    tmp_path: Path, measurements: list[Measurement]
) -> None:
    path = tmp_path / "m.jsonl"
    good = [json.dumps(each.to_json()) for each in measurements]
    altered = good[0].replace('"value": ', '"value": 1')
    upside_down = json.dumps({**replace(measurements[0], low=1e9).to_json(), "id": None})
    lines = [
        good[0],
        "{not json",
        "",
        "[]",
        good[1],
        '{"workload": {}}',
        altered,
        upside_down,
        good[0][:-200],
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    again, problems = read_measurements(path)
    assert again == measurements
    assert [(problem.line, problem.file) for problem in problems] == [
        (n, str(path)) for n in (2, 4, 6, 7, 8, 9)
    ]
    assert "does not match its id" in problems[3].problem("en")
    assert all(problem.mend("zh") for problem in problems)


def test_bytes_that_are_no_text(tmp_path: Path, measurements: list[Measurement]) -> None:
    path = tmp_path / "m.jsonl"
    write_measurements(path, measurements[:1])
    path.write_bytes(path.read_bytes() + b"\xff\xfe\x00garbage\n")
    again, problems = read_measurements(path)
    assert again == measurements[:1]
    assert [problem.line for problem in problems] == [2]
