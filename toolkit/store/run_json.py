"""The small records of a run as JSON text and back, equal: metrics, rates, bilingual warnings.

Python writes the shortest text that reads back as the same float, so no bit is lost. A value that is not
finite is refused (ValueError): unknown is None with a reason, never NaN.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from toolkit.projection.run import Figure, Metrics
from toolkit.shapes.records import Device, Rate, Workload
from toolkit.text import Text


def as_json(value: Any) -> str:
    """JSON text of plain values."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def metrics_json(metrics: Metrics) -> str:
    """The metrics; months of `survive` become text, since JSON keys are."""
    return as_json(asdict(metrics))


def metrics_from(text: str) -> Metrics:
    """The metrics that `metrics_json` wrote."""
    row = json.loads(text)
    return Metrics(
        cash=row["cash"],
        monthly_burn=Figure(**row["monthly_burn"]),
        runway_months={level: Figure(**figure) for level, figure in row["runway_months"].items()},
        survive={int(month): Figure(**figure) for month, figure in row["survive"].items()},
        tightest_month=row["tightest_month"],
        ruin_by_month=tuple(row["ruin_by_month"]),
    )


def rate_json(rate: Rate | None) -> str | None:
    """A rate, None where the workload has none."""
    return None if rate is None else as_json(asdict(rate))


def rate_from(text: str | None) -> Rate | None:
    """The rate that `rate_json` wrote."""
    if text is None:
        return None
    row: dict[str, Any] = json.loads(text)
    workload: dict[str, Any] = row.pop("workload")
    options = tuple((key, value) for key, value in workload.pop("options"))
    return Rate(
        workload=Workload(**workload, options=options),
        device=Device(**row.pop("device")),
        quantiles=tuple((p, value) for p, value in row.pop("quantiles")),
        basis=tuple(row.pop("basis")),
        **row,
    )


def texts_json(texts: Sequence[Text]) -> str:
    """Sentences in both languages."""
    return as_json([asdict(text) for text in texts])


def texts_from(text: str) -> tuple[Text, ...]:
    """The sentences that `texts_json` wrote."""
    rows: list[Mapping[str, str]] = json.loads(text)
    return tuple(Text(row["en"], row["zh"]) for row in rows)
