"""What holds for every row of every data file: form, dates, currencies, places, trust, source, unique key."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from babel.core import get_global
from babel.numbers import list_currencies

DATA = Path(__file__).parents[2] / "data"
COUNTRIES = set(get_global("territory_currencies")) | {"EU", "GLOBAL", "WORLD"}
DATES = ("as_of", "launched", "valid_from", "valid_to", "withdrawn_on")
FLAGS = ("undated", "derived", "host_included")
KEYS = {
    "api_prices.csv": ("provider", "model", "as_of"),
    "assumptions.csv": ("id",),
    "countries.csv": ("country",),
    "cpu_offers.csv": ("provider", "instance_type", "region", "price_type", "as_of"),
    "electricity.csv": ("country", "region", "metric", "scope", "as_of"),
    "employer_rates.csv": ("country", "region", "component", "name", "valid_from"),
    "equity_grants.csv": ("role", "country", "scope", "measure", "year"),
    "exchange_rates.csv": ("base", "quote", "as_of"),
    "gpus.csv": ("id",),
    "networks.csv": ("id",),
    "income_tax.csv": ("country", "regime", "component", "from_amount", "valid_from"),
    "tax_terms.csv": ("country", "regime", "valid_from"),
    "offers.csv": ("provider", "instance_type", "region", "price_type", "as_of"),
    "programmes.csv": ("id",),
    "salaries.csv": ("role", "country", "region", "scope", "occupation", "year"),
    "salaries_survey.csv": ("role", "country", "year"),
    "server_prices.csv": ("gpu_id", "devices", "country", "as_of"),
    "storage_egress.csv": ("provider", "kind", "item", "region", "as_of"),
    "vendors.csv": ("vendor",),
}
SLUGS = {
    "income_tax.csv": ("regime",),
    "tax_terms.csv": ("regime",),
    "assumptions.csv": ("id",),
    "gpus.csv": ("id",),
    "networks.csv": ("id",),
    "programmes.csv": ("id",),
    "offers.csv": ("provider",),
    "cpu_offers.csv": ("provider",),
    "salaries.csv": ("role",),
    "salaries_survey.csv": ("role",),
    "employer_rates.csv": ("component", "name"),
    "api_prices.csv": ("provider",),
    "storage_egress.csv": ("provider",),
}


def is_date(text: str) -> bool:
    """A real day, a month of a year, or a year, from 1980 to 2035."""
    full = text + "-01" * (2 - text.count("-"))
    try:
        return 1980 <= date.fromisoformat(full).year <= 2035
    except ValueError:
        return False


def test_bytes_are_plain(table):
    content = (DATA / table).read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf"), "byte order mark"
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert not content.endswith(b"\n\n")
    content.decode("utf-8")


def test_every_line_has_all_cells_and_no_stray_space(table):
    with (DATA / table).open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert len(set(lines[0])) == len(lines[0])
    for number, line in enumerate(lines, 1):
        assert len(line) == len(lines[0]), f"{table}:{number} {line}"
        stray = [cell for cell in line if cell != cell.strip() or "\n" in cell or "  " in cell]
        assert not stray, f"{table}:{number} {stray}"


def test_key_is_unique(table, rows, expect_none):
    seen = {}
    for row in rows(table):
        seen.setdefault(tuple(row[column] for column in KEYS[table]), []).append(row)
    expect_none(row for same in seen.values() if len(same) > 1 for row in same)


def test_ids_are_slugs(table, rows, expect_none):
    slug = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
    expect_none(
        row for row in rows(table) if not all(slug.fullmatch(row[column]) for column in SLUGS.get(table, ()))
    )


def test_dates_are_dates(table, rows, expect_none):
    expect_none(row for row in rows(table) if not all(is_date(row[name]) for name in DATES if row.get(name)))


def test_a_price_without_a_date_says_so(table, rows, expect_none):
    expect_none(row for row in rows(table) if "as_of" in row and not row["as_of"] and row["undated"] != "yes")


def test_flags_are_yes_or_no(table, rows, expect_none):
    allowed = {"undated": ("yes", "no"), "derived": ("yes", "no"), "host_included": ("yes", "no", "")}
    expect_none(
        row for row in rows(table) if any(row[name] not in allowed[name] for name in FLAGS if name in row)
    )


def test_currencies_are_iso_4217(table, rows, expect_none):
    known = list_currencies()
    names = ("base", "quote") if table == "exchange_rates.csv" else ("currency",)
    expect_none(row for row in rows(table) if any(row.get(name) and row[name] not in known for name in names))


def test_countries_are_iso_3166(table, rows, expect_none):
    expect_none(row for row in rows(table) if "country" in row and row["country"] not in COUNTRIES)


def test_confidence_is_a_known_word(table, rows, expect_none):
    expect_none(
        row for row in rows(table) if row["confidence"] not in ("high", "medium", "low", "own_knowledge")
    )


def test_own_knowledge_says_how_sure_it_was(table, rows, expect_none):
    def wrong(row):
        graded = row["recall_confidence"] in ("high", "medium", "low")
        return graded if row["confidence"] != "own_knowledge" else not graded

    expect_none(row for row in rows(table) if wrong(row))


def test_what_was_recalled_is_marked_as_own_knowledge(table, rows, expect_none):
    recalled = re.compile(r"own knowledge; not looked up|^recalled|; recalled, ", re.IGNORECASE)
    expect_none(
        row
        for row in rows(table)
        if recalled.search(row["source_title"]) and row["confidence"] != "own_knowledge"
    )


def test_every_row_has_a_source_in_words(table, rows, expect_none):
    expect_none(row for row in rows(table) if len(row["source_title"]) < 8)


def test_addresses_are_public(table, rows, expect_none):
    address = re.compile(r"https?://[a-z0-9.-]+\.[a-z]{2,}(/\S*)?")
    expect_none(row for row in rows(table) if row["source_url"] and not address.fullmatch(row["source_url"]))


def test_a_derived_price_says_how_or_is_not_trusted_highly(table, rows, expect_none):
    expect_none(
        row
        for row in rows(table)
        if row.get("derived") == "yes" and (row["confidence"] == "high" or not row["note"])
    )


def test_sources_page_counts_every_table(table, rows):
    page = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    assert f"| `{table}` | {len(rows(table))} |" in page


def test_sources_page_counts_what_was_recalled(rows):
    page = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    claim = r"^\| `(\S+\.csv)` .*?(\d+)(?: rows)? (?:are own knowledge|recalled)"
    claims = re.findall(claim, page, re.MULTILINE)
    assert len(claims) >= 5
    for table, count in claims:
        assert sum(row["confidence"] == "own_knowledge" for row in rows(table)) == int(count), table


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13", "26-01-01", "2026-1-1", "soon"])
def test_the_date_check_itself_refuses(text):
    assert not is_date(text)
