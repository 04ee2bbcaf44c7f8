"""The speed model in the engine against plain Python that shares no code with it."""

from __future__ import annotations

import numpy as np

from tests.peers.formulas import OUTPUT, load, plain
from tests.peers.speed_model import correlations, load_document, model, quantities, sample
from toolkit.projection.engine import Engine


def test_the_engine_computes_the_work_of_the_comparison() -> None:
    work, inputs = load(), sample(1, 0, 64)
    found = Engine(model(), work.inputs, (OUTPUT,)).run(inputs, 64)[OUTPUT]
    run = plain(work)
    for place in range(64):
        truth = run({name: float(values[place]) for name, values in inputs.items()})
        assert np.allclose(found[1:, place], truth, rtol=1e-12, atol=1e-6)


def test_the_work_has_the_size_that_it_says() -> None:
    document, work = load_document(), load()
    assert (len(document["lines"]), len(work.inputs), work.months) == (40, 16, 60)
    balance = Engine(model(), (), ("bscheck",)).run({}, 1)["bscheck"]
    assert np.max(np.abs(balance[1:])) < 1e-6


def test_draws_have_the_means_and_correlations_of_the_file() -> None:
    document, inputs = load_document(), sample(1, 0, 2**14)
    for name, entry in document["uncertain"].items():
        assert abs(inputs[name].mean() / entry["central"] - 1) < 2e-3
        assert abs(inputs[name].std() / inputs[name].mean() - entry["cv"]) < 6e-3
    scores = [
        np.log(inputs[name]) if quantity.distribution == "lognormal" else inputs[name]
        for name, quantity in quantities(document).items()
    ]
    assert np.max(np.abs(np.corrcoef(scores) - correlations(document))) < 0.02
