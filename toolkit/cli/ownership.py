"""`cap-table`: ownership through time, returns at an exit, and Open Cap Format in and out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.frame import (
    DEFAULT_WORKSPACE,
    JsonOption,
    LangOption,
    WorkspaceOption,
    frame,
    open_workspace,
)

if TYPE_CHECKING:
    from rich.console import Console

    from toolkit.app.ownership import Ownership
    from toolkit.resources.funding.holder_returns import HolderReturn
    from toolkit.text import Language

app = typer.Typer(no_args_is_help=False, help="Who owns what, when, and what it is worth at an exit.")
RunOption = Annotated[str | None, typer.Option(help="A run; the newest by default.")]
MonthOption = Annotated[str | None, typer.Option(help="ISO month.")]
ExitOption = Annotated[
    list[str] | None, typer.Option("--exit", help="An exit value, such as 20M; may be given again.")
]


@app.callback(invoke_without_command=True)
def cap_table(
    context: typer.Context,
    run: RunOption = None,
    exit_values: ExitOption = None,
    month: Annotated[str | None, typer.Option(help="ISO month of the exit; the last by default.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Show ownership after every event of a run, and returns by holder over exit values."""
    if context.invoked_subcommand is not None:
        return
    with frame(json, lang) as out:
        from toolkit.app.building import reopen
        from toolkit.app.ownership import exit_returns, ownership_of

        ownership = ownership_of(reopen(open_workspace(workspace), run))
        returns = exit_returns(ownership, exit_values or (), month)
        document = ownership.as_dict(out.language) | {"returns": [_row(one) for one in returns]}
        out.answer(document, lambda console: _show(console, ownership, returns, month, out.language))


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write the Open Cap Format package.")],
    month: MonthOption = None,
    scenario: Annotated[
        str | None, typer.Option(help="Name of the scenario; needed for rounds that have not happened.")
    ] = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Write the cap table in Open Cap Format: that of today, or a forecast under a scenario."""
    with frame(json, lang) as out:
        from toolkit.app.building import reopen
        from toolkit.app.ownership import export_ocf, ownership_of
        from toolkit.text import t

        ownership = ownership_of(reopen(open_workspace(workspace), run))
        files = export_ocf(ownership, folder, month, scenario)
        words = [t("funding_plan.wrote", out.language, file=file) for file in files]
        out.answer({"files": [str(file) for file in files]}, lambda console: _print(console, words))


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="An Open Cap Format package: its folder or its manifest.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Read an Open Cap Format package: its holders and convertibles, as a plan writes them."""
    del workspace  # taken by every command; nothing is stored here
    with frame(json, lang) as out:
        from toolkit.app.ownership import import_ocf
        from toolkit.text import t

        found = import_ocf(path)
        words = [t("funding_plan.imported", out.language, shares=found["total_shares"]), *_yaml(found)]
        out.answer(found, lambda console: _print(console, words))


def _yaml(found: dict[str, Any]) -> list[str]:
    """The part `funding` of a plan, for a person to copy."""
    import json as json_module

    rows = ["funding:", f"  pool: {found['pool']:.10g}", "  holders:"]
    for holder in found["holders"]:
        label = json_module.dumps(holder["label"], ensure_ascii=False)
        rows.append(f"    - {{id: {holder['id']}, label: {label}, shares: {holder['shares']:.10g}}}")
    if found["convertibles"]:
        rows.append("  instruments:")
    for one in found["convertibles"]:
        given = {key: value for key, value in one.items() if value not in (None, 0.0)}
        rows.append("    - {" + ", ".join(f"{key}: {value}" for key, value in given.items()) + "}")
    return rows


def _print(console: Console, rows: Sequence[str]) -> None:
    for row in rows:
        console.print(row, soft_wrap=True, markup=False)


def _row(one: HolderReturn) -> dict[str, Any]:
    return {
        "holder": one.holder,
        "exit_value": float(one.exit_value),
        "payout": float(one.payout),
        "invested": float(one.invested),
        "multiple": None if one.multiple is None else float(one.multiple),
        "annual_rate": one.annual_rate,
    }


def _show(
    console: Console,
    ownership: Ownership,
    returns: Sequence[HolderReturn],
    month: str | None,
    language: Language,
) -> None:
    from rich.table import Table

    from toolkit.text import t
    from toolkit.text.formats import compact_money, percent

    def name(holder: str) -> str:
        return ownership.labels[holder][language] if holder in ownership.labels else holder

    run = ownership.built.run
    table = Table(box=None, header_style="bold")
    table.add_column(t("funding_plan.holder", language))
    for one in ownership.standings:
        table.add_column(f"{ownership.month(one)}\n{one.label[language]}", justify="right")
    for holder in ownership.holders():
        shares = [one.table.ownership().get(holder, 0.0) for one in ownership.standings]
        table.add_row(name(holder), *(percent(share, language) if share else "" for share in shares))
    console.print(table)
    console.print(t("funding_plan.exit_in", language, month=month or run.months[-1]))
    values = list(dict.fromkeys(one.exit_value for one in returns))
    payouts = Table(box=None, header_style="bold")
    payouts.add_column(t("funding_plan.holder", language))
    for value in values:
        payouts.add_column(compact_money(float(value), run.currency, language), justify="right")
    for holder in dict.fromkeys(one.holder for one in returns):
        cells = []
        for each in (found for found in returns if found.holder == holder):
            cell = compact_money(float(each.payout), run.currency, language)
            cells.append(cell if each.multiple is None else f"{cell} ({float(each.multiple):.1f}×)")
        payouts.add_row(name(holder), *cells)
    console.print(payouts)
