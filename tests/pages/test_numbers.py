"""On every page a number that the toolkit gives: in both languages, in a small and in a large workspace."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from numbers import Number

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import MEASUREMENTS, NEWEST, Example
from tests.pages.test_large_workspace import MEASUREMENTS as MANY
from tests.pages.test_large_workspace import PAGES, RUNS
from tests.pages.test_reader import bare
from tests.peers.dashboard import enlarge
from toolkit.app.actuals.importing import import_actuals
from toolkit.app.building import Built
from toolkit.app.pages.data import catalogue
from toolkit.app.pages.funding import rounds
from toolkit.app.pages.gpu_costs import cost_page
from toolkit.app.pages.gpu_costs import example as example_work
from toolkit.app.pages.policy import claims
from toolkit.estimate.cost.speed import Speeds
from toolkit.projection.business import base_metrics
from toolkit.reference import load_reference
from toolkit.store.changes import read_tree
from toolkit.store.workspace import Workspace
from toolkit.text import LANGUAGES, Language
from toolkit.text.formats import compact_money, number, percent, significant

Open = Callable[..., AppTest]
KINDS = ("example", "large")
MOST_LOOKS, LOOK_S = 60, 0.5
FIRST_WORK = "chat-service"
FIGURES = """Line,2027-01,2027-02
account.cash,150000,1190000
account.research_payroll,20000,21000
"""


@pytest.fixture(scope="module")
def workspaces(example_runs: Example, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workspace]:
    """The example with actual figures of two months, and the same with thousands of measurements and runs."""
    folder = tmp_path_factory.mktemp("numbers")
    found = {kind: Workspace(folder / f"{kind}.duckdb") for kind in KINDS}
    figures = folder / "actuals.csv"
    figures.write_text(FIGURES, encoding="utf-8")
    for workspace in found.values():
        shutil.copy(example_runs.workspace.path, workspace.path)
        import_actuals(workspace, figures)
    enlarge(found["large"], MANY, RUNS)
    return found


def _overview(built: Built, language: Language) -> str:
    return percent(built.run.metrics.survive[24].value, language)


def _plan(built: Built, _language: Language) -> str:
    return str(read_tree(built.revision.text)["talent"]["roles"][1]["salary"]["value"])


def _uncertainty(built: Built, language: Language) -> str:
    return percent(built.run.metrics.survive[24].value, language, 1)


def _scenarios(built: Built, _language: Language) -> float:
    return 100 * built.run.metrics.survive[24].value


def _statements(built: Built, _language: Language) -> float:
    return sum(built.run.base["total.revenue"][25:37])


def _funding(built: Built, _language: Language) -> float:
    return rounds(built)[1].amount


def _policy(built: Built, language: Language) -> str:
    return compact_money(claims(built)[0].facts.received, built.run.currency, language)


def _market(built: Built, language: Language) -> str:
    cac = base_metrics(built.run.base)["cac"][-1]
    assert cac is not None
    return compact_money(cac, built.run.currency, language)


def _gpu_costs(_built: Built, language: Language) -> str:
    known = [one for one, _ in NEWEST]
    page = cost_page(
        example_work(FIRST_WORK), load_reference(), Speeds(load_reference(), known), date.today()
    )
    return number(page.listed, language)


def _benchmarks(_built: Built, language: Language) -> str:
    return significant(MEASUREMENTS[1].value, language)


def _actuals(built: Built, language: Language) -> str:
    return compact_money(built.run.base["account.cash"][2], built.run.currency, language)


def _data(_built: Built, _language: Language) -> float:
    return next(one for one in catalogue(date.today()) if one.name == "gpus").rows


# A report is written beside its page and shown as it is: its numbers are those of tests/golden.
SHOWN: dict[str, Callable[[Built, Language], str | float]] = {
    "overview": _overview,
    "plan": _plan,
    "scenarios": _scenarios,
    "statements": _statements,
    "uncertainty": _uncertainty,
    "gpu_costs": _gpu_costs,
    "benchmarks": _benchmarks,
    "funding": _funding,
    "policy": _policy,
    "market": _market,
    "actuals": _actuals,
    "data": _data,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_of_each_page_is_the_toolkits(
    kind: str, language: Language, workspaces: dict[str, Workspace], example_runs: Example, open_app: Open
) -> None:
    app = open_app(workspaces[kind].path, language).run()
    for page, expected in SHOWN.items():
        app.switch_page(f"app_pages/{page}.py").run()
        wanted = expected(example_runs.base, language)
        for _ in range(MOST_LOOKS):  # a question that is answered beside the page
            if _shows(app, wanted):
                break
            time.sleep(LOOK_S)
            app.run()
        assert _shows(app, wanted), page


def _shows(app: AppTest, wanted: str | float) -> bool:
    if isinstance(wanted, str):
        return any(wanted in text for text in _texts(app))
    return any(value == pytest.approx(wanted) for value in _numbers(app))


def test_every_page_but_the_reports_has_such_a_number() -> None:
    assert {*SHOWN, "reports"} == set(PAGES)


def _texts(app: AppTest) -> Iterator[str]:
    """Every text of a page, as it is read."""
    for element in (*app.metric, *app.markdown, *app.caption):
        yield bare(str(element.value))
    for table in (*app.dataframe, *app.table):
        yield from (bare(cell) for cell in table.value.to_numpy().ravel() if isinstance(cell, str))


def _numbers(app: AppTest) -> Iterator[float]:
    for table in app.dataframe:
        for cell in table.value.to_numpy().ravel():
            if isinstance(cell, Number):
                yield float(cell)  # type: ignore[arg-type]
