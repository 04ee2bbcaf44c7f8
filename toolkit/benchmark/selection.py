"""What a person asks for, as a suite: a named one, cases put together from lists, or a model of their own.

Every list is combined with every other (`--mode prefill,decode --batch 1,8` is four cases). What is not said
follows the setting of the model's family in the standard suite. Together with a suite, models, modes and
number formats pick from its cases. All problems are listed at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, cast, get_args

from toolkit.benchmark.models import reference_models
from toolkit.benchmark.recipe import out_of_place
from toolkit.benchmark.requests import check_cases
from toolkit.benchmark.spec import DeviceKind
from toolkit.benchmark.suite import SETTINGS, Suite, suite_named, thorough
from toolkit.errors import Problem, refuse
from toolkit.shapes.records import Mode, Workload

LARGEST = "max"  # the batch that is looked for instead of given
_TINY_TOKENS = 32
_OWN_TOKENS = 128


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for, as words. `batches` may hold `max`. At most one of `config` (a file), `module`
    (`package:function`) and neither."""

    suite: str | None = None
    models: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    config: Path | None = None
    module: str | None = None

    @property
    def own(self) -> bool:
        return self.config is not None or self.module is not None


def select(selection: Selection, kind: DeviceKind, half: str = "bf16") -> Suite:
    """The suite that a selection means on a device. Raises InputError with everything that is wrong."""
    if selection.own:
        return _own_suite(selection, kind)
    if selection.models and selection.suite is None:
        return _cases_suite(selection, kind, half)
    suite = suite_named(selection.suite or "quick", kind, half)
    refuse(
        Problem("bench.suite_or_cases", name, values={"name": name})
        for name in ("batches", "tokens", "options")
        if getattr(selection, name)
    )
    wanted = {"model": selection.models, "mode": selection.modes, "dtype": selection.dtypes}
    if not any(wanted.values()):
        return suite
    found = tuple(
        case
        for case in suite.cases
        if all(not words or getattr(case, name) in words for name, words in wanted.items())
    )
    if not found:
        refuse([Problem("bench.nothing_selected", "suite", values={"suite": suite.name})])
    return replace(suite, cases=found)


def _cases_suite(selection: Selection, kind: DeviceKind, half: str) -> Suite:
    problems: list[Problem] = []
    options = _options(selection.options, problems)
    batches = _numbers("batch", selection.batches, problems, LARGEST)
    tokens = _numbers("tokens", selection.tokens, problems)
    dtypes = selection.dtypes or ("fp32" if kind == "cpu" else half,)
    cases = [
        case
        for name in selection.models
        for case in _cases_of(name, selection.modes or ("train",), dtypes, batches, tokens, options, kind)
    ]
    refuse([*problems, *check_cases(cases, kind)])
    if LARGEST in selection.batches:
        at_one = tuple(case for case in cases if case.batch == 1)
        rest = [case for case in cases if case.batch != 1]
        return replace(thorough("selected", [*rest, *at_one], kind), cases=tuple(rest), searched=at_one)
    return thorough("selected", cases, kind)


def _cases_of(
    name: str,
    modes: Sequence[str],
    dtypes: Sequence[str],
    batches: Sequence[int],
    tokens: Sequence[int],
    options: tuple[tuple[str, str], ...],
    kind: DeviceKind,
) -> list[Workload]:
    """Cases of one model; an unknown one becomes a single case, whose check then says so."""
    model = reference_models().get(name)
    place = ("cpu", "cuda").index(kind)
    usual = SETTINGS.get(model.sizes[0]) if model is not None else None
    length = usual.tokens[place] if usual is not None else 1
    if name.startswith("tiny-"):
        length = min(length, _TINY_TOKENS)
    found = []
    for mode, dtype, batch, count in product(modes, dtypes, batches or (None,), tokens or (length,)):
        if batch is None:
            batch = 1 if usual is None else (usual.train if mode == "train" else usual.use)[place] or 1
        unit = model.unit if model is not None else "token"
        fitting = _fitting(options, mode, modes)
        found.append(Workload(name, cast(Mode, mode), dtype, batch, count, unit, fitting))
    return found


