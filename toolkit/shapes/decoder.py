"""The decoder-only transformer: parameters, FLOPs and bytes of GPT-2, GPT-3, LLaMA and their relatives,
mixtures of experts among them.

What a model costs follows from its shape alone. With B sequences of S tokens, hidden width h, L layers,
d = head width, a = heads, k = key/value heads, f = width of the feed-forward part, V = vocabulary:

    matrix parameters of a layer   h·d·(a + 2k) + d·a·h + (2 or 3)·h·f
    forward FLOPs                  2·B·S·(L·layer + h·V) + 4·L·a·d·B·S²

One multiply-add is two FLOPs. The second term is attention (scores and weighted sum, 2·a·d·S² each).
Norms, softmax, activations and embedding look-ups are not counted. With k = a and f = 4h the first line
is the 12·h² of a layer and the second becomes 24·B·S·L·h²·(1 + S/(6h) + V/(12·L·h)): the formula of
Narayanan et al. 2021, "Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM"
(arXiv:2104.04473, appendix), whose 96 instead of 72 in training includes the recomputed forward pass.
In a mixture of experts a layer holds E feed-forward parts and a router of h·E; a token passes through a few
of them, so that only those count in FLOPs (Jiang et al. 2024, "Mixtral of Experts", arXiv:2401.04088).
Architecture: Radford et al. 2019 (GPT-2), Brown et al. 2020 (GPT-3, arXiv:2005.14165), Touvron et al.
2023 (LLaMA, arXiv:2302.13971), Ainslie et al. 2023 (grouped queries, arXiv:2305.13245).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

from toolkit.shapes.dtypes import WEIGHT_BITS, bytes_per_element

# `full`: every query meets every key, as the arithmetic of a plain matrix product does (the convention of
# model FLOPs utilisation). `causal`: only the keys up to the query, S(S+1)/2 pairs instead of S².
Attention = Literal["full", "causal"]
Biases = Literal["none", "qkv", "all"]
Norm = Literal["layernorm", "rmsnorm"]
Experts = TypeVar("Experts", int, float)

BACKWARD_OVER_FORWARD = 2  # one product for the gradient of the input, one for that of the weight


@dataclass(frozen=True, slots=True)
class Decoder:
    """A decoder-only transformer. `head_width` None means `hidden / heads`.

    `positions` is the longest sequence; with `learned_positions` each has its own embedding. `gated_mlp`:
    three feed-forward matrices (SwiGLU) instead of two. `tied_embeddings`: the output head is the token
    embedding. `biases`: on no matrix, on queries, keys and values (Qwen 2), or on all of them (GPT-2).
    `experts` feed-forward parts of width `ffn` in every layer, of which a token takes `active_experts`.
    """

    name: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    ffn: int
    vocab: int
    positions: int
    learned_positions: bool = False
    gated_mlp: bool = True
    tied_embeddings: bool = False
    biases: Biases = "none"
    norm: Norm = "rmsnorm"
    head_width: int | None = None
    experts: int = 1
    active_experts: int = 1

    def __post_init__(self) -> None:
        sizes = (self.layers, self.hidden, self.heads, self.kv_heads, self.ffn, self.vocab, self.positions)
        if min(sizes) < 1:
            raise ValueError(f"shape {self.name}: every size must be at least 1")
        if self.heads % self.kv_heads:
            raise ValueError(f"shape {self.name}: heads must be a multiple of kv_heads")
        if self.head_width is None and self.hidden % self.heads:
            raise ValueError(f"shape {self.name}: hidden must be a multiple of heads, or head_width given")
        if not 1 <= self.active_experts <= self.experts:
            raise ValueError(f"shape {self.name}: active_experts must be between 1 and experts")

    @property
    def query_width(self) -> int:
        """Width of all query heads together: a·d."""
        return self.heads * (self.head_width or self.hidden // self.heads)

    @property
    def kv_width(self) -> int:
        """Width of all key heads together (values have the same): k·d."""
        return self.query_width // self.heads * self.kv_heads

    def parameters(self) -> int:
        """All parameters, embeddings included; a tied head counts once."""
        embeddings = self.vocab * self.hidden * (1 if self.tied_embeddings else 2)
        positions = self.positions * self.hidden if self.learned_positions else 0
        norm = self.hidden * (2 if self.norm == "layernorm" else 1)
        layer = self._layer_matrices(self.experts) + self._layer_biases() + 2 * norm
        return embeddings + positions + self.layers * layer + norm

    def matmul_parameters(self) -> int:
        """Parameters that a token is multiplied with: the matrices of the layers (of the experts those
        that it takes), and the output head (tied or not); no look-up table, no norm, no bias."""
        return self.layers * self._layer_matrices(self.active_experts) + self.hidden * self.vocab

    def forward_flops(self, batch: int, tokens: int, convention: Attention = "full") -> int:
        """One forward pass over `batch` sequences of `tokens` tokens, logits at every position."""
        return 2 * batch * tokens * self.matmul_parameters() + self.attention_flops(batch, tokens, convention)

    def training_flops(
        self, batch: int, tokens: int, convention: Attention = "full", *, recompute: bool = False
    ) -> int:
        """Forward and backward of one step: three times forward. The optimizer (a few FLOPs a parameter) is
        left out. `recompute` adds the second forward pass of the layers under full activation
        checkpointing: hardware FLOPs, not model FLOPs, so never for a utilisation."""
        forward = self.forward_flops(batch, tokens, convention)
        again = forward - 2 * batch * tokens * self.hidden * self.vocab if recompute else 0
        return (1 + BACKWARD_OVER_FORWARD) * forward + again

    def prefill_flops(self, batch: int, tokens: int, convention: Attention = "full") -> int:
        """Reading a prompt of `tokens` tokens: a forward pass with the logits of the last position only."""
        unused_logits = 2 * batch * (tokens - 1) * self.hidden * self.vocab
        return self.forward_flops(batch, tokens, convention) - unused_logits

    def decode_flops(self, batch: int, context: int) -> int:
        """One new token for each of `batch` sequences with `context` tokens in the cache; it meets those
        and itself, so the conventions agree."""
        attention = 4 * self.layers * self.query_width * (context + 1)
        return batch * (2 * self.matmul_parameters() + attention)

    def generation_flops(self, batch: int, prompt: int, new: int) -> int:
        """A prompt read and `new` tokens made: the first comes out of the prompt, each further one is a
        decode step with everything before it in the cache."""
        steps = sum(self.decode_flops(batch, prompt + done) for done in range(new - 1))
        return self.prefill_flops(batch, prompt) + steps

    def adapter_parameters(self, rank: int) -> int:
        """Trained parameters of low-rank adapters on every matrix of the layers: rank·(inputs + outputs) a
        matrix (Hu et al. 2021, arXiv:2106.09685). Where every matrix has a bias (GPT-2), queries, keys and
        values are one matrix. Raises ValueError for a mixture, whose experts are no plain matrices."""
        if self.experts > 1:
            raise ValueError(f"shape {self.name}: adapters on experts are not described")
        downs, ups = self._adapter_sides()
        return self.layers * rank * (downs + ups)

    def adapter_training_flops(self, batch: int, tokens: int, rank: int) -> int:
        """One training step of the adapters alone. Frozen matrices need no gradient of their weights, so
        backward costs one product each instead of two; the first layer's query, key and value matrices, whose
        input is the frozen embedding, need none, nor do their adapters a gradient of the input."""
        rows = 2 * batch * tokens
        first = self.hidden * (self.query_width + 2 * self.kv_width)
        first_down = self.hidden * rank * (1 if self._fused_qkv else 3)
        frozen = 2 * self.matmul_parameters() - first
        adapters = 3 * self.adapter_parameters(rank) - first_down
        return rows * (frozen + adapters) + 3 * self.attention_flops(batch, tokens)

    def attention_flops(self, batch: int, tokens: int, convention: Attention = "full") -> int:
        """The part of a forward pass that grows with the square of the sequence."""
        pairs = tokens * tokens if convention == "full" else tokens * (tokens + 1) // 2
        return 4 * self.layers * self.query_width * batch * pairs

    def weight_bytes(self, dtype: str) -> int:
        """All parameters held in `dtype`, in four bits with the scales of their blocks."""
        return int(self.parameters() * WEIGHT_BITS[dtype] / 8)

    def kv_cache_bytes(self, batch: int, context: int, dtype: str) -> int:
        """Keys and values of every layer for `batch` sequences of `context` tokens."""
        return 2 * self.layers * self.kv_width * batch * context * bytes_per_element(dtype)

    def decode_bytes(self, batch: int, context: int, dtype: str) -> int:
        """What one decode step must read at least: the matrices once, every sequence's cache, and one row
        of each embedding table a sequence. The floor of its time at a given memory bandwidth. Of a mixture
        the experts that any sequence takes, with every expert as likely as another."""
        rows = batch * self.hidden * (2 if self.learned_positions else 1)
        missed = (1 - self.active_experts / self.experts) ** batch
        matrices = self.layers * self._layer_matrices(self.experts * (1 - missed)) + self.hidden * self.vocab
        read = round(matrices + rows) * bytes_per_element(dtype)
        return read + self.kv_cache_bytes(batch, context, dtype)

    @property
    def _fused_qkv(self) -> bool:
        return self.biases == "all"

    def _adapter_sides(self) -> tuple[int, int]:
        """Widths of the inputs and of the outputs of a layer's matrices, summed."""
        qkv_out = self.query_width + 2 * self.kv_width
        downs = self.hidden * (1 if self._fused_qkv else 3) + self.query_width
        mlp_in, mlp_out = (2, 2) if self.gated_mlp else (1, 1)
        downs += mlp_in * self.hidden + self.ffn
        return downs, qkv_out + self.hidden + mlp_out * self.ffn + self.hidden

    def _layer_matrices(self, experts: Experts) -> Experts:
        """Matrix parameters of a layer with this many of its experts."""
        attention = self.hidden * (self.query_width + 2 * self.kv_width) + self.query_width * self.hidden
        router = self.hidden * self.experts if self.experts > 1 else 0
        return experts * self.hidden * self.ffn * (3 if self.gated_mlp else 2) + attention + router

    def _layer_biases(self) -> int:
        qkv = self.query_width + 2 * self.kv_width
        if self.biases == "none":
            return 0
        if self.biases == "qkv":
            return qkv
        feed_forward = self.ffn * (2 if self.gated_mlp else 1) + self.hidden
        return qkv + self.hidden + self.experts * feed_forward
