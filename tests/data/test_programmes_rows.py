"""Every programme: dates in order, both names, figures that fit its kind, conditions that can be read."""

import ast
import re

PREFIX = {"GB": "uk", "GLOBAL": "", "EU": ""}
ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Compare, ast.Name, ast.Load,
    ast.Constant, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq,
)  # fmt: skip


def test_dates_are_in_order(rows, expect_none):
    expect_none(
        row
        for row in rows("programmes.csv")
        if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]
    )


def test_id_starts_with_the_country(rows, expect_none):
    expect_none(
        row
        for row in rows("programmes.csv")
        if not row["id"].startswith(PREFIX.get(row["country"], row["country"].lower()))
    )


def test_names_in_both_languages(rows, expect_none):
    han = re.compile(r"[一-鿿]")
    expect_none(
        row
        for row in rows("programmes.csv")
        if not row["name_en"] or han.search(row["name_en"]) or not han.search(row["name_zh"])
    )


def test_rate_fits_the_kind(rows, expect_none):
    def wrong(row):
        most = 4 if row["kind"] == "super_deduction" else 1
        return row["rate"] and not 0 <= float(row["rate"]) <= most

    expect_none(row for row in rows("programmes.csv") if wrong(row))


def test_a_rate_is_a_figure_or_words_say_why_not(rows, expect_none):
    expect_none(row for row in rows("programmes.csv") if not row["rate"] and not row["rate_words"])


def test_caps_say_what_they_limit(rows, expect_none):
    expect_none(row for row in rows("programmes.csv") if bool(row["cap_amount"]) != bool(row["cap_on"]))


def test_conditions_are_comparisons(rows, expect_none):
    def wrong(row):
        if not row["conditions"]:
            return False
        nodes = ast.walk(ast.parse(row["conditions"], mode="eval"))
        return not all(isinstance(node, ALLOWED) for node in nodes)

    expect_none(row for row in rows("programmes.csv") if wrong(row))


def test_lag_is_within_five_years(rows, expect_none):
    expect_none(row for row in rows("programmes.csv") if not 0 <= int(row["payment_lag_months"]) <= 60)
