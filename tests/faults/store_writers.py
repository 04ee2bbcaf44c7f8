"""What the writing processes of the fault tests do; imported by name, since they are started afresh."""

from __future__ import annotations

from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from tests.unit.store.sample_run import sample_measurement, sample_run
from toolkit.projection.run import Run
from toolkit.store import Workspace, save_measurements, save_revision, save_run

RUN_SIZE = {"lines": 60, "fans": 8, "paths": 40}


def text_of(writer: str, number: int) -> str:
    return f"writer: {writer}\nnumber: {number}\n"


def run_of(writer: str, number: int) -> Run:
    return sample_run(f"run-{writer}-{number}", **RUN_SIZE)


def write_for_ever(path: Path, writer: str, first_measurement: int, acknowledge: Connection) -> None:
    """Save a revision, a measurement and a run, over and over; tell of each only once it is saved."""
    workspace = Workspace(path)
    for number in count():
        saved = save_revision(workspace, "acme", text_of(writer, number), writer)
        acknowledge.send(("revision", saved.id))
        measurement = sample_measurement(first_measurement + number)
        save_measurements(workspace, [measurement])
        acknowledge.send(("measurement", measurement.id))
        run = run_of(writer, number)
        save_run(workspace, run)
        acknowledge.send(("run", run.id))


def append(path: Path, writer: str, times: int) -> None:
    """Save `times` revisions and measurements of one's own."""
    workspace = Workspace(path, wait_s=60)
    for number in range(times):
        save_revision(workspace, "acme", text_of(writer, number), writer)
        save_measurements(workspace, [sample_measurement(1000 * int(writer) + number)])
