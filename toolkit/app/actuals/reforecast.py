"""The job: the plan projected again from the last closed month, on the same draws."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.app.actuals.budget import find_budget
from toolkit.app.building import Built, rebuild
from toolkit.errors import InputError, Problem
from toolkit.projection.closed_books import UNRECONCILED, ClosedBooks, takes_part
from toolkit.projection.run import Metrics
from toolkit.store.actuals import load_actuals
from toolkit.store.runs import load_run
from toolkit.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Reforecast:
    """A projection whose months up to `closed` are what happened.

    `before` are the headline figures of the run that it is compared with (`against`), `after` its own.
    `used` are the lines whose figures went in, `compared` those that follow from others. `unreconciled` is
    what the books do not explain at the end of the closed month, in the median case: 0 when they are
    complete.
    """

    built: Built
    closed: str
    against: str
    budget: str | None
    before: Metrics
    after: Metrics
    used: tuple[str, ...]
    compared: tuple[str, ...]
    unreconciled: float


def reforecast(
    workspace: Workspace, closed: str | None = None, run_id: str | None = None, budget: str | None = None
) -> Reforecast:
    """Project the plan of a run (the newest, by default) again from the end of `closed` (the last month with
    figures, by default), and store that run.

    Raises InputError (`actuals.none`, `actuals.no_figures_of`), StoreError.
    """
    run = load_run(workspace, run_id)
    actuals = [one for one in load_actuals(workspace, run.plan) if one.month in run.months]
    months = sorted({one.month for one in actuals})
    if not months:
        raise InputError([Problem("actuals.none", "actuals", values={"plan": run.plan})])
    last = closed or months[-1]
    if last not in run.months or last < months[0]:
        values = {"month": last, "months": ", ".join(months)}
        raise InputError([Problem("actuals.no_figures_of", "closed", values=values)])
    books = ClosedBooks.until(last, actuals)
    against, locked = find_budget(workspace, run.plan, budget)
    built = rebuild(workspace, run, books)
    lines = list(books.by_line())
    model = built.model
    used = tuple(
        name for name in lines if name in model.lines and takes_part(name, model.lines[name].statement)
    )
    left = built.run.base.get(f"account.{UNRECONCILED}")
    return Reforecast(
        built=built,
        closed=last,
        against=against.id,
        budget=locked.name if locked else None,
        before=against.metrics,
        after=built.run.metrics,
        used=used,
        compared=tuple(name for name in lines if name not in used),
        unreconciled=left[run.months.index(last) + 1] if left else 0.0,
    )
