"""Charts drawn beside the report, in a process of its own that ends when they are done.

The drawing engine takes a third of a second to start and a hundred megabytes to keep; here it starts while
the report goes on, and its memory is given back before the pages are set. Reads one JSON request from
standard input, `{"specs": [text, …], "pictures": bool}`, and answers with one line of JSON a chart.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit.report.charts.picture import keep_png, to_png
from toolkit.report.charts.svg import is_drawn, keep_svg, spec_text, to_svg

FEWEST = 4  # charts that are worth a process
EACH, MOST = 8, 2  # charts of a process at least, processes at most


def draw(specs: Iterable[Mapping[str, Any]], *, pictures: bool = False) -> None:
    """Draw every chart that is not drawn yet, `EACH` or more a process; `pictures`: as PNG too. What a
    process does not answer is drawn here when it is asked for."""
    texts = [text for text in dict.fromkeys(map(spec_text, specs)) if not is_drawn(text)]
    if len(texts) < FEWEST:
        return
    count = max(min(os.cpu_count() or 1, len(texts) // EACH, MOST), 1)
    parts = [texts[place::count] for place in range(count)]
    running = [_start(part, pictures) for part in parts]
    for part, process in zip(parts, running, strict=True):
        answers, _ = process.communicate()
        for text, line in zip(part, answers.decode().splitlines(), strict=False):
            answer = json.loads(line)
            keep_svg(text, answer["svg"])
            if pictures:
                keep_png(answer["svg"], base64.b64decode(answer["png"]))


def _start(texts: Sequence[str], pictures: bool) -> subprocess.Popen[bytes]:
    """A process that has its request."""
    root = str(Path(__file__).resolve().parents[3])
    command = [sys.executable, "-P", "-c", _PROGRAM.format(root=root)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    if process.stdin is not None:
        process.stdin.write(json.dumps({"specs": texts, "pictures": pictures}).encode())
        process.stdin.close()
        process.stdin = None
    return process


_PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from toolkit.report.charts.drawing import main
main()
"""


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    for text in request["specs"]:
        spec = json.loads(text)
        answer = {"svg": to_svg(spec)}
        if request["pictures"]:
            answer["png"] = base64.b64encode(to_png(spec)).decode()
        print(json.dumps(answer), flush=True)
