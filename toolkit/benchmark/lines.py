"""Lines of a pipe as they come, until a deadline: the reader sleeps in the kernel in between."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Iterator
from typing import IO


def read_lines(pipe: IO[bytes] | None, deadline: float) -> Iterator[str]:
    """Lines without their ends (a carriage return ends one too, as progress bars print), until the pipe is
    closed or `deadline` on the monotonic clock."""
    if pipe is None:
        raise ValueError("the program's output must be a pipe")
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe.fileno(), selectors.EVENT_READ)
        while (remaining := deadline - time.monotonic()) > 0:
            if not selector.select(remaining):
                continue
            data = os.read(pipe.fileno(), 1 << 16)
            if not data:
                break
            *lines, rest = (rest + data).replace(b"\r", b"\n").split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in lines)
    if rest:
        yield rest.decode("utf-8", "replace")
