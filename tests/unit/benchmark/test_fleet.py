"""The fleet without a cluster: which machines stand for their kinds, and what a machine sends back.

A real cluster of two nodes is tried by `python -m tests.faults.ray_cluster`.
"""

import importlib.util
import sys
from pathlib import Path

import pytest

from toolkit.benchmark import fleet
from toolkit.benchmark.assembly import assemble
from toolkit.benchmark.fleet import Machine, events_there, machine_kinds
from toolkit.benchmark.jobs import Job, run_job
from toolkit.benchmark.selection import Selection
from toolkit.benchmark.suite import quick
from toolkit.errors import InputError

FAKE = Path(__file__).with_name("fake_worker.py")
JOB = Job(Selection(models=("tiny-gpt2",), modes=("train", "decode")), "cpu", launcher="ray")


def node(name: str, alive: bool = True, **resources: float) -> dict[str, object]:
    words = {key.replace("__", ":"): value for key, value in resources.items()}
    return {"NodeID": name, "Alive": alive, "Resources": words}


def test_one_machine_stands_for_each_kind() -> None:
    nodes = [
        node("a", CPU=16, GPU=8, accelerator_type__H100=1),
        node("b", CPU=16, GPU=8, accelerator_type__H100=1),
        node("c", CPU=8, GPU=1, accelerator_type__L4=1),
        node("d", CPU=4),
        node("e", CPU=4, alive=False),
        node("f", GPU=1),
    ]
    assert machine_kinds(nodes) == [
        Machine("H100", "a", 16, 8),
        Machine("L4", "c", 8, 1),
        Machine("cpu-4", "d", 4, 0),
    ]


def test_a_machine_sends_its_events_as_they_come_and_goes_on_from_earlier_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fleet, "WORKER", (sys.executable, str(FAKE), "null"))
    monkeypatch.setattr(fleet, "_LOOK_S", 0.02)
    events = list(events_there(JOB, "cpu", []))
    assert [event["event"] for event in events].count("hello") == 4
    _, found = assemble(events, quick("cpu").pace, "cpu")
    assert len(found.measurements) == 2
    stop = next(place for place, event in enumerate(events) if event["event"] == "end")
    later = list(events_there(JOB, "cpu", events[: stop + 1]))
    assert [event["event"] for event in later].count("hello") == 3  # only what was missing


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed")
def test_without_ray_the_extra_is_named() -> None:
    with pytest.raises(InputError) as refused:
        run_job(JOB, journal=lambda _: None)
    assert [problem.id for problem in refused.value.problems] == ["bench.no_ray"]
    assert "groundplan[ray]" in refused.value.problems[0].mend("en")
