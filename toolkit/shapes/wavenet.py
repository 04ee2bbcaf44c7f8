"""WaveNet: sound drawn sample by sample, by dilated causal convolutions over the samples before.

With residual width R, skip width S, A amplitudes, M mel bands and L layers, a layer is

    a dilated convolution of two taps   2·R·2R      what is heard, half of it as a gate
    the condition                       M·2R        the spectrogram that says what to speak
    residual and skip outputs           R·R + R·S   (the last layer hands on its skip only)

and the sum of the skips passes two 1×1 convolutions (S·A + A·A) to the logits of the next sample. All have
biases. FLOPs are 2 a weight and sample; the embedding of the sample before is a look-up. Architecture: van
den Oord et al. 2016 (arXiv:1609.03499), conditioned as in Shen et al. 2018 (Tacotron 2, arXiv:1712.05884);
widths as of NVIDIA's published inference kernels (nv-wavenet: R 64, S 256, A 256, 20 layers, dilations to
512).
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.shapes.decoder import BACKWARD_OVER_FORWARD


@dataclass(frozen=True, slots=True)
class WaveNet:
    """Dilations double from 1 to `dilation_max`, then start again, over `layers` layers."""

    name: str
    layers: int
    residual: int
    skip: int
    amplitudes: int = 256
    mels: int = 80
    dilation_max: int = 512
    samples_per_second: int = 16_000

    @property
    def dilations(self) -> tuple[int, ...]:
        cycle = self.dilation_max.bit_length()
        return tuple(2 ** (layer % cycle) for layer in range(self.layers))

    def parameters(self) -> int:
        layer = 2 * self.residual + self.residual + self.skip
        biases = self.layers * layer - self.residual + 2 * self.amplitudes
        return self.amplitudes * self.residual + self.matrix_parameters() + biases

    def matrix_parameters(self) -> int:
        """Weights that every sample is multiplied with."""
        layer = (4 * self.residual + 2 * self.mels + self.residual + self.skip) * self.residual
        output = self.amplitudes * (self.skip + self.amplitudes)
        return self.layers * layer - self.residual**2 + output

    def forward_flops(self, batch: int, samples: int) -> int:
        """Logits at every one of `samples` samples, teacher-forced."""
        return 2 * batch * samples * self.matrix_parameters()

    def training_flops(self, batch: int, samples: int) -> int:
        """Three times forward, but nobody asks for the gradient of the spectrogram."""
        condition = 2 * batch * samples * self.layers * 2 * self.mels * self.residual
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch, samples) - condition

    def decode_flops(self, batch: int) -> int:
        """The next sample of each of `batch` sounds, the layers' past outputs at hand."""
        return self.forward_flops(batch, 1)


WAVENETS = {
    "wavenet": WaveNet("wavenet", layers=20, residual=64, skip=256),
    "tiny-wavenet": WaveNet("tiny-wavenet", 4, 8, 16, amplitudes=32, mels=4, dilation_max=8),
}
