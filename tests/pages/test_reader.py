"""What a reader does: choose a scenario, a language, a month; follow a link; come back later."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Example
from toolkit.app.building import build, example
from toolkit.store.workspace import Workspace
from toolkit.text.formats import compact_money, percent

Open = Callable[..., AppTest]
WALK = "ground.account.cash.path"  # keys of the buttons that lead down: this, the depth, the operand


def bare(text: str) -> str:
    """Words as they are read: without the marks that keep Markdown from reading them."""
    return text.replace("\\", "").strip("\u3000\u2060")


def values(app: AppTest) -> dict[str, str]:
    return {metric.label: bare(metric.value) for metric in app.metric}


def test_the_figures_are_those_of_the_toolkit(open_app: Open, example_runs: Example) -> None:
    shown = values(open_app(example_runs.workspace.path).run())
    metrics = example_runs.base.run.metrics
    assert shown["Chance to last 24 months"] == percent(metrics.survive[24].value, "en")
    assert shown["Net burn a month"] == compact_money(metrics.monthly_burn.value, "USD", "en")
    median = metrics.runway_months["p50"]
    assert shown["Runway, median"].split()[-2:] == [f"{median.value:.0f}", "months"]
    assert ("≥" in shown["Runway, median"]) == median.at_least


def test_the_base_is_compared_with_the_revision_before(open_app: Open, example_runs: Example) -> None:
    app = open_app(example_runs.workspace.path).run()
    burn = next(metric for metric in app.metric if metric.label == "Net burn a month")
    difference = (
        example_runs.base.run.metrics.monthly_burn.value - example_runs.earlier.run.metrics.monthly_burn.value
    )
    assert difference < 0, "the earlier revision spends more on marketing"
    assert bare(burn.delta) == "-" + compact_money(-difference, "USD", "en")
    assert burn.proto.delta_description == "vs Revision 1"
    assert any("marketing" in str(table.value.to_dict()) for table in app.table), "what the revision changed"


def test_a_scenario_is_compared_with_the_base_by_name(open_app: Open, example_runs: Example) -> None:
    app = open_app(example_runs.workspace.path, scenario="lean").run()
    survive = next(metric for metric in app.metric if metric.label.startswith("Chance"))
    assert survive.value == percent(example_runs.lean.run.metrics.survive[24].value, "en", 1)
    assert survive.proto.delta_description == "vs Base"


def test_a_switch_shows_in_the_address(open_app: Open, example_runs: Example) -> None:
    app = open_app(example_runs.workspace.path).run()
    assert app.query_params == {"lang": "en", "plan": "inkwell", "scenario": "base"}
    app.segmented_control(key="scenario").set_value("lean").run()
    app.segmented_control(key="lang").set_value("zh").run()
    assert app.query_params == {"lang": "zh", "plan": "inkwell", "scenario": "lean"}
    assert app.title[0].value == "钱够用吗？"
    app.switch_page("app_pages/statements.py").run()
    assert app.query_params["lang"] == "zh"
    assert app.query_params["scenario"] == "lean"
    assert app.query_params["period"] == "year"


def test_a_link_is_followed(open_app: Open, example_runs: Example) -> None:
    app = open_app(example_runs.workspace.path, scenario="lean", lang="zh").run()
    assert app.segmented_control(key="scenario").value == "lean"
    assert app.title[0].value == "钱够用吗？"


def test_a_link_to_nowhere_leads_to_the_base(open_app: Open, example_runs: Example) -> None:
    app = open_app(example_runs.workspace.path, scenario="gone", lang="fr", plan="other").run()
    assert app.query_params == {"lang": "en", "plan": "inkwell", "scenario": "base"}


def test_the_address_that_a_reader_changes_is_adopted(open_app: Open, example_runs: Example) -> None:
    app = open_app(example_runs.workspace.path).run()
    app.query_params["scenario"] = "lean"  # the back button, or typed by hand
    app.run()
    assert app.segmented_control(key="scenario").value == "lean"


def test_a_scenario_without_a_run_says_how_to_build_it(open_app: Open, example_runs: Example) -> None:
    app = open_app(example_runs.workspace.path, scenario="push").run()
    assert not app.exception
    assert "Push" in app.subheader[0].value
    assert any("--scenario push" in block.value for block in app.markdown)
    assert app.button(key="build.push").label == "Build “Push”"


def test_a_number_is_followed_to_its_source(open_app: Open, example_runs: Example) -> None:
    app = open_app(example_runs.workspace.path).run()
    app.session_state["cash.ground"] = True
    app.run()
    month = example_runs.base.run.metrics.tightest_month
    cash = next(metric for metric in app.metric if metric.label.startswith("Cash"))
    assert bare(cash.value) == f"${example_runs.base.run.base['account.cash'][month]:,.0f}"
    next(button for button in app.button if bare(button.label) == "Founders: pay").click().run()
    for depth in range(2, 12):
        onward = [button for button in app.button if (button.key or "").startswith(f"{WALK}.{depth}.")]
        if not onward:
            break
        onward[-1].click().run()
        assert not app.exception
    assert "An input: nothing lies below it." in [element.value for element in app.caption]
    shown = " ".join(element.value for element in app.markdown)
    assert ":gray-badge[" in shown, "the kind of the source"
    assert "llm-startup.yaml:" in shown or "plan:" in shown, "its place"
    back = next(button for button in app.button if button.label.startswith("Cash,"))
    back.click().run()
    assert any(metric.label.startswith("Cash · ") for metric in app.metric)


def test_a_new_run_is_shown_at_the_next_refresh(
    open_app: Open, example_runs: Example, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "copy.duckdb")
    shutil.copy(example_runs.workspace.path, workspace.path)
    app = open_app(workspace.path, scenario="push").run()
    assert not app.metric
    build(example(), workspace, scenario="push")
    app.run()
    assert len(app.metric) == 4


def test_a_locked_workspace_does_not_take_the_page_away(
    open_app: Open, example_runs: Example, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "busy.duckdb", wait_s=0.2)
    shutil.copy(example_runs.workspace.path, workspace.path)
    app = open_app(workspace.path).run()
    with workspace.write():
        app.run()
        assert len(app.metric) == 4
    assert not app.error


def test_a_file_that_is_no_workspace_is_said_in_words(open_app: Open, tmp_path: Path) -> None:
    alien = tmp_path / "notes.duckdb"
    alien.write_text("not a database", encoding="utf-8")
    app = open_app(alien).run()
    assert not app.exception
    assert "not a DuckDB file" in bare(app.error[0].value)
