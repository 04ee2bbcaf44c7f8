"""The standing process of a workroom: `python -m toolkit.app.job_worker`, orders on stdin, answers on stdout.

It does one order after the other and ends when its standard input does, in the middle of a job too: that is
how it learns that the server is gone. Whatever a job prints goes to standard error, never among the answers.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from typing import Any

from toolkit.app.job_kinds import KINDS
from toolkit.app.jobs import Order, receive, send
from toolkit.errors import GroundplanError, Problem


def main() -> None:
    """Answer orders until nobody asks any more."""
    signal.signal(signal.SIGTERM, _leave)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    while True:
        order = orders.get()
        word, content = _do(order, answers)
        send(answers, (word, content))


def _leave(_number: int, _frame: object) -> None:
    """Go, but let what is under way tidy up: the supervisor of a benchmark ends its worker."""
    raise SystemExit(143)


def _listen(orders: queue.SimpleQueue[Order]) -> None:
    while True:
        try:
            orders.put(receive(sys.stdin.buffer))
        except EOFError:
            os.killpg(os.getpgid(0), signal.SIGTERM)


def _do(order: Order, answers: Any) -> tuple[str, Any]:
    if order.author is not None:
        os.environ["GROUNDPLAN_AUTHOR"] = order.author

    def progress(step: str, share: float) -> None:
        send(answers, ("progress", (step, min(max(share, 0.0), 1.0))))

    try:
        return "done", KINDS[order.kind](order, progress)
    except GroundplanError as error:
        return "failed", error.problems
    except Exception as error:
        return "failed", (Problem("jobs.broke", values={"reason": f"{type(error).__name__}: {error}"}),)


if __name__ == "__main__":
    main()
