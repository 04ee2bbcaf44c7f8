"""GPU cost scenarios as jobs: what is in the catalogue, what the work costs, what pays from when, imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from toolkit.errors import InputError, Problem
from toolkit.estimate.cost.breakeven import BreakEvens, CommitmentBreakEven, VolumeBreakEven, break_even
from toolkit.estimate.cost.cases import Case, Comparison
from toolkit.estimate.cost.comparison import compare
from toolkit.estimate.cost.demand import ServiceMonth, service_months
from toolkit.estimate.cost.fits import Fit, fits
from toolkit.estimate.cost.market import Option, options
from toolkit.estimate.cost.speed import Speeds
from toolkit.estimate.cost.workload import CostWorkload, Optimised, Service, read_workload
from toolkit.reference import Gpu, Offer, Reference, load_reference
from toolkit.reference.importers.offer_file import read_offers
from toolkit.resources.reading import Positions
from toolkit.resources.validation import validate
from toolkit.shapes.records import Measurement
from toolkit.text import Language


@dataclass(frozen=True, slots=True)
class CostScenario:
    """A workload compared on all offers, with its break-evens."""

    comparison: Comparison
    break_evens: BreakEvens

    @property
    def months(self) -> tuple[ServiceMonth, ...]:
        """The months of the cheapest case of a service as its demand grows; empty for a run."""
        best = self.comparison.cheapest
        return () if best is None else service_months(best, self.comparison.workload)

    def document(self, language: Language) -> dict[str, Any]:
        """The JSON document of `gpu compare`."""
        found = self.comparison
        cheapest = found.cheapest
        return {
            "name": found.workload.name[language],
            "currency": found.workload.currency,
            "cases": [case_document(case, language) for case in found.cases],
            "front": [case_document(case, language) for case in found.front],
            "cheapest": None if cheapest is None else case_document(cheapest, language),
            "months": [asdict(month) for month in self.months],
            "apis": [
                {
                    "provider": api.provider, "model": api.model, "per_request": api.per_request,
                    "per_month": api.per_month, "per_million_output": api.per_million_output,
                    "as_of": api.as_of, "age_days": api.age_days,
                    "warnings": [one.problem(language) for one in api.warnings],
                }
                for api in found.apis
            ],
            "problems": [one.as_dict(language) for one in found.problems],
        }  # fmt: skip


def scenario(
    workload: CostWorkload,
    reference: Reference | None = None,
    offers: Sequence[Offer] | None = None,
    measurements: Sequence[Measurement] = (),
    today: date | None = None,
    speeds: Speeds | None = None,
) -> CostScenario:
    """Compare a workload on the offers of `data/` (or on `offers`), with prices aged to `today`.

    Pass one `Speeds` again and again where only amounts, prices or filters change: that takes milliseconds.
    Raises InputError: unknown GPUs, API prices, filters that match nothing.
    """
    facts = reference or load_reference()
    listed = facts.offers if offers is None else tuple(offers)
    known = speeds or Speeds(facts, measurements)
    found = compare(workload, listed, facts, today or date.today(), known)
    return CostScenario(found, break_even(found))


def compare_file(
    file: Path,
    offer_files: Sequence[Path] = (),
    measurements: Sequence[Measurement] = (),
    today: date | None = None,
    limits: Mapping[str, float | None] | None = None,
) -> CostScenario:
    """The scenario of a WORKLOAD.yaml; offers of `offer_files` are added to those of `data/`. `limits` take
    the place of its `deadline_days` and `budget` where they are not None.

    Raises InputError with every problem of the files.
    """
    given = {name: limit for name, limit in (limits or {}).items() if limit is not None}
    workload = read_workload(file).model_copy(update=given)
    return scenario(workload, offers=all_offers(offer_files), measurements=measurements, today=today)


def all_offers(files: Sequence[Path]) -> tuple[Offer, ...]:
    """The offers of `data/` and those of files in the same schema. Raises InputError with every bad row."""
    return (*load_reference().offers, *(offer for file in files for offer in read_offers(file)))


def gpu_list(search: str | None = None) -> list[Gpu]:
    """The accelerators of the catalogue; with `search` those of that name, or a problem with the nearest."""
    reference = load_reference()
    if search is None:
        return list(reference.gpus.values())
    exact = reference.gpu_by_alias(search)
    wanted = search.lower()
    found = [
        gpu
        for gpu in reference.gpus.values()
        if gpu.id == exact or wanted in gpu.id or wanted in f"{gpu.vendor} {gpu.name}".lower()
    ]
    if not found:
        near = ", ".join(reference.nearest_gpus(search))
        raise InputError(
            [Problem("reference.unknown_gpu", "--search", values={"gpu": search, "nearest": near})]
        )
    return found


def fit_list(
    model: str, mode: Literal["train", "serve"], gpus: int, options: Mapping[str, object]
) -> tuple[Fit, ...]:
    """What a model takes on every accelerator, `gpus` of it together, trained or served.

    `options`: `dtype`, `tokens` (of a sequence, or of prompt and answer together), `checkpointing`, and the
    fields of a layout. Raises InputError for an unknown model, format or layout.
    """
    if gpus < 1:
        raise InputError([Problem("plan.too_small", "--gpus", values={"text": gpus, "minimum": 1})])
    work = _work_of(model, mode, options)
    if isinstance(work, Optimised) and work.layout.on(gpus, 1) is None:
        apart = work.layout.tensor * work.layout.pipeline
        raise InputError(
            [Problem("gpu.layout_does_not_divide", "--gpus", values={"gpus": gpus, "apart": apart})]
        )
    return fits(work, load_reference(), gpus)


def _work_of(model: str, mode: str, options: Mapping[str, object]) -> Optimised | Service:
    given = {name: value for name, value in options.items() if value is not None}
    tokens = given.pop("tokens", 2048)
    if mode == "train":
        plain = ("dtype", "checkpointing")
        layout = {name: value for name, value in given.items() if name not in plain}
        rest = {name: given[name] for name in plain if name in given}
        work = {"kind": "training", "model": model, "tokens": 1, "sequence": tokens, "layout": layout} | rest
    else:
        rest = {"dtype": given["dtype"]} if "dtype" in given else {}
        prompt = tokens - 1 if isinstance(tokens, int) else tokens
        asked = {"requests_per_month": 1, "prompt_tokens": prompt, "output_tokens": 1}
        work = {"kind": "service", "model": model, **asked, **rest}
    raw = {"name": "fits", "work": work}
    return validate(CostWorkload, raw, Positions(None, {})).work


def fit_document(fit: Fit) -> dict[str, Any]:
    """One accelerator as plain figures; bytes are of one device with a batch of one."""
    return {
        "gpu": fit.gpu_id, "name": fit.gpu_name, "memory_bytes": fit.memory_bytes,
        "usable_bytes": fit.bytes_usable, "gpus": fit.gpus, "fits": fit.fits,
        "largest_batch": fit.largest_batch, "checkpointing": fit.checkpointing,
        "least_gpus": fit.least_gpus, "bytes": dict(fit.bytes_by_kind), "bytes_used": fit.bytes_used,
    }  # fmt: skip


def offer_list(
    filters: Mapping[str, Sequence[str]],
    currency: str,
    offer_files: Sequence[Path] = (),
    today: date | None = None,
    max_age_days: int | None = None,
    *,
    fresh: bool = False,
) -> list[Option]:
    """Offers in one currency, cheapest GPU first; with `fresh` only those whose price is dated and not older
    than `max_age_days`. Raises InputError as `market.options` does."""
    raw: dict[str, object] = {
        "name": "offers", "currency": currency, "offers": dict(filters), "work": _ANY_WORK,
    }  # fmt: skip
    if max_age_days is not None:
        raw["max_price_age_days"] = max_age_days
    workload = validate(CostWorkload, raw, Positions(None, {}))
    found = options(all_offers(offer_files), workload, load_reference(), today or date.today())
    if fresh:
        most = workload.max_price_age_days
        found = [one for one in found if one.age_days is not None and one.age_days <= most]
    return sorted(found, key=lambda one: (one.price_per_hour or 0.0) / one.devices)


# Listing prices asks for no work; the record of the filters wants one.
_ANY_WORK = {"kind": "training", "model": "gpt2", "tokens": 1, "sequence": 1}


def gpu_document(gpu: Gpu) -> dict[str, Any]:
    """One accelerator as plain figures; unknown is None."""
    return {
        "id": gpu.id, "vendor": gpu.vendor, "name": gpu.name, "architecture": gpu.architecture,
        "memory_gib": gpu.memory_gib, "bandwidth_gb_per_s": gpu.memory_bandwidth_gb_per_s,
        "fp32_tflops": gpu.fp32_tflops, "bf16_tflops": gpu.bf16_tflops, "fp16_tflops": gpu.fp16_tflops,
        "fp8_tflops": gpu.fp8_tflops, "power_w": gpu.power_w, "launched": gpu.launched,
        "source": gpu.source_title, "confidence": gpu.confidence,
    }  # fmt: skip


def option_document(option: Option, language: Language) -> dict[str, Any]:
    """One option as plain figures: prices are of the instance, and of one GPU where the name says so."""
    price = option.price_per_hour
    return {
        "kind": option.kind, "provider": option.provider, "instance_type": option.instance_type,
        "region": option.region, "gpu": option.gpu_id, "gpu_name": option.gpu_name,
        "devices": option.devices, "price_per_instance_hour": price,
        "price_per_gpu_hour": None if price is None else price / option.devices,
        "listed_price": option.listed_price, "listed_currency": option.listed_currency,
        "conversion": option.conversion, "committed_hours": option.committed_hours,
        "upfront": option.upfront, "host_included": option.host_included,
        "as_of": option.as_of, "age_days": option.age_days, "source": option.source.title,
        "place": option.source.place, "url": option.source.url,
        "problem": option.problem.problem(language) if option.problem else None,
        "warnings": [one.problem(language) for one in option.warnings],
    }  # fmt: skip


def case_document(case: Case, language: Language) -> dict[str, Any]:
    """One case as plain figures; bands are good, middle, bad."""
    speed = case.speed
    document = option_document(case.option, language) | {
        "instances": case.instances, "gpus": case.gpus, "fits": speed is not None,
        "hours": case.hours, "cost": case.cost, "per_million": case.per_million,
        "per_million_input": case.per_million_input, "per_million_output": case.per_million_output,
        "machines": case.machines, "utilisation": case.utilisation,
        "energy_kwh": case.energy_kwh, "owed": case.owed,
        "on_front": case.on_front, "in_time": case.in_time, "in_budget": case.in_budget,
        "chosen": case.chosen,
    }  # fmt: skip
    if case.problem is not None:
        document["problem"] = f"{case.problem.problem(language)} {case.problem.mend(language)}"
    if speed is not None:
        document |= {
            "rung": speed.rung, "method": speed.method, "batch": speed.batch,
            "largest_batch": speed.largest_batch, "checkpointing": speed.checkpointing,
            "units_per_second": (speed.slow, speed.median, speed.fast), "replicas": speed.replicas,
            "ms_per_token": speed.ms_per_token, "first_token_ms": speed.first_token_ms,
        }  # fmt: skip
    return document


def break_even_document(found: BreakEvens, language: Language) -> dict[str, Any]:
    """The JSON document of `gpu breakeven`."""

    def commitment(one: CommitmentBreakEven) -> dict[str, Any]:
        return {
            "committed": option_document(one.committed, language),
            "on_demand": option_document(one.on_demand, language),
            "utilisation": one.utilisation, "hours_a_month": one.hours_a_month,
        }  # fmt: skip

    def volume(one: VolumeBreakEven) -> dict[str, Any]:
        return {
            "machine": option_document(one.case.option, language),
            "api": f"{one.api.provider}/{one.api.model}", "machine_month": one.machine_month,
            "capacity": one.capacity, "first": one.first, "always": one.always,
        }  # fmt: skip

    return {
        "commitments": [commitment(one) for one in found.commitments],
        "owned": [commitment(one) for one in found.owned],
        "volumes": [volume(one) for one in found.volumes],
    }
