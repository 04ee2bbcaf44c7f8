"""The published rows: every one is read, and none contradicts physics or the catalogue."""

import csv
from pathlib import Path

import pytest

from toolkit.errors import InputError
from toolkit.estimate.capability import capabilities
from toolkit.estimate.groups import gpu_of
from toolkit.estimate.tasks import TASKS
from toolkit.reference import load_reference
from toolkit.reference.published import (
    TASKS as NAMES,
)
from toolkit.reference.published import (
    Task,
    TransferRow,
    load_published,
    published_dir,
    read_rows,
    required_columns,
)

COUNTS = {
    "train_step": 159,
    "transfer": 1614,
    "kernel_peer": 21,
    "parallel": 205,
    "decode": 308,
    "serve": 137,
    "runs": 47,
}
GPUS = capabilities(load_reference().gpus)


@pytest.mark.parametrize("task", NAMES)
def test_every_row_is_read_and_has_what_learning_needs(task: Task) -> None:
    rows = load_published(task)
    assert len(rows) == COUNTS[task]
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.answer is not None
        assert row.answer > 0
        assert row.source
        assert row.unit
        assert gpu_of(row) in GPUS
        assert not isinstance(row, TransferRow) or row.source_gpu_id in GPUS


def test_every_source_is_described() -> None:
    with (published_dir() / "sources.csv").open(encoding="utf-8", newline="") as file:
        described = {row["source"]: row for row in csv.DictReader(file)}
    named = {row.source for task in NAMES for row in load_published(task)}
    assert named == set(described)
    assert all(
        row["publisher"] and row["url"].startswith("https://") and row["licence"]
        for row in described.values()
    )


@pytest.mark.parametrize("task", [task for task in NAMES if task != "transfer"])
def test_no_published_figure_beats_the_roofline(task: Task) -> None:
    learner = TASKS[task]
    for row in load_published(task):
        least = learner.least(row, GPUS)
        assert least is not None
        assert learner.seconds(row, row.answer or 0.0) > least, row.id


def test_what_is_wrong_with_a_file_is_listed_at_once(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    columns = required_columns("kernel_peer")
    file.write_text(
        ",".join(name for name in columns if name not in ("mode", "batch")) + "\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_rows(file, "kernel_peer")
    assert [(p.id, p.field) for p in caught.value.problems] == [
        ("estimate.missing_column", name) for name in columns if name in ("mode", "batch")
    ]
    file.write_text(",".join(columns) + "\n" + ",".join("x" for _ in columns) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_rows(file, "kernel_peer")
    assert {p.id for p in caught.value.problems} == {"estimate.not_a_number"}
    assert {p.line for p in caught.value.problems} == {2}
    with pytest.raises(InputError) as caught:
        read_rows(tmp_path / "absent.csv", "kernel_peer")
    assert caught.value.problems[0].id == "estimate.unreadable"
    assert "字" not in caught.value.problems[0].problem("en")


def test_an_empty_cell_is_unknown_and_never_zero(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    columns = required_columns("decode")
    file.write_text(",".join(columns) + "\n" + "," * (len(columns) - 1) + "\n", encoding="utf-8")
    (row,) = read_rows(file, "decode")
    assert row.answer is None
    assert row.params is None  # type: ignore[union-attr]
