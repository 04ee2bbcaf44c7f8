"""Convolutions of square images, one record each: what a network's parameters and FLOPs are summed over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Convolution:
    """One convolution of `inputs` to `outputs` channels with a square `kernel`.

    `side` is the width and height of the grid at which it is evaluated: of its output, or of its input where
    it is transposed. A multiply-add is two FLOPs; a bias costs parameters and is not counted as work.
    """

    inputs: int
    outputs: int
    kernel: int
    side: int
    bias: bool = False

    @property
    def weights(self) -> int:
        """Parameters of the kernel, without the bias."""
        return self.inputs * self.outputs * self.kernel**2

    @property
    def parameters(self) -> int:
        return self.weights + (self.outputs if self.bias else 0)

    @property
    def flops(self) -> int:
        return 2 * self.weights * self.side**2
