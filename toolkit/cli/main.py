"""The command line. Commands only parse, call a job of `toolkit.app`, and show its answer."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

import toolkit
from toolkit.cli import (
    actuals,
    analyse,
    backtest,
    bench,
    calc,
    dashboard,
    demo,
    doctor,
    gpu,
    history,
    init,
    metrics,
    ownership,
    plans,
    raising,
    report,
    support,
    tables,
)

app = typer.Typer(
    name="groundplan",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Start-up planning on measured compute: plans, projections, benchmarks, reports, dashboards.",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"groundplan {toolkit.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Every command takes --workspace, --json and --lang."""


app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.command("init")(init.init)
app.command("validate")(plans.validate)
app.command("build")(plans.build)
app.command("import")(tables.import_)
app.command("export")(tables.export)
app.command("log")(history.log)
app.command("diff")(history.diff)
app.command("restore")(history.restore)
app.command("explain")(plans.explain)
app.command("report")(report.report)
app.command("dashboard")(dashboard.dashboard)
app.command("calc")(calc.calc)
app.command("metrics")(metrics.metrics)
app.command("raise-by")(raising.raise_by)
app.command("backtest")(backtest.backtest)
app.add_typer(actuals.app, name="actuals")
app.add_typer(actuals.budgets, name="budget")
app.add_typer(analyse.app, name="analyse")
app.add_typer(bench.app, name="bench")
app.add_typer(ownership.app, name="cap-table")
app.add_typer(gpu.app, name="gpu")
app.add_typer(support.app, name="support")


def main() -> None:
    """The `groundplan` command."""
    # A command lives for seconds and makes many small records: collecting after every 700 of them, as Python
    # does by itself, costs a build a tenth of its time.
    gc.set_threshold(50_000)
    app()


if __name__ == "__main__":
    main()
