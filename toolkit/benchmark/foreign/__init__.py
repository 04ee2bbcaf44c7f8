"""Results of other benchmarks, taken in as cited public measurements.

optimum-benchmark (`benchmark.json`), MLPerf training (`:::MLLOG` lines) and vLLM serving (`bench serve
--save-result`, one document or one a line) are told apart by their content. What they measured is kept; what
they are known to report wrongly is worked out anew from their own raw times, or refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from toolkit.benchmark.foreign.citation import Citation, RefusedError
from toolkit.benchmark.foreign.mlperf import MARK, read_mlperf
from toolkit.benchmark.foreign.optimum import is_optimum, read_optimum
from toolkit.benchmark.foreign.vllm import is_vllm, read_vllm
from toolkit.errors import InputError, Problem
from toolkit.shapes.records import Measurement

__all__ = ["Citation", "read_foreign"]

Found = tuple[list[Measurement], list[Problem]]
_LOOK = 1_000_000  # characters that are looked at to tell a log


def read_foreign(path: str | Path, citation: Citation) -> Found | None:
    """The measurements of another benchmark's file and what was refused of it; None when it is none of these.

    Raises OSError when the file cannot be read, InputError when it is one but is not cited.
    """
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    if MARK in text[:_LOOK]:
        return _cited(path, citation, lambda: read_mlperf(text, citation))
    documents = list(_documents(text))
    if documents and all(is_optimum(each) for _, each in documents):
        return _cited(path, citation, lambda: _each(path, documents, read_optimum, citation))
    if documents and all(is_vllm(each) for _, each in documents):
        return _cited(path, citation, lambda: _each(path, documents, read_vllm, citation))
    return None


def _documents(text: str) -> list[tuple[int, Mapping[str, Any]]]:
    """One JSON object, or one a line, each with its line; nothing when the text is neither."""
    try:
        whole = json.loads(text)
    except ValueError:
        pass
    else:
        return [(1, whole)] if isinstance(whole, dict) else []
    found: list[tuple[int, Mapping[str, Any]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            row = json.loads(line)
        except ValueError:
            return []
        if not isinstance(row, dict):
            return []
        found.append((number, row))
    return found


def _cited(path: str | Path, citation: Citation, read: Callable[[], Found]) -> Found:
    if not citation.source:
        raise InputError([Problem("bench.not_cited", "cite", str(path))])
    try:
        found, problems = read()
    except RefusedError as refusal:
        found, problems = (
            [],
            [Problem("bench.refused_result", refusal.field, values={"reason": refusal.reason})],
        )
    return found, [problem.at(file=str(path)) for problem in problems]


def _each(
    path: str | Path,
    documents: list[tuple[int, Mapping[str, Any]]],
    read: Callable[[Mapping[str, Any], Citation], Found],
    citation: Citation,
) -> Found:
    measurements: list[Measurement] = []
    problems: list[Problem] = []
    for number, document in documents:
        try:
            found, refused = read(document, citation)
        except (RefusedError, KeyError, TypeError, ValueError, AttributeError) as error:
            field = error.field if isinstance(error, RefusedError) else ""
            reason = error.reason if isinstance(error, RefusedError) else f"{type(error).__name__}: {error}"
            refused, found = [Problem("bench.refused_result", field, values={"reason": reason})], []
        measurements += found
        problems += [problem.at(file=str(path), line=number) for problem in refused]
    return measurements, problems
