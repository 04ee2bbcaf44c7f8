"""Build: a plan file becomes a stored run.

The plan is read and checked first, so that a plan with problems leaves the workspace untouched. Then its
revision is kept, the rates are found, and the projection runs and is stored.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.app.commitments import gap_warnings
from toolkit.app.policy.order import compile_settled
from toolkit.app.rates import find_rates
from toolkit.errors import InputError, Problem, refuse
from toolkit.projection.closed_books import ClosedBooks
from toolkit.projection.draws import REPLICATES, Sampler
from toolkit.projection.engine import base_case, check_finite
from toolkit.projection.model import Model
from toolkit.projection.project import Basis, model_of, project
from toolkit.projection.run import Run
from toolkit.reference import Reference, load_reference
from toolkit.reference.paths import data_dir, data_hash
from toolkit.report.references import narrative_problems
from toolkit.resources.compilation import Compilation
from toolkit.resources.compile import BASE, read_plan
from toolkit.resources.plan import Plan
from toolkit.resources.reading import Positions
from toolkit.shapes.records import Rate
from toolkit.store.dimensions import extend_dimensions
from toolkit.store.measurements import load_measurements, newest_measurements
from toolkit.store.revisions import Revision, load_revision, save_revision
from toolkit.store.runs import load_run, save_run
from toolkit.store.workspace import Workspace
from toolkit.text import Text, bilingual

Progress = Callable[[str, float], None]


def quiet(_step: str, _share: float) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A plan that was read and checked: its text, its records, and the line of every field."""

    text: str
    plan: Plan
    positions: Positions
    reference: Reference


@dataclass(frozen=True, slots=True)
class Built:
    """A run with what it was made from, for reports and explanations."""

    run: Run
    plan: Plan
    model: Model
    compilation: Compilation
    revision: Revision


def read_text(path: Path) -> str:
    """The text of a plan file. Raises InputError when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8")  # line ends as they are: a revision keeps the text verbatim
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("app.unreadable", file=str(path), values=values)]) from None
    except UnicodeDecodeError:
        raise InputError([Problem("app.not_utf8", file=str(path))]) from None


def open_plan(path: Path, scenario: str = BASE) -> Opened:
    """Read and check a plan file. Raises InputError with every problem."""
    return _open(read_text(path), str(path), scenario)


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan without problems, and the ids of its scenarios."""

    plan: Plan
    scenarios: tuple[str, ...]


def check_plan(path: Path) -> Checked:
    """Check a plan file under every scenario: its fields, and that its lines can be computed. Raises
    InputError with every problem."""
    first = open_plan(path)
    check_narrative(first)
    plan = first.plan
    scenarios = (BASE, *(scenario.id for scenario in plan.scenarios))
    for scenario in scenarios:
        opened = open_plan(path, scenario)
        _, model = _compile(opened, find_rates(opened.plan, opened.reference, []))
        check_finite(model, base_case(model))
    return Checked(plan, scenarios)


def check_narrative(opened: Opened) -> None:
    """Raises InputError for every part and every reference of the narrative that no report knows, each with
    its line in the plan."""
    found = narrative_problems(opened.plan.narrative)
    refuse([opened.positions.problem(one.id, one.field, **one.values) for one in found])


def _open(text: str, file: str | None, scenario: str) -> Opened:
    reference = load_reference()
    plan, positions = read_plan(text, reference, file, scenario)
    return Opened(text, plan, positions, reference)


def example(name: str = "llm-startup") -> Path:
    """The file of an example plan."""
    return data_dir() / "examples" / f"{name}.yaml"


def build(
    path: Path,
    workspace: Workspace,
    *,
    seed: int = 1,
    scenario: str = BASE,
    draws: int | None = None,
    progress: Progress = quiet,
) -> Built:
    """Check a plan file, keep its revision, project it with so many `draws`, and store the run.

    Raises InputError with every problem of the plan (nothing is stored then), StoreError for the workspace.
    """
    return build_text(
        read_text(path), str(path), workspace, seed=seed, scenario=scenario, draws=draws, progress=progress
    )


def build_text(
    text: str,
    file: str,
    workspace: Workspace,
    *,
    seed: int = 1,
    scenario: str = BASE,
    draws: int | None = None,
    progress: Progress = quiet,
) -> Built:
    """The same from the text of a plan; problems name `file`."""
    sampler = Sampler(seed) if draws is None else sampler_with(seed, draws)
    progress("check", 0.0)
    opened = _open(text, file, scenario)
    check_narrative(opened)

    def keep() -> Revision:
        return save_revision(
            workspace, opened.plan.company.id, opened.text, author=author(), message=Path(file).name
        )

    return _run(workspace, opened, keep, scenario, sampler, progress)


def build_stored(
    workspace: Workspace, revision: str, scenario: str = BASE, *, seed: int = 1, progress: Progress = quiet
) -> Built:
    """Project a stored revision under a scenario, and store the run; no revision is made.

    Raises InputError where its plan does not hold in this version, StoreError for the workspace.
    """
    progress("check", 0.0)
    found = load_revision(workspace, revision)
    opened = _open(found.text, found.message or found.plan, scenario)
    return _run(workspace, opened, lambda: found, scenario, Sampler(seed), progress)


