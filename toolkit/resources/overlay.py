"""Scenarios: an overlay changes a few fields of the plan's data, never a copy of it."""

from __future__ import annotations

import copy
from typing import Any

from toolkit.errors import Problem
from toolkit.lines.spelling import nearest
from toolkit.resources.reading import Positions

BASE = "base"  # the plan as it stands


def scenario_ids(raw: Any) -> list[str]:
    """The ids of the scenarios in a plan's data, in order; entries without an id are left out."""
    return [str(entry["id"]) for _, entry in _entries(raw) if "id" in entry]


def overlay(raw: Any, scenario: str, positions: Positions) -> tuple[Any, Positions, list[Problem]]:
    """The plan's data with the changes of a scenario put in, and where each field now stands.

    A changed field stands where the scenario changes it. A change whose path leads nowhere is left out and
    is a problem. `scenario` is one of `scenario_ids`.
    """
    index, entry = next((i, entry) for i, entry in _entries(raw) if str(entry.get("id")) == scenario)
    changes = entry.get("changes")
    result, lines, problems = copy.deepcopy(raw), dict(positions.lines), []
    for path, value in changes.items() if isinstance(changes, dict) else ():
        written = f"scenarios[{index}].changes.{path}"
        found = _put(result, path, value)
        if isinstance(found, Problem):
            problems.append(positions.problem(found.id, written, **found.values))
            continue
        for known, line in positions.lines.items():
            if known == written or known.startswith((f"{written}.", f"{written}[")):
                lines[found + known.removeprefix(written)] = line
    return result, Positions(positions.file, lines), problems


def _entries(raw: Any) -> list[tuple[int, dict[str, Any]]]:
    scenarios = raw.get("scenarios")
    entries = scenarios if isinstance(scenarios, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, dict)]


def _put(tree: Any, path: str, value: Any) -> str | Problem:
    """Set the field at a path, where an entry of a list is named by its `id` (or `programme`); returns the
    path by place (`talent.roles[1].count`)."""
    node, place, parts = tree, "", path.split(".")
    for part in parts[:-1]:
        options = _options(node)
        if part not in options:
            near = nearest(part, options)
            return Problem("plan.unknown_path", values={"path": path, "part": part, "nearest": near})
        step, node = options[part]
        place += step
    if not isinstance(node, dict):
        near = nearest(parts[-1], _options(node))
        return Problem("plan.unknown_path", values={"path": path, "part": parts[-1], "nearest": near})
    node[parts[-1]] = value
    return f"{place}.{parts[-1]}".removeprefix(".")


def _options(node: Any) -> dict[str, tuple[str, Any]]:
    """What a part of a path can name: name → (its place in the node, what is there)."""
    if isinstance(node, dict):
        return {key: (f".{key}", value) for key, value in node.items()}
    entries = enumerate(node) if isinstance(node, list) else ()
    return {
        str(entry.get("id", entry.get("programme"))): (f"[{index}]", entry)
        for index, entry in entries
        if isinstance(entry, dict)
    }
