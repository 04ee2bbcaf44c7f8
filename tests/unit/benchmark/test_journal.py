"""The journal keeps every event, survives a cut-off line, and belongs to one run."""

import json
from pathlib import Path

import pytest

from tests.unit.benchmark.synthetic_events import run_events
from tests.unit.benchmark.test_results import STEADY, TRAIN
from toolkit.benchmark.events import gather, read_events
from toolkit.benchmark.journal import Journal
from toolkit.errors import InputError

RUN = {"suite": "quick", "device": "cpu", "cases": [{"options": ()}]}


def test_events_are_read_back(tmp_path: Path) -> None:
    path, events = tmp_path / "run.jsonl", run_events({TRAIN: STEADY})
    with Journal(path, RUN) as journal:
        for event in events:
            journal.add(event)
    with Journal(path, RUN) as again:
        assert again.events[1:] == json.loads(json.dumps(events))
        assert again.problems == []
    gathered = gather(events)
    assert gathered.processes(TRAIN.name, 2) == 2
    assert gathered.processes("unknown", 2) == 0


def test_a_line_cut_short_costs_only_itself(tmp_path: Path) -> None:
    path, events = tmp_path / "run.jsonl", run_events({TRAIN: STEADY})
    with Journal(path, RUN) as journal:
        for event in events:
            journal.add(event)
    path.write_bytes(path.read_bytes()[:-30])
    with Journal(path, RUN) as again:
        assert len(again.events) == len(events)  # the line of the run, and all but the last event
        assert [problem.line for problem in again.problems] == [len(events) + 1]
        again.add(events[-1])
    restored, problems = read_events(path)
    assert restored[-1] == json.loads(json.dumps(events[-1]))
    assert len(problems) == 1


def test_events_out_of_place_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    orphan = {"event": "block", "case": "never set up", "process": "p-9", "steps": [1.0]}
    timeless = {"event": "block", "case": TRAIN.name, "process": "p-0", "steps": [0.0]}
    events = [*run_events({TRAIN: STEADY}), orphan, timeless]
    path.write_text("\n".join(json.dumps(event) for event in events))
    good, problems = read_events(path)
    assert len(good) == len(events) - 2
    assert [problem.line for problem in problems] == [len(events) - 1, len(events)]


def test_the_journal_of_another_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with Journal(path, RUN):
        pass
    before = path.read_bytes()
    with pytest.raises(InputError) as refused:
        Journal(path, {**RUN, "suite": "full"})
    assert refused.value.problems[0].id == "bench.other_journal"
    assert path.read_bytes() == before


def test_without_a_path_events_are_only_remembered() -> None:
    with Journal(None, RUN) as journal:
        journal.add({"event": "end"})
        assert journal.events == [{"event": "end"}]
