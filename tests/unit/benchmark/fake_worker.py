"""A worker without torch: the events of a real one at once, and faults where the test wants them.

Usage: fake_worker.py FAULT SPEC.json, FAULT being JSON: {"case", "phase", "how", "times", "memory"}. `how` is
`die`, `kill`, `hang`, `print` or `refuse`; `times` is how often, counted in the file `memory`.
"""

import json
import os
import signal
import sys
import time
import uuid
from pathlib import Path
from typing import Any

PROCESS = f"p-{uuid.uuid4().hex[:12]}"
BORN = time.perf_counter()


def emit(event: str, **fields: Any) -> None:
    row = {"event": event, "process": PROCESS, "at": time.perf_counter() - BORN, **fields}
    os.write(1, (json.dumps(row) + "\n").encode())


def happen(fault: dict[str, Any]) -> None:
    memory = Path(fault["memory"])
    if len(memory.read_text()) >= fault.get("times", 1):
        return
    memory.write_text(memory.read_text() + "x")
    if fault["how"] == "die":
        print("Segmentation fault (simulated)", file=sys.stderr, flush=True)
        os._exit(139)
    elif fault["how"] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif fault["how"] == "hang":
        time.sleep(60)
    elif fault["how"] == "print":
        os.write(1, b'Warning: something talks on standard output\n{"half": \n')
    elif fault["how"] == "refuse":
        emit("refused", problem="bench.no_cuda", values={"torch": "0"})
        os._exit(1)


def begin(fault: dict[str, Any], case: str, phase: str) -> None:
    emit("begin", case=case, phase=phase)
    if fault and fault["phase"] == phase and case.startswith(fault["case"]):
        happen(fault)


def name(case: dict[str, Any]) -> str:
    return ".".join([case["model"], case["mode"], case["dtype"], f"b{case['batch']}", f"t{case['tokens']}"])


def main() -> None:
    fault, spec = json.loads(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    threads = {"available": 2, "taken": spec["threads"] or 2}
    environment = {"cpu": {"model": "Fake CPU"}, "gpu": None, "threads": threads}
    if fault and fault["phase"] == "start":
        happen(fault)
    now = "2026-11-01T00:00:00Z"
    emit(
        "hello",
        device="cpu",
        meter="absent",
        measured_at=now,
        environment=environment,
        pace=spec["pace"],
        cases=[name(case) for case in spec["cases"]],
    )
    for case in spec["cases"]:
        begin(fault, name(case), "build")
        known = case["model"] == "known-duration"
        size = spec["choices"].get(name(case), 512) if case["model"] == "matmul" else None
        warm = {"first_step_seconds": 0.1, "steps": 2, "seconds": 0.0, "settled": True, "step_seconds": 0.0}
        emit(
            "ready",
            case=name(case),
            workload=case,
            load_seconds=0.0,
            warm_up=warm,
            work=64.0,
            flops=None if known or case["model"] == "copy" else 1e9,
            peak_bytes=1,
            unknown={},
            detail={} if size is None else {"size": size},
        )
    for index in range(spec["pace"]["blocks_min"]):
        for case in spec["cases"]:
            begin(fault, name(case), "block")
            time.sleep(float(os.environ.get("FAKE_BLOCK_SECONDS", "0")))
            seconds = 0.01 * (1 + 1e-3 * index)
            host = {"wall": 0.05, "cpu_share": 1.0, "foreign_share": 0.0}
            device = {"seconds": 0.05, "joules": None}
            emit(
                "block",
                case=name(case),
                index=index,
                wall=0.05,
                steps=[seconds] * 5,
                host=host,
                device=device,
            )
    for case in spec["cases"]:
        emit("done", case=name(case), stop="blocks", blocks=spec["pace"]["blocks_min"])
    emit("end")


main()
