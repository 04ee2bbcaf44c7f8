"""`analyse`: why the cash lasts, or does not, and what would change it.

A metric is `survive(24)`, `p50(account.cash[2028-12])`, `p5(runway)`, `mean(sum(total.revenue))`,
`P(account.cash[24] >= 150k)`. All figures are of a stored run (the newest by default) and its draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.frame import (
    DEFAULT_WORKSPACE,
    Frame,
    JsonOption,
    LangOption,
    WorkspaceOption,
    frame,
    open_workspace,
    progress,
)

if TYPE_CHECKING:
    from rich.console import Console

    from toolkit.app.analysis import Progress
    from toolkit.app.study import Study
    from toolkit.projection.analysis.lever import Mode

app = typer.Typer(
    no_args_is_help=True, help="Why the cash lasts, and what would change it.", rich_markup_mode=None
)

RunOption = Annotated[str | None, typer.Option("--run", help="A run; the newest by default.")]
MetricOption = Annotated[
    str | None, typer.Option("--metric", help="What to look at; survive(24) by default.")
]
DrawsOption = Annotated[int | None, typer.Option("--draws", help="Fewer draws than the run's: quicker.")]


@app.command()
def tornado(
    metric: MetricOption = None,
    input: Annotated[list[str] | None, typer.Option(help="Only this input; may be given again.")] = None,
    draws: DrawsOption = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Set each uncertain input low and high, with all others random."""
    with _study(workspace, run, json, lang) as (out, study):
        from toolkit.app.analysis import find_tornado
        from toolkit.cli.analysis_tables import show_tornado

        with _share(out) as report:
            found = find_tornado(study, metric, input, draws, report)
        _answer(out, study, found, show_tornado)


@app.command()
def sobol(
    metric: MetricOption = None,
    draws: DrawsOption = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Share the variance out among the inputs (Sobol indices)."""
    with _study(workspace, run, json, lang) as (out, study):
        from toolkit.app.analysis import find_sensitivity
        from toolkit.cli.analysis_tables import show_sensitivity

        with _share(out) as report:
            found = find_sensitivity(study, metric, draws, report)
        _answer(out, study, found, show_sensitivity)


@app.command()
def survival(
    floor: Annotated[float, typer.Option(help="Cash counts as gone below this amount.")] = 0.0,
    draws: DrawsOption = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """The probability that cash lasts, month by month."""
    with _study(workspace, run, json, lang) as (out, study):
        from toolkit.app.analysis import find_survival
        from toolkit.cli.analysis_tables import show_survival

        _answer(out, study, find_survival(study, floor, draws), show_survival)


@app.command()
def goal(
    goal: Annotated[str, typer.Argument(help='Such as "survive(24) >= 95%".')],
    lever: Annotated[list[str], typer.Option(help="An input to move; may be given again.")],
    set: Annotated[bool, typer.Option("--set", help="Set the input to a value, not to a multiple.")] = False,
    low: Annotated[float | None, typer.Option(help="Move it down to here at most.")] = None,
    high: Annotated[float | None, typer.Option(help="Move it up to here at most.")] = None,
    draws: DrawsOption = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """How far an input has to move until a goal is met."""
    with _study(workspace, run, json, lang) as (out, study):
        from toolkit.app.analysis import seek_goal
        from toolkit.cli.analysis_tables import show_goal

        with _share(out) as report:
            mode: Mode = "set" if set else "scale"
            found = seek_goal(study, goal, lever, mode, low, high, draws, report)
        _answer(out, study, found, show_goal)


@app.command()
def drivers(
    metric: Annotated[
        str, typer.Option(help="What is bad when it is low; the lowest cash by default.")
    ] = "min(account.cash)",
    share: Annotated[float, typer.Option(help="Which share of the draws is the worst.")] = 0.05,
    draws: DrawsOption = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """What the worst 5 % of the draws have in common."""
    with _study(workspace, run, json, lang) as (out, study):
        from toolkit.app.analysis import find_drivers
        from toolkit.cli.analysis_tables import show_drivers

        _answer(out, study, find_drivers(study, metric, share, draws), show_drivers)


@app.command()
def attribution(
    second: Annotated[str, typer.Argument(help="A scenario, or the id of a run.")],
    first: Annotated[str, typer.Option("--from", help="What it is compared with.")] = "base",
    metric: MetricOption = None,
    draws: DrawsOption = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Which changes make the difference between two scenarios or runs."""
    with _study(workspace, run, json, lang) as (out, study):
        from toolkit.app.analysis import find_attribution
        from toolkit.cli.analysis_tables import show_attribution

        with _share(out) as report:
            found = find_attribution(study, second, first, metric, draws, report)
        _answer(out, study, found, show_attribution)


@app.command()
def information(
    metric: MetricOption = None,
    option: Annotated[
        list[str] | None, typer.Option(help="A scenario to choose from; all of the plan by default.")
    ] = None,
    draws: DrawsOption = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """What it is worth to know an input before choosing between scenarios."""
    with _study(workspace, run, json, lang) as (out, study):
        from toolkit.app.analysis import find_information
        from toolkit.cli.analysis_tables import show_information

        _answer(out, study, find_information(study, metric, option, draws), show_information)


@app.command()
def scenarios(
    scenario: Annotated[
        list[str] | None, typer.Option(help="A scenario to compare; the base and all of the plan by default.")
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="What to compare; the first is shared out. May be given again.")
    ] = None,
    attribute: Annotated[bool, typer.Option(help="Say which changes make the difference.")] = True,
    draws: DrawsOption = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Scenarios side by side, on the same draws."""
    with _study(workspace, run, json, lang) as (out, study):
        from toolkit.app.scenario_comparison import compare_scenarios
        from toolkit.cli.scenario_tables import show_comparison

        with _share(out) as report:
            found = compare_scenarios(study, scenario, metric, draws, attribute=attribute, progress=report)
        _answer(out, study, found, show_comparison)


@app.command()
def change(
    fields: Annotated[list[str], typer.Argument(help="PATH=VALUE, as in a scenario.")],
    metric: MetricOption = None,
    draws: DrawsOption = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """What other values of some fields do, without saving them."""
    with _study(workspace, run, json, lang) as (out, study):
        from toolkit.app.analysis import read_changes, try_change
        from toolkit.cli.analysis_tables import show_change

        _answer(out, study, try_change(study, read_changes(fields), metric, draws), show_change)


@contextmanager
def _study(workspace: Path, run: str | None, json: bool, lang: str) -> Iterator[tuple[Frame, Study]]:
    with frame(json, lang) as out:
        from toolkit.app.study import Study

        yield out, Study(open_workspace(workspace), run)


@contextmanager
def _share(out: Frame) -> Iterator[Progress]:
    """Progress by share of the work."""
    with progress(out) as report:
        yield lambda share: report("project", share)


def _answer(out: Frame, study: Study, found: Any, show: Callable[..., None]) -> None:
    from toolkit.app.analysis_document import document_of

    def tell(console: Console) -> None:
        show(console, found, study.model, out.language)

    out.answer(document_of(found, study.model, out.language), tell)
