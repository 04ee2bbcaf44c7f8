"""Every example plan becomes a business plan, whatever the company sells and however it is paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.app.building import Built, build
from toolkit.app.report_context import context_of
from toolkit.app.report_costs import costs_of_plan
from toolkit.errors import InputError
from toolkit.reference.providers import provider_name
from toolkit.report.build import build_document
from toolkit.report.document import Table
from toolkit.resources.compute.workloads import Training, Workload
from toolkit.store.workspace import Workspace
from toolkit.text import LANGUAGES, Language

FOLDER = Path(__file__).parents[3] / "data" / "examples"
COMPANIES = ("cn-llm-startup", "llm-startup", "recommender-startup", "speech-startup", "vision-startup")


@pytest.fixture(scope="module", params=COMPANIES)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("workspace")
    return build(FOLDER / f"{request.param}.yaml", Workspace(folder / "w.duckdb"), draws=256)


def test_every_price_of_the_plan_is_in_the_table_of_prices(built: Built) -> None:
    for language in LANGUAGES:
        table = _table(built, language, "products")
        priced = sorted(row.cells[1].value for row in table.rows)  # type: ignore[type-var]
        assert len(priced) == len(_prices(built))
        for shown, price in zip(priced, sorted(_prices(built)), strict=True):
            times = shown / price
            assert any(times == pytest.approx(1000**power) for power in range(4)), (shown, price)


def test_hours_times_price_is_the_cost_of_a_workload(built: Built) -> None:
    table = _table(built, "en", "workloads")
    for row, use in zip(table.rows, built.run.compute, strict=False):
        hours, price = row.cells[4].value, row.cells[5].value
        if hours:
            assert hours * price == pytest.approx(sum(use.cost))


def test_work_is_counted_in_the_unit_of_its_model(built: Built) -> None:
    units = {"token": "tokens", "image": "images", "second": "seconds of audio", "sample": "samples"}
    trained = [one for one in built.plan.compute.workloads if isinstance(one, Training)]
    rows = _table(built, "en", "training").rows
    assert [row.cells[2].text.partition(" ")[2] for row in rows] == [units[one.named.unit] for one in trained]
    steps = [row.cells[1].text for row in _table(built, "en", "rates-of-work").rows]
    assert not [step for step in steps if step.endswith(" 1 tokens")]


def test_revenue_by_product_leads_to_the_revenue_of_the_statements(built: Built) -> None:
    rows, revenue = _table(built, "en", "revenue").rows, built.run.base["total.revenue"]
    total = next((row for row in rows if row.kind == "total"), rows[0])
    assert sum(cell.value for cell in total.cells[1:]) == pytest.approx(sum(revenue[1:]))


def test_a_cost_comparison_names_all_work_of_a_model(built: Built) -> None:
    works = {one.words for one in built.plan.compute.workloads if isinstance(one, Workload)}
    if not any(
        one.named.unit == "token" for one in built.plan.compute.workloads if isinstance(one, Workload)
    ):
        with pytest.raises(InputError, match="no work that offers can be compared for"):
            costs_of_plan(built, ())
        return
    costs = costs_of_plan(built, ())
    assert {*(one.name for one in costs.works), *costs.left_out} == works


def test_inputs_stand_under_words(built: Built) -> None:
    prefixes = {name.partition(".")[0] for name in built.model.lines}
    for language in LANGUAGES:
        groups = {
            row.cells[0].text for row in _table(built, language, "all-inputs").rows if row.kind == "group"
        }
        assert not groups & prefixes


def test_inputs_of_a_country_bear_its_name(built: Built) -> None:
    codes = set(built.compilation.reference.countries)
    for line in built.model.lines.values():
        if line.quantity is not None:
            assert line.label.en.split()[0] not in codes - {"US"}  # the United States are also called so
            assert line.label.zh.split()[0] not in codes


def test_the_evidence_holds_every_rate(built: Built) -> None:
    rates = _table(built, "en", "rates").rows
    assert len(rates) >= len(_table(built, "en", "rates-of-work").rows)


def test_reasons_call_devices_and_models_as_people_do(built: Built) -> None:
    reference = built.compilation.reference
    slugs = {one.model for one in built.plan.compute.workloads if isinstance(one, Workload)}
    try:
        works = costs_of_plan(built, ()).works
    except InputError:  # no work that offers are compared for
        return
    for words in (reason for work in works for reason in work.unfit):
        assert not {word.rstrip(".") for word in words.en.split()} & {*reference.gpus, *slugs}


def test_warnings_name_inputs_as_a_reader_knows_them(built: Built) -> None:
    for words in built.run.warnings:
        assert "data/" not in words.en
        assert not [line for line in built.model.lines if line in words.zh]


def test_sellers_are_called_by_their_names(built: Built) -> None:
    reference = built.compilation.reference
    for row, one in zip(_table(built, "en", "workloads").rows, built.plan.compute.workloads, strict=False):
        price = one.price(reference)
        if price is not None and row.cells[0].text == one.words.en:
            assert row.cells[1].note == provider_name(price.provider).en != price.provider


def _table(built: Built, language: Language, id: str) -> Table:
    document = build_document("business-plan", context_of(built), language)
    return next(one for one in document.blocks() if isinstance(one, Table) and one.id == id)


def _prices(built: Built) -> list[float]:
    """Every price that a product of the plan names, in the first month."""
    prefixes = [f"market.{product.id}" for product in built.plan.market.products]
    return [
        float(built.run.base[name][1])
        for name in built.model.lines
        if name.startswith(tuple(f"{prefix}." for prefix in prefixes))
        and name.rpartition(".")[2] in ("price", "unit_price")
    ]
