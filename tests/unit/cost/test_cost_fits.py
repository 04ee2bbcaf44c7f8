"""“Fits on”: every accelerator, by hand and as a command."""

import json

import pytest
from typer.testing import CliRunner

from toolkit.app.gpu_costs import fit_list
from toolkit.cli.main import app
from toolkit.errors import InputError
from toolkit.reference import load_reference
from toolkit.shapes.catalogue import shape

RUN = CliRunner()


def test_the_largest_batch_fills_the_memory_and_one_more_does_not_fit() -> None:
    found = {one.gpu_id: one for one in fit_list("llama-8b", "serve", 1, {"tokens": 1024})}
    assert len(found) == len(load_reference().gpus)
    weights, cache = 2 * shape("llama-8b").parameters(), 131_072 * 1024  # bytes, by hand
    for one in found.values():
        room = 0.9 * one.memory_bytes - weights
        assert one.largest_batch == max(0, int(room / cache))
        assert one.fits == (room >= cache)
        assert (one.least_gpus == 1) == one.fits
    assert not found["rtx-4070-ti"].fits
    assert found["h100-sxm"].largest_batch > 400


def test_published_claims_about_what_fits() -> None:
    """Llama 2 70B in 16 bits needs two A100 of 80 GB, in four bits one of 48 GB (its model card; QLoRA,
    Dettmers et al. 2023, arXiv:2305.14314, tunes 65 B on one)."""
    by_dtype = {
        dtype: {
            one.gpu_id: one for one in fit_list("llama2-70b", "serve", 1, {"dtype": dtype, "tokens": 512})
        }
        for dtype in ("bf16", "int4")
    }
    assert by_dtype["bf16"]["a100-sxm-80gb"].least_gpus == 2
    assert by_dtype["int4"]["rtx-a6000"].fits
    assert not by_dtype["int4"]["rtx-3090"].fits


def test_more_gpus_and_recomputation_hold_more() -> None:
    def batch(gpus: int, again: str) -> int:
        options = {"tokens": 4096, "checkpointing": again}
        return {one.gpu_id: one for one in fit_list("llama-8b", "train", gpus, options)}[
            "h100-sxm"
        ].largest_batch

    assert batch(1, "full") == 0
    assert 0 < batch(8, "none") < batch(8, "full")
    assert batch(8, "full") < batch(64, "full")


def test_the_command_and_bad_input() -> None:
    shown = RUN.invoke(app, ["gpu", "fits", "llama-8b", "--gpus", "8", "--json"])
    assert shown.exit_code == 0
    rows = json.loads(shown.stdout.splitlines()[-1])["fits"]
    h100 = next(row for row in rows if row["gpu"] == "h100-sxm")
    assert h100["fits"]
    assert h100["bytes_used"] <= h100["usable_bytes"]
    assert set(h100["bytes"]) == {"weights", "gradients", "optimizer", "gathered", "activations", "logits"}
    for language in ("en", "zh"):
        assert RUN.invoke(app, ["gpu", "fits", "gpt2", "--serve", "--lang", language]).exit_code == 0
    for options in ({"tensor": 3}, {"dtype": "fp9"}, {"tokens": 0}, {"sharding": "all"}):
        with pytest.raises(InputError) as refused:
            fit_list("llama-8b", "train", 8, options)
        assert refused.value.problems[0].mend("zh")
    with pytest.raises(InputError):
        fit_list("llama-9b", "serve", 1, {})