def _run(
    workspace: Workspace,
    opened: Opened,
    keep: Callable[[], Revision],
    scenario: str,
    sampler: Sampler,
    progress: Progress,
) -> Built:
    """Project a plan that was read and checked; `keep` gives its revision once it is known to compile
    into numbers."""
    measurements = [one for one, _ in newest_measurements(workspace)] if workspace.exists else []
    rates = find_rates(opened.plan, opened.reference, measurements)
    compilation, model = _compile(opened, rates)
    check_finite(model, base_case(model))
    progress("store", 0.2)
    revision = keep()
    registry = extend_dimensions(workspace, revision.plan, model.dimensions)
    progress("project", 0.3)
    own = {name: registry[name] for name in model.dimensions}
    basis = _basis(revision, scenario, rates, sampler, own)
    run = _project(compilation, model, basis, rates)
    progress("store", 0.9)
    save_run(workspace, run)
    progress("done", 1.0)
    return Built(run, compilation.plan, model, compilation, revision)


def _project(compilation: Compilation, model: Model, basis: Basis, rates: Mapping[str, Rate]) -> Run:
    """The run, with what its reader should know: weak inputs, and commitments that the plan does not pay."""
    run = project(compilation, model, basis, [*compilation.warnings, *warnings_of(model, rates)])
    gaps = gap_warnings(compilation.plan, run.months, run.base)
    return replace(run, warnings=(*run.warnings, *gaps)) if gaps else run


def sampler_with(seed: int, draws: int, replicates: int = REPLICATES) -> Sampler:
    """The sampler of so many draws. Raises InputError (`analysis.draws`) unless every replicate has a power
    of two of them."""
    each = draws // replicates
    if each * replicates != draws or each < 2 or each & (each - 1):
        values = {"draws": draws, "replicates": replicates, "example": replicates * 512}
        raise InputError([Problem("analysis.draws", "draws", values=values)])
    return Sampler(seed, replicates, each)


def rebuild(workspace: Workspace, run: Run, books: ClosedBooks) -> Built:
    """Project the plan of a stored run again with actual figures in the place of its closed months, on the
    same draws, and store that run. Raises StoreError."""
    revision, opened, rates = _ground(workspace, run)
    compilation, model = _compile(opened, rates, books)
    registry = extend_dimensions(workspace, revision.plan, model.dimensions)
    own = {name: registry[name] for name in model.dimensions}
    sampler = Sampler(run.seed, run.replicates, run.draws // run.replicates)
    basis = replace(_basis(revision, run.scenario, rates, sampler, own), books=books)
    again = _project(compilation, model, basis, rates)
    save_run(workspace, again)
    return Built(again, compilation.plan, model, compilation, revision)


def reopen(workspace: Workspace, run_id: str | None = None, plan: str | None = None) -> Built:
    """A stored run (the newest by default) with its plan and model made anew from the revision it rests
    on."""
    run = load_run(workspace, run_id, plan=plan)
    revision, opened, rates = _ground(workspace, run)
    compilation, model = _compile(opened, rates, run.books)
    return Built(run, compilation.plan, model, compilation, revision)


def _ground(workspace: Workspace, run: Run) -> tuple[Revision, Opened, Mapping[str, Rate]]:
    """What a stored run was made from."""
    revision = load_revision(workspace, run.revision)
    opened = _open(revision.text, revision.message or revision.plan, run.scenario)
    known = load_measurements(workspace, ids=run.measurements)
    return revision, opened, find_rates(opened.plan, opened.reference, known)


def _compile(
    opened: Opened, rates: Mapping[str, Rate], books: ClosedBooks | None = None
) -> tuple[Compilation, Model]:
    compilation = compile_settled(opened.plan, opened.reference, rates, opened.positions)
    return compilation, model_of(compilation, books)


def _basis(
    revision: Revision,
    scenario: str,
    rates: Mapping[str, Rate],
    sampler: Sampler,
    registry: Mapping[str, int],
) -> Basis:
    measured = sorted(
        {basis for rate in rates.values() if rate.rung in ("measured", "transferred") for basis in rate.basis}
    )
    return Basis(revision.plan, revision.id, scenario, data_hash(), tuple(measured), sampler, registry)


def author() -> str:
    """Who changes the workspace: `GROUNDPLAN_AUTHOR`, else the name of the account."""
    if name := os.environ.get("GROUNDPLAN_AUTHOR"):
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def warnings_of(model: Model, rates: Mapping[str, Rate]) -> list[Text]:
    """What a reader should know: inputs without a basis, facts that nobody vouches for, assumed rates."""
    warnings = []
    inputs = [line for line in model.lines.values() if line.statement == "input"]
    bare = [line.label for line in inputs if line.source.kind == "plan" and not line.source.title]
    if bare:
        warnings.append(bilingual("app.warning_bare", count=str(len(bare)), names=_some(bare)))
    weak = [
        line.label for line in inputs
        if line.source.kind in ("fact", "rule") and line.source.confidence in ("low", "own_knowledge")
    ]  # fmt: skip
    if weak:
        warnings.append(bilingual("app.warning_weak", count=str(len(weak)), names=_some(weak)))
    for copula in model.copulas:
        if (change := copula.repair) is not None:
            values = {"given": f"{change.given:.3g}", "used": f"{change.used:.3g}"}
            both = {"first": change.first, "second": change.second}
            warnings.append(bilingual("correlations.repaired", **both, **values))
    assumed = [
        model.lines[f"compute.{workload}.{part}{'_' if part else ''}rate"].label
        for workload, _, part in (
            name.partition(".") for name, rate in rates.items() if rate.rung == "assumed"
        )
    ]
    if assumed:
        warnings.append(bilingual("app.warning_assumed", names=_some(assumed)))
    return warnings


def _some(labels: Sequence[Text]) -> Text:
    """The first few of several labels, each once."""
    known = list(dict.fromkeys(labels))
    shown = [*known[:5], *([Text.of("…")] if len(known) > 5 else [])]
    return Text("; ".join(one.en for one in shown), "；".join(one.zh for one in shown))
