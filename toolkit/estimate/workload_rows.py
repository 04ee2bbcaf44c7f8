"""A workload of a plan written as the row of a published task, so that the same model predicts both.

What a workload does not say is filled with what a founder would run first: one GPU, weights sharded over
several (FSDP), no recomputation, llama.cpp for a single stream, PyTorch eager for fp32. The stack is left
open unless it is named: an unknown stack widens the interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from toolkit.estimate.serving import BETWEEN, FIRST, THROUGHPUT
from toolkit.reference.published import DecodeRow, KernelRow, ModelRow, ServeRow, Task, TrainStepRow
from toolkit.shapes.catalogue import shape
from toolkit.shapes.decoder import Decoder
from toolkit.shapes.dtypes import WEIGHT_BITS
from toolkit.shapes.records import Device, Workload

SINGLE_STREAM = "llama.cpp llama-bench 2024-05"
EAGER_FP32 = "PyTorch eager fp32 (TF32 off), NeuSight artifact 2024"
LLAMA_FORMATS = {16: "fp16", 8: "q8_0", 4.5: "q4_0"}


@dataclass(frozen=True, slots=True)
class Question:
    """A row to predict, and how its answer becomes units of work a second of the whole device."""

    task: Task
    row: ModelRow
    units_per_answer: float

    def units(self, seconds: float) -> float:
        """Units of work a second of the whole device, from the seconds of the task's terms."""
        return self.units_per_answer / seconds

    def answers(self, units: float) -> float:
        """Units of work a second as the inverse of the seconds of the task's terms."""
        return units / self.units_per_answer


def question(workload: Workload, device: Device) -> Question:
    """The row that asks for this workload on this device. Raises InputError for an unknown model."""
    decoder = shape(workload.model)
    options = dict(workload.options)
    if workload.dtype == "fp32" and workload.mode != "decode" and job_gpus(workload, device) == 1:
        return _iteration(workload, device, decoder, options)
    if workload.mode == "train":
        return _training(workload, device, decoder, options)
    if workload.mode == "decode" and workload.batch > 1:
        return _service(workload, device, decoder, options)
    if workload.mode == "prefill" and "output_tokens" in options:
        return _first_token(workload, device, decoder, options)
    return _single_stream(workload, device, decoder, options)


def job_gpus(workload: Workload, device: Device) -> int:
    """GPUs that work on the job together: the option `gpu_count`, else the device's own."""
    return max(device.count, int(dict(workload.options).get("gpu_count", device.count)))


def _architecture(decoder: Decoder) -> dict[str, float]:
    return {
        "params": float(decoder.parameters()),
        "layers": float(decoder.layers),
        "hidden": float(decoder.hidden),
        "heads": float(decoder.heads),
        "kv_heads": float(decoder.kv_heads),
        "ffn": float(decoder.ffn),
        "vocab": float(decoder.vocab),
        "gated_mlp": float(decoder.gated_mlp),
        "tied_embeddings": float(decoder.tied_embeddings),
    } | _mixture(decoder)


def _mixture(decoder: Decoder) -> dict[str, float]:
    """What a row says of experts; nothing of a dense model."""
    if decoder.experts == 1:
        return {}
    lookup = 0 if decoder.tied_embeddings else decoder.vocab * decoder.hidden
    return {
        "params_active": float(decoder.matmul_parameters() + lookup),
        "experts": float(decoder.experts),
        "experts_active": float(decoder.active_experts),
    }


def _family(decoder: Decoder) -> str:
    return "decoder-LLM" if decoder.experts == 1 else "decoder-LLM-MoE"


def _training(workload: Workload, device: Device, decoder: Decoder, options: Mapping[str, str]) -> Question:
    gpus = job_gpus(workload, device)
    row = TrainStepRow(
        id="",
        model=decoder.name,
        family=_family(decoder),
        gpu_id=device.gpu_id or "",
        gpu_count=float(gpus),
        dtype=workload.dtype,
        seq_len=float(workload.tokens),
        micro_batch=float(workload.batch),
        global_batch=float(options["global_batch"]) if "global_batch" in options else None,
        activation_checkpointing=options.get("activation_checkpointing", "none"),
        sharding=options.get("sharding", "fsdp-full_shard" if gpus > 1 else "none"),
        tp=float(options["tp"]) if "tp" in options else None,
        pp=float(options["pp"]) if "pp" in options else None,
        inter_node_gbps=float(options["inter_node_gbps"]) if "inter_node_gbps" in options else None,
        stack=options.get("stack", ""),
        **_architecture(decoder),  # type: ignore[arg-type]
    )
    return Question("train_step", row, units_per_answer=float(device.count))


