"""A study: a stored run, opened to ask it questions.

What is asked rests on the run's plan, facts, measurements and seed, so the answers belong to the run's
figures. Fewer draws than the run's are its first ones in every replicate.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from toolkit.app.building import Built, reopen, sampler_with
from toolkit.app.versions import Version, read_version
from toolkit.projection.analysis.experiment import Experiment
from toolkit.projection.analysis.outcome import Metric, Outcome, parse_metric
from toolkit.projection.draws import Sampler, extend_registry
from toolkit.projection.model import Model
from toolkit.projection.run import Run
from toolkit.store.dimensions import load_dimensions
from toolkit.store.measurements import load_measurements, newest_measurements
from toolkit.store.revisions import load_revision
from toolkit.store.runs import load_run
from toolkit.store.workspace import Workspace

SURVIVE = 24  # months


def registry_of(workspace: Workspace, built: Built) -> dict[str, int]:
    """The random dimension of everything that is uncertain in a run. Raises StoreError."""
    return extend_registry(load_dimensions(workspace, built.run.plan), built.model.dimensions)


def sampler_of(run: Run) -> Sampler:
    """How the draws of a run were made."""
    return Sampler(run.seed, run.replicates, run.draws // run.replicates)


class Study:
    """A stored run (the newest by default), opened for analyses; `built` saves opening it once more.

    Raises StoreError when there is none."""

    def __init__(
        self, workspace: Workspace, run_id: str | None = None, *, built: Built | None = None
    ) -> None:
        self.workspace = workspace
        self.built: Built = built or reopen(workspace, run_id)
        self.model: Model = self.built.model
        self._versions: dict[str, Version] = {}
        self._registry = load_dimensions(workspace, self.built.run.plan)

    def registry(self, model: Model) -> dict[str, int]:
        """The dimension of every uncertain input; one that was never built takes the next free ones."""
        return extend_registry(self._registry, model.dimensions)

    def sampler(self, draws: int | None = None) -> Sampler:
        """The run's sampler, or its first `draws` draws. Raises InputError (`analysis.draws`)."""
        run = self.built.run
        return sampler_with(run.seed, run.draws if draws is None else draws, run.replicates)

    def metric(self, text: str | None, model: Model | None = None) -> Metric:
        """The metric of a text; without one the chance to survive two years, or up to the horizon."""
        months = len(self.model.months)
        return parse_metric(text or f"survive({min(SURVIVE, months)})", model or self.model)

    def experiment(self, outcome: Outcome, draws: int | None, model: Model | None = None) -> Experiment:
        """An experiment on the run's model, or on another model with the same draws."""
        subject = self.model if model is None else model
        return Experiment(subject, self.registry(subject), self.sampler(draws), outcome)

    @cached_property
    def version(self) -> Version:
        """The run's plan as data, under its scenario."""
        return self._version(self.built.run.id)

    def version_of(self, name: str) -> Version:
        """A scenario of the run's plan (`base` too), or another run by its id.

        Raises InputError for an unknown scenario, StoreError for an unknown run.
        """
        if name not in self._versions:
            self._versions[name] = self._version(name) if name.startswith("r-") else self._scenario(name)
        return self._versions[name]

    def _scenario(self, name: str) -> Version:
        revision = self.built.revision
        known = [one for one, _ in newest_measurements(self.workspace)]
        version = read_version(revision.text, revision.message or revision.plan, name, known)
        return replace(version, books=self.built.run.books)

    def _version(self, run_id: str) -> Version:
        run = load_run(self.workspace, run_id)
        revision = load_revision(self.workspace, run.revision)
        known = load_measurements(self.workspace, ids=run.measurements)
        version = read_version(revision.text, revision.message or revision.plan, run.scenario, known)
        return replace(version, books=run.books)
