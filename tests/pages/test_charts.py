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


def _scales(spec: object) -> list[dict[str, list[str]]]:
    """The scales of the colours of a chart."""
    layers = spec["layer"]  # type: ignore[index]
    return [layer["encoding"]["color"]["scale"] for layer in layers]


def test_a_holder_has_one_colour_in_both_charts(example_runs: Example) -> None:
    from board import owners

    from toolkit.app.pages.funding import cap_table, exit_course

    table = cap_table(example_runs.base)
    assert table is not None
    (held,) = _scales(owners._shares_chart.__wrapped__("r", "en", table))
    (paid,) = _scales(owners._exit_chart.__wrapped__("r", "en", "USD", exit_course(example_runs.base), table))
    first, second = (dict(zip(one["domain"], one["range"], strict=True)) for one in (held, paid))
    assert {"Investors, Seed round", "Pre-seed SAFE"} <= first.keys()
    assert first == second


def test_a_line_is_named_where_it_ends() -> None:
    from board import plots

    months = ("2027-01", "2027-02", "2027-03")
    found = [plots.Course("Actual", (1.0, 2.0, None)), plots.Course("Planned", (1.0, 2.0, 3.0))]
    layers = plots.courses(found, months, "en", unit="USD")["layer"]
    ends = {
        row["label"]: row["month"]
        for layer in layers
        if layer["mark"]["type"] == "text"
        for row in layer["data"]["values"]
    }
    assert ends == {"Actual": "2027-02-01", "Planned": "2027-03-01"}


def test_the_words_after_a_bar_have_their_room_in_pixels() -> None:
    """Also where the chart is as narrow as a phone."""
    from board import plots

    rows = [{"label": "a", "value": 1.0, "text": "97% · $319,000"}, {"label": "b", "value": 0.5, "text": ""}]
    scale = plots.ranked(rows, "en")["layer"][0]["encoding"]["x"]["scale"]
    assert scale["domain"] == [0.0, 1.0]
    (room,) = re.findall(r"width - (\d+)", scale["range"][1]["expr"])
    assert 90 < int(room) < 150


def test_names_on_a_roofline_do_not_cover_each_other() -> None:
    from board import evidence

    from toolkit.app.pages.roofline import Point

    result = results(NEWEST)[1].workloads[0]
    near = [Point(result, 10.0, speed, None) for speed in (1e11, 1.05e11, 1.1e11)]
    far = [Point(result, 0.1, 1e9, None), Point(result, 1e3, 2e11, None)]
    named = evidence._apart([*near, *far])
    assert near[2] in named
    assert not {id(one) for one in near[:2]} & {id(one) for one in named}
    assert set(map(id, far)) <= set(map(id, named))
