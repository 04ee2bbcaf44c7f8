"""The charts of the pages: one specification for both themes, nothing fetched, every percentile at hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import get_args

import pytest

from tests.pages.conftest import GPU, NEWEST, Example, measured
from toolkit.app.pages.benchmarks import results
from toolkit.app.pages.overview import overview
from toolkit.benchmark.meters.reading import SLOWDOWNS
from toolkit.report.theme import DARK, LIGHT
from toolkit.report.wording import catalogue
from toolkit.shapes.models import Unit
from toolkit.shapes.records import Mode, Workload
from toolkit.text import LANGUAGES
from toolkit.text.formats import compact_money, month

pytestmark = pytest.mark.usefixtures("board_on_path")


def test_the_fan_follows_both_themes_and_names_every_percentile(example_runs: Example) -> None:
    from board import charts

    built = example_runs.base
    found = overview(built.run, built.plan, None)
    for language in ("en", "zh"):
        spec = charts.both(lambda theme, of=language: charts._cash(found, charts.Look(of, theme)))
        text = json.dumps(spec, ensure_ascii=False)
        assert f"light-dark({LIGHT.accent}, {DARK.accent})" in text
        assert not re.search(r"https?://(?!vega\.github\.io/schema)", text)
        assert spec["width"] == "container"
        (pointer,) = [layer for layer in spec["layer"] if "params" in layer]
        row = pointer["data"]["values"][17]
        assert row["number"] == 18
        assert row["label"] == month(built.run.months[17], language)  # type: ignore[arg-type]
        low = built.run.fans["account.cash"].values[0][17]
        assert row["P5"] == compact_money(low, "USD", language)  # type: ignore[arg-type]
        floor = compact_money(150_000, "USD", language)  # type: ignore[arg-type]
        assert any(floor in json.dumps(layer, ensure_ascii=False) for layer in spec["layer"])


def test_an_explained_month_is_marked() -> None:
    from board import charts

    spec = charts.series((1.0, 2.0, 5.0), ("2027-01", "2027-02", "2027-03"), 2)
    assert spec["layer"][-1]["data"]["values"] == [{"month": "2027-02-01", "value": 2.0}]
    assert len(charts.series((1.0, 2.0), ("2027-01", "2027-02"), 0)["layer"]) == 2


def test_rates_show_their_interval() -> None:
    from board import charts

    device = results(NEWEST)[1]
    (row,) = charts.rates(device.workloads, "en")["data"]["values"]
    assert (row["low"], row["value"], row["high"]) == (225.0, 250.0, 300.0)
    assert "250 tokens/s" in row["label"]
    assert "15.0%" in row["label"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_benchmark_measures_has_words(language: str) -> None:
    """Every mode with every unit, and a program of the reader's own that counts what no catalogue names."""
    from board import charts

    units = (*get_args(Unit), "frame")
    works = [Workload("m", mode, "fp32", 1, 8, unit) for mode in get_args(Mode) for unit in units]
    newest = [(measured(replace(one, model=f"m{place}"), GPU, 10.0), 0) for place, one in enumerate(works)]
    (device,) = results(newest)
    found = (*device.workloads, *device.ceilings)
    rows = charts.rates(found, language)["data"]["values"]  # type: ignore[arg-type]
    assert len(rows) == len(works)
    assert sum("frame/" in row["label"] for row in rows) == len(get_args(Mode))
    assert {f"mode.{mode}" for mode in get_args(Mode)} <= set(catalogue(language))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_disturbance_has_words(language: str) -> None:
    from board import evidence

    from toolkit.app.pages.blocks import BlockPoint

    reasons = (*SLOWDOWNS, "foreign_gpu_process", "low_clock", "foreign_cpu", "low_cpu_share")
    words = evidence._reasons(BlockPoint(1, 1, 0.1, 1.0, reasons, False), language)  # type: ignore[arg-type]
    assert not any(reason in words for reason in reasons)
