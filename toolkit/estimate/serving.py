"""Batched serving: GPU-seconds per output token, milliseconds per token, milliseconds to the first token.

A step decodes b requests at once: it reads the weights once (a mixture of experts: the experts that b tokens
touch), every request's cache, multiplies, launches, and joins the parts of tensor-parallel GPUs. Between
steps new prompts are read, so with O output tokens a request each token carries 1/O of a prompt.

    per token and GPU   prompt/O·tp + (weights + launches)·tp/b + cache·tp + products·tp
    per output token    weights + b·cache + b·products + launches + b·prompt/O
    first token         prompt + one step + a share of the prompts that wait before it

What a step takes at what the data sheet says is in `serving_step`. Interleaving of prompts: Yu et al. 2022
(Orca, OSDI).
"""

from __future__ import annotations

from toolkit.estimate.capability import Capability, UnpredictableError
from toolkit.estimate.groups import architecture
from toolkit.estimate.posynomial import Effect, Term, Terms
from toolkit.estimate.serving_step import Step, bits, gpus_of, is_mixture, multiplied
from toolkit.estimate.task import TimeTask
from toolkit.estimate.terms import log, need, slope
from toolkit.reference.published import ServeRow

USUAL_FFN = 4096
REFERENCE_PEAK = 1979e12  # eight bits on an H100, to which the slope by peak refers
# Grouped products of few rows each, unequally loaded experts: a prior, since no row has a mixture.
EXPERTS, EXPERTS_SD = 0.5, 0.3
THROUGHPUT, BETWEEN, FIRST = "output_tokens_per_s_per_gpu", "tpot_ms", "ttft_ms"
METRICS = (THROUGHPUT, BETWEEN, FIRST)


def terms(row: ServeRow, gpu: Capability) -> Terms:
    """The parts of one metric. Raises UnpredictableError without a shape, or when the weights do not fit."""
    if row.metric not in METRICS:
        raise UnpredictableError(f"{row.metric or 'an empty metric'} is none of {', '.join(METRICS)}")
    step = Step.of(row, gpu)
    if row.metric == THROUGHPUT:
        return _throughput(row, gpu, step)
    found = _between(row, gpu, step) if row.metric == BETWEEN else _first(row, gpu, step)
    return {name: Term(term.log_seconds + log(1e3), term.effects) for name, term in found.items()}


def _engine(row: ServeRow) -> str:
    return row.stack.split()[0] if row.stack else "unknown"


def _own(row: ServeRow, gpu: Capability) -> tuple[Effect, ...]:
    return (
        Effect(f"stack|{_engine(row)}", 0.0, 0.2),
        Effect(f"stack|{row.stack}", 0.0, 0.1),
        Effect(f"gpu|{gpu.id}", 0.0, 0.08),
        Effect(f"model|{architecture(row)}", 0.0, 0.08),
    )


def _matmul(row: ServeRow, gpu: Capability) -> tuple[Effect, ...]:
    width = "8" if gpu.peak(row.dtype) > 1.3 * gpu.peak("bf16") else "16"
    found = (
        Effect("matmul", 0.3, 0.25),
        Effect(f"generation|{gpu.generation}|matmul|{width}", 0.0, 0.2),
        slope("matmul by peak", 0.15, 0.08, log(gpu.peak(row.dtype) / REFERENCE_PEAK)),
    )
    if not is_mixture(row):
        return found
    narrow = slope("narrow experts", 0.2, 0.1, max(0.0, log(USUAL_FFN / (row.ffn or USUAL_FFN))))
    return (*found, Effect("experts", EXPERTS, EXPERTS_SD), narrow)


def _parts(row: ServeRow, gpu: Capability) -> dict[str, tuple[Effect, ...]]:
    engine = _engine(row)
    weights: tuple[Effect, ...] = (
        Effect("weights", 0.2, 0.15),
        Effect(f"generation|{gpu.generation}|weights", 0.0, 0.12),
    )
    if is_mixture(row):
        weights = (*weights, Effect("weights of experts", EXPERTS / 2, EXPERTS_SD))
    return {
        "weights": weights,
        "cache": (Effect("cache", 0.4, 0.3), Effect(f"cache|{engine}", 0.0, 0.3)),
        "launches": (Effect("launches", 0.0, 0.4), Effect(f"launches|{engine}", 0.0, 0.3)),
        "activations": (Effect("activations", 0.0, 0.4),),
        "tensor parallel": (Effect("tensor parallel", 0.0, 0.5),),
    }


