"""Activation memory against the formula of the literature and against what autograd really keeps."""

import pytest
import torch

from toolkit.shapes.catalogue import shape
from toolkit.shapes.decoder import Decoder
from toolkit.shapes.memory import layer_activation_bytes, training_memory


def test_korthikanti_formula() -> None:
    """34·s·b·h + 5·a·s²·b bytes a layer (arXiv:2205.05198, equation 1), in 16 bits with dropout."""
    gpt = shape("gpt3-175b")
    s, b, h, a = 2048, 3, gpt.hidden, gpt.heads
    assert layer_activation_bytes(gpt, b, s, 2, "eager", dropout=True) == s * b * h * 34 + 5 * a * s * s * b
    assert layer_activation_bytes(gpt, b, s, 2, "fused", dropout=True) == s * b * h * 34


def test_model_state_is_sixteen_bytes_a_parameter() -> None:
    """Adam in mixed precision (arXiv:1910.02054, section 3.1): 7.5 billion parameters take 120 GB."""
    gpt = shape("gpt2")
    memory = training_memory(gpt, 1, 1, recipe="mixed")
    state = memory.weights + memory.gradients + memory.optimizer
    assert state == 16 * gpt.parameters()
    assert state / gpt.parameters() * 7.5e9 == 120e9


def test_checkpointing_keeps_one_layer_and_all_inputs() -> None:
    gpt = shape("gpt2")
    whole = training_memory(gpt, 4, 512)
    saved = training_memory(gpt, 4, 512, checkpointing=True)
    inputs = gpt.layers * 4 * 512 * gpt.hidden * 2
    assert saved.activations == inputs + whole.activations // gpt.layers
    assert saved.weights == whole.weights
    assert saved.total < whole.total


def _layer(decoder: Decoder, tokens: int) -> int:
    """Bytes that autograd keeps for one layer of plain PyTorch operations, weights left out."""
    h, f, q = decoder.hidden, decoder.ffn, decoder.query_width
    shapes = {"q": (q, h), "k": (q, h), "v": (q, h), "o": (h, q), "up": (f, h), "down": (h, f)}
    weights = {name: torch.randn(*size, requires_grad=True) for name, size in shapes.items()}
    scale = torch.ones(h, requires_grad=True)
    shift = torch.zeros(h, requires_grad=True)
    kept: dict[int, int] = {}
    leaves = {tensor.data_ptr() for tensor in (*weights.values(), scale, shift)}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in leaves and storage.nbytes() > 64 * tokens:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    def linear(value: torch.Tensor, name: str) -> torch.Tensor:
        return torch.nn.functional.linear(value, weights[name])

    value = torch.randn(1, tokens, h, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        normed = torch.nn.functional.layer_norm(value, (h,), scale, shift)
        heads = [linear(normed, name).view(1, tokens, decoder.heads, -1).transpose(1, 2) for name in "qkv"]
        mixed = torch.nn.functional.scaled_dot_product_attention(*heads, is_causal=True)
        middle = value + linear(mixed.transpose(1, 2).reshape(1, tokens, q), "o")
        second = torch.nn.functional.layer_norm(middle, (h,), scale, shift)
        out = middle + linear(torch.nn.functional.gelu(linear(second, "up")), "down")
    assert out.requires_grad
    return sum(kept.values())


def test_activations_are_what_autograd_keeps() -> None:
    decoder = Decoder(
        "plain", 1, 256, 4, 4, 1024, 512, 512, gated_mlp=False, biases="all", norm="layernorm"
    )  # fmt: skip
    kept = _layer(decoder, 256)
    assert layer_activation_bytes(decoder, 1, 256, 4, "fused", dropout=False) == pytest.approx(kept, rel=0.02)
