"""Generation end to end: a prompt is read, then tokens are made one after another, greedily, with a cache.

Time to first token runs from the start of a step until the prompt's last logits have chosen a token; time per
output token is the rest of the step over the tokens after the first (the definitions of vLLM's benchmark).
Tokens are chosen on the device and never fetched, as in a server that streams behind the computation: on CUDA
an event marks each moment and the clock is read after the block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

FIRST_TOKEN, PER_TOKEN = "first_token", "per_token"


class _Clock(Protocol):
    def mark(self) -> object: ...
    def seconds(self, first: object, then: object) -> float: ...


class Generation:
    """Steps that generate `new` tokens for every prompt; remembers the moments of each step."""

    def __init__(self, model: PreTrainedModel, ids: torch.Tensor, new: int) -> None:
        self._model, self._ids, self._new = model, ids, new
        self._clock: _Clock = _CudaClock() if ids.device.type == "cuda" else _HostClock()
        self._moments: list[tuple[object, object, object]] = []
        self.tokens: torch.Tensor | None = None

    def __call__(self) -> torch.Tensor:
        """One step; returns the logits of the last token."""
        import torch

        begun = self._clock.mark()
        out = self._model(input_ids=self._ids, use_cache=True, logits_to_keep=1)
        made = [out.logits[:, -1:].argmax(-1)]
        first = self._clock.mark()
        for _ in range(self._new - 1):
            out = self._model(input_ids=made[-1], past_key_values=out.past_key_values, use_cache=True)
            made.append(out.logits[:, -1:].argmax(-1))
        self._moments.append((begun, first, self._clock.mark()))
        self.tokens = torch.cat(made, dim=1)
        logits: torch.Tensor = out.logits
        return logits

    def phases(self) -> dict[str, list[float]]:
        """Seconds to the first token and per further token, one a step since the last call; the device must
        have finished."""
        moments, self._moments = self._moments, []
        firsts = [self._clock.seconds(begun, first) for begun, first, _ in moments]
        found = {FIRST_TOKEN: firsts}
        if self._new > 1:
            found[PER_TOKEN] = [
                self._clock.seconds(first, end) / (self._new - 1) for _, first, end in moments
            ]
        return found


class _HostClock:
    def mark(self) -> object:
        import time

        return time.perf_counter()

    def seconds(self, first: object, then: object) -> float:
        return float(then) - float(first)  # type: ignore[arg-type]


class _CudaClock:
    def mark(self) -> object:
        import torch

        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return event

    def seconds(self, first: object, then: object) -> float:
        return float(first.elapsed_time(then)) / 1e3  # type: ignore[attr-defined]