def _throughput(row: ServeRow, gpu: Capability, step: Step) -> Terms:
    own, matmul, parts = _own(row, gpu), _matmul(row, gpu), _parts(row, gpu)
    if row.load == "max":
        own = (*own, Effect("unlimited load", 0.05, 0.2))
    prompt, output = need(row.input_len, "input_len"), max(1.0, need(row.output_len, "output_len"))
    share = step.gpus / step.batch
    old = "v0" in row.stack
    query = (Effect("query heads", -1.0, 0.8), Effect(f"query heads|{row.stack}", 0.0 if old else -1.0, 0.6))
    found = {
        "prompt": Term(log(step.prompt / output * step.gpus), (*own, *matmul, Effect("prompt", 0.0, 0.25))),
        "weights": Term(log(step.weights * share), (*own, *parts["weights"])),
        "cache": Term(log(step.cache * step.gpus), (*own, *parts["cache"])),
        "products": Term(
            log(step.products * step.gpus), (*own, *matmul, Effect("decode products", 0.2, 0.3))
        ),
        "activations": Term(
            log(step.activations * step.gpus * (1 + prompt / output)), (*own, *parts["activations"])
        ),
        "launches": Term(log((step.launches + 3e-4) * share), (*own, *parts["launches"])),
        "query heads": Term(log(step.query * step.gpus + 2e-6), (*own, *query)),
    }
    if step.gpus > 1:
        exchange = step.exchange * step.gpus * (1 + prompt / output)
        found["tensor parallel"] = Term(
            log(step.all_reduce * share + exchange), (*own, *parts["tensor parallel"])
        )
    return found


def _between(row: ServeRow, gpu: Capability, step: Step) -> dict[str, Term]:
    own, matmul, parts = _own(row, gpu), _matmul(row, gpu), _parts(row, gpu)
    output = max(1.0, need(row.output_len, "output_len"))
    mixed = (*own, *matmul, Effect("prompt", 0.0, 0.25), Effect("prompt between", 0.0, 0.3))
    found = {
        "prompt": Term(log(step.prompt * step.batch / output), mixed),
        "weights": Term(log(step.weights), (*own, *parts["weights"])),
        "cache": Term(log(step.cache * step.batch), (*own, *parts["cache"])),
        "products": Term(
            log(step.products * step.batch), (*own, *matmul, Effect("decode products", 0.2, 0.3))
        ),
        "activations": Term(
            log(step.activations * step.batch * (1 + need(row.input_len, "input_len") / output)),
            (*own, *parts["activations"]),
        ),
        "launches": Term(log(step.launches + 1e-3), (*own, *parts["launches"])),
    }
    if step.gpus > 1:
        joined = step.all_reduce + step.exchange * step.batch
        found["tensor parallel"] = Term(log(joined), (*own, *parts["tensor parallel"]))
    return found


def _first(row: ServeRow, gpu: Capability, step: Step) -> dict[str, Term]:
    own, matmul, parts = _own(row, gpu), _matmul(row, gpu), _parts(row, gpu)
    waiting = max(1.0, row.concurrency or step.batch)
    prompt, served = need(row.input_len, "input_len"), Effect(f"first|{_engine(row)}", 0.0, 0.4)
    queue = (*own, *matmul, Effect("queue", -2.0, 0.8), Effect(f"queue|{row.load}", 0.0, 0.4), served)
    found = {
        "prompt": Term(
            log(step.prompt), (*own, *matmul, Effect("prompt", 0.0, 0.25), Effect("first", 0.1, 0.3))
        ),
        "weights": Term(log(step.weights), (*own, *parts["weights"], Effect("first weights", 0.0, 0.4))),
        "activations": Term(log(step.activations * prompt), (*own, *parts["activations"])),
        "queue": Term(log(step.prompt * waiting), queue),
        "launches": Term(
            log(step.launches + 5e-3), (*own, *parts["launches"], Effect("first launches", 0.0, 0.6), served)
        ),
    }
    if step.gpus > 1:
        joined = step.all_reduce + step.exchange * prompt
        effects = (*own, *parts["tensor parallel"], Effect("first tensor parallel", 0.0, 0.4))
        found["tensor parallel"] = Term(log(joined), effects)
    if waiting > 1:
        found["scheduling"] = Term(log(1e-3 * waiting), (*own, Effect("scheduling", 0.0, 0.8), served))
    return found


def floor(row: ServeRow, gpu: Capability) -> float:
    """The least of each metric: products at peak a token and GPU; weights once through memory a step, which
    makes at most `concurrency` tokens; the products of one prompt, which needs no logits but its last."""
    prompt = need(row.input_len, "input_len")
    decoded, table = multiplied(row)
    read = decoded * bits(row) / 8 / gpu.bandwidth
    gpus, peak = gpus_of(row, gpu), gpu.peak(row.dtype)
    if row.metric == THROUGHPUT:
        prompts = prompt / max(1.0, need(row.output_len, "output_len"))
        products = 2 * (decoded + (decoded - table) * prompts) / peak
        return max(products, read / row.concurrency if row.concurrency else 0.0)
    if row.metric == BETWEEN:
        return 1e3 * read / gpus
    return 1e3 * 2 * (decoded - table) * prompt / peak / gpus


TASK: TimeTask[ServeRow] = TimeTask(
    "serve",
    terms,
    floor,
    is_rate=lambda row: row.metric == THROUGHPUT,
    noise_floor=0.03,
    sweeps=True,
    split=lambda row: row.metric,
)
