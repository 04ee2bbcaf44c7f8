"""`bench`: measure this machine, and look at, compare and exchange what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from toolkit.cli.frame import (
    DEFAULT_WORKSPACE,
    JsonOption,
    LangOption,
    WorkspaceOption,
    frame,
    open_workspace,
    progress,
)

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    no_args_is_help=True, help="Measure reference models on this machine.", rich_markup_mode=None
)
Word = str | None
Words = list[str] | None  # given as a,b or by repeating the option


@app.command()
def run(
    suite: Annotated[Word, Option(help="quick (the usual one), standard or full.")] = None,
    model: Annotated[Words, Option(help="Reference models; see `bench list`.")] = None,
    mode: Annotated[Words, Option(help="train, forward, prefill, decode, generate.")] = None,
    dtype: Annotated[Words, Option(help="fp32, tf32, bf16, fp16, fp8.")] = None,
    batch: Annotated[Words, Option(help="Whole numbers, or max: the largest that fits.")] = None,
    tokens: Annotated[Words, Option(help="Lengths of sequence, context or prompt.")] = None,
    option: Annotated[Words, Option(help="name=value: lora=16, checkpointing=on, compile=on, …")] = None,
    config: Annotated[Path | None, Option(help="Your model: a transformers config.json.")] = None,
    module: Annotated[Word, Option(help="Your model: package:function giving model, batch and loss.")] = None,
    command: Annotated[Word, Option(help="Your program, read by --unit-regex.")] = None,
    unit_regex: Annotated[
        Word, Option(help="What finds the rate in a line: one group, or (?P<rate>…).")
    ] = None,
    unit: Annotated[str, Option(help="What --unit-regex counts.")] = "sample",
    device: Annotated[str, Option(help="auto, cpu or cuda.")] = "auto",
    budget: Annotated[Word, Option(help="Time for everything: 120s, 10m, 1h.")] = None,
    memory: Annotated[Word, Option(help="Memory that a case may take: 24GiB, 800MB.")] = None,
    launcher: Annotated[str, Option(help="local, torchrun or ray.")] = "local",
    nproc: Annotated[int, Option(help="Processes of torchrun, one device each.")] = 1,
    resume: Annotated[bool, Option("--resume", help="Complete the same run that broke off.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Measure a suite, chosen cases or a model of your own, and keep the results.

    Lists may be given as a,b or by repeating the option; every one is combined with every other.
    """
    with frame(json, lang) as out:
        from toolkit.app import bench_request
        from toolkit.app.benchmarking import measure
        from toolkit.cli.bench_tables import run_document, show_run

        selection = bench_request.selection(suite, model, mode, dtype, batch, tokens, option, config, module)
        program = (command, unit_regex, unit)
        job = bench_request.job(selection, device, budget, memory, launcher, nproc, program)
        with progress(out) as report:
            found = measure(open_workspace(workspace), job, device, report, out.language, resume=resume)
        document = run_document(found, out.language)
        out.answer(document, lambda console: show_run(console, found, out.language))
        out.exit_code = 0 if found.measurements else 1


@app.command("list")
def list_(
    device: Annotated[str, Option(help="auto, cpu or cuda: whose cases to list.")] = "auto",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """List suites with their cases, and reference models with what they take."""
    del workspace  # taken by every command; nothing is read from it here
    with frame(json, lang) as out:
        from toolkit.app.bench_request import catalogue
        from toolkit.cli.bench_tables import show_catalogue

        found = catalogue(device, out.language)
        out.answer(found, lambda console: show_catalogue(console, found, out.language))


@app.command()
def show(
    id: Annotated[str | None, typer.Argument(help="One measurement, with its evidence.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """List the measurements of the workspace, or show one with its evidence."""
    with frame(json, lang) as out:
        from toolkit.app.benchmarking import known, one_of
        from toolkit.cli.bench_tables import show_evidence
        from toolkit.cli.measurements import show_measurements

        if id is not None:
            one = one_of(open_workspace(workspace), id)
            out.answer(one.to_json(), lambda console: show_evidence(console, one, out.language))
            return
        found = known(open_workspace(workspace))
        rows = [measurement.to_json() for measurement in found]
        out.answer({"measurements": rows}, lambda console: show_measurements(console, found, out.language))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A file of results, or a measurement's id.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The other one: B is judged against A.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Say whether B is faster or slower than A, or whether no difference is shown."""
    with frame(json, lang) as out:
        from toolkit.app.benchmarking import compare_sides
        from toolkit.cli.bench_tables import show_comparisons

        found, alone = compare_sides(open_workspace(workspace), first, second)
        document = {"comparisons": [each.as_dict() for each in found], "only_in_one": alone}
        out.answer(document, lambda console: show_comparisons(console, found, alone, out.language))


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines of a worker or `bench export`, or foreign results.")
    ],
    cite: Annotated[
        str, Option(help="Where a foreign result was published (optimum-benchmark, MLPerf, vLLM).")
    ] = "",
    gpu: Annotated[str | None, Option(help="The GPU of a foreign result that does not say it.")] = None,
    gpus: Annotated[int | None, Option(help="How many of them.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Take in measurements made elsewhere; the same ones twice change nothing."""
    with frame(json, lang) as out:
        from toolkit.app.bench_request import citation
        from toolkit.app.benchmarking import take_in
        from toolkit.cli.frame import show_findings

        new, problems = take_in(open_workspace(workspace), file, citation(cite, gpu, gpus))
        document = {"new": new, "problems": [problem.as_dict(out.language) for problem in problems]}

        def tell(console: Console) -> None:
            console.print(out.words("imported", count=new))
            show_findings(console, problems, out.language)

        out.answer(document, tell)
        out.exit_code = 1 if problems else 0


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write JSON Lines.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Write every measurement of the workspace as JSON Lines."""
    with frame(json, lang) as out:
        from toolkit.app.benchmarking import give_out

        count = give_out(open_workspace(workspace), file)
        out.answer(
            {"file": str(file), "count": count}, lambda console: console.print(str(file), soft_wrap=True)
        )
