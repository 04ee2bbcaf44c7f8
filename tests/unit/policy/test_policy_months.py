"""Claims month by month, cliffs, caps and what is still to be shown; compute credits and their cliff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tests.unit.policy.test_policy_in_plans import text_of
from toolkit.app.building import Built, build, build_text, example
from toolkit.app.credit_cliffs import credit_cliffs
from toolkit.app.policy.support import ClaimFacts, policy_support
from toolkit.cli import support
from toolkit.store.workspace import Workspace

commands = typer.Typer()
commands.add_typer(support.app, name="support")
SME = "de_fzulg, facts: {is_sme: true, project_start_date: 2026-01-15}"


def claims_of(folder: Path, *claims: str, **more: Any) -> tuple[ClaimFacts, ...]:
    text = text_of(*claims, **more)
    return policy_support(build_text(text, "plan.yaml", Workspace(folder / "w.duckdb"), draws=16))


def test_a_test_that_fails_is_said_with_its_numbers(tmp_path: Path) -> None:
    (claim,) = claims_of(tmp_path, "us_qsb_payroll", customers=500)
    states = [month.state for month in claim.months]
    # 500,000 a month: the tenth month makes five million of it
    assert states[:9] == ["eligible"] * 9
    assert set(states[9:]) == {"failed"}
    failed = claim.months[11]
    assert failed.reason.en == "Receipts of the year: $6,000,000, must be below $5,000,000"
    assert "6,000,000美元" in failed.reason.zh
    assert not failed.eligible
    assert (failed.accrued, failed.filed_in, failed.cash_in) == (0, None, None)
    receipts, years = claim.cliffs
    assert receipts.fails_in == "2026-12"
    assert receipts.check.margin == pytest.approx(-0.2)
    assert years.fails_in is None
    assert [facts for _, facts in claim.unchecked] == [("payroll_elections_used",)]


def test_accrual_filing_and_cash_have_dates(tmp_path: Path) -> None:
    (claim,) = claims_of(tmp_path, SME)
    december = claim.months[11]
    assert (december.month, december.accrued) == ("2026-12", pytest.approx(161_280))
    assert (december.filed_in, december.cash_in) == ("2027-07", "2028-03")
    assert claim.months[18].filed == pytest.approx(161_280)
    assert claim.months[26].received == pytest.approx(161_280)
    (cap,) = claim.caps
    assert (cap.value, cap.limit) == (pytest.approx(460_800), 12_000_000)
    assert cap.used == pytest.approx(0.0384)
    assert claim.in_base
    assert claim.conditions[0].en == "A certificate of the BSFZ comes first"


def test_the_cliff_of_research_intensity_by_how_near_it_is(tmp_path: Path) -> None:
    # 384,000 of 576,000 + what the plan spends: 66.67 %, 36.67 points above 30 %
    (claim,) = claims_of(tmp_path, "uk_eris")
    intensity = claim.cliffs[0]
    assert intensity.check.value == pytest.approx(2 / 3)
    assert intensity.check.margin == pytest.approx((2 / 3 - 0.3) / 0.3)
    assert intensity.at_risk == pytest.approx(103_564.8)
    assert claim.unchecked[0][1] == ("paye_nic_liability",)


def test_why_a_claim_is_not_counted(tmp_path: Path) -> None:
    expected = "amount: 60000, start: 2026-05, every: year"
    first, second = claims_of(tmp_path, "fr_cir, granted: 0.2", f"fr_cii, {expected}")
    assert {month.state for month in first.months} == {"unlikely"}
    assert not first.in_base
    assert (second.months[4].state, second.months[5].state) == ("unverified", "not_running")
    assert "granted" in second.reason.en
    (ended,) = claims_of(tmp_path, "ca_ai_compute, facts: {compute_cost_domestic_provider: 30000}")
    assert [month.state for month in ended.months[26:28]] == ["eligible", "ended"]
    assert "2028-03-31" in ended.months[27].reason.en


def test_nothing_is_earned_without_a_tax_to_save(tmp_path: Path) -> None:
    (claim,) = claims_of(tmp_path, "cn_hnte", customers=1)
    assert claim.months[11].state == "nothing"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("support") / "w.duckdb"


@pytest.fixture(scope="module")
def inkwell(workspace: Path) -> Built:
    return build(example(), Workspace(workspace), draws=16)


def call(*words: str, code: int = 0) -> Any:
    result = CliRunner().invoke(commands, ["support", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout.splitlines()[-1])


def test_the_cliff_of_credits(inkwell: Built) -> None:
    (cliff,) = credit_cliffs(inkwell)
    (grant,) = cliff.grants
    assert grant.used == pytest.approx(sum(cliff.used))
    assert grant.how == "used_up"
    assert grant.ends_in is not None
    months = list(inkwell.run.months)
    assert cliff.month == months[months.index(grant.ends_in) + 1]
    for gross, used, net in zip(cliff.gross, cliff.used, cliff.net, strict=True):
        assert net == pytest.approx(gross - used)
    assert cliff.before == pytest.approx(0)
    assert cliff.after > 0


@pytest.mark.usefixtures("inkwell")
def test_commands(workspace: Path) -> None:
    there = ["--workspace", str(workspace)]
    (claim,) = call("claims", *there)
    assert claim["programme"] == "us_qsb_payroll"
    assert len(claim["months"]) == 36
    (cliff,) = call("credits", *there)
    assert cliff["grants"][0]["id"] == "cloud_credits"
    listed = call("catalogue", "--country", "CN")
    assert {row["country"] for row in listed} == {"CN", "GLOBAL"}
    assert next(row for row in listed if row["id"] == "cn_hnte")["computed"]
    assert call("claims", "us_qsb", *there, code=1)["problems"][0]["field"] == "programme"
    assert call("catalogue", "--country", "XX", code=1)["problems"][0]["field"] == "country"


@pytest.mark.usefixtures("inkwell")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_people_can_read_them(workspace: Path, lang: str) -> None:
    for words in (["claims", "us_qsb_payroll"], ["claims"], ["credits"], ["catalogue"]):
        there = [] if words == ["catalogue"] else ["--workspace", str(workspace)]
        result = CliRunner().invoke(commands, ["support", *words, *there, "--lang", lang])
        assert result.exit_code == 0, result.output
        assert result.output.strip()
