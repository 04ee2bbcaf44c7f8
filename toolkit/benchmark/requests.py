"""What may be asked for: cases checked before a process is started, all problems at once."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from toolkit.benchmark.ceilings import ALL_REDUCE, COPY, MATMUL
from toolkit.benchmark.devices import CPU_REFUSES, DTYPES
from toolkit.benchmark.models import reference_models
from toolkit.benchmark.recipe import out_of_place, takes
from toolkit.benchmark.spec import DeviceKind
from toolkit.errors import Problem
from toolkit.shapes.records import Workload


def check_cases(
    cases: Sequence[Workload], kind: DeviceKind, own: Mapping[str, Any] = MappingProxyType({})
) -> list[Problem]:
    """Everything that is wrong with the cases on a kind of device; empty when they can be tried. The models
    named in `own` are the user's: what they can do is found out by the worker."""
    return [problem for case in cases for problem in _check(case, kind, own)]


def _check(case: Workload, kind: DeviceKind, own: Mapping[str, Any]) -> list[Problem]:
    problems: list[Problem] = []
    if case.dtype not in DTYPES:
        problems.append(_problem("unknown_dtype", "dtype", dtype=case.dtype, known=", ".join(DTYPES)))
    elif kind == "cpu" and case.dtype in CPU_REFUSES:
        problems.append(_problem("dtype_not_on_cpu", "dtype", dtype=case.dtype))
    for field in ("batch", "tokens"):
        value = getattr(case, field)
        if value < 1:
            problems.append(_problem("not_positive", field, name=field, value=value))
    if case.mode == "ceiling":
        if case.model not in (MATMUL, COPY, ALL_REDUCE):
            problems.append(_problem("unknown_ceiling", "model", name=case.model))
        return problems
    if case.model in own:
        return problems
    model = reference_models().get(case.model)
    if model is None:
        known = list(reference_models())
        near = difflib.get_close_matches(case.model.lower(), known, n=3, cutoff=0.4) or known
        return [*problems, _problem("unknown_model", "model", name=case.model, near=", ".join(near))]
    if case.mode not in model.modes:
        modes = ", ".join(model.modes)
        problems.append(_problem("unknown_mode", "mode", mode=case.mode, name=case.model, modes=modes))
    for name, value in case.options:
        if takes(model.options.get(name, ()), value):
            if out_of_place(name, case.mode):
                problems.append(_problem("option_not_here", "options", option=name, mode=case.mode))
        else:
            offered = "; ".join(f"{key}: {', '.join(words)}" for key, words in model.options.items()) or "–"
            problems.append(_problem("unknown_option", "options", option=f"{name}={value}", known=offered))
    return problems


def _problem(id: str, field: str, **values: object) -> Problem:
    return Problem(f"bench.{id}", field=field, values=values)