def _fitting(
    options: tuple[tuple[str, str], ...], mode: str, modes: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """The options that mean something in a mode; one that fits none of the modes stays, for the check."""
    return tuple(
        (name, value)
        for name, value in options
        if not out_of_place(name, mode) or all(out_of_place(name, other) for other in modes)
    )


def _own_suite(selection: Selection, kind: DeviceKind) -> Suite:
    """Cases of a configuration or a module. The name of the model is that of its file or function; what it is
    goes into the options, so that two models of one name are never taken for the same."""
    problems: list[Problem] = []
    options = _options(selection.options, problems)
    for words in (selection.suite, selection.models):
        if words:
            problems.append(Problem("bench.own_or_reference", "model"))
    if selection.config is not None:
        name, own, unit, mark = _read_config(selection.config, problems)
    else:
        module = selection.module or ""
        name, unit = module.rpartition(":")[2] or "module", "sample"
        own, mark = {"module": module, "folder": str(Path.cwd())}, ("module", module)
        if not all(module.partition(":")[::2]):
            problems.append(Problem("bench.bad_module", "module", values={"name": module, "reason": "–"}))
    batches = _numbers("batch", selection.batches, problems) or [1]
    tokens = _numbers("tokens", selection.tokens, problems) or [_OWN_TOKENS if unit == "token" else 1]
    modes = selection.modes or ("train",)
    problems += [
        Problem(
            "bench.unknown_mode",
            "mode",
            values={"mode": mode, "name": name, "modes": ", ".join(get_args(Mode))},
        )
        for mode in modes
        if mode not in get_args(Mode)
    ]
    marked = {mode: tuple(sorted((*_fitting(options, mode, modes), mark))) for mode in modes}
    cases = [
        Workload(name, cast(Mode, mode), dtype, batch, count, unit, marked[mode])
        for mode, dtype, batch, count in product(modes, selection.dtypes or ("fp32",), batches, tokens)
    ]
    refuse([*problems, *check_cases(cases, kind, {name: own})])
    return replace(thorough("own", cases, kind), own={name: own})


def _read_config(path: Path, problems: list[Problem]) -> tuple[str, dict[str, Any], str, tuple[str, str]]:
    """Name, description, unit of work and mark of a configuration file."""
    name = path.parent.name if path.name == "config.json" and path.parent.name else path.stem
    try:
        text = path.read_text(encoding="utf-8")
        fields = json.loads(text)
        if not isinstance(fields, dict) or not isinstance(fields.get("model_type"), str):
            raise ValueError("a JSON object with a model_type is wanted")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problems.append(Problem("bench.bad_config", "config", str(path), values={"reason": reason}))
        fields = {}
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    mark = ("config", hashlib.sha256(canonical.encode()).hexdigest()[:12])
    return name, {"config": fields}, _unit_of(fields), mark


def _unit_of(fields: Mapping[str, Any]) -> str:
    if "num_mel_bins" in fields or "conv_kernel" in fields:
        return "sample"
    if "vocab_size" in fields:
        return "token"
    return "image" if fields.keys() & {"image_size", "num_channels", "patch_size"} else "token"


def _options(words: Iterable[str], problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not (name and sign and value):
            problems.append(Problem("bench.bad_option", "option", values={"option": word}))
        found[name.strip()] = value.strip()
    return tuple(sorted(found.items()))


def _numbers(field: str, words: Iterable[str], problems: list[Problem], *also: str) -> list[int]:
    """Whole numbers; a word of `also` becomes 1, which a search starts from."""
    found = []
    for word in words:
        try:
            found.append(1 if word in also else int(word))
        except ValueError:
            problems.append(Problem("bench.no_number", field, values={"name": field, "value": word}))
    return found
