"""Versions of a plan: a revision under a scenario, with a few fields changed, or mixed from two others.

A version is data, never a copy of a file: what differs is put in by path, and the whole is checked and
compiled like any plan. All versions are projected on the same draws (common random numbers), so that they can
be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from toolkit.app.policy.order import compile_settled
from toolkit.app.rates import find_rates
from toolkit.errors import InputError, Problem, refuse
from toolkit.projection.closed_books import ClosedBooks
from toolkit.projection.model import Model
from toolkit.projection.project import model_of
from toolkit.reference import Reference
from toolkit.resources.overlay import BASE, overlay, scenario_ids
from toolkit.resources.plan import Plan
from toolkit.resources.reading import Positions, read_yaml
from toolkit.resources.surroundings import Surroundings
from toolkit.resources.validation import validate
from toolkit.shapes.records import Measurement

MIXTURE = "mixture"
MEASUREMENTS = "measurements"
ACTUALS = "actuals"
NOT_COMPILED = ("format", "sources", "scenarios", "narrative")  # what no number rests on


@dataclass(frozen=True)
class Version:
    """A plan as data: `raw` as in the file, `changes` what is put in by path, the measurements that it may
    rest on, and the actual figures of its closed months."""

    raw: Mapping[str, Any]
    positions: Positions
    changes: Mapping[str, Any]
    measurements: tuple[Measurement, ...]
    books: ClosedBooks | None = None

    def data(self) -> dict[str, Any]:
        """The plan's data with the changes put in. Raises InputError for every path that leads nowhere."""
        entry = {"id": MIXTURE, "changes": dict(self.changes)}
        found, _, problems = overlay({**self.raw, "scenarios": [entry]}, MIXTURE, self.positions)
        refuse(problems)
        return {**found, "scenarios": []}

    def changed(self, changes: Mapping[str, Any]) -> Version:
        """The same with more changes."""
        return replace(self, changes={**self.changes, **changes})

    def model(self, reference: Reference) -> Model:
        """The model of this version. Raises InputError with every problem."""
        return compile_data(self.data(), self.positions, reference, self.measurements, self.books)


def read_version(text: str, file: str | None, scenario: str, measurements: Sequence[Measurement]) -> Version:
    """The version that a plan text and one of its scenarios make. Raises InputError for an unknown one."""
    raw, positions = read_yaml(text, file)
    if scenario == BASE:
        return Version(raw, positions, {}, tuple(measurements))
    known = scenario_ids(raw)
    if scenario not in known:
        values = {"name": scenario, "known": ", ".join([BASE, *known])}
        raise InputError([Problem("plan.unknown_scenario", "scenario", file, values=values)])
    entry = next(entry for entry in raw["scenarios"] if str(entry.get("id")) == scenario)
    return Version(raw, positions, dict(entry.get("changes") or {}), tuple(measurements))


def compile_data(
    data: Mapping[str, Any],
    positions: Positions,
    reference: Reference,
    measurements: Sequence[Measurement],
    books: ClosedBooks | None = None,
) -> Model:
    """The model of a plan's data. Raises InputError with every problem."""
    plan = validate(Plan, data, positions, Surroundings.of(data, reference))
    rates = find_rates(plan, reference, measurements)
    return model_of(compile_settled(plan, reference, rates, positions), books)


class Mixture:
    """Two versions, and every version between them that takes some groups from the second.

    `groups`: label → names. A group is a path that the two change differently, where they rest on the same
    plan and these are fewer than `most`; else a section of the plan that differs; and the measurements and
    the actual figures, where they do. What does not fit without one another (a service of a product that only
    the second plan sells) is one group.
    """

    def __init__(self, first: Version, second: Version, reference: Reference, most: int) -> None:
        self._reference = reference
        self._versions = (first, second)
        self._data = (first.data(), second.data())
        paths = _changed_paths(first, second)
        self._is_by_path = first.raw == second.raw and len(paths) < most
        names = paths if self._is_by_path else self._sections()
        if {one.id for one in first.measurements} != {one.id for one in second.measurements}:
            names = (*names, MEASUREMENTS)
        if first.books != second.books:
            names = (*names, ACTUALS)
        self._models: dict[frozenset[str], Model] = {}
        self.groups = self._fitting(tuple((name,) for name in names))

    def model(self, chosen: Iterable[str]) -> Model:
        """The model with the groups `chosen` as in the second version. Raises InputError."""
        return self._model(frozenset(name for group in chosen for name in self.groups[group]))

    def _model(self, names: frozenset[str]) -> Model:
        if names not in self._models:
            first, second = self._versions
            measurements = (second if MEASUREMENTS in names else first).measurements
            data = self._mixed(names)
            books = second.books if ACTUALS in names else first.books
            self._models[names] = compile_data(data, first.positions, self._reference, measurements, books)
        return self._models[names]

    def _mixed(self, names: frozenset[str]) -> Mapping[str, Any]:
        first, second = self._versions
        if not self._is_by_path:
            kept, taken = self._data
            picked = {key: (taken if key in names else kept) for key in {**kept, **taken}}
            return {key: source[key] for key, source in picked.items() if key in source}
        paths = dict.fromkeys((*first.changes, *second.changes))
        sources = {path: (second if path in names else first).changes for path in paths}
        changes = {path: source[path] for path, source in sources.items() if path in source}
        return replace(first, changes=changes).data()

    def _sections(self) -> tuple[str, ...]:
        first, second = self._data
        keys = [key for key in dict.fromkeys((*first, *second)) if key not in NOT_COMPILED]
        return tuple(key for key in keys if first.get(key) != second.get(key))

    def _fitting(self, groups: tuple[tuple[str, ...], ...]) -> dict[str, tuple[str, ...]]:
        """The groups, joined until each of them alone and all but each of them make a plan."""
        everything = frozenset(name for group in groups for name in group)

        def fits(group: tuple[str, ...]) -> bool:
            try:
                self._model(frozenset(group))
                self._model(everything - frozenset(group))
            except InputError:
                return False
            return True

        while alone := next((group for group in groups if not fits(group)), None):
            others = [group for group in groups if group != alone]
            if not others:  # one of the two versions is no plan: say why
                self._model(frozenset())
                self._model(everything)
            partner = next((group for group in others if fits((*alone, *group))), others[0])
            groups = (*(group for group in others if group != partner), (*alone, *partner))
        return {" + ".join(group): group for group in groups}


def _changed_paths(first: Version, second: Version) -> tuple[str, ...]:
    """The paths that two versions change differently."""
    missing = object()
    paths = dict.fromkeys((*first.changes, *second.changes))
    return tuple(
        path for path in paths if first.changes.get(path, missing) != second.changes.get(path, missing)
    )
