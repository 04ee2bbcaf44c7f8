"""Small plans for tests: a plan as data, its model with rates that are easy to calculate with."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from toolkit.projection.engine import base_case
from toolkit.projection.model import Model
from toolkit.projection.project import model_of
from toolkit.reference import load_reference
from toolkit.resources.compilation import Compilation
from toolkit.resources.compile import BASE, compile_plan, read_plan
from toolkit.resources.compute.rates import rate_requests
from toolkit.resources.plan import Plan
from toolkit.shapes.records import Rate

EXAMPLE = Path(__file__).resolve().parents[3] / "data" / "examples" / "llm-startup.yaml"
COMPANY = {
    "id": "tiny", "name": "Tiny", "country": "US", "currency": "USD", "start": "2027-01", "months": 24,
    "assumption": "for tests",
}  # fmt: skip
SERVER = {"provider": "aws", "instance_type": "g6.xlarge", "region": "us-east-1"}
TRAINER = {"provider": "aws", "instance_type": "p4d.24xlarge", "region": "us-east-1"}
PROCESSOR = {"provider": "aws", "instance_type": "c7i.4xlarge", "region": "us-east-1"}


def plan_data(**sections: Any) -> dict[str, Any]:
    """A plan of nothing but the company and what is given; `company` adds to its fields."""
    data: dict[str, Any] = {"company": {**COMPANY, **sections.pop("company", {})}}
    return data | copy.deepcopy(sections)


def read(data: dict[str, Any], scenario: str = BASE) -> Plan:
    """The plan of data: JSON is YAML."""
    return read_plan(json.dumps(data), load_reference(), "plan.yaml", scenario)[0]


def flat_rates(plan: Plan, value: float = 1000.0, spread: float = 1.0) -> dict[str, Rate]:
    """One rate for all that the plan asks for: `value` units a second, a factor of `spread` either way."""
    points = tuple(
        (p, value * spread**step) for p, step in ((0.025, -2), (0.1, -1), (0.5, 0), (0.9, 1), (0.975, 2))
    )
    return {
        name: Rate(request.workload, request.device, "token/second", points, "measured", "given", ("m-test",))
        for name, request in rate_requests(plan, load_reference()).items()
    }


def compiled(data: dict[str, Any] | str, scenario: str = BASE, spread: float = 1.0) -> Compilation:
    """The book of a plan, from data or from the text of a file."""
    text, file = (data, "llm-startup.yaml") if isinstance(data, str) else (json.dumps(data), "plan.yaml")
    plan, positions = read_plan(text, load_reference(), file, scenario)
    return compile_plan(plan, load_reference(), flat_rates(plan, spread=spread), positions)


def model(data: dict[str, Any] | str, scenario: str = BASE, spread: float = 1.0) -> Model:
    return model_of(compiled(data, scenario, spread))


def base(data: dict[str, Any] | str, scenario: str = BASE) -> dict[str, tuple[float, ...]]:
    """Every line of the base case: the opening, then one value a month."""
    return base_case(model(data, scenario))


def example_text() -> str:
    return EXAMPLE.read_text(encoding="utf-8")
