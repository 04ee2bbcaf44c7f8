"""A bare hand loop beside our steps and blocks, in turns inside one process: `worker_bare ROUNDS`.

The hand loop is written against transformers alone and runs the same model with an optimizer of its own. A
turn is one block; wall time and CPU time of both are printed as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

from toolkit.benchmark.meters import AbsentMeter
from toolkit.benchmark.meters import process as host
from toolkit.benchmark.models import reference_models
from toolkit.benchmark.timing import run_block, step_timer
from toolkit.shapes.records import Workload

TOKENS = 32
SHORT_S = 0.2


def bare_step(name: str, model: torch.nn.Module, ids: torch.Tensor) -> Callable[[], object]:
    """A forward step or a training step as one writes it by hand, on the very model that ours uses: two
    models of the same numbers can differ by some percent in speed, by where they lie in memory."""
    if name == "forward":

        def forward() -> object:
            with torch.inference_mode():
                return model(input_ids=ids).logits

        return forward
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)

    def train() -> object:
        optimizer.zero_grad(set_to_none=True)
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        return loss

    return train


def hand_loop(step: Callable[[], object], count: int) -> tuple[float, float]:
    """Wall and CPU seconds of a step, from one look before and one after."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        step()
    return (time.perf_counter() - wall) / count, (time.process_time() - cpu) / count


def our_block(step: Callable[[], object], count: int) -> tuple[float, float]:
    """The same from our block: the mean of its steps, and the CPU time of the block with all its evidence."""
    meter, timer = AbsentMeter("peers"), step_timer(torch.device("cpu"))
    cpu = time.process_time()
    meter.read()
    mark = host.look()
    steps, _ = run_block(step, timer, count)
    host.between(mark, host.look(), 1)
    meter.read()
    return sum(steps) / count, (time.process_time() - cpu) / count


def nothing() -> None:
    """A step that does nothing."""


def harness_seconds() -> dict[str, float]:
    """What the harness itself takes: a step that does nothing, and the evidence around a block."""
    timer, count = step_timer(torch.device("cpu")), 200_000
    steps = timer(nothing, count)
    begun = time.process_time()
    for _ in range(20):
        our_block(nothing, 1)
    return {"step": sum(steps) / count, "block": (time.process_time() - begun) / 20}


def main(rounds: int) -> dict[str, Any]:
    """Turns of both, for forward and training."""
    torch.set_num_threads(1)
    ids = torch.randint(30522, (1, TOKENS), generator=torch.Generator().manual_seed(1))
    model = reference_models()["bert-base"]
    found: dict[str, Any] = {"harness": harness_seconds()}
    for name in ("forward", "train"):
        case = Workload("bert-base", name, "fp32", 1, TOKENS)  # type: ignore[arg-type]
        pool: dict[tuple[str, str], Any] = {}
        ours = model.prepare(case, torch.device("cpu"), pool).step
        bare = bare_step(name, next(iter(pool.values())), ids)
        for step in (bare, ours, bare, ours):
            step()
        count = max(2, round(SHORT_S / hand_loop(bare, 2)[1]))
        rows = []
        for number in range(rounds):
            turns = [("bare", lambda: hand_loop(bare, count)), ("ours", lambda: our_block(ours, count))]  # noqa: B023
            rows.append({key: turn() for key, turn in (turns if number % 2 else turns[::-1])})
        found[name] = {"steps": count, "rounds": rows}
    return found


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))), flush=True)
    os._exit(0)
