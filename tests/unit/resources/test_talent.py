"""People: how they come and go, what they are paid, what the employer owes, what shares they get."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.projection.books import assert_books_hold, every_line
from tests.unit.resources.plans import base, compiled, model, plan_data, read
from toolkit.app.calculators.employer import EmployerCostInputs, employer_cost
from toolkit.errors import InputError
from toolkit.projection.draws import Sampler
from toolkit.resources.talent.pay import job_name
from toolkit.text import LANGUAGES, Text, load_catalogue
from toolkit.text.formats import place_name

DEV = {"id": "dev", "function": "research", "count": 2, "salary": 120_000, "employer_rate": 0}


def talent(role: dict[str, Any], company: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return plan_data(company=company or {}, talent={"roles": [{**DEV, **role}], **fields})


def test_who_is_there_already_was_not_recruited() -> None:
    there, new = {"recruiting_share": 0.1}, {"recruiting_share": 0.1, "start": "2027-01"}
    assert base(talent(there))["talent.dev.headcount"][:2] == (2, 2)
    assert "account.recruiting" not in base(talent({}))
    assert sum(base(talent(there))["account.recruiting"]) == 0
    assert base(talent(new))["account.recruiting"][1] == pytest.approx(24_000)


def test_people_leave_and_are_replaced_after_a_search() -> None:
    """A half leaves in a year: 1 − 0.5^(1/12) = 5.613 % in a month. Nobody is back before the third month
    after."""
    role = {"attrition": 0.5, "replacement_months": 3, "recruiting_share": 0.1, "count": 10}
    found, rate = base(talent(role)), 1 - 0.5 ** (1 / 12)
    heads = [10.0]
    left: list[float] = [0.0]
    for month in range(1, 25):
        left.append(heads[-1] * rate)
        heads.append(heads[-1] - left[month] + (left[month - 3] if month > 3 else 0))
    assert found["talent.dev.headcount"] == pytest.approx(heads)
    assert found["account.recruiting"][4] == pytest.approx(left[1] * 12_000)
    gone = base(talent({**role, "replacement_months": None, "replace": False}))
    assert gone["talent.dev.headcount"][12] == pytest.approx(5)


def test_a_search_decides_when_people_come() -> None:
    found = base(talent({"search_start": "2027-03", "lead_months": 2, "channel": "own"}))
    assert found["talent.headcount"][:7] == (0, 0, 0, 0, 0, 2, 2)
    usual = model(talent({"search_start": "2027-03", "channel": "university"}))
    assert usual.lines["talent.dev.lead_months"].source.kind == "assumption"
    assert usual.lines["talent.dev.recruiting_share"].source.confidence == "own_knowledge"


def test_people_learn_before_they_can_work() -> None:
    """Over two months of ramp a person counts 1/3 and 2/3."""
    found = base(talent({"start": "2027-02", "ramp_months": 2}))
    assert found["talent.dev.productive"][1:5] == pytest.approx((0, 2 / 3, 4 / 3, 2))
    assert found["talent.productive_headcount"][4] == 2


def test_raises_in_a_month_of_the_year() -> None:
    found = base(talent({}, company={"start": "2027-02"}, yearly_raise=0.1, raise_month=4))
    assert [found["talent.salary_index"][month] for month in (1, 2, 3, 14, 15)] == pytest.approx(
        [1, 1, 1.1, 1.1, 1.21]
    )


def test_a_bonus_is_owed_month_by_month_and_paid_once_a_year() -> None:
    found = base(talent({"bonus": 0.12, "bonus_month": 3, "employer_rate": 0.1, "research_share": 0.5}))
    assert found["talent.dev.bonus_cost"][1] == pytest.approx(2_400)
    assert found["account.accrued_pay"][1:5] == pytest.approx((2_400, 4_800, 0, 2_400))
    assert found["talent.dev.bonus_paid"][3] == pytest.approx(7_200)
    assert found["talent.dev.bonus_paid"][15] == pytest.approx(12 * 2_400)
    assert found["talent.dev.employer_cost"][1] == pytest.approx(0.1 * 22_400)
    assert found["talent.research_pay"][1] == pytest.approx(11_200)
    assert found["talent.research_contributions"][1] == pytest.approx(0.05 * 22_400)


CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"country": "US", "currency": "USD", "start": "2026-01"}, {}, {"country": "US", "year": 2026}),
    ({"country": "GB", "currency": "GBP", "start": "2025-05"}, {}, {"country": "GB", "year": 2025}),
    (
        {"country": "DE", "currency": "EUR", "start": "2025-01"},
        {"health_additional_rate": 0.025},
        {"country": "DE", "year": 2025},
    ),
    (
        {"country": "CN", "currency": "CNY", "start": "2024-07", "region": "Shanghai"},
        {"work_injury_rate": 0.002, "housing_fund_rate": 0.07},
        {"country": "CN", "year": 2024, "region": "Shanghai"},
    ),
]


@pytest.mark.parametrize("salary", [30_000, 90_000, 250_000])
@pytest.mark.parametrize(("company", "options", "inputs"), CASES, ids=lambda case: case.get("country"))
def test_a_plan_owes_what_the_calculator_says(
    company: dict[str, Any], options: dict[str, float], inputs: dict[str, Any], salary: int
) -> None:
    role = {"id": "dev", "function": "research", "count": 3, "salary": salary}
    found = base(plan_data(company=company, talent={"roles": [role], "employer_options": options}))
    asked = {**inputs, **options, "employees": 3, "gross_annual": salary}
    expected = employer_cost(EmployerCostInputs.model_validate(asked))["total"]
    assert found["talent.dev.statutory"][1] * 12 == pytest.approx(expected)


def test_contributions_follow_the_place_of_the_role_and_its_currency() -> None:
    """A German engineer of an American company: 8,480 + 6,846.53 EUR a year at 1.1699, on 80,000 EUR."""
    role = {**DEV, "salary": "80,000 EUR/year", "location": {"country": "DE"}, "count": 1}
    del role["employer_rate"]
    data = plan_data(talent={"roles": [role], "employer_options": {"health_additional_rate": 0.025}})
    found = base(data)
    assert found["talent.dev.employer_cost"][1] == pytest.approx(15_326.525 / 12 * 1.1699)
    assert found["talent.dev.pay"][1] == pytest.approx(80_000 / 12 * 1.1699)


def test_new_rules_hold_from_the_month_in_which_they_begin() -> None:
    """Singapore: the ceiling of pay rose from 7,400 to 8,000 a month in January 2026."""
    company = {"country": "SG", "currency": "SGD", "start": "2025-11"}
    role = {"id": "dev", "function": "research", "count": 1, "salary": 120_000}
    found = base(plan_data(company=company, talent={"roles": [role]}))
    assert found["talent.dev.employer_cost"][2:4] == pytest.approx((0.17 * 7_400, 0.17 * 8_000))


def test_the_british_allowance_is_used_up_in_a_tax_year() -> None:
    """15 % of 5 × 35,000 is 2,187.50 a month: 10,500 last into the fifth month; a year begins in April."""
    company = {"country": "GB", "currency": "GBP", "start": "2026-01"}
    role = {"id": "dev", "function": "research", "count": 5, "salary": 40_000}
    data = plan_data(company=company, talent={"roles": [role], "allowances": ["employment_allowance"]})
    found = base(data)
    used = found["talent.allowance.employment_allowance.used"]
    assert used[1:10] == pytest.approx((2187.5,) * 3 + (2187.5,) * 4 + (1750, 0))
    assert found["talent.social_security"][9] == pytest.approx(found["talent.dev.employer_cost"][9])
    assert found["talent.social_security"][1] == pytest.approx(found["talent.dev.employer_cost"][1] - 2187.5)
    assert_books_hold(model(data), every_line(model(data), Sampler(replicates=2, per_replicate=4)))


def test_a_salary_from_the_table_says_where_it_is_from() -> None:
    table = {"role": "software_engineer", "percentile": "p90", "year": 2024}
    role = {"id": "dev", "function": "research", "count": 1, "salary_from": table}
    compilation = compiled(plan_data(talent={"roles": [role]}))
    line = compilation.book.lines["talent.dev.salary"]
    assert line.quantity is not None
    assert line.quantity.median == 211_450
    assert "p90, 2024, n = ?" in line.source.title
    assert line.source.url == "https://www.bls.gov/oes/"
    assert compilation.warnings == []


def test_a_salary_of_few_answers_warns() -> None:
    from toolkit.reference import load_reference

    few = next(row for row in load_reference().salaries if (row.respondents or 99) < 20 and row.p50)
    table = {"role": few.role, "country": few.country, "year": few.year}
    role = {**DEV, "salary": None, "salary_from": table}
    found = compiled(plan_data(talent={"roles": [{k: v for k, v in role.items() if v is not None}]}))
    (warning,) = found.warnings
    assert f"{few.respondents} answers" in warning.en
    assert f"{few.respondents} 份" in warning.zh


def test_a_warning_tells_the_row_of_a_salary_in_words() -> None:
    table = {"role": "ml_engineer", "country": "DE", "percentile": "p25", "year": 2025}
    role = {"id": "dev", "function": "research", "count": 1, "employer_rate": 0, "salary_from": table}
    (warning,) = compiled(plan_data(talent={"roles": [role]})).warnings
    assert "(machine learning engineer, Germany, lower quartile, 2025)" in warning.en
    assert "（德国机器学习工程师，25 分位，2025 年）" in warning.zh


def test_rules_of_employers_and_taxes_have_names() -> None:
    from toolkit.reference import load_reference

    reference = load_reference()
    for language in LANGUAGES:
        assert {f"rules.{row.name}" for row in reference.employer_rates} <= {
            *load_catalogue("talent", language)
        }
        assert {f"regimes.{row.regime}" for row in reference.tax_rates} <= {*load_catalogue("tax", language)}
    assert place_name("CN", "Beijing") == Text("China (Beijing)", "中国（Beijing）")


def test_every_job_of_the_salary_table_has_a_name() -> None:
    from toolkit.reference import load_reference

    for row in load_reference().salaries:
        name = job_name(row.role)
        assert name.en
        assert name.zh
        assert "_" not in name.en + name.zh


GRANT = {"shares": 4_800, "share_value": 2, "vesting_months": 12, "cliff_months": 3}


def test_shares_vest_after_the_cliff_and_cost_no_cash() -> None:
    found = base(talent({"start": "2027-02", "salary": 0, "equity": GRANT}))
    assert found["talent.dev.equity.granted"][2] == 9_600
    # expense: 9,600 × 2 / 12 a month for twelve months of service
    assert found["talent.dev.equity.expense"][1:16] == pytest.approx((0,) + (1_600,) * 12 + (0, 0))
    assert found["talent.dev.equity.vested"][2:7] == pytest.approx((0, 0, 2_400, 800, 800))
    assert sum(found["talent.dev.equity.vested"]) == pytest.approx(9_600)
    assert found["account.stock_options"][24] == pytest.approx(19_200)
    assert found["account.cash"][24] == 0
    assert found["total.cash_operating"][5] == pytest.approx(0)
    assert found["total.net_income"][5] == pytest.approx(-1_600)


def test_who_leaves_gives_back_what_has_not_vested() -> None:
    """In the end the expense is the value of what vested: forfeitures are reversed as they occur."""
    role = {"start": "2027-01", "equity": GRANT, "attrition": 0.6, "replace": False, "salary": 0}
    found = base(talent(role))
    vested = sum(found["talent.dev.equity.vested"])
    assert 0 < vested < 9_600
    assert sum(found["talent.dev.equity.expense"]) == pytest.approx(2 * vested)


def test_a_share_of_the_company() -> None:
    holder = {"id": "a", "group": "founder", "shares": 900_000}
    grant = {"share_of_company": 0.005, "share_value": 1}
    data = talent({"start": "2027-01", "equity": grant, "salary": 0})
    data["funding"] = {"holders": [holder], "pool": 100_000}
    assert base(data)["talent.dev.equity.granted"][1] == pytest.approx(2 * 5_000)


@pytest.mark.parametrize(
    ("role", "company", "fields", "problem", "field"),
    [
        ({"salary_from": {"role": "sales"}}, {}, {}, "talent.one_salary", "roles[0].salary"),
        ({"salary_from": {"role": "slaes"}, "salary": None}, {}, {}, "reference.unknown_salary", None),
        ({"start": "2027-02", "search_start": "2027-02", "channel": "own"}, {}, {},
         "talent.start_or_search", "roles[0].search_start"),
        ({"search_start": "2027-02"}, {}, {}, "talent.search_length", "roles[0].search_start"),
        ({"search_start": "2026-02", "channel": "own"}, {}, {}, "plan.before_start", "roles[0].search_start"),
        ({"replacement_months": 2}, {}, {}, "talent.nobody_leaves", "roles[0].replacement_months"),
        ({"channel": "friends"}, {}, {}, "plan.choice", "roles[0].channel"),
        ({"bonus_month": 13}, {}, {}, "plan.too_large", "roles[0].bonus_month"),
        ({"ramp_months": 25}, {}, {}, "plan.too_large", "roles[0].ramp_months"),
        ({"attrition": 1.2}, {}, {}, "lines.quantity_large", "roles[0].attrition"),
        ({"location": {"country": "Germany"}}, {}, {}, "plan.country", "roles[0].location.country"),
        ({"equity": {"share_value": 1}}, {}, {}, "talent.grant_size", "roles[0].equity.share_of_company"),
        ({"equity": {"share_of_company": 0.1, "share_value": 1}}, {}, {}, "talent.no_holders",
         "roles[0].equity.share_of_company"),
        ({"equity": {**GRANT, "cliff_months": 18}}, {}, {}, "talent.cliff", "roles[0].equity.cliff_months"),
        ({"equity": {**GRANT, "share_value": 0}}, {}, {}, "lines.quantity_positive",
         "roles[0].equity.share_value"),
        ({"employer_rate": None}, {"country": "BR", "currency": "BRL"}, {}, "talent.no_rules",
         "roles[0].employer_rate"),
        ({"employer_rate": None}, {"country": "CN", "currency": "CNY", "region": "Shenzhen"}, {},
         "talent.region", "roles[0].employer_rate"),
        ({"employer_rate": None}, {"country": "DE", "currency": "EUR"}, {}, "talent.options_needed",
         "roles[0].employer_rate"),
        ({}, {}, {"employer_options": {"housing_found_rate": 0.1}}, "talent.unknown_option",
         "employer_options.housing_found_rate"),
        ({}, {}, {"allowances": ["employment_alowance"]}, "talent.unknown_option", "allowances[0]"),
    ],
)  # fmt: skip
def test_what_is_wrong(
    role: dict[str, Any], company: dict[str, Any], fields: dict[str, Any], problem: str, field: str | None
) -> None:
    entry = {key: value for key, value in {**DEV, **role}.items() if value is not None}
    with pytest.raises(InputError) as refused:
        read(plan_data(company=company, talent={"roles": [entry], **fields}))
    (found,) = refused.value.problems
    assert found.id == problem
    assert found.field == f"talent.{field or 'roles[0].salary_from'}"
    assert found.problem("zh") != found.problem("en")
