"""Pay of a role, rules of an employer, programmes, currencies: which row answers, and what is unknown."""

import pytest

from toolkit.errors import InputError
from toolkit.reference import load_reference
from toolkit.reference.pay import choose_pay
from toolkit.reference.prices import choose_rate


@pytest.fixture(scope="module")
def facts():
    return load_reference()


def only_problem(call, *arguments, **words):
    with pytest.raises(InputError) as raised:
        call(*arguments, **words)
    (problem,) = raised.value.problems
    return problem


# Pay


def test_pay_of_a_role(facts):
    pay = facts.salary("software_engineer", "US", "p50")
    assert (pay.per_year, pay.currency, pay.salary.confidence) == (133_080, "USD", "high")


def test_pay_of_the_survey_where_nothing_better_is_known(facts):
    pay = facts.salary("ml_engineer", "DE")
    assert pay.salary.FILE == "salaries_survey.csv"
    assert pay.per_year == 95_712


def test_a_figure_goes_before_a_lower_bound(facts):
    pay = facts.salary("ml_engineer", "CN", "p50")
    assert (pay.per_year, pay.lower_bound) == (312_684, False)
    bound = facts.salary("robotics_engineer", "CN", "p50")
    assert (bound.per_year, bound.lower_bound) == (25_000 * 12, True)


def test_a_year_leaves_later_rows_out(facts):
    assert facts.salary("software_engineer", "GB", "p50", year=2023).currency == "GBP"
    only_problem(facts.salary, "software_engineer", "GB", "p50", year=2022)


def test_region_goes_before_country(facts):
    rows = [row for row in facts.salaries if (row.role, row.country) == ("software_engineer", "US")]
    pay = choose_pay(rows, "software_engineer", "US", "mean", region="California")
    assert pay is not None
    assert pay.per_year == 155_540


def test_unknown_pay_names_known_roles(facts):
    problem = only_problem(facts.salary, "ml_enginer", "US")
    assert "ml_engineer" in problem.mend()


# Employer rules


def names(rules):
    return [rule.name for rule in rules]


def test_rules_of_a_year(facts):
    assert names(facts.employer_components("US", 2026)) == ["social_security", "medicare", "futa"]
    assert names(facts.employer_components("GB", 2025)) == ["secondary_class_1", "employment_allowance"]
    assert names(facts.employer_components("FR", 2019)) == ["agirc_arrco_band_1", "agirc_arrco_band_2"]
    assert len(facts.employer_components("FR", 2026)) == 15


def test_later_years_carry_the_last_rules_on_and_earlier_ones_know_nothing(facts):
    assert facts.employer_components("US", 2028) == facts.employer_components("US", 2026)
    assert facts.employer_components("US", 2025) == ()
    assert facts.employer_components("XX", 2026) == ()


def test_regional_rules_need_a_region(facts):
    assert facts.employer_components("CN", 2024) == ()
    beijing = facts.employer_components("CN", 2024, "Beijing")
    assert {rule.region for rule in beijing} == {"Beijing"}
    assert {rule.to_amount for rule in beijing} == {35_283}
    options = {rule.option: (rule.rate_low, rule.rate_high) for rule in beijing if rule.option}
    assert options == {"work_injury_rate": (0.002, 0.019), "housing_fund_rate": (0.05, 0.12)}


def test_rough_totals_come_only_when_asked_for(facts):
    assert facts.employer_components("NL", 2026) == ()
    assert names(facts.employer_components("NL", 2026, kinds=("indicative",))) == ["employer_total"]
    assert names(facts.employer_components("GB", 2025, kinds=("additional",))) == ["auto_enrolment_pension"]


# Programmes and currencies


def test_programme(facts):
    programme = facts.programme("cn_sz_train")
    assert (programme.name["zh"], programme.cap_amount, programme.cap_on) == (
        "深圳训力券",
        10_000_000,
        "benefit",
    )
    assert programme.verified
    assert not facts.programme("us_sbir1").verified
    assert len(facts.programmes) == 72


def test_programme_runs_between_its_dates(facts):
    voucher = facts.programme("cn_bj_compute")
    days = ("2023-08-31", "2023-09-01", "2025-12-31", "2026-01-01")
    assert [voucher.runs_on(day) for day in days] == [False, True, True, False]
    assert facts.programme("gcp_scale").runs_on("2026-11-23")


def test_unknown_programme_names_the_nearest(facts):
    assert "cn_sz_train" in only_problem(facts.programme, "cn_sz_trian").mend()


def test_exchange_rates(facts):
    assert facts.exchange_rate("EUR", "USD").factor == 1.1699  # the newest of four
    assert facts.exchange_rate("USD", "EUR").factor == pytest.approx(1 / 1.1699)
    through = facts.exchange_rate("GBP", "CNY")
    assert through.factor == pytest.approx(1.297 * 6.75)
    assert len(through.rows) == 2
    assert facts.exchange_rate("CHF", "CHF").factor == 1
    assert choose_rate((), "EUR", "USD") is None
    only_problem(facts.exchange_rate, "SEK", "USD")


def test_every_row_has_a_source_that_can_be_opened(facts):
    tables = [getattr(facts, name) for name in facts.__slots__]
    rows = [row for table in tables for row in (table.values() if hasattr(table, "values") else table)]
    assert len(rows) > 1_100
    sources = [row.source for row in rows]
    assert len({source.place for source in sources}) == len(rows)
    assert all(source.title and source.place.startswith("data/") for source in sources)
