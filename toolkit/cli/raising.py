"""`raise-by`: the month by which a round must be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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

    from toolkit.app.raising import RaiseBy
    from toolkit.text import Language


def raise_by(
    floor: Annotated[
        str | None, typer.Option(help="Cash must not fall below it; the plan's cash_floor by default.")
    ] = None,
    probability: Annotated[float, typer.Option(help="With this probability.")] = 0.95,
    takes: Annotated[
        str, typer.Option(help='Months from opening to money: 6, or "3 to 9 months".')
    ] = "3 to 9 months",
    without: Annotated[
        list[str] | None, typer.Option(help="An instrument to leave out; every priced round by default.")
    ] = None,
    run: Annotated[str | None, typer.Option(help="A run; the newest by default.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Say by when a round must be opened, so that the cash lasts."""
    with frame(json, lang) as out:
        from toolkit.app import raising
        from toolkit.app.building import reopen
        from toolkit.store.dimensions import load_dimensions

        opened = open_workspace(workspace)
        built = reopen(opened, run)
        answer = raising.raise_by(
            built,
            load_dimensions(opened, built.run.plan),
            floor=floor,
            probability=probability,
            takes=takes,
            without=without or (),
        )
        out.answer(answer.as_dict(), lambda console: _show(console, answer, out.language))


def _show(console: Console, answer: RaiseBy, language: Language) -> None:
    from toolkit.text import t
    from toolkit.text.formats import money, month, percent

    floor = money(answer.floor, answer.currency, language)
    share = percent(answer.probability, language)
    if answer.without:
        names = ", ".join(answer.without)
        console.print(t("funding_plan.without", language, names=names), soft_wrap=True)
    if answer.latest_month is None:
        console.print(t("funding_plan.no_need", language, floor=floor, probability=share), soft_wrap=True)
        return
    if answer.months_late:
        console.print(
            t("funding_plan.too_late", language, months=answer.months_late, probability=share), soft_wrap=True
        )
    else:
        latest = month(answer.latest_month, language)
        console.print(
            t("funding_plan.latest", language, month=latest, floor=floor, probability=share), soft_wrap=True
        )
    now = percent(answer.timing.in_time_now, language)
    first = month(answer.first_month, language)
    console.print(t("funding_plan.now", language, month=first, probability=now), soft_wrap=True)
