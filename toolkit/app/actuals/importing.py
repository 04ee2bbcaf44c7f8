"""Import: read a file of actual figures and keep them in the workspace, all of them or none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.app.actuals.focus import Bill, Cost, figures_of, read_bill, read_rules
from toolkit.app.actuals.reading import read_rows
from toolkit.app.actuals.table import read_table
from toolkit.app.building import Built, author, reopen
from toolkit.errors import refuse
from toolkit.projection.closed_books import Actual, takes_part
from toolkit.store.actuals import CloudCost, Form, load_actuals, load_cloud_costs, save_actuals
from toolkit.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought. `number` is None when the newest import was of the same content.

    `compared` are lines whose figures are compared only, since they follow from the accounts. `replaced`
    counts figures that an earlier import had otherwise. Of a cloud bill: `costs` by service (`unassigned` is
    what counts for no line), and how many charges lay `outside` the months of the plan.
    """

    number: int | None
    plan: str
    file: str
    form: Form
    currency: str
    months: tuple[str, ...]
    lines: tuple[str, ...]
    figures: int
    replaced: int
    compared: tuple[str, ...]
    costs: tuple[CloudCost, ...] = ()
    unassigned: float = 0.0
    outside: int = 0


def import_actuals(
    workspace: Workspace,
    file: Path,
    form: Form | None = None,
    rules: Sequence[str] = (),
    cost: Cost = "effective",
    *,
    skip_outside: bool = False,
    plan: str | None = None,
) -> Imported:
    """Read monthly figures, or a cloud bill in the FOCUS format, for the newest run's plan (or that of
    `plan`), and keep them.

    `form` is found by the columns of the file when it is not given. Raises InputError with every problem of
    the file (nothing is kept then), StoreError for the workspace.
    """
    built = reopen(workspace, plan=plan)
    if (form or _form(file)) == "focus":
        bill = read_bill(file, built.model, read_rules(rules, built.model), skip_outside=skip_outside)
        refuse(bill.problems)
        return _keep_bill(workspace, built, file, bill, cost)
    table = read_table(read_rows(file), str(file), built.model)
    refuse(table.problems)
    short = [replace(one, place=f"{file.name}:{one.place.rpartition(':')[2]}") for one in table.actuals]
    return _keep(workspace, built, file, "table", short, ())


def _form(file: Path) -> Form:
    """A cloud bill is known by its columns."""
    if file.suffix in (".parquet", ".gz"):
        return "focus"
    try:
        with file.open("rb") as opened:
            header = opened.readline(65_536)
    except OSError:
        return "table"  # whose reader says why it cannot be read
    return "focus" if b"ChargePeriodStart" in header or b"BilledCost" in header else "table"


def _keep_bill(workspace: Workspace, built: Built, file: Path, bill: Bill, cost: Cost) -> Imported:
    """Keep a bill. What a line was in a month is the sum over all providers whose bills are known."""
    new = {(one.month, one.provider) for one in bill.costs}
    months = {one.month for one in bill.costs}
    known = load_cloud_costs(workspace, built.run.plan)
    others = [one for one in known if one.month in months and (one.month, one.provider) not in new]
    actuals = figures_of((*bill.costs, *others), cost, file.name)
    found = _keep(workspace, built, file, "focus", actuals, bill.costs)
    free = sum(getattr(one, cost) for one in bill.costs if one.line is None)
    return replace(found, costs=bill.costs, unassigned=free, outside=bill.outside)


def _keep(
    workspace: Workspace, built: Built, file: Path, form: Form, actuals: Sequence[Actual],
    costs: Sequence[CloudCost],
) -> Imported:  # fmt: skip
    plan, model = built.run.plan, built.model
    known = {(one.line, one.month): one.value for one in load_actuals(workspace, plan)}
    digest = _digest(actuals, costs)
    number = save_actuals(workspace, plan, file.name, form, digest, author(), actuals, costs)
    lines = tuple(dict.fromkeys(one.line for one in actuals))
    statements = {name: model.lines[name].statement for name in lines if name in model.lines}
    changed = [one for one in actuals if known.get((one.line, one.month), one.value) != one.value]
    return Imported(
        number=number,
        plan=plan,
        file=str(file),
        form=form,
        currency=model.currency,
        months=tuple(sorted({one.month for one in actuals} | {one.month for one in costs})),
        lines=lines,
        figures=len(actuals),
        replaced=len(changed),
        compared=tuple(name for name in lines if not takes_part(name, statements.get(name, "account"))),
    )


def _digest(actuals: Sequence[Actual], costs: Sequence[CloudCost]) -> str:
    rows = [[one.line, one.month, one.value] for one in actuals]
    services = [[one.month, one.provider, one.service, one.billed, one.effective, one.line] for one in costs]
    return hashlib.sha256(json.dumps([rows, services]).encode()).hexdigest()[:16]
