"""Published speed measurements of training and inference: the rows that the estimator learns from.

One CSV a task in `data/published/`; `data/published/README.md` says what each column means and
`sources.csv` where each row was published. The same reader takes a file of a user, so that predictions can
be checked against measurements that we have never seen: there `answer`, `source` and `weight` may be absent.
An empty cell is unknown (None), never 0. Columns that a task does not know are ignored.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from toolkit.errors import Problem, refuse
from toolkit.reference.paths import data_dir

Task = Literal["train_step", "transfer", "kernel_peer", "parallel", "decode", "serve", "runs"]
TASKS: tuple[Task, ...] = get_args(Task)
FIRST_LINE = 2  # of the rows: the header is line 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every published row has. `weight` shares one vote among the rows of a source, model and GPU."""

    id: str
    gpu_id: str
    gpu_count: float | None = None
    family: str = ""
    stack: str = ""
    axis: str = ""
    weight: float | None = None
    answer: float | None = None
    unit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow(Row):
    """A row of one model with its shape. `params_active`: parameters that one token meets (mixture of
    experts); unknown means all. `heads` and `kv_heads` count attention heads, `ffn` is per expert."""

    model: str
    params: float | None
    params_active: float | None = None
    layers: float | None
    hidden: float | None
    heads: float | None = None
    kv_heads: float | None = None
    ffn: float | None = None
    vocab: float | None = None
    gated_mlp: float | None = None
    tied_embeddings: float | None = None
    experts: float | None = None
    experts_active: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainStepRow(ModelRow):
    """Steady-state training speed; `answer` in tokens per second and GPU."""

    dtype: str
    seq_len: float | None
    global_batch: float | None = None
    micro_batch: float | None = None
    activation_checkpointing: str = ""
    sharding: str = ""
    tp: float | None = None
    pp: float | None = None
    cp: float | None = None
    dp: float | None = None
    inter_node_gbps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelRow(ModelRow):
    """One training iteration under three-dimensional parallelism; `answer` in seconds."""

    dtype: str
    seq_len: float | None
    global_batch: float | None
    micro_batch: float | None
    activation_checkpointing: str = ""
    tp: float | None
    pp: float | None
    dp: float | None
    gpus_per_node: float | None = None
    inter_node_gbps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeRow(ModelRow):
    """One stream in llama.cpp; `answer` in tokens per second of the whole machine."""

    dtype: str
    phase: str
    tokens: float | None
    weight_bytes: float | None
    bits_per_weight: float | None = None
    batch: float | None = None
    multi_gpu: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelRow(ModelRow):
    """One iteration on one GPU, PyTorch eager, fp32; `answer` in milliseconds."""

    mode: str
    batch: float | None
    seq_len: float | None
    dtype: str = "fp32"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeRow(ModelRow):
    """Batched serving; `metric` says what `answer` is: tokens per second and GPU, or milliseconds."""

    metric: str
    dtype: str
    load: str
    input_len: float | None
    output_len: float | None
    concurrency: float | None = None
    bits_per_weight: float | None = None
    head_dim: float | None = None
    tp: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow(ModelRow):
    """A whole training run; `answer` in GPU-hours. `train_quantity` counts tokens or images."""

    precision: str
    train_quantity: float | None
    quantity_unit: str
    fwd_flops_per_sample: float | None = None
    seq_len: str = ""
    source_kind: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """The same workload and stack on two GPUs; values are totals over their GPU counts, in `unit`.
    `batch` and `source_batch` are per GPU."""

    id: str
    workload: str
    dtype: str
    source_gpu_id: str
    source_gpu_count: float | None
    source_value: float | None
    target_gpu_id: str
    target_gpu_count: float | None
    family: str = ""
    params: float | None = None
    batch: float | None = None
    source_batch: float | None = None
    stack: str = ""
    axis: str = ""
    weight: float | None = None
    answer: float | None = None
    unit: str = ""
    source: str = ""


PublishedRow = ModelRow | TransferRow
KINDS: Mapping[Task, type[ModelRow] | type[TransferRow]] = MappingProxyType(
    {
        "train_step": TrainStepRow,
        "transfer": TransferRow,
        "kernel_peer": KernelRow,
        "parallel": ParallelRow,
        "decode": DecodeRow,
        "serve": ServeRow,
        "runs": RunRow,
    }
)


def published_dir() -> Path:
    """The folder of the published rows, of the fitted parameters and of their description."""
    return data_dir() / "published"


@cache
def load_published(task: Task) -> tuple[PublishedRow, ...]:
    """The rows of one task that come with the project, each with its answer and its source."""
    return read_rows(published_dir() / f"{task}.csv", task)


def read_rows(path: Path, task: Task, faults: list[Problem] | None = None) -> tuple[PublishedRow, ...]:
    """The rows of a CSV file in the order of the file.

    Raises `InputError` with every problem found: a file that cannot be read, a required column that is
    missing, a cell that should be a number and is not. With `faults`, problems of cells are added to it
    instead, each with its line, and the cell counts as unknown: the caller decides about the row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            columns = tuple(table.fieldnames or ())
            cells = list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        refuse([Problem("estimate.unreadable", file=str(path), values={"reason": str(error)})])
        raise  # `refuse` has raised
    refuse(_missing_columns(task, columns, path))
    problems: list[Problem] = []
    rows = tuple(_row(task, cell, line, path, problems) for line, cell in enumerate(cells, start=FIRST_LINE))
    if faults is None:
        refuse(problems)
    else:
        faults += problems
    return rows


def required_columns(task: Task) -> tuple[str, ...]:
    """The columns that a file of this task must have; the rest may be absent."""
    return tuple(f.name for f in fields(KINDS[task]) if f.default is MISSING and f.default_factory is MISSING)


def _missing_columns(task: Task, columns: Iterable[str], path: Path) -> list[Problem]:
    present = set(columns)
    return [
        Problem(
            "estimate.missing_column", field=name, file=str(path), line=1, values={"name": name, "task": task}
        )
        for name in required_columns(task)
        if name not in present
    ]


def _row(
    task: Task, cells: Mapping[str, str | None], line: int, path: Path, problems: list[Problem]
) -> PublishedRow:
    kind = KINDS[task]
    values: dict[str, str | float | None] = {}
    for column in fields(kind):
        text = (cells.get(column.name) or "").strip()
        if column.type == "str":
            values[column.name] = text
            continue
        number = _number(text)
        if number is not None and not math.isfinite(number):
            problems.append(Problem("estimate.not_a_number", column.name, str(path), line, {"cell": text}))
            number = None
        values[column.name] = number
    return kind(**values)  # type: ignore[arg-type]


def _number(text: str) -> float | None:
    """None for an empty cell, NaN for text that is not a number."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return math.nan
