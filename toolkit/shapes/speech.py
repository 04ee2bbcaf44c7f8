"""Speech recognition: Whisper (spectrogram to text) and wav2vec 2.0 (wave form to letters).

Whisper reads 30 s of audio as 3,000 frames of 80 mel bands; two convolutions halve them to 1,500 positions,
over which encoder layers attend; decoder layers write the text and attend to those positions. wav2vec 2.0
convolves the wave form down to 50 positions a second, adds a grouped convolution as position, and encodes.
The counting rules are those of `decoder`; a convolution over n outputs costs 2·n times its weights.
Architecture and sizes: Radford et al. 2022 (arXiv:2212.04356, table 1) and Baevski et al. 2020
(arXiv:2006.11477, base), as in the configurations published with the weights.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.shapes.decoder import BACKWARD_OVER_FORWARD
from toolkit.shapes.encoder import EncoderLayers

SAMPLES_PER_SECOND = 16_000


@dataclass(frozen=True, slots=True)
class Whisper:
    """As many encoder as decoder layers; keys have no bias, and the word embedding is the output head."""

    name: str
    layers: int
    hidden: int
    heads: int
    ffn: int
    vocab: int = 51865
    mels: int = 80
    positions: int = 448
    audio_positions: int = 1500
    seconds: int = 30

    def parameters(self) -> int:
        width = self.hidden
        stem = self._stem_weights(self.mels) + width + self._stem_weights(width) + width
        positions = (self.audio_positions + self.positions) * width
        attention = 4 * width**2 + 3 * width
        feed_forward = 2 * width * self.ffn + self.ffn + width
        encoder_layer = attention + feed_forward + 2 * 2 * width
        decoder_layer = 2 * attention + feed_forward + 3 * 2 * width
        layers = self.layers * (encoder_layer + decoder_layer)
        return stem + positions + layers + 2 * 2 * width + self.vocab * width

    def forward_flops(self, batch: int, tokens: int) -> int:
        """`batch` clips of 30 s, each with a text of `tokens` tokens and logits at every one."""
        width, heard, layers = self.hidden, self.audio_positions, self.layers
        encoder = EncoderLayers(layers, width, self.heads, self.ffn).forward_flops(1, heard)
        second = 2 * heard * self._stem_weights(width)
        per_token = 4 * width**2 + 2 * width**2 + 2 * width * self.ffn  # self, half of cross, feed-forward
        decoder = 2 * layers * (tokens * per_token + heard * 2 * width**2)
        attention = 4 * layers * width * (tokens**2 + tokens * heard)
        head = 2 * tokens * width * self.vocab
        return batch * (self._first_flops() + second + encoder + decoder + attention + head)

    def training_flops(self, batch: int, tokens: int) -> int:
        """Three times forward, but nobody asks for the gradient of the spectrogram."""
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch, tokens) - batch * self._first_flops()

    def _first_flops(self) -> int:
        return 2 * 2 * self.audio_positions * self._stem_weights(self.mels)  # stride 1: two frames a position

    def _stem_weights(self, inputs: int) -> int:
        return 3 * inputs * self.hidden


@dataclass(frozen=True, slots=True)
class Wav2Vec2:
    """The base model with a head for letters. `kernels` and `strides` of the feature convolutions, all of
    `channels` outputs; `position_kernel` and `position_groups` of the convolution that gives positions."""

    name: str
    stack: EncoderLayers
    letters: int = 32
    channels: int = 512
    kernels: tuple[int, ...] = (10, 3, 3, 3, 3, 2, 2)
    strides: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)
    position_kernel: int = 128
    position_groups: int = 16

    def lengths(self, seconds: int) -> list[int]:
        """Outputs of each feature convolution over `seconds` of audio; the last is the sequence."""
        length, found = seconds * SAMPLES_PER_SECOND, []
        for kernel, stride in zip(self.kernels, self.strides, strict=True):
            length = (length - kernel) // stride + 1
            found.append(length)
        return found

    def parameters(self) -> int:
        hidden = self.stack.hidden
        features = sum(self._feature_weights()) + 2 * self.channels  # one norm, after the first
        projection = 2 * self.channels + self.channels * hidden + hidden
        position = self._position_weights() + self.position_kernel + hidden  # weight norm: a scale a tap
        mask_and_norm = hidden + 2 * hidden
        head = hidden * self.letters + self.letters
        return features + projection + position + mask_and_norm + self.stack.parameters() + head

    def forward_flops(self, batch: int, seconds: int) -> int:
        hidden, lengths = self.stack.hidden, self.lengths(seconds)
        features = sum(
            2 * length * weights for length, weights in zip(lengths, self._feature_weights(), strict=True)
        )
        tokens = lengths[-1]
        dense = 2 * tokens * (self.channels * hidden + hidden * self.letters)
        return batch * (features + self.position_flops(tokens) + dense + self.stack.forward_flops(1, tokens))

    def training_flops(self, batch: int, seconds: int) -> int:
        """Three times forward; transformers asks for the gradient of the wave form too."""
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch, seconds)

    def position_flops(self, tokens: int) -> int:
        """The grouped convolution over one sequence; padded by half its (even) kernel on both sides, it
        has one output too many."""
        return 2 * (tokens + 1 - self.position_kernel % 2) * self._position_weights()

    def _feature_weights(self) -> list[int]:
        first, *rest = self.kernels
        return [self.channels * first, *(self.channels**2 * kernel for kernel in rest)]

    def _position_weights(self) -> int:
        return self.stack.hidden**2 // self.position_groups * self.position_kernel


WHISPERS = {
    "whisper-small": Whisper("whisper-small", 12, 768, 12, 3072),
    "whisper-tiny": Whisper("whisper-tiny", 4, 384, 6, 1536),
    "whisper-medium": Whisper("whisper-medium", 24, 1024, 16, 4096),
    "whisper-large-v2": Whisper("whisper-large-v2", 32, 1280, 20, 5120),
    "tiny-whisper": Whisper(
        "tiny-whisper", 2, 64, 4, 128, vocab=512, positions=64, audio_positions=50, seconds=1
    ),
}
WAV2VECS = {
    "wav2vec2-base": Wav2Vec2("wav2vec2-base", EncoderLayers(12, 768, 12, 3072)),
    "tiny-wav2vec2": Wav2Vec2(
        "tiny-wav2vec2", EncoderLayers(2, 64, 4, 128), channels=32, position_kernel=16, position_groups=4
    ),
}
