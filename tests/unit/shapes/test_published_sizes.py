"""Parameters and FLOPs of every family beside decoders, against published counts and sums by hand."""

import pytest

from toolkit.errors import InputError
from toolkit.shapes.adversarial import PAIRS
from toolkit.shapes.autoencoder import AUTOENCODERS
from toolkit.shapes.catalogue import shape
from toolkit.shapes.convolution import Convolution
from toolkit.shapes.decoder import Decoder
from toolkit.shapes.generalist import GENERALISTS
from toolkit.shapes.models import MODELS, model_named
from toolkit.shapes.recommender import RECOMMENDERS
from toolkit.shapes.speech import WAV2VECS, WHISPERS
from toolkit.shapes.wavenet import WAVENETS, WaveNet

# Counts published with the weights or the code: model cards, PyTorch's DCGAN tutorial.
PUBLISHED = {
    "whisper-tiny": (WHISPERS, 37_760_640),
    "whisper-small": (WHISPERS, 241_734_912),
    "whisper-medium": (WHISPERS, 763_857_920),
    "whisper-large-v2": (WHISPERS, 1_543_304_960),
    "wav2vec2-base": (WAV2VECS, 94_396_320),
    "vae-kl-f8": (AUTOENCODERS, 83_653_863),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_are_the_published_ones(name: str) -> None:
    shapes, parameters = PUBLISHED[name]
    assert shapes[name].parameters() == parameters  # type: ignore[index]


def test_both_players_of_dcgan_have_the_published_size() -> None:
    pair = PAIRS["dcgan"]
    assert pair.generator_parameters() == 3_576_704
    assert pair.discriminator_parameters() == 2_765_568
    assert pair.generator()[-1].side * 2 == pair.side
    assert pair.discriminator()[-2].side == 4


def test_mixtures_hold_more_than_a_token_takes() -> None:
    """Mixtral 8x7B: 46.7 billion parameters, of which a token takes 12.9 (its paper); Granite 1.3."""
    mixtral, granite = shape("mixtral-8x7b"), shape("granite-1b-a400m")
    assert mixtral.parameters() == 46_702_792_704
    embedding = mixtral.vocab * mixtral.hidden
    assert mixtral.matmul_parameters() + embedding == pytest.approx(12.9e9, rel=0.005)
    assert granite.parameters() == pytest.approx(1.33e9, rel=0.005)
    assert granite.matmul_parameters() == pytest.approx(0.43e9, rel=0.01)


def test_a_mixture_reads_the_experts_that_its_sequences_take() -> None:
    dense = Decoder("dense", 1, 64, 4, 4, 96, 128, 64)
    mixed = Decoder("mixed", 1, 64, 4, 4, 96, 128, 64, experts=4, active_experts=2)
    expert, router = 3 * 64 * 96, 64 * 4
    others = dense.decode_bytes(1, 0, "fp32") - 4 * expert
    assert mixed.decode_bytes(1, 0, "fp32") - others == 4 * (2 * expert + router)
    rows = 4 * 64  # one row of the embedding for each further sequence
    assert mixed.decode_bytes(2, 0, "fp32") - rows - others == 4 * (3 * expert + router)  # 4·(1 − ½²) = 3
    with pytest.raises(ValueError, match="active_experts"):
        Decoder("odd", 1, 64, 4, 4, 96, 128, 64, experts=2, active_experts=3)


def test_dlrm_is_its_tables() -> None:
    """The Criteo Kaggle tables hold 33,762,577 rows; 27 vectors meet in 351 pairs."""
    dlrm = RECOMMENDERS["dlrm"]
    assert sum(dlrm.rows) == 33_762_577
    bottom, top = dlrm.perceptrons
    assert bottom.widths == (13, 512, 256, 64, 16)
    assert top.widths == (351 + 16, 512, 256, 1)
    by_hand = 2 * (13 * 512 + 512 * 256 + 256 * 64 + 64 * 16) + 2 * (367 * 512 + 512 * 256 + 256)
    assert dlrm.forward_flops(1) == by_hand + 2 * 27 * 27 * 16


def test_wavenet_hears_as_far_as_its_dilations() -> None:
    wavenet = WAVENETS["wavenet"]
    assert wavenet.dilations == (1, 2, 4, 8, 16, 32, 64, 128, 256, 512) * 2
    small = WaveNet("small", layers=1, residual=2, skip=3, amplitudes=4, mels=5, dilation_max=1)
    embedding, dilated, condition = 4 * 2, 2 * 2 * 4 + 4, 5 * 4
    skip, output = 2 * 3 + 3, 3 * 4 + 4 + 4 * 4 + 4
    assert small.parameters() == embedding + dilated + condition + skip + output
    residual = 2 * 2 + 2
    two = WaveNet("two", layers=2, residual=2, skip=3, amplitudes=4, mels=5, dilation_max=1)
    assert two.parameters() == small.parameters() + dilated + condition + residual + skip


def test_wav2vec_hears_fifty_positions_a_second() -> None:
    lengths = WAV2VECS["wav2vec2-base"].lengths(10)
    assert lengths == [31999, 15999, 7999, 3999, 1999, 999, 499]


def test_whisper_costs_what_its_layers_cost() -> None:
    """392 GFLOP for 30 s of audio and 16 tokens, as a count over the operations of the model gives."""
    assert WHISPERS["whisper-small"].forward_flops(1, 16) == pytest.approx(392e9, rel=0.001)


@pytest.mark.parametrize(
    ("name", "parameters"), [("gato-79m", 79e6), ("gato-364m", 364e6), ("gato-1.2b", 1.18e9)]
)
def test_generalists_come_near_their_paper(name: str, parameters: float) -> None:
    assert GENERALISTS[name].parameters() == pytest.approx(parameters, rel=0.1)


def test_a_convolution_by_hand() -> None:
    layer = Convolution(3, 8, 5, side=10, bias=True)
    assert layer.parameters == 3 * 8 * 25 + 8
    assert layer.flops == 2 * 3 * 8 * 25 * 100


def test_every_model_counts_in_its_unit() -> None:
    """A clip of Whisper is 30 s, a token a token, an image an image; names are keys of one catalogue."""
    cases = {
        "gpt2": (2 * 64, "token"), "bert-base": (2 * 64, "token"), "whisper-small": (60, "second"),
        "wav2vec2-base": (2 * 64, "second"), "wavenet": (2 * 64 / 16_000, "second"), "resnet50": (2, "image"),
        "dcgan": (2, "image"), "dlrm": (2, "sample"), "mixtral-8x7b": (2 * 64, "token"),
    }  # fmt: skip
    for name, (work, unit) in cases.items():
        assert MODELS[name].unit == unit
        assert MODELS[name].work(2, 64) == work
    assert all(name == model.name and model.flops("train", 1, 1) > 0 for name, model in MODELS.items())
    with pytest.raises(InputError) as refused:
        model_named("whisper-smal")
    assert "whisper-small" in refused.value.problems[0].mend("en")
