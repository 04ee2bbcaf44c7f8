"""`gpu`: accelerators, offers, what work costs on them, when a commitment pays, and imported price lists."""

from __future__ import annotations

from pathlib import Path
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
    from collections.abc import Mapping, Sequence
    from datetime import date

    from rich.console import Console

    from toolkit.shapes.records import Measurement

app = typer.Typer(
    no_args_is_help=True, help="GPUs, offers and what work costs on them.", rich_markup_mode=None
)

OffersOption = Annotated[
    list[Path] | None, typer.Option("--offers", help="More offers, in the schema of data/offers.csv.")
]
TodayOption = Annotated[str | None, typer.Option("--today", help="Day from which prices age (ISO).")]
RowsOption = Annotated[int, typer.Option("--rows", help="Rows to show; JSON holds them all.", min=1)]


@app.command("list")
def list_(
    search: Annotated[str | None, typer.Option(help="Part of a name, an id or an alias.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """List the accelerators of the catalogue."""
    del workspace
    with frame(json, lang) as out:
        from toolkit.app.gpu_costs import gpu_document, gpu_list
        from toolkit.cli.gpu_tables import show_gpus

        found = gpu_list(search)
        document = {"gpus": [gpu_document(gpu) for gpu in found]}
        out.answer(document, lambda console: show_gpus(console, found, out.language))


@app.command()
def count(
    model: Annotated[str, typer.Argument(help="A model, or a decoder spelled as “layers=24 hidden=2048 …”.")],
    batch: Annotated[int, typer.Option(help="Samples.", min=1)] = 1,
    tokens: Annotated[int, typer.Option(help="Length of a sample, where it has one.", min=1)] = 1024,
    dtype: Annotated[str, typer.Option(help="Number format of weights and activations.")] = "bf16",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Parameters, FLOPs and bytes of a model, part by part, from its shape alone."""
    del workspace
    with frame(json, lang) as out:
        from toolkit.app.counting import count as run
        from toolkit.cli.model_tables import show_count

        found = run(model, batch, tokens, dtype)
        out.answer(found.document(), lambda console: show_count(console, found, out.language))


@app.command()
def fits(
    model: Annotated[str, typer.Argument(help="A name of the shape catalogue, such as llama-8b.")],
    serve: Annotated[bool, typer.Option("--serve", help="Serve it; without it, train it.")] = False,
    gpus: Annotated[int, typer.Option(help="GPUs that hold it together.", min=1)] = 1,
    tokens: Annotated[
        int | None, typer.Option(help="Of a sequence, or of prompt and answer together; 2048.")
    ] = None,
    dtype: Annotated[str | None, typer.Option(help="Number format; bf16. Served also int8, int4 …")] = None,
    checkpointing: Annotated[str | None, typer.Option(help="auto, none, full.")] = None,
    sharding: Annotated[str | None, typer.Option(help="fsdp, zero2, zero1, none.")] = None,
    tensor: Annotated[int | None, typer.Option(help="Tensor-parallel degree.", min=1)] = None,
    pipeline: Annotated[int | None, typer.Option(help="Pipeline stages.", min=1)] = None,
    rows: RowsOption = 25,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Which accelerators hold a model, with the largest batch, and how many would."""
    del workspace
    options: dict[str, object] = {
        "tokens": tokens, "dtype": dtype, "checkpointing": checkpointing, "sharding": sharding,
        "tensor": tensor, "pipeline": pipeline,
    }  # fmt: skip
    with frame(json, lang) as out:
        from toolkit.app.gpu_costs import fit_document, fit_list
        from toolkit.cli.model_tables import show_fits

        found = fit_list(model, "serve" if serve else "train", gpus, options)
        document = {"model": model, "fits": [fit_document(one) for one in found]}
        out.answer(document, lambda console: show_fits(console, found, rows, out.language))


@app.command()
def offers(
    gpu: Annotated[list[str] | None, typer.Option(help="Only these GPUs (ids).")] = None,
    provider: Annotated[list[str] | None, typer.Option(help="Only these providers.")] = None,
    price_type: Annotated[
        list[str] | None, typer.Option(help="on_demand, spot, monthly, reserved_1y, reserved_3y.")
    ] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only these regions (cn, us-east-1, …).")] = None,
    max_age: Annotated[
        int | None, typer.Option(help="Days from which on a price counts as old; 90 by default.", min=1)
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Only prices that are dated and not old.")] = False,
    currency: Annotated[str, typer.Option(help="Currency of the prices shown.")] = "USD",
    files: OffersOption = None,
    today: TodayOption = None,
    rows: RowsOption = 40,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """List offers, cheapest GPU first, with the age of every price."""
    del workspace
    with frame(json, lang) as out:
        from toolkit.app.gpu_costs import offer_list, option_document
        from toolkit.cli.gpu_tables import show_offers

        filters = _filters(gpu, provider, price_type, region)
        found = offer_list(filters, currency, files or (), _day(today), max_age, fresh=fresh)
        document = {"currency": currency, "offers": [option_document(one, out.language) for one in found]}
        out.answer(document, lambda console: show_offers(console, found, currency, rows, out.language))


@app.command()
def compare(
    file: Annotated[Path, typer.Argument(help="The work (YAML).")],
    deadline: Annotated[
        float | None, typer.Option(help="Days in which it has to be done, in place of the file's.", min=0.01)
    ] = None,
    budget: Annotated[
        float | None, typer.Option(help="Most that it may cost, in place of the file's.", min=0.01)
    ] = None,
    files: OffersOption = None,
    today: TodayOption = None,
    rows: RowsOption = 15,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """What a piece of work costs on every offer: time, cost with its interval, and the best of both."""
    with frame(json, lang) as out:
        from toolkit.app.gpu_costs import compare_file
        from toolkit.cli.gpu_tables import show_scenario

        limits = {"deadline_days": deadline, "budget": budget}
        found = compare_file(file, files or (), _measured(workspace), _day(today), limits)
        out.answer(
            found.document(out.language), lambda console: show_scenario(console, found, rows, out.language)
        )


@app.command()
def breakeven(
    file: Annotated[Path, typer.Argument(help="The work (YAML).")],
    files: OffersOption = None,
    today: TodayOption = None,
    rows: RowsOption = 15,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """From which use a commitment, an own machine or an API pays."""
    with frame(json, lang) as out:
        from toolkit.app.gpu_costs import break_even_document, compare_file
        from toolkit.cli.gpu_tables import show_break_evens

        found = compare_file(file, files or (), _measured(workspace), _day(today)).break_evens
        document = break_even_document(found, out.language)
        out.answer(document, lambda console: show_break_evens(console, found, rows, out.language))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A public price list.")],
    format: Annotated[str, typer.Option(help="skypilot, gpuhunt, litellm or genai-prices.")],
    to: Annotated[Path, typer.Option("--out", help="Where to write the prices (CSV).")] = Path("offers.csv"),
    provider: Annotated[
        str | None, typer.Option(help="Seller; by default the name of the folder or of the file.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Day of the prices (ISO); unknown by default.")] = None,
    strict: Annotated[bool, typer.Option(help="Exit with 1 when a row is broken.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Turn a public price list into offers; broken rows are listed with their line."""
    del workspace
    with frame(json, lang) as out:
        from toolkit.app.price_imports import import_prices
        from toolkit.cli.frame import show_findings
        from toolkit.text import t

        found = import_prices(file, format, to, provider, as_of)
        document = {
            "file": str(to), "schema": found.schema, "rows": len(found.rows), "left_out": found.left_out,
            "problems": [problem.as_dict(out.language) for problem in found.problems],
        }  # fmt: skip

        def tell(console: Console) -> None:
            console.print(t("gpu.import.done", out.language, rows=len(found.rows), file=to), soft_wrap=True)
            for reason, count in found.left_out.items():
                console.print("  " + t(f"gpu.import.{reason}", out.language, count=count))
            show_findings(console, found.problems, out.language)

        out.answer(document, tell)
        out.exit_code = 1 if strict and found.problems else 0


def _filters(
    gpu: list[str] | None,
    provider: list[str] | None,
    price_type: list[str] | None,
    region: list[str] | None,
) -> Mapping[str, Sequence[str]]:
    """What the options of `offers` say, in the words of a workload file."""
    from toolkit.errors import InputError, Problem
    from toolkit.reference.offers import PRICE_TYPES

    wrong = [word for word in price_type or () if word not in PRICE_TYPES]
    if wrong:
        values = {"text": wrong[0], "expected": ", ".join(PRICE_TYPES)}
        raise InputError([Problem("plan.choice", "--price-type", values=values)])
    return {
        "gpus": gpu or (), "providers": provider or (), "price_types": price_type or (),
        "regions": region or (),
    }  # fmt: skip


def _day(text: str | None) -> date | None:
    from datetime import date

    from toolkit.errors import InputError, Problem

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError([Problem("gpu.not_a_day", "--today", values={"text": text})]) from None


def _measured(workspace: Path) -> tuple[Measurement, ...]:
    """What was measured on the GPUs of the workspace; nothing for one that does not exist."""
    if not workspace.exists():
        return ()
    from toolkit.app.benchmarking import known

    return tuple(one for one in known(open_workspace(workspace)) if one.device.kind == "cuda")
