"""A GPU cost comparison for a report: the work of a plan, or of a WORKLOAD.yaml, on every offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from toolkit.app.building import Built
from toolkit.app.gpu_costs import CostScenario, scenario
from toolkit.app.report_technology import model_name
from toolkit.errors import InputError, Problem
from toolkit.estimate.cost.api_cost import ApiCost
from toolkit.estimate.cost.cases import Case
from toolkit.estimate.cost.market import Option
from toolkit.estimate.cost.workload import CostWorkload, Optimised, Service
from toolkit.reference.providers import provider_name
from toolkit.report.cost_context import ApiRow, BreakRow, CaseRow, CostContext, VolumeRow, WorkRow
from toolkit.report.subject import Subject
from toolkit.resources.compute.workloads import Workload
from toolkit.resources.reading import Positions
from toolkit.resources.validation import validate
from toolkit.shapes.records import Measurement
from toolkit.text import LANGUAGES, Text, bilingual, t
from toolkit.text.formats import compact_number, number, percent

MOST_REASONS = 3
DAYS_A_MONTH = 365.25 / 12


def costs_of_plan(built: Built, measurements: Sequence[Measurement]) -> CostContext:
    """The training runs and services of a plan, on all offers. Prices are aged to the day of the revision.

    Raises InputError where the plan has no work that offers can be compared for.
    """
    day = built.revision.created_at.date()
    works, left_out = [], []
    for index, one in enumerate(built.plan.compute.workloads):
        raw = _work_of(built, one)
        workload = None if raw is None else _cost_workload(raw)
        if workload is not None:
            field = f"compute.workloads[{index}]"
            works.append(_work(scenario(workload, measurements=measurements, today=day), field))
        elif isinstance(one, Workload):
            left_out.append(one.words)
    if not works:
        raise InputError([Problem("report_papers.no_gpu_work", "compute.workloads")])
    company = built.plan.company
    subject = Subject(
        company.name, company.name, day.isoformat(), built.run.id, company.tagline or Text("", "")
    )
    return CostContext(subject, company.currency, tuple(works), tuple(left_out))


def _cost_workload(raw: dict[str, Any]) -> CostWorkload | None:
    """None for work that a comparison of offers does not know, such as a model of sounds."""
    try:
        return validate(CostWorkload, raw, Positions(None, {}))
    except InputError:
        return None


def costs_of_file(workload: CostWorkload, measurements: Sequence[Measurement], today: date) -> CostContext:
    """The work of a WORKLOAD.yaml. Raises InputError."""
    found = scenario(workload, measurements=measurements, today=today)
    subject = Subject(workload.name, Text.of("Groundplan"), today.isoformat(), today.isoformat())
    return CostContext(subject, workload.currency, (_work(found, "work"),))


def _work_of(built: Built, one: Any) -> dict[str, Any] | None:
    """A workload of the plan as a cost workload: each quantity at its median, a service as it is in the last
    month; None for work that no rented GPU does."""
    base, line = built.run.base, f"compute.{one.id}"
    name = {"en": one.words.en, "zh": one.words.zh}
    limits: dict[str, float] = {}
    common = {"model": getattr(one, "model", None), "dtype": getattr(one, "dtype", None)}
    if one.kind == "training" and f"{line}.tokens_per_run" in base:
        work = {
            "kind": "training", **common, "sequence": one.sequence, "micro_batch": one.batch,
            "tokens": base[f"{line}.tokens_per_run"][1], "goodput": base[f"{line}.goodput"][1],
            "experiments": max(base[f"{line}.experiments"][1], 1.0),
        }  # fmt: skip
        limits = {"deadline_days": DAYS_A_MONTH * one.every_months}  # the next run begins then
    elif one.kind == "service" and f"{line}.requests" in base and base[f"{line}.requests"][-1] > 0:
        work = {
            "kind": "service", **common, "requests_per_month": base[f"{line}.requests"][-1],
            "prompt_tokens": round(base[f"{line}.prompt_tokens"][1]),
            "output_tokens": round(base[f"{line}.output_tokens"][1]),
            "minimum_instances": max(round(base[f"{line}.minimum_instances"][1]), 1),
            "peak_to_mean": 1 / base[f"{line}.utilisation"][1],
        }  # fmt: skip
    else:
        return None
    if work["dtype"] == "tf32" and one.kind == "service":
        work["dtype"] = "fp32"
    return {"name": name, "currency": built.plan.company.currency, "work": work, **limits}


def _work(found: CostScenario, field: str) -> WorkRow:
    comparison, breaks = found.comparison, found.break_evens
    workload = comparison.workload
    cases = tuple(_case(case) for case in comparison.cases if case.cost is not None)
    reasons = Counter(
        _reason(case.problem, case.option, model_name(workload.work.model))
        for case in comparison.cases
        if case.cost is None and case.problem is not None
    )
    return WorkRow(
        name=workload.name,
        kind=workload.work.kind,
        facts=_facts(workload),
        cases=cases,
        unfit=dict(_by_kind(reasons)),
        apis=tuple(
            ApiRow(_api(one), one.per_month, one.per_million_output, one.as_of, one.source)
            for one in comparison.apis
        ),
        commitments=tuple(
            BreakRow(_option(one.committed), _option(one.on_demand), one.utilisation, one.hours_a_month)
            for one in (*breaks.commitments, *breaks.owned)
        ),
        volumes=tuple(
            VolumeRow(_option(one.case.option), _api(one.api), one.first, one.always)
            for one in breaks.volumes
        ),
        field=field,
    )


def _reason(problem: Problem, option: Option, model: str) -> Text:
    """Why an option cannot do the work, with its GPU and the model called as people write them."""
    names = {key: name for key, name in (("gpu", option.gpu_name), ("model", model)) if key in problem.values}
    named = replace(problem, values={**problem.values, **names})
    return Text(*(named.problem(language) for language in LANGUAGES))


def _by_kind(reasons: Counter[Text]) -> list[tuple[Text, int]]:
    """The most frequent reasons; what is left over is counted under `other`."""
    first = reasons.most_common(MOST_REASONS)
    rest = sum(reasons.values()) - sum(count for _, count in first)
    return [*first, (bilingual("report.other"), rest)] if rest else first


def _option(option: Option) -> Text:
    name = f"{option.devices} × {option.gpu_name}" if option.devices > 1 else option.gpu_name
    kind = bilingual(f"report_papers.price_type.{option.kind}")
    where = _of_provider(option.provider, option.instance_type)
    return bilingual("report_papers.cost.option", name=name, where=where, kind=kind)


def _api(api: ApiCost) -> Text:
    return _of_provider(api.provider, api.model)


def _of_provider(id: str, what: str) -> Text:
    """A machine or a model after the name of who sells it."""
    name = provider_name(id)
    return Text(f"{name.en} {what}", f"{name.zh} {what}")


def _case(case: Case) -> CaseRow:
    option, speed = case.option, case.speed
    if speed is None or case.cost is None:
        raise TypeError("a case with figures has a speed and a cost")
    return CaseRow(
        provider=provider_name(option.provider),
        instance=option.instance_type,
        region=option.region or "",
        gpu=option.gpu_name,
        gpus=case.gpus,
        kind=option.kind,
        price_per_hour=option.price_per_hour or 0.0,
        hours=case.hours,
        cost=case.cost,
        per_million=case.per_million,
        machines=case.machines,
        ms_per_token=speed.ms_per_token,
        rung=speed.rung,
        as_of=option.as_of or "",
        source=option.source,
        on_front=case.on_front,
        in_time=case.in_time,
        in_budget=case.in_budget,
        complete=case.complete,
    )


def _facts(workload: CostWorkload) -> tuple[tuple[Text, Text], ...]:
    """What the work is, as terms and words."""
    work = workload.work
    facts = [("model", Text.of(f"{model_name(work.model)}, {work.dtype}"))]
    if isinstance(work, Optimised):
        tokens, sequence = work.steps
        facts.append(("tokens", _numbers("tokens_of", tokens, sequence)))
        if workload.deadline_days is not None:
            facts.append(("deadline", _days(workload.deadline_days)))
        facts.append(("goodput", Text(*(percent(work.goodput, language) for language in LANGUAGES))))
    elif isinstance(work, Service):
        facts.append(("requests", Text(*(compact_number(work.requests, language) for language in LANGUAGES))))
        facts.append(("request", _numbers("request_of", work.prompt_tokens, work.output_tokens)))
        facts.append(("peak", Text.of(f"{work.peak_to_mean:.2g}")))
    return tuple((bilingual(f"report_papers.fact.{key}"), words) for key, words in facts)


def _days(days: float) -> Text:
    return bilingual("report_papers.fact.days", count=f"{days:.0f}")


def _numbers(key: str, first: float, second: float) -> Text:
    def one(language: Any) -> str:
        large = compact_number(first, language) if first >= 1e5 else number(first, language)
        return t(f"report_papers.fact.{key}", language, first=large, second=number(second, language))

    return Text(one("en"), one("zh"))
