"""`gpu count`: published sizes, every family, both languages, bad input."""

import json

import pytest
from typer.testing import CliRunner

from toolkit.app.counting import count
from toolkit.cli.main import app
from toolkit.errors import InputError
from toolkit.shapes.models import MODELS
from toolkit.shapes.unet import UNETS

RUN = CliRunner()


@pytest.mark.parametrize(
    ("name", "parameters", "active"),
    [
        ("gpt2", 124_439_808, 124_439_808),
        ("llama-8b", 8_030_261_248, 8_030_261_248),
        ("mixtral-8x7b", 46_702_792_704, 12_879_925_248),
        ("sd-1.5-unet", 859_520_964, 859_520_964),
    ],
)
def test_published_sizes(name: str, parameters: int, active: int) -> None:
    found = count(name)
    assert found.parameters == parameters
    assert found.active_parameters == pytest.approx(active, rel=1e-4)


@pytest.mark.parametrize("name", sorted({*MODELS, *UNETS}))
def test_every_model_is_counted(name: str) -> None:
    found = count(name, 2, 64)
    assert 0 < found.forward_flops < found.training_flops
    assert sum(part.parameters for part in found.parts) in (0, found.parameters)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command(language: str) -> None:
    shown = RUN.invoke(app, ["gpu", "count", "mixtral-8x7b", "--lang", language])
    assert shown.exit_code == 0
    assert "46.7 G" in shown.stdout
    spelled = RUN.invoke(app, ["gpu", "count", "layers=2 hidden=64 heads=4 ffn=128 vocab=512", "--json"])
    assert json.loads(spelled.stdout.splitlines()[-1])["parameters"] > 100_000


@pytest.mark.parametrize(
    ("name", "options"),
    [("gpt3", {}), ("gpt2", {"dtype": "fp9"}), ("gpt2", {"batch": 0}), ("layers=2", {})],
)
def test_bad_input(name: str, options: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        count(name, **options)  # type: ignore[arg-type]
    assert refused.value.problems[0].mend("zh")
