"""`support`: the programmes that a plan claims, month by month; its compute credits; and the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
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

    from toolkit.app.credit_cliffs import CreditCliff
    from toolkit.app.policy.support import ClaimFacts
    from toolkit.reference.programmes import Programme
    from toolkit.text import Language

app = typer.Typer(help="Public support and compute credits: who gets what, when, and what could end it.")
RunOption = Annotated[str | None, typer.Option(help="A run; the newest by default.")]


@app.command("claims")
def claims(
    programme: Annotated[
        str | None, typer.Argument(help="One programme, month by month; all in short by default.")
    ] = None,
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Show what each claim of a run brings, how near it is to its limits, and why a month is not eligible."""
    with frame(json, lang) as out:
        from toolkit.app.building import reopen
        from toolkit.app.policy.support import policy_support, select_claim

        built = reopen(open_workspace(workspace), run)
        found = policy_support(built)
        if programme is not None:
            found = (select_claim(found, programme),)
        document = [one.as_dict(out.language) for one in found]
        currency = built.run.currency
        out.answer(document, lambda console: _claims(console, found, programme, currency, out.language))


@app.command("credits")
def credits_(
    run: RunOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Show gross use, credit used and net invoice by provider, and what the invoice becomes at the end."""
    with frame(json, lang) as out:
        from toolkit.app.building import reopen
        from toolkit.app.credit_cliffs import credit_cliffs

        built = reopen(open_workspace(workspace), run)
        found = credit_cliffs(built)
        document = [one.as_dict(out.language) for one in found]
        months, currency = built.run.months, built.run.currency
        out.answer(document, lambda console: _credits(console, found, months, currency, out.language))


@app.command("catalogue")
def catalogue(
    country: Annotated[
        str | None, typer.Option(help="ISO country, with EU and worldwide programmes; all by default.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """List the programmes that are known, how they are known, and which of them can be computed."""
    del workspace  # taken by every command; nothing is read from it here
    with frame(json, lang) as out:
        from toolkit.app.policy.support import listed_programmes

        found = listed_programmes(country)
        document = [_row(one, out.language) for one in found]
        out.answer(document, lambda console: _catalogue(console, found, out.language))


def _row(programme: Programme, language: Language) -> dict[str, Any]:
    from toolkit.resources.policy.programme import programme_files

    return {
        "id": programme.id, "name": programme.name[language], "country": programme.country,
        "kind": programme.kind, "computed": programme.id in programme_files(),
        "confidence": programme.confidence, "verified": programme.verified,
        "valid_from": programme.valid_from and str(programme.valid_from),
        "valid_to": programme.valid_to and str(programme.valid_to), "source": programme.source.title,
        "url": programme.source.url,
    }  # fmt: skip


def _catalogue(console: Console, found: Sequence[Programme], language: Language) -> None:
    from toolkit.text import t

    table = _table(
        [t(f"support.column.{name}", language) for name in ("id", "name", "place", "kind", "known")]
    )
    for row in (_row(one, language) for one in found):
        how = "computed" if row["computed"] else "verified" if row["verified"] else "recalled"
        kind = t(f"support.kind.{row['kind']}", language)
        table.add_row(row["id"], row["name"], row["country"], kind, t(f"support.known.{how}", language))
    console.print(table)


def _claims(
    console: Console, found: Sequence[ClaimFacts], programme: str | None, currency: str, language: Language
) -> None:
    for claim in found:
        _claim(console, claim, currency, language)
        if programme is not None:
            _months(console, claim, currency, language)


def _claim(console: Console, claim: ClaimFacts, currency: str, language: Language) -> None:
    from toolkit.text import formats as fmt
    from toolkit.text import t

    received = fmt.money(claim.received, currency, language)
    console.print(f"{claim.name[language]}  {received}", style="bold", markup=False)
    if claim.reason[language]:
        console.print(f"  {claim.reason[language]}", style="yellow", markup=False)
    for cliff in claim.cliffs:
        month = fmt.month(cliff.month, language)
        words = f"  {month}: {cliff.check.words[language]}"
        if cliff.fails_in:
            failing = fmt.month(cliff.fails_in, language)
            words += f"  · {t('support.fails_in', language, month=failing)}"
        console.print(words, style="red" if cliff.fails_in else None, markup=False)
    for cap in claim.caps:
        used = fmt.percent(cap.used, language)
        values = {"label": cap.label[language], "used": used, "month": fmt.month(cap.month, language)}
        console.print(f"  {t('support.cap', language, **values)}", markup=False)
    for label, facts in claim.unchecked:
        values = {"label": label[language], "facts": ", ".join(facts)}
        console.print(f"  ? {t('support.unchecked', language, **values)}", style="yellow", markup=False)
    for words_of in claim.conditions:
        console.print(f"  – {words_of[language]}", style="dim", markup=False)


def _months(console: Console, claim: ClaimFacts, currency: str, language: Language) -> None:
    """The months in which something happens: an amount, or a change of the state."""
    from toolkit.text import formats as fmt
    from toolkit.text import t

    names = ("month", "state", "accrued", "filed", "received", "cash_in", "why")
    table = _table([t(f"support.column.{name}", language) for name in names], wide=1)
    before = None
    for month in claim.months:
        amounts = (month.accrued, month.filed, month.received)
        if month.state == before and not any(abs(amount) > 0.005 for amount in amounts):
            continue
        before = month.state
        printed = [fmt.money(each, currency, language) if abs(each) > 0.005 else "" for each in amounts]
        cash_in = fmt.month(month.cash_in, language) if month.cash_in else ""
        why = "" if month.eligible else month.reason[language]
        state = t(f"support.state.{month.state}", language)
        table.add_row(fmt.month(month.month, language), state, *printed, cash_in, why)
    console.print(table)


def _credits(
    console: Console,
    found: Sequence[CreditCliff],
    months: Sequence[str],
    currency: str,
    language: Language,
) -> None:
    from toolkit.text import formats as fmt
    from toolkit.text import t

    for cliff in found:
        console.print(cliff.provider, style="bold", markup=False)
        if cliff.month is not None:
            values = {
                "month": fmt.month(cliff.month, language),
                "before": fmt.money(cliff.before, currency, language),
                "after": fmt.money(cliff.after, currency, language),
            }
            console.print(f"  {t('support.cliff', language, **values)}", style="red", markup=False)
        table = _table([t(f"support.column.{name}", language) for name in ("month", "gross", "used", "net")])
        for month, *row in zip(months, cliff.gross, cliff.used, cliff.net, strict=True):
            amounts = (fmt.money(each, currency, language) for each in row)
            table.add_row(fmt.month(month, language), *amounts)
        console.print(table)


def _table(columns: Sequence[str], wide: int = -1) -> Any:
    """A table in which only the column at place `wide` is broken into lines."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for place, column in enumerate(columns):
        table.add_column(column, no_wrap=place != wide % len(columns))
    return table
