"""Jobs run in a process of their own: answered, watched, stopped; their problems come back as problems."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from toolkit.app.building import Built, build, example
from toolkit.app.jobs import Job, Order, Workroom, send
from toolkit.store.revisions import list_revisions, save_revision
from toolkit.store.runs import list_runs
from toolkit.store.workspace import Workspace

PATIENCE_S = 60.0
Start = Callable[..., Job]


@pytest.fixture(scope="module")
def room() -> Iterator[Workroom]:
    found = Workroom()
    yield found
    found.close()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("jobs") / "w.duckdb")


@pytest.fixture(scope="module")
def built(workspace: Workspace) -> Built:
    return build(example(), workspace)


@pytest.fixture
def start(room: Workroom, workspace: Workspace) -> Start:
    def started(kind: str, **arguments: object) -> Job:
        return room.start(Order(kind, str(workspace.path), "en", tuple(arguments.items()), "ada"))

    return started


def test_a_question_is_answered_as_the_analysis_does(start: Start, built: Built) -> None:
    job = start("survival", run=built.run.id)
    assert job.wait(PATIENCE_S)
    assert (job.state, job.problems) == ("done", ())
    assert job.result.probabilities[23].value == pytest.approx(built.run.metrics.survive[24].value)


def test_a_wrong_question_comes_back_as_its_problems(start: Start, built: Built) -> None:
    job = start("tornado", run=built.run.id, metric="nonsense(")
    assert job.wait(PATIENCE_S)
    assert job.state == "failed"
    assert [one.id for one in job.problems] == ["analysis.metric_form"]


def test_a_build_stores_its_run_and_makes_no_revision(
    start: Start, built: Built, workspace: Workspace
) -> None:
    before = len(list_revisions(workspace))
    job = start("build", revision=built.revision.id, scenario="lean")
    assert job.wait(PATIENCE_S)
    assert job.state == "done"
    newest = list_runs(workspace)[0]
    assert (newest.id, newest.scenario, newest.revision) == (job.result, "lean", built.revision.id)
    assert len(list_revisions(workspace)) == before


def test_a_plan_that_cannot_be_built_says_why(start: Start, workspace: Workspace, built: Built) -> None:
    revision = save_revision(workspace, "broken", "company: {id: broken}", "ada")
    job = start("build", revision=revision.id, scenario="base")
    assert job.wait(PATIENCE_S)
    assert job.state == "failed"
    assert "company.name" in [one.field for one in job.problems]
    assert all(one.plan == built.run.plan for one in list_runs(workspace))


def test_a_job_that_waits_and_one_that_runs_can_be_stopped(
    room: Workroom, start: Start, built: Built
) -> None:
    running, waiting = start("sobol", run=built.run.id, metric=None), start("survival", run=built.run.id)
    deadline = time.monotonic() + PATIENCE_S
    while running.state == "waiting" and time.monotonic() < deadline:
        time.sleep(0.02)
    room.cancel(waiting)
    room.cancel(running)
    assert (running.state, waiting.state) == ("cancelled", "cancelled")
    after = start("survival", run=built.run.id)
    assert after.wait(PATIENCE_S)
    assert after.state == "done", "a new process took over"


def test_what_if_without_a_change_is_the_plan(start: Start, built: Built) -> None:
    price = built.model.lines["market.pro.price"].quantity
    assert price is not None
    jobs = [
        start("what_if", run=built.run.id, metric="mean(account.cash)", values=values)
        for values in ((), (("market.pro.price", 2 * price.median),))
    ]
    assert all(job.wait(PATIENCE_S) for job in jobs)
    nothing, dearer = (job.result for job in jobs)
    assert nothing.difference.value == 0
    assert dearer.difference.value > 0
    assert dearer.changed.value - dearer.present.value == pytest.approx(dearer.difference.value)


def test_a_process_that_cannot_begin_fails_its_job_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_command: object, **_settings: object) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr("toolkit.app.jobs.subprocess.Popen", refuse)
    room = Workroom()
    jobs = [room.start(Order("build", "w.duckdb", "en")) for _ in range(2)]
    assert all(job.wait(PATIENCE_S) for job in jobs), "the second would wait for ever"
    assert [[one.id for one in job.problems] for job in jobs] == [["jobs.ended"], ["jobs.ended"]]


def test_what_was_cancelled_stays_so_though_its_answer_was_on_the_way() -> None:
    room, job = Workroom(), Job(Order("build", "w.duckdb", "en"), "running")

    class Answer(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            room.cancel(job)
            return super().read(size)

    letter = io.BytesIO()
    send(letter, ("done", "r-1"))
    room._follow(job, SimpleNamespace(stdout=Answer(letter.getvalue())))  # type: ignore[arg-type]
    assert (job.state, job.result) == ("cancelled", None)