def _iteration(workload: Workload, device: Device, decoder: Decoder, options: Mapping[str, str]) -> Question:
    """fp32 on one GPU: published eager iterations without TF32. Their training has no optimizer step, which
    is some percent of it."""
    row = KernelRow(
        id="",
        model=decoder.name,
        family=_family(decoder),
        mode="train" if workload.mode == "train" else "inference",
        gpu_id=device.gpu_id or "",
        gpu_count=1.0,
        batch=float(workload.batch),
        seq_len=float(workload.tokens),
        stack=options.get("stack", EAGER_FP32),
        **_architecture(decoder),  # type: ignore[arg-type]
    )
    return Question("kernel_peer", row, units_per_answer=1e3 * workload.batch * workload.tokens)


def _arithmetic(weights: str) -> str:
    """The format in which weights of a format are multiplied: integers of four bits are unpacked first."""
    return "bf16" if weights == "int4" else weights


def _first_token(
    workload: Workload, device: Device, decoder: Decoder, options: Mapping[str, str]
) -> Question:
    """Prompt tokens a second of an idle service: the prompt over the time to the first token."""
    row = _served(workload, device, decoder, options)
    row = replace(
        row, metric=FIRST, load="concurrency", concurrency=float(workload.batch),
        input_len=float(workload.tokens), output_len=float(options["output_tokens"]),
    )  # fmt: skip
    return Question("serve", row, units_per_answer=1e3 * workload.batch * workload.tokens)


def _service(workload: Workload, device: Device, decoder: Decoder, options: Mapping[str, str]) -> Question:
    """Output tokens a second of a service. Without the option `prompt_tokens` no prompt is read: the speed
    of decode steps at the filled context."""
    prompt = options.get("prompt_tokens")
    row = replace(
        _served(workload, device, decoder, options),
        metric=THROUGHPUT if prompt is not None else BETWEEN,
        load="concurrency" if prompt is not None else "decode",
        concurrency=float(workload.batch),
        input_len=float(prompt) if prompt is not None else float(workload.tokens),
        output_len=float(options.get("output_tokens", workload.tokens)),
    )
    if prompt is not None:
        return Question("serve", row, units_per_answer=float(device.count))
    return Question("serve", row, units_per_answer=1e3 * workload.batch)


def _served(workload: Workload, device: Device, decoder: Decoder, options: Mapping[str, str]) -> ServeRow:
    """What the rows of a service have in common."""
    return ServeRow(
        id="",
        model=decoder.name,
        family=_family(decoder),
        metric="",
        gpu_id=device.gpu_id or "",
        gpu_count=float(device.count),
        tp=float(device.count),
        dtype=_arithmetic(workload.dtype),
        bits_per_weight=float(WEIGHT_BITS[workload.dtype]),
        load="",
        input_len=None,
        output_len=None,
        stack=options.get("stack", ""),
        **_architecture(decoder),  # type: ignore[arg-type]
    )


def _single_stream(
    workload: Workload, device: Device, decoder: Decoder, options: Mapping[str, str]
) -> Question:
    bits = WEIGHT_BITS[workload.dtype]
    row = DecodeRow(
        id="",
        model=decoder.name,
        family=_family(decoder),
        phase="decode" if workload.mode == "decode" else "prefill",
        gpu_id=device.gpu_id or "",
        gpu_count=float(device.count),
        dtype=LLAMA_FORMATS.get(bits, workload.dtype),
        bits_per_weight=float(bits),
        weight_bytes=float(decoder.weight_bytes(workload.dtype)),
        # A published decode row starts from an empty context, so its mean context is half of its tokens.
        tokens=float(workload.tokens) * (2 if workload.mode == "decode" else workload.batch),
        stack=options.get("stack", SINGLE_STREAM),
        **_architecture(decoder),  # type: ignore[arg-type]
    )
    return Question("decode", row, units_per_answer=1.0)
