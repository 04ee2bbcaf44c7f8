"""Reports: what a workspace holds becomes files.

    write_reports(workspace, Path("out"), "business-plan", ["pdf", "html"], ["en", "zh"])

Every template says by its scribe which context it is written from; here the context is made: a run with its
analyses, the offers for a plan's work, the measurements of the workspace, or actual figures with a
reforecast.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, get_args

from toolkit.app.benchmarking import known
from toolkit.app.building import Built, build, build_text, quiet, reopen
from toolkit.app.report_bench import bench_context
from toolkit.app.report_board import board_of
from toolkit.app.report_context import context_of
from toolkit.app.report_costs import costs_of_file, costs_of_plan
from toolkit.app.report_drawings import draw_charts
from toolkit.app.report_findings import findings_of
from toolkit.errors import InputError, Problem, refuse
from toolkit.estimate.cost.workload import read_workload
from toolkit.projection.workbook import workbook
from toolkit.report.build import FORMATS, build_document, write
from toolkit.report.document import Document
from toolkit.report.templates import TEMPLATES
from toolkit.report.writers.xlsx import write_workbook
from toolkit.resources.compile import BASE
from toolkit.store.revisions import load_revision
from toolkit.store.runs import list_runs, load_run
from toolkit.store.workspace import Workspace
from toolkit.text import LANGUAGES, Language

ALL_FORMATS = (*FORMATS, "xlsx")
PLAN_SUFFIXES = (".yaml", ".yml")  # of a plan file; anything else is the id of a plan
DRAWN = frozenset(("pdf", "html", "docx"))  # formats that show charts
ANALYSED = ("business-plan", "board-update")  # templates that show scenarios and sensitivity


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about: a run by its id, or the newest one of a plan (an id, or a file that is built
    first) under a scenario; for `gpu-cost` a workload file in place of the plan's work; for `board-update`
    the budget to compare with."""

    run_id: str | None = None
    plan: str | None = None
    scenario: str | None = None
    workload: Path | None = None
    budget: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written, and findings that did not stop them."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What the documents are made from: the context of the template, and the run where there is one (its
    workbook is the XLSX)."""

    context: Any
    built: Built | None
    problems: tuple[Problem, ...] = ()


def write_reports(
    workspace: Workspace,
    out_dir: Path,
    template: str,
    formats: Sequence[str],
    languages: Sequence[str],
    asked: Asked | None = None,
    built: Built | None = None,
    progress: Callable[[str, float], None] = quiet,
) -> Written:
    """Write `out_dir/<template>.<language>.<format>`.

    `built` saves reopening a run that is at hand. Raises InputError for an unknown template, format, language
    or reference in the narrative, and for a folder that cannot be written; StoreError when there is no run;
    ReportError from a writer.
    """
    chosen = _check(template, formats, languages)
    material = gather(workspace, template, asked or Asked(), built, progress)
    problems = list(material.problems)
    documents = {language: build_document(template, material.context, language) for language in chosen}
    for document in documents.values():
        problems += [problem for problem in document.problems if problem not in problems]
    if not DRAWN.isdisjoint(formats):
        run_id = None if material.built is None else material.built.run.id
        draw_charts(workspace, run_id, documents.values(), pictures="docx" in formats)
    jobs = [(language, kind) for language in chosen for kind in formats]
    files = {job: out_dir / f"{template}.{job[0]}.{job[1]}" for job in jobs}
    # PDFs last: setting pages takes the most memory, so the others' is given back before.
    for done, job in enumerate(sorted(jobs, key=lambda job: job[1] == "pdf")):
        if job[1] == "pdf":
            gc.collect()
        path = files[job]
        progress(f"{path.name}", done / len(jobs))
        _write(path, partial(_one, document=documents[job[0]], format=job[1], built=material.built))
    return Written(tuple(files.values()), tuple(problems))


def gather(
    workspace: Workspace,
    template: str,
    asked: Asked,
    built: Built | None = None,
    progress: Callable[[str, float], None] = quiet,
) -> Material:
    """What a template is written from. Raises as `write_reports` does."""
    if template == "benchmark":
        return Material(bench_context(known(workspace)), None)
    if template == "gpu-cost" and asked.workload is not None:
        workload = read_workload(asked.workload)
        return Material(costs_of_file(workload, known(workspace), date.today()), None)
    if template == "board-update":
        run_id = asked.run_id or (open_run(workspace, asked).run.id if asked.plan or asked.scenario else None)
        built, board = board_of(workspace, run_id, asked.budget)
        found = findings_of(workspace, built, progress)
        return Material(replace(context_of(built, found.findings), board=board), built, found.problems)
    built = built or open_run(workspace, asked, progress)
    if template == "gpu-cost":
        return Material(costs_of_plan(built, known(workspace)), built)
    if template not in ANALYSED:
        return Material(context_of(built), built)
    found = findings_of(workspace, built, progress)
    return Material(context_of(built, found.findings), built, found.problems)


def open_run(workspace: Workspace, asked: Asked, progress: Callable[[str, float], None] = quiet) -> Built:
    """The run that is asked for. A plan file, and a scenario that the newest revision was not yet projected
    under, are built first.

    Raises InputError for a plan or a scenario with problems, StoreError when there is no run.
    """
    plan, scenario = asked.plan, asked.scenario
    if asked.run_id is not None:
        return reopen(workspace, asked.run_id)
    if plan is not None and Path(plan).suffix in PLAN_SUFFIXES:
        return build(Path(plan), workspace, scenario=scenario or BASE, progress=progress)
    newest = load_run(workspace, plan=plan)
    if scenario is None or newest.scenario == scenario:
        return reopen(workspace, newest.id)
    for one in list_runs(workspace, plan=newest.plan, scenario=scenario):
        if one.revision == newest.revision:
            return reopen(workspace, one.id)
    revision = load_revision(workspace, newest.revision)
    file = revision.message or revision.plan
    return build_text(revision.text, file, workspace, scenario=scenario, progress=progress)


def _one(path: Path, document: Document, format: str, built: Built | None) -> None:
    if format != "xlsx":
        write(document, format, path)
        return
    if built is None:
        values = {"template": document.id}
        raise InputError([Problem("report_papers.no_workbook", "format", values=values)])
    day = built.revision.created_at.date().isoformat()
    name = built.plan.company.name
    write_workbook(workbook(built.model, built.run.base, name, day, document.language), path)


def _write(path: Path, writer: Callable[[Path], None]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(path)
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("app.unwritable", file=str(path), values=values)]) from None


def _check(template: str, formats: Sequence[str], languages: Sequence[str]) -> tuple[Language, ...]:
    problems = []
    if template not in TEMPLATES:
        problems.append(
            Problem(
                "app.unknown_template",
                "template",
                values={"template": template, "known": ", ".join(TEMPLATES)},
            )
        )
    for kind in formats:
        if kind not in ALL_FORMATS:
            values = {"format": kind, "known": ", ".join(ALL_FORMATS)}
            problems.append(Problem("app.unknown_format", "format", values=values))
    for language in languages:
        if language not in get_args(Language):
            values = {"language": language, "known": ", ".join(LANGUAGES)}
            problems.append(Problem("app.unknown_language", "lang", values=values))
    refuse(problems)
    return tuple(language for language in LANGUAGES if language in languages)
