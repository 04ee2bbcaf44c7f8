"""Charts: valid Vega-Lite, the right numbers in the right places, words that do not collide, SVG."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import altair
import pytest

from tests.unit.report.example import make_context
from toolkit.report.charts import (
    Bar,
    Look,
    Series,
    Spec,
    Stack,
    Step,
    Swing,
    bar_chart,
    fan_chart,
    gathered,
    line_chart,
    rung_chart,
    share_chart,
    sparkline,
    stacked_costs,
    stacked_headcount,
    survival_chart,
    to_svg,
    tornado_chart,
    waterfall_chart,
)
from toolkit.report.charts.bars import folded
from toolkit.report.charts.frame import LABEL_GAP, spread

CONTEXT = make_context()
RUN = CONTEXT.run
FAN = RUN.fans["account.cash"]


def all_charts(look: Look) -> dict[str, Spec]:
    base = RUN.base
    people = [Series(row.label[look.language], base[row.headcount][1:]) for row in CONTEXT.roles]
    return {
        "fan": fan_chart(FAN, RUN.months, "USD", look, tightest_month=RUN.metrics.tightest_month),
        "survival": survival_chart([1 - 0.002 * n for n in range(36)], RUN.months, look),
        "rungs": rung_chart(RUN.compute_cost_by_rung, "USD", look),
        "costs": stacked_costs([Series("a", base["payroll"][1:])], RUN.months, "USD", look),
        "headcount": stacked_headcount(people, RUN.months, "people", look),
        "sparkline": sparkline(base["account.cash"], look),
        "bars": bar_chart([Bar("a", 3.0, "3"), Bar("b", 1.0, "1")], look),
        "tornado": tornado_chart(
            [Swing("a", 0.2, 0.9, "20%", "90%")], 0.5, lambda value: f"{value:.0%}", look
        ),
        "bridge": waterfall_chart([Step("a", 3.0, "3", True), Step("b", -1.0, "−1")], look),
        "shares": share_chart([Stack("before", (0.9, 0.1))], ["founders", "pool"], look),
        "lines": line_chart([("a", base["account.cash"][1:])], RUN.months, "USD", look),
    }


@pytest.mark.parametrize(("language", "theme", "interactive"), [("en", "light", False), ("zh", "dark", True)])
def test_every_chart_is_valid_vega_lite(language: str, theme: str, interactive: bool) -> None:
    for name, spec in all_charts(Look(language, theme, interactive=interactive)).items():
        altair.LayerChart.from_dict(spec, validate=True)  # raises where the grammar is broken
        assert spec["layer"], name


def rows_of(spec: Spec) -> list[dict[str, Any]]:
    return spec["data"]["values"]


def test_the_fan_shows_the_percentiles_in_the_unit_of_the_axis() -> None:
    spec = fan_chart(FAN, RUN.months, "USD", Look("en"))
    row = rows_of(spec)[12]
    assert row["month"] == "2028-01-01"
    assert row["p5"] == pytest.approx(FAN.values[0][12] / 1000)
    assert row["p50"] == pytest.approx(FAN.values[2][12] / 1000)
    assert spec["layer"][0]["encoding"]["y"]["axis"]["title"] == "USD thousand"
    chinese = fan_chart(FAN, RUN.months, "CNY", Look("zh"))
    assert rows_of(chinese)[12]["p50"] == pytest.approx(FAN.values[2][12] / 10_000)
    assert chinese["layer"][0]["encoding"]["y"]["axis"]["title"] == "万元"


def test_the_tightest_month_is_named_with_its_amount() -> None:
    svg = to_svg(fan_chart(FAN, RUN.months, "USD", Look("en"), tightest_month=35))
    assert "Tightest: Nov 2029" in svg
    assert "Median" in svg
    assert "P95" in svg


def test_stacked_bars_stand_on_each_other() -> None:
    series = [Series("a", (1.0, 2.0)), Series("b", (3.0, 4.0))]
    rows = rows_of(stacked_headcount(series, ("2027-01", "2027-02"), "people"))
    assert [(row["low"], row["high"]) for row in rows] == [(0, 1), (0, 2), (1, 4), (2, 6)]


def test_small_series_are_gathered() -> None:
    series = [
        Series(name, (value, 2 * value)) for name, value in (("a", 9.0), ("b", 5.0), ("c", 2.0), ("d", 1.0))
    ]
    assert gathered(series, "Other", 3) == [*series[:2], Series("Other", (3.0, 6.0))]
    assert gathered(series, "Other", 4) == series


def test_labels_are_pushed_apart_and_stay_inside() -> None:
    targets = [10.0, 10.1, 10.2, 99.0, 100.0]
    placed = spread(targets, (0.0, 100.0), 200)
    gap = LABEL_GAP * 100 / 200
    assert all(b - a >= gap - 1e-9 for a, b in pairwise(sorted(placed)))
    assert max(placed) <= 100
    assert sorted(range(5), key=lambda i: placed[i]) == sorted(range(5), key=lambda i: targets[i])
    assert spread([1.0, 50.0], (0.0, 100.0), 200) == [1.0, 50.0]
    assert spread([], (0.0, 1.0), 10) == []


def test_rungs_are_in_the_order_of_the_ladder_with_shares_of_the_whole() -> None:
    rows = rows_of(rung_chart({"assumed": 30.0, "measured": 10.0}, "USD", Look("zh")))
    assert [row["rung"] for row in rows] == ["实测", "迁移估计", "拟合", "假设"]
    assert [row["label"] for row in rows] == ["25% · 10美元", "0% · 0美元", "0% · 0美元", "75% · 30美元"]


def test_a_run_without_compute_draws_an_empty_ladder() -> None:
    rows = rows_of(rung_chart({}, "USD"))
    assert {row["label"] for row in rows} == {"0% · $0"}


def test_svg_keeps_its_text_and_names_no_address() -> None:
    for name, spec in all_charts(Look("zh")).items():
        svg = to_svg(spec)
        addresses = set(re.findall(r"https?://[^\"'<\s]+", svg))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}, name
    assert "创始人" in to_svg(all_charts(Look("zh"))["headcount"])


def test_a_chart_does_not_depend_on_the_charts_before_it() -> None:
    from toolkit.report.charts import svg

    ladder = rung_chart(RUN.compute_cost_by_rung, "USD")
    first = to_svg(ladder)
    assert "clip" in first
    svg._DRAWN.clear()
    to_svg(rung_chart({"measured": 1.0}, "USD"))
    assert to_svg(ladder) == first


def test_a_specification_with_an_address_is_refused() -> None:
    spec = {**sparkline([1.0, 2.0]), "data": {"url": "https://example.org/data.csv"}}
    with pytest.raises(ValueError, match="url"):
        to_svg(spec)


def test_dark_and_light_differ_in_colour_only() -> None:
    def without_colours(spec: Spec) -> str:
        return re.sub(r"#[0-9A-Fa-f]{6}", "#", repr(spec))

    light, dark = all_charts(Look("en", "light")), all_charts(Look("en", "dark"))
    for name in light:
        assert light[name] != dark[name]
        assert without_colours(light[name]) == without_colours(dark[name])


def test_a_bridge_closes() -> None:
    steps = [
        Step("a", 0.8, "80%", True),
        Step("b", -0.3, "−30"),
        Step("c", 0.1, "+10"),
        Step("d", 0.6, "60%", True),
    ]
    rows = rows_of(waterfall_chart(steps))
    assert rows[2]["end"] == pytest.approx(rows[3]["end"])
    assert [row["start"] for row in rows] == pytest.approx([0.0, 0.8, 0.5, 0.0])


def test_bars_of_a_tornado_begin_at_the_plan() -> None:
    rows = rows_of(tornado_chart([Swing("a", 0.2, 0.9, "20%", "90%")], 0.5, str))
    assert [(row["start"], row["end"], row["right"]) for row in rows] == [(0.5, 0.2, False), (0.5, 0.9, True)]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Short name", 1),
        ("Inkwell Pro: customers who come by themselves, first month", 2),
        ("季度训练：每次保留模型所做的试验倍数与搜索", 2),
        ("x" * 60, 1),
    ],
)
def test_a_long_name_is_set_in_two_lines(name: str, lines: int) -> None:
    parts = folded(name).split("\n")
    assert len(parts) == lines
    assert "".join("".join(parts).split()) == "".join(name.split())
