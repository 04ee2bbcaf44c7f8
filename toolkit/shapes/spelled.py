"""A decoder of one's own, spelled in the place of a name.

    layers=24 hidden=2048 heads=16 kv_heads=8 ffn=5632 vocab=50304 positions=4096 tied

Sizes are those of `Decoder`; `layers`, `hidden`, `heads`, `ffn` and `vocab` must be there. Words without a
value: `tied` (the head is the token embedding), `ungated` (two feed-forward matrices), `biases`,
`layernorm`, `learned` (a table of positions). The text is its name in workloads and estimates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.shapes.decoder import Decoder

SIZES = (
    "layers", "hidden", "heads", "kv_heads", "ffn", "vocab", "positions", "head_width", "experts",
    "active_experts",
)  # fmt: skip
NEEDED = ("layers", "hidden", "heads", "ffn", "vocab")
FLAGS: Mapping[str, Mapping[str, Any]] = {
    "tied": {"tied_embeddings": True},
    "ungated": {"gated_mlp": False},
    "biases": {"biases": "all"},
    "layernorm": {"norm": "layernorm"},
    "learned": {"learned_positions": True},
}
POSITIONS = 4096


def is_spelled(text: str) -> bool:
    """Whether a text means to spell a shape: it gives at least one size."""
    return "=" in text


def spelled(text: str) -> Decoder:
    """The decoder that a text spells. Raises ValueError with the part that is wrong or missing."""
    sizes: dict[str, int] = {}
    kinds: dict[str, Any] = {}
    for word in text.replace(",", " ").split():
        name, equals, value = word.partition("=")
        if not equals:
            if name not in FLAGS:
                raise ValueError(word)
            kinds |= FLAGS[name]
        elif name not in SIZES or not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 10**9:
            raise ValueError(word)
        else:
            sizes[name] = int(value)
    missing = [name for name in NEEDED if name not in sizes]
    if missing:
        raise ValueError(" ".join(f"{name}=…" for name in missing))
    given: dict[str, Any] = {"kv_heads": sizes["heads"], "positions": POSITIONS} | sizes | kinds
    return Decoder(name=" ".join(text.split()), **given)
