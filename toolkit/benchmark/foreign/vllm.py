"""vLLM serving: what `vllm bench serve --save-result` writes (one document, or one a line with append).

The unit is the generated token, over the wall time of the whole load. Throughputs that do not follow from the
counts and the duration beside them are refused. The file does not say the GPU: that is the user's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from toolkit.benchmark.foreign.citation import NOT_SAID, Citation, RefusedError, cited, slug
from toolkit.errors import Problem
from toolkit.shapes.records import Measurement, Workload

_FIELDS = ("duration", "completed", "total_output_tokens", "output_throughput")
_AGREEMENT = 0.01
_LATENCIES = ("ttft", "tpot", "itl", "e2el")


def is_vllm(document: Mapping[str, Any]) -> bool:
    """Whether a document is a serving result."""
    return all(name in document for name in _FIELDS)


def read_vllm(document: Mapping[str, Any], citation: Citation) -> tuple[list[Measurement], list[Problem]]:
    """The measurement of one load. Raises RefusedError when its figures contradict each other."""
    seconds, done, made, read = _counts(document)
    found = cited(
        citation,
        "vLLM bench serve",
        _workload(document, done, made, read),
        citation.device(document.get("gpu"), None),
        [seconds],
        float(made),
        measured_at=_date(str(document.get("date", ""))),
        environment={key: document[key] for key in ("tokenizer_id", "label") if document.get(key)},
        detail={
            "requests": done,
            "failed": document.get("failed"),
            "input_tokens": read,
            "latency_ms": {
                key: value
                for key, value in document.items()
                if key.endswith("_ms") and any(f"_{name}_" in key for name in _LATENCIES)
            },
        },
        flags=("requests_failed",) if document.get("failed") else (),
    )
    return [found], []


def _counts(document: Mapping[str, Any]) -> tuple[float, int, int, int]:
    """Seconds, requests, tokens made and tokens read, once the throughputs are seen to follow from them."""
    seconds, done = float(document["duration"]), int(document["completed"])
    made, read = int(document["total_output_tokens"]), int(document.get("total_input_tokens") or 0)
    if done < 1 or seconds <= 0 or made < 1:
        raise RefusedError("completed", "no request was completed")
    for field, units in (
        ("output_throughput", made),
        ("request_throughput", done),
        ("total_token_throughput", made + read),
    ):
        claimed = document.get(field)
        if claimed is not None and abs(float(claimed) * seconds / units - 1) > _AGREEMENT:
            raise RefusedError(
                field, f"it says {claimed}, but {units} in {seconds} s are {units / seconds:.6g}"
            )
    return seconds, done, made, read


def _workload(document: Mapping[str, Any], done: int, made: int, read: int) -> Workload:
    options = {
        "new": str(round(made / done)),
        "rate": str(document.get("request_rate", "inf")),
        "served_by": str(document.get("backend") or document.get("endpoint_type") or "vllm"),
    }
    return Workload(
        slug(str(document.get("model_id") or NOT_SAID)),
        "generate",
        str(document.get("dtype") or NOT_SAID),
        int(document.get("max_concurrency") or done),
        max(1, round(read / done)),
        "token",
        tuple(sorted(options.items())),
    )


def _date(text: str) -> str:
    """`20250131-235959` as an ISO moment; the text itself when it is something else."""
    try:
        return datetime.strptime(text, "%Y%m%d-%H%M%S").isoformat()
    except ValueError:
        return text or NOT_SAID
