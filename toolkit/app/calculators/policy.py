"""The calculator of policy support: one programme, one claim, by the formulas that plans compile to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from toolkit.app.calculators.fields import Inputs, Name, read_inputs
from toolkit.app.calculators.lines import evaluate
from toolkit.errors import InputError, Problem, refuse
from toolkit.resources.policy.claim import day_of_claim, figures_of, numbers_of_claim
from toolkit.resources.policy.facts import fact_problems
from toolkit.resources.policy.programme import load_programme
from toolkit.resources.policy.reading import facts_of_programme


class PolicyBenefitInputs(Inputs):
    programme: Name
    facts: dict[str, Any]


def policy_benefit(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Every figure of a programme that follows from the facts of a claim; tests are true or false. Of an
    expense after the programme's end, every amount is 0."""
    inputs = read_inputs(PolicyBenefitInputs, raw)
    refuse(replace(problem, field=f"facts.{problem.field}") for problem in fact_problems(inputs.facts))
    programme = load_programme(inputs.programme)
    facts = {name: value for name, value in inputs.facts.items() if value is not None}
    figures = figures_of(programme, facts.keys())
    if not figures:
        known = {"name": programme.id, "known": ", ".join(sorted(facts_of_programme(programme)))}
        raise InputError([Problem("policy.no_figure", "facts", values=known)])
    runs = programme.runs_on(day_of_claim(facts))
    texts = {
        figure.formula.id: figure.text if runs or figure.formula.role != "amount" else "0"
        for figure in figures
    }
    values = evaluate(numbers_of_claim(programme, facts), texts)
    outputs: dict[str, Any] = {}
    for figure in figures:
        value = values[figure.formula.id]
        _put(outputs, figure.formula.id.split("."), bool(value) if figure.formula.role == "test" else value)
    return outputs


def _put(outputs: dict[str, Any], path: list[str], value: float | bool) -> None:
    for part in path[:-1]:
        outputs = outputs.setdefault(part, {})
    outputs[path[-1]] = value
