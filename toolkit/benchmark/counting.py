"""Model FLOPs counted instead of computed: for models of the user's own, for which there is no formula.

PyTorch counts matrix products, convolutions and attention as they are dispatched. Attention is taken apart
into its products first, because the fused kernel of a CPU counts as nothing (PyTorch issue 195460) and the
backward pass of a fused one counts a recomputation that is not model arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


def counted_flops(step: Callable[[], object]) -> float:
    """The FLOPs of one step; it is run once. Works on any device, and on `meta` without computing."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    with _no_packed_sequences(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        step()
    return float(counter.get_total_flops())


@contextmanager
def _no_packed_sequences() -> Iterator[None]:
    """transformers looks into the positions for packed sequences, which meta tensors cannot answer."""
    from transformers import masking_utils

    name = "find_packed_sequence_indices"
    usual = getattr(masking_utils, name, None)
    if usual is None:
        yield
        return
    setattr(masking_utils, name, lambda *_, **__: None)
    try:
        yield
    finally:
        setattr(masking_utils, name, usual)
