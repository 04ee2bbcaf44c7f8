"""Number formats: their size, and which of them arithmetic is done in."""

from __future__ import annotations

from typing import Final

BITS: Final = {"fp64": 64, "fp32": 32, "tf32": 32, "bf16": 16, "fp16": 16, "fp8": 8, "int8": 8}
# Weights alone may be narrower: four bits, and sixteen more for the scale of every block of 32.
WEIGHT_BITS: Final = {**BITS, "fp4": 4.5, "int4": 4.5}


def bytes_per_element(dtype: str) -> int:
    """Bytes of one stored number. `tf32` is a way to multiply fp32 numbers, so it is stored as fp32.

    Raises KeyError for an unknown format: user input is checked before it gets here.
    """
    return BITS[dtype] // 8
