"""Every example plan becomes a business plan, whatever the company sells and however it is paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.app.building import Built, build
from toolkit.app.report_context import context_of
from toolkit.report.build import build_document
from toolkit.report.document import Table
from toolkit.store.workspace import Workspace

FOLDER = Path(__file__).parents[3] / "data" / "examples"
COMPANIES = ("cn-llm-startup", "llm-startup", "recommender-startup", "speech-startup", "vision-startup")


@pytest.fixture(scope="module", params=COMPANIES)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("workspace")
    return build(FOLDER / f"{request.param}.yaml", Workspace(folder / "w.duckdb"), draws=256)


def test_every_price_of_the_plan_is_in_the_table_of_prices(built: Built) -> None:
    context = context_of(built)
    for language in ("en", "zh"):
        document = build_document("business-plan", context, language)
        table = next(one for one in document.blocks() if isinstance(one, Table) and one.id == "products")
        priced = sorted(row.cells[1].value for row in table.rows)  # type: ignore[type-var]
        assert len(priced) == len(_prices(built))
        for shown, price in zip(priced, sorted(_prices(built)), strict=True):
            times = shown / price
            assert any(times == pytest.approx(1000**power) for power in range(4)), (shown, price)


def _prices(built: Built) -> list[float]:
    """Every price that a product of the plan names, in the first month."""
    prefixes = [f"market.{product.id}" for product in built.plan.market.products]
    return [
        float(built.run.base[name][1])
        for name in built.model.lines
        if name.startswith(tuple(f"{prefix}." for prefix in prefixes))
        and name.rpartition(".")[2] in ("price", "unit_price")
    ]
