"""Headlines counted chunk by chunk are those of all draws in memory, within their stated bounds."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.resources.plans import example_text, model
from toolkit.app.building import build, example, sampler_with
from toolkit.errors import InputError
from toolkit.projection import headlines as module
from toolkit.projection.draws import Sampler, extend_registry
from toolkit.projection.headlines import headlines
from toolkit.projection.project import HEADLINES
from toolkit.store.runs import load_run
from toolkit.store.workspace import Workspace


@pytest.mark.parametrize("chunk", [256, 1000])
def test_chunks_give_the_same_figures_within_their_bounds(
    monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    found = model(example_text(), spread=1.3)
    sampler = Sampler(2, 4, 1024)
    registry = extend_registry({}, found.dimensions)
    exact = headlines(found, registry, sampler, HEADLINES)
    monkeypatch.setattr(module, "CHUNK", chunk)
    counted = headlines(found, registry, sampler, HEADLINES, whole=0)
    np.testing.assert_array_equal(counted.runway, exact.runway)
    np.testing.assert_array_equal(counted.paths, exact.paths)
    for name in HEADLINES:
        one, two = exact.fans[name], counted.fans[name]
        assert not one.bounds
        off = np.abs(np.array(one.values) - np.array(two.values))
        assert np.all(off <= np.array(two.bounds) + 1e-9 * np.abs(one.values))
        spread = np.array(one.values[-1]) - np.array(one.values[0])
        assert np.all(np.array(two.bounds)[1:4] <= 0.002 * spread + 1e-6), (
            "a bound is a small part of the fan"
        )


def test_a_run_of_many_draws_keeps_its_bounds(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    workspace = Workspace(tmp_path / "w.duckdb")
    monkeypatch.setattr(module, "WHOLE", 1000)
    monkeypatch.setattr(headlines, "__defaults__", (1000,))
    built = build(example(), workspace, draws=8 * 256)
    assert built.run.draws == 2048
    assert built.run.fans["account.cash"].bounds
    assert load_run(workspace) == built.run


@pytest.mark.parametrize("draws", [1000, 8, 0, -16, 24])
def test_draws_that_cannot_be_shared_out(draws: int) -> None:
    with pytest.raises(InputError, match="replicates"):
        sampler_with(1, draws)
