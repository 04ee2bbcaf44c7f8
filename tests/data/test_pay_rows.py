"""Pay ascends, survey rows keep their licence, and the employer's rules give the published examples."""

import pytest

PERCENTILES = ("p10", "p25", "p50", "p75", "p90")
SALARIES = ("salaries.csv", "salaries_survey.csv")


@pytest.fixture(params=SALARIES)
def salaries(request, rows):
    return rows(request.param)


def test_percentiles_ascend(salaries, expect_none):
    def wrong(row):
        known = [float(row[name]) for name in PERCENTILES if row[name]]
        return known != sorted(known) or not (known or row["mean"])

    expect_none(row for row in salaries if wrong(row))


def test_pay_is_pay(salaries, expect_none):
    """Between 3,000 and 1,000,000 a year (CNY: 3,000,000): a monthly figure among yearly ones falls out."""

    def wrong(row):
        months = {"year": 1, "month": 12}[row["period"]]
        most = 3_000_000 if row["currency"] == "CNY" else 1_000_000
        figures = [float(row[name]) * months for name in (*PERCENTILES, "mean") if row[name]]
        return not all(3_000 <= figure <= most for figure in figures)

    expect_none(row for row in salaries if wrong(row))


def test_lower_bounds_name_known_figures(salaries, expect_none):
    expect_none(row for row in salaries if row["lower_bounds"] and not row[row["lower_bounds"]])


def test_survey_rows_are_in_their_own_file(rows, expect_none):
    expect_none(row for row in rows("salaries_survey.csv") if "ODbL" not in row["source_title"])
    expect_none(row for row in rows("salaries.csv") if "Stack Overflow" in str(row) or "ODbL" in str(row))


def test_few_answers_are_not_trusted(rows, expect_none):
    expect_none(
        row
        for row in rows("salaries_survey.csv")
        if int(row["respondents"]) < 50 and row["confidence"] != "low"
    )


def test_rules_hold_for_a_span_and_say_one_thing(rows, expect_none):
    def wrong(row):
        if row["valid_to"] < row["valid_from"]:
            return True
        if row["base"] == "allowance":
            return not row["amount"] or bool(row["rate"])
        return bool(row["rate"]) == bool(row["option"]) or not row["from_amount"]

    expect_none(row for row in rows("employer_rates.csv") if wrong(row))


def test_rates_are_shares_below_a_quarter(rows, expect_none):
    expect_none(
        row
        for row in rows("employer_rates.csv")
        if any(row[name] and not 0 <= float(row[name]) <= 0.25 for name in ("rate", "rate_low", "rate_high"))
    )


def components(rules, pay, **options):
    """What the rules make on one employee's pay, straight from the words in `data/SOURCES.md`."""
    made = {}
    for rule in rules:
        if rule["base"] == "allowance":
            continue
        rate = float(rule["rate"] or options[rule["option"]] * float(rule["option_share"] or 1))
        low, high = float(rule["from_amount"]), float(rule["to_amount"] or "inf")
        base = max(0.0, min(pay, high) - low) if rule["base"] == "bracket" else min(max(pay, low), high)
        made[rule["component"]] = made.get(rule["component"], 0.0) + rate * base
    return made


@pytest.mark.parametrize(
    ("country", "region", "start", "pay", "options", "expected"),
    [
        ("US", "", "2026-01-01", 200_000, {}, {"social_security": 11_439, "medicare": 2_900, "futa": 42}),
        ("GB", "", "2025-04-06", 40_000, {}, {"employer_nic_before_allowance": 26_250 / 5}),
        (
            "DE",
            "",
            "2025-01-01",
            80_000,
            {"health_additional_rate": 0.025},
            {"pension_and_unemployment": 8_480, "health_and_care": 6_846.53},
        ),
        ("FR", "", "2019-01-01", 2_000, {}, {"agirc_arrco_retirement": 94.40}),
    ],
)
def test_rules_give_published_examples(rows, country, region, start, pay, options, expected):
    wanted = (country, region, start, "statutory")
    columns = ("country", "region", "valid_from", "kind")
    rules = [row for row in rows("employer_rates.csv") if tuple(row[name] for name in columns) == wanted]
    assert components(rules, pay, **options) == pytest.approx(expected, abs=0.01)


def test_beijing_pay_above_the_cap(rows):
    rules = [row for row in rows("employer_rates.csv") if row["region"] == "Beijing"]
    made = components(rules, 50_000, work_injury_rate=0.002, housing_fund_rate=0.12)
    assert sum(made.values()) == pytest.approx(13_583.96, abs=0.01)


def test_british_allowance_is_once_per_employer(rows):
    (rule,) = [row for row in rows("employer_rates.csv") if row["base"] == "allowance"]
    assert (rule["country"], rule["amount"], rule["per"]) == ("GB", "10500", "employer")
