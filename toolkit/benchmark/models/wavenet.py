"""WaveNet: sound drawn sample by sample from a spectrogram (van den Oord et al. 2016).

train      all of `tokens` samples at once, each predicted from the recorded ones before it
forward    the same without gradients
decode     the next sample of every sound from the one drawn before; each layer keeps its past outputs in a
           ring, so that a sample costs one product a matrix

The unit of work is a second of sound at 16 kHz.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from toolkit.benchmark.steps import Step, inference_step
from toolkit.benchmark.supervised import Inputs, SupervisedModel
from toolkit.shapes.records import Workload
from toolkit.shapes.wavenet import WAVENETS, WaveNet
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn


def _build(shape: WaveNet, _workload: Workload) -> nn.Module:
    import torch
    from torch import nn
    from torch.nn import functional

    class Layer(nn.Module):
        """One dilated convolution with its gate; hands on what it adds to the sound and to the skips."""

        def __init__(self, dilation: int, last: bool) -> None:
            super().__init__()
            self.dilation = dilation
            self.heard = nn.Conv1d(shape.residual, 2 * shape.residual, 2, dilation=dilation)
            self.condition = nn.Conv1d(shape.mels, 2 * shape.residual, 1, bias=False)
            self.residual = None if last else nn.Conv1d(shape.residual, shape.residual, 1)
            self.skip = nn.Conv1d(shape.residual, shape.skip, 1)

        def forward(self, sound: torch.Tensor, mels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return self.gated(sound, self.heard(functional.pad(sound, (self.dilation, 0))), mels)

        def gated(
            self, sound: torch.Tensor, heard: torch.Tensor, mels: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            value, gate = (heard + self.condition(mels)).chunk(2, dim=1)
            spoken = torch.tanh(value) * torch.sigmoid(gate)
            onward = sound if self.residual is None else sound + self.residual(spoken)
            return onward, self.skip(spoken)

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(shape.amplitudes, shape.residual)
            final = len(shape.dilations) - 1
            self.layers = nn.ModuleList(
                Layer(dilation, index == final) for index, dilation in enumerate(shape.dilations)
            )
            self.out = nn.Sequential(
                nn.ReLU(),
                nn.Conv1d(shape.skip, shape.amplitudes, 1),
                nn.ReLU(),
                nn.Conv1d(shape.amplitudes, shape.amplitudes, 1),
            )

        def forward(self, samples: torch.Tensor, mels: torch.Tensor) -> Any:
            """Logits `(batch, amplitudes, samples)` of the sample after each."""
            sound, skips = self.embedding(samples).transpose(1, 2), None
            for layer in self.layers:
                sound, skip = layer(sound, mels)
                skips = skip if skips is None else skips + skip
            return self.out(skips)

    return Model()


def _inputs(shape: WaveNet, workload: Workload, generator: torch.Generator) -> Inputs:
    import torch

    length = 1 if workload.mode == "decode" else workload.tokens
    size = (workload.batch, length)
    return {
        "samples": torch.randint(shape.amplitudes, size, generator=generator),
        "next": torch.randint(shape.amplitudes, size, generator=generator),
        "mels": torch.randn(workload.batch, shape.mels, length, generator=generator),
    }


def _output(model: nn.Module, batch: Inputs) -> torch.Tensor:
    logits: torch.Tensor = model(batch["samples"], batch["mels"])
    return logits


def _loss(model: nn.Module, batch: Inputs, _workload: Workload) -> torch.Tensor:
    from torch.nn.functional import cross_entropy

    return cross_entropy(_output(model, batch).float(), batch["next"])


def _draw(model: nn.Module, batch: Inputs, workload: Workload) -> Step:
    """Draw one sample of every sound and feed it back."""
    draw = Drawing(model, batch)
    return inference_step(draw, workload.dtype)


class Drawing:
    """The state of sounds that are being drawn: the newest sample and every layer's past outputs."""

    def __init__(self, model: Any, batch: Inputs) -> None:
        self._model = model
        self._mels, self._newest = batch["mels"], batch["samples"]
        width = self._model.embedding.embedding_dim
        self._past = [
            self._mels.new_zeros(layer.dilation, len(self._newest), width, 1) for layer in self._model.layers
        ]
        self._drawn = 0

    def __call__(self) -> torch.Tensor:
        """Logits `(batch, amplitudes, 1)` of the next sample, the most likely of which is taken."""
        import torch
        from torch.nn.functional import conv1d

        sound, skips = self._model.embedding(self._newest).transpose(1, 2), None
        for layer, past in zip(self._model.layers, self._past, strict=True):
            place = self._drawn % layer.dilation
            taps = torch.cat([past[place], sound], dim=2)
            past[place] = sound
            heard = conv1d(taps, layer.heard.weight, layer.heard.bias)
            sound, skip = layer.gated(sound, heard, self._mels)
            skips = skip if skips is None else skips + skip
        logits: torch.Tensor = self._model.out(skips)
        self._newest = logits.argmax(dim=1)
        self._drawn += 1
        return logits


def _own_pass(shape: WaveNet, workload: Workload) -> tuple[float, float] | None:
    if workload.mode != "decode":
        return None
    return workload.batch / shape.samples_per_second, float(shape.decode_flops(workload.batch))


MODEL = SupervisedModel(
    task=Text("audio synthesis", "语音合成"),
    shapes=WAVENETS,
    build=_build,
    inputs=_inputs,
    output=_output,
    loss=_loss,
    own_pass=_own_pass,
    modes=("train", "forward", "decode"),
    steps={"decode": _draw},
)
