"""A plan of the fewest months that a plan may have, of nothing but a company."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from tests.unit.resources.plans import plan_data
from toolkit.cli.main import app


def test_a_plan_of_three_months_is_built_and_says_what_to_do_next(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(json.dumps(plan_data(company={"months": 3})), encoding="utf-8")
    command = ["build", str(plan), "--draws", "64", "--workspace", str(tmp_path / "ws.duckdb")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.exception
    assert "explain account.cash --month 2027-03" in done.stdout
