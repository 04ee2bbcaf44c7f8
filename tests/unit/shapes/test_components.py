"""The parts of a decoder add up to the whole."""

import pytest

from toolkit.shapes.catalogue import SHAPES, shape
from toolkit.shapes.components import components
from toolkit.shapes.decoder import Attention


@pytest.mark.parametrize("name", sorted(SHAPES))
@pytest.mark.parametrize("convention", ["full", "causal"])
def test_parts_add_up(name: str, convention: Attention) -> None:
    decoder = shape(name)
    parts = components(decoder, 3, 64, convention=convention)
    assert sum(part.parameters for part in parts) == decoder.parameters()
    assert sum(part.forward_flops for part in parts) == decoder.forward_flops(3, 64, convention)
    assert all(part.parameters >= 0 for part in parts)


def test_bytes_by_hand() -> None:
    """One token of GPT-2 in 16 bits: weights once, and the vectors that its products read and write."""
    parts = {part.name: part for part in components(shape("gpt2"), 1, 1)}
    assert parts["feed_forward"].forward_bytes == 2 * 12 * (2 * 768 * 3072 + 2 * 768 + 2 * 3072)
    assert parts["head"].forward_bytes == 2 * (768 * 50257 + 768 + 50257)
    assert parts["attention"].forward_bytes == 2 * 12 * 4 * 768
    assert parts["norms_and_biases"].parameters == 12 * (9 * 768 + 4 * 768 + 4 * 768 - 4 * 768) + 2 * 768
