"""Every model by its name, whatever its family: the unit in which its work is counted, and what a step costs.

`tokens` of a step is what the family is long in: words of a sequence, seconds of a clip (wav2vec 2.0),
samples of a sound (WaveNet); families of fixed samples have none, and say 1.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from toolkit.errors import InputError, Problem
from toolkit.shapes.adversarial import PAIRS
from toolkit.shapes.autoencoder import AUTOENCODERS
from toolkit.shapes.catalogue import SHAPES
from toolkit.shapes.encoder import BERTS, VITS
from toolkit.shapes.generalist import GENERALISTS
from toolkit.shapes.perceptron import PERCEPTRONS
from toolkit.shapes.recommender import RECOMMENDERS
from toolkit.shapes.residual_network import RESNETS
from toolkit.shapes.speech import WAV2VECS, WHISPERS
from toolkit.shapes.wavenet import WAVENETS

Unit = Literal["token", "image", "second", "sample"]
StepKind = Literal["train", "forward"]

LONGEST_CLIP_SECONDS = 60  # wav2vec 2.0's positions are convolutions, so only memory bounds a clip
LONGEST_SOUND_SECONDS = 10

Counted = Any  # a shape of any family: `parameters`, `forward_flops`, `training_flops`


@dataclass(frozen=True, slots=True)
class NamedModel:
    """One size of a family. `longest` is the largest `tokens` of a step, 1 where samples have no length;
    `units` counts the work of a step of `batch` samples of `tokens`."""

    name: str
    family: str
    unit: Unit
    shape: Counted
    longest: int
    units: Callable[[int, int], float]

    @property
    def has_length(self) -> bool:
        return self.longest > 1

    def parameters(self) -> int:
        return int(self.shape.parameters())

    def work(self, batch: int, tokens: int) -> float:
        """Units of work in a step."""
        return self.units(batch, tokens)

    def flops(self, kind: StepKind, batch: int, tokens: int) -> int:
        """Model FLOPs of a step: full attention, no recomputation."""
        count = self.shape.training_flops if kind == "train" else self.shape.forward_flops
        return int(count(batch, tokens) if self.has_length else count(batch))


def model_named(name: str, *, field: str = "model") -> NamedModel:
    """The model called `name`. Raises `InputError` with the nearest names for one that is unknown; `field`
    says where it stood."""
    found = MODELS.get(name.strip().lower())
    if found is not None:
        return found
    near = difflib.get_close_matches(name.strip().lower(), MODELS, n=3, cutoff=0.5) or sorted(MODELS)[:3]
    values = {"name": name, "near": ", ".join(near)}
    raise InputError([Problem("bench.unknown_shape", field, values=values)])


def _samples(batch: int, _tokens: int) -> float:
    return float(batch)


def _tokens(batch: int, tokens: int) -> float:
    return float(batch * tokens)


def _positions(shape: Counted) -> int:
    return int(shape.positions)


def _of(
    family: str,
    unit: Unit,
    shapes: Mapping[str, Counted],
    longest: Callable[[Counted], int] = lambda _: 1,
    units: Callable[[Counted], Callable[[int, int], float]] = lambda _: _samples,
) -> Iterator[NamedModel]:
    for name, shape in shapes.items():
        yield NamedModel(name, family, unit, shape, longest(shape), units(shape))


def _every() -> Iterator[NamedModel]:
    dense = {name: shape for name, shape in SHAPES.items() if shape.experts == 1}
    mixed = {name: shape for name, shape in SHAPES.items() if shape.experts > 1}
    yield from _of("decoder", "token", dense, _positions, lambda _: _tokens)
    yield from _of("mixture of experts", "token", mixed, _positions, lambda _: _tokens)
    yield from _of("generalist", "token", GENERALISTS, _positions, lambda _: _tokens)
    yield from _of("encoder", "token", BERTS, _positions, lambda _: _tokens)
    yield from _of("vision transformer", "image", VITS)
    yield from _of("convolution", "image", RESNETS)
    yield from _of("autoencoder", "image", AUTOENCODERS)
    yield from _of("adversarial pair", "image", PAIRS)
    yield from _of(
        "speech recognition", "second", WHISPERS, _positions,
        lambda shape: lambda batch, _tokens: float(batch * shape.seconds),
    )  # fmt: skip
    yield from _of(
        "speech recognition", "second", WAV2VECS, lambda _: LONGEST_CLIP_SECONDS, lambda _: _tokens
    )
    yield from _of(
        "audio synthesis", "second", WAVENETS,
        lambda shape: LONGEST_SOUND_SECONDS * int(shape.samples_per_second),
        lambda shape: lambda batch, tokens: batch * tokens / shape.samples_per_second,
    )  # fmt: skip
    yield from _of("recommender", "sample", RECOMMENDERS)
    yield from _of("perceptron", "sample", PERCEPTRONS)


MODELS: Mapping[str, NamedModel] = MappingProxyType({model.name: model for model in _every()})
