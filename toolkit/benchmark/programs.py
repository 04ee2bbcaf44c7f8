"""A program of the user's own, measured by what it prints: `--command "python train.py" --unit-regex …`.

Every line of its output that the pattern finds is one reading of the rate, over the time since the last one;
a reading is a block. The program is started afresh for every process of the measurement and ended once it has
given enough blocks. Readings before two in a row agree are warm-up. What the rate is a rate of is the
program's word, which results say; blocks, interval and evidence are those of any other case.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shlex
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from toolkit.benchmark import environment
from toolkit.benchmark.assembly import assemble
from toolkit.benchmark.events import gather
from toolkit.benchmark.journal import Journal
from toolkit.benchmark.lines import read_lines
from toolkit.benchmark.meters import process as host
from toolkit.benchmark.rounds import Progress
from toolkit.benchmark.runner import SuiteRun, identity
from toolkit.benchmark.spec import DeviceKind
from toolkit.benchmark.suite import Suite, thorough
from toolkit.benchmark.threads import usable_cpus
from toolkit.benchmark.timing import WARMUP_AGREEMENT
from toolkit.errors import Problem, refuse
from toolkit.shapes.records import Mode, Workload
from toolkit.text import Language, t

_TAIL = 300  # characters of a silent program's output that its problem quotes


@dataclass(frozen=True, slots=True)
class Program:
    """A command line and the pattern that finds the rate in a line of its output.

    The pattern has one group, or one called `rate` (units a second) or `seconds` (for one unit). `mode` and
    `dtype` are the user's word for what it does.
    """

    command: str
    pattern: str
    unit: str = "sample"
    mode: Mode = "train"
    dtype: str = "unknown"

    def problems(self) -> list[Problem]:
        """What is wrong with it, as far as that shows before it runs."""
        found = []
        try:
            if not shlex.split(self.command):
                raise ValueError("it is empty")
        except ValueError as error:
            found.append(Problem("bench.bad_command", "command", values={"reason": str(error)}))
        try:
            pattern = re.compile(self.pattern)
            named = pattern.groupindex.keys() & {"rate", "seconds"}
            if len(named) != 1 and not (not named and pattern.groups == 1):
                raise ValueError("it needs one group, or one called rate or seconds")
        except (re.error, ValueError) as error:
            found.append(Problem("bench.bad_pattern", "unit-regex", values={"reason": str(error)}))
        return found

    @property
    def workload(self) -> Workload:
        """The case that stands for it; the same command and pattern are the same case."""
        words = shlex.split(self.command)
        name = next((Path(word).stem for word in words if word.endswith(".py")), Path(words[0]).name)
        mark = hashlib.sha256(f"{self.command}\0{self.pattern}".encode()).hexdigest()[:12]
        return Workload(name, self.mode, self.dtype, 1, 1, self.unit, (("program", mark),))

    def seconds_per_unit(self, line: str) -> float | None:
        """What a line says, None when it says nothing or no positive number."""
        found = re.search(self.pattern, line)
        if found is None:
            return None
        kind = next(iter(found.re.groupindex.keys() & {"rate", "seconds"}), "rate")
        text = found.group(kind) if found.re.groupindex else found.group(1)
        try:
            value = float(text.replace(",", ""))
        except (ValueError, AttributeError):
            return None
        if not 0 < value < float("inf"):
            return None
        return value if kind == "seconds" else 1 / value


def run_program(
    program: Program,
    kind: DeviceKind,
    *,
    journal: Any,
    budget_s: float | None = None,
    progress: Progress | None = None,
    language: Language = "en",
) -> SuiteRun:
    """Measure a program in fresh processes. Raises InputError for a command or pattern that cannot work."""
    refuse(program.problems())
    suite = thorough("program", [program.workload], kind)
    begun = time.monotonic()
    deadline = begun + (budget_s or suite.budget_s)
    problems: list[Problem] = []
    with Journal(journal(identity(suite, kind)), identity(suite, kind)) as record:
        while _processes(record, program) < suite.pace.processes_max and time.monotonic() < deadline:
            if _processes(record, program) >= suite.pace.processes_min and _precise(record, suite, kind):
                break
            left = max(1, suite.pace.processes_min - _processes(record, program))
            ends = time.monotonic() + (deadline - time.monotonic()) / left
            silent = _one_process(program, suite, kind, record, ends, progress, language)
            if silent is not None:
                problems.append(silent)
                break
        device, found = assemble(record.events, suite.pace, kind)
    return SuiteRun(suite, device, found, (*problems, *found.problems), time.monotonic() - begun)


def _processes(record: Journal, program: Program) -> int:
    return gather(record.events).processes(program.workload.name, 2)


def _precise(record: Journal, suite: Suite, kind: DeviceKind) -> bool:
    found = assemble(record.events, suite.pace, kind)[1].measurements
    return bool(found) and found[0].stop_reason == "precision"


def _one_process(
    program: Program,
    suite: Suite,
    kind: DeviceKind,
    record: Journal,
    ends: float,
    progress: Progress | None,
    language: Language,
) -> Problem | None:
    """One start of the program, to its last wanted block; a problem when it gave fewer than two."""
    name, begun = program.workload.name, time.monotonic()
    process = f"p-{uuid.uuid4().hex[:12]}"
    tail, warm = "", _WarmUp(WARMUP_AGREEMENT[kind])
    blocks = 0
    with _started(program.command) as worker:
        group, mark = worker.pid, host.look()
        for line in read_lines(worker.stdout, ends):
            tail = (tail + line + "\n")[-_TAIL:]
            seconds = program.seconds_per_unit(line)
            if seconds is None or warm.takes(seconds):
                mark = _group_mark(group)
                continue
            if not blocks:
                record.add({"event": "hello", "process": process, "at": 0.0, **_hello(suite, kind)})
                record.add(
                    {"event": "ready", "process": process, "case": name, **_ready(program, warm, begun)}
                )
            now = _group_mark(group)
            evidence = host.between(mark, now, usable_cpus())
            device = {"seconds": now.wall - mark.wall, "joules": None, "unknown": {"device": _UNMETERED}}
            block = {"case": name, "index": blocks, "wall": now.wall - mark.wall, "steps": [seconds]}
            record.add({"event": "block", "process": process, **block, "host": evidence, "device": device})
            mark, blocks = now, blocks + 1
            if progress is not None:
                share = min(0.99, (time.monotonic() - begun) / max(1.0, ends - begun))
                progress(t("bench.progress.block", language, case=name), share)
            if blocks >= suite.pace.blocks_max:
                break
    if blocks:
        record.add({"event": "done", "process": process, "case": name, "stop": "blocks", "blocks": blocks})
    if blocks >= 2:
        return None
    return Problem("bench.no_reading", name, values={"count": blocks, "output": tail.strip() or "–"})


_UNMETERED = "a program of one's own is not metered"


class _WarmUp:
    """Readings until two in a row agree."""

    def __init__(self, agreement: float) -> None:
        self._agreement, self.count, self._last, self.settled = agreement, 0, 0.0, False

    def takes(self, seconds: float) -> bool:
        """Whether a reading still belongs to the warm-up."""
        if self.settled:
            return False
        self.count += 1
        agrees = abs(seconds - self._last) <= self._agreement * min(seconds, self._last or seconds)
        self.settled = (self.count > 1 and agrees) or self.count >= _WARMUP_MOST
        self._last = seconds
        return True


_WARMUP_MOST = 10


@contextlib.contextmanager
def _started(command: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program in a process group of its own, which does not outlive the block."""
    worker = subprocess.Popen(
        shlex.split(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    try:
        yield worker
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(worker.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(timeout=3.0)
        if worker.stdout is not None:
            worker.stdout.close()


def _group_mark(group: int) -> host.HostMark:
    """A look at the host whose own CPU time is that of the program's process group."""
    return replace(host.look(), cpu=host.group_seconds(group))


def _hello(suite: Suite, kind: DeviceKind) -> dict[str, Any]:
    cpus = usable_cpus()
    gpu = None
    if kind == "cuda":
        from toolkit.benchmark.devices import first_gpu_name

        gpu = {"name": first_gpu_name()}
    facts: Mapping[str, Any] = {
        "software": environment.software(),
        "settings": environment.settings(),
        "cpu": environment.cpu(),
        "gpu": gpu,
        "threads": {"available": cpus, "taken": cpus},
    }
    return {
        "device": kind,
        "meter": "absent",
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "pace": asdict(suite.pace),
        "environment": facts,
    }


def _ready(program: Program, warm: _WarmUp, begun: float) -> dict[str, Any]:
    seconds = time.monotonic() - begun
    return {
        "workload": asdict(program.workload),
        "load_seconds": seconds,
        "warm_up": {
            "first_step_seconds": None,
            "steps": warm.count,
            "seconds": seconds,
            "settled": warm.count < _WARMUP_MOST,
            "step_seconds": 0.0,
        },
        "work": 1.0,
        "flops": None,
        "peak_bytes": None,
        "unknown": {"peak_bytes": _UNMETERED},
        "detail": {"program": True, "flops_reason": "a program does not say what it computes"},
    }
