"""A reforecast as plain data."""

from __future__ import annotations

from typing import Any

from toolkit.app.actuals.reforecast import Reforecast
from toolkit.app.analysis_document import plain


def reforecast_document(found: Reforecast) -> dict[str, Any]:
    """What `--json` prints: the run, what went in, and the headline figures before and after."""
    run = found.built.run
    return {
        "run": run.id,
        "plan": run.plan,
        "scenario": run.scenario,
        "currency": run.currency,
        "closed": found.closed,
        "against": found.against,
        "budget": found.budget,
        "before": plain(found.before),
        "after": plain(found.after),
        "used": list(found.used),
        "compared": list(found.compared),
        "unreconciled": found.unreconciled,
    }
