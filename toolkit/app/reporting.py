"""Reports: a stored run becomes files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

from toolkit.app.building import Built, build, build_text, quiet, reopen
from toolkit.app.report_context import context_of
from toolkit.app.report_findings import findings_of
from toolkit.errors import InputError, Problem, refuse
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


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written, and findings that did not stop them."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


def write_reports(
    workspace: Workspace,
    out_dir: Path,
    template: str,
    formats: Sequence[str],
    languages: Sequence[str],
    run_id: str | None = None,
    plan: str | None = None,
    scenario: str | None = None,
    built: Built | None = None,
    progress: Callable[[str, float], None] = quiet,
) -> Written:
    """Write `out_dir/<template>.<language>.<format>` of the run that `open_run` finds.

    `built` saves reopening a run that is at hand. Raises InputError for an unknown template, format, language
    or reference in the narrative, and for a folder that cannot be written; ReportError from a writer.
    """
    chosen = _check(template, formats, languages)
    built = built or open_run(workspace, run_id, plan, scenario, progress)
    found = findings_of(workspace, built, progress)
    context = context_of(built, found.findings)
    files: list[Path] = []
    problems: list[Problem] = list(found.problems)
    total = len(chosen) * len(formats)
    for language in chosen:
        document = build_document(template, context, language)
        problems += [problem for problem in document.problems if problem not in problems]
        for kind in formats:
            path = out_dir / f"{template}.{language}.{kind}"
            progress(f"{path.name}", len(files) / total)
            _write(path, partial(_one, document=document, format=kind, language=language, built=built))
            files.append(path)
    return Written(tuple(files), tuple(problems))


def open_run(
    workspace: Workspace,
    run_id: str | None = None,
    plan: str | None = None,
    scenario: str | None = None,
    progress: Callable[[str, float], None] = quiet,
) -> Built:
    """The run that is asked for: `run_id`; or the newest one of `plan` (an id) under `scenario`.

    A plan file, and a scenario that the newest revision was not yet projected under, are built first.
    Raises InputError for a plan or a scenario with problems, StoreError when there is no run.
    """
    if run_id is not None:
        return reopen(workspace, run_id)
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


def _one(path: Path, document: Document, format: str, language: Language, built: Built) -> None:
    if format == "xlsx":
        day = built.revision.created_at.date().isoformat()
        write_workbook(workbook(built.model, built.run.base, built.plan.company.name, day, language), path)
    else:
        write(document, format, path)


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
