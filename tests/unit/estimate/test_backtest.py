"""The backtest: it never looks at an answer, says what it cannot do, and its figures are plain arithmetic."""

import csv
import json
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit.errors import InputError
from toolkit.estimate.backtest import COLUMNS, cross_validate, predict_rows, run_backtest
from toolkit.estimate.calibration import Scales
from toolkit.estimate.capability import capabilities
from toolkit.estimate.fit import fit_parameters
from toolkit.estimate.fitted import stored
from toolkit.estimate.quantiles import calibrated_quantiles
from toolkit.estimate.scoring import Outcome, interval_score, score
from toolkit.estimate.tasks import TASKS
from toolkit.estimate.validation import held_out
from toolkit.reference import load_reference
from toolkit.reference.published import Task, load_published, published_dir

GPUS = capabilities(load_reference().gpus)
REFITTED: tuple[Task, ...] = ("train_step", "kernel_peer", "parallel", "decode", "serve", "runs", "transfer")


def written(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def some_rows(task: Task, count: int) -> tuple[list[str], list[dict[str, str]]]:
    rows = written(published_dir() / f"{task}.csv")
    picked = rows[:: len(rows) // count][:count]
    return list(rows[0]), picked


def write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("task", list(TASKS))
def test_the_answer_never_matters_and_a_row_stands_alone(task: Task, tmp_path: Path) -> None:
    columns, rows = some_rows(task, 6)
    plain, out = write(tmp_path / "plain.csv", columns, rows), tmp_path / "out.csv"
    run_backtest(plain, task, out)
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == ",".join(COLUMNS)
    answers = [row["answer"] for row in rows]
    random.Random(1).shuffle(answers)
    shuffled = [{**row, "answer": answer} for row, answer in zip(rows, answers, strict=True)]
    # Who published a run says what its hours count; nowhere else does the source matter.
    unused = ("answer", "weight", "unit") if task == "runs" else ("answer", "weight", "source", "unit")
    blank = [name for name in columns if name not in unused]
    for number, (names, others) in enumerate(((columns, shuffled), (blank, rows))):
        run_backtest(write(tmp_path / f"{number}.csv", names, others), task, out)
        assert out.read_text(encoding="utf-8").splitlines() == lines
    run_backtest(write(tmp_path / "one.csv", columns, rows[3:4]), task, out)
    assert out.read_text(encoding="utf-8").splitlines() == [lines[0], lines[4]]


@pytest.mark.parametrize("task", list(TASKS))
def test_every_published_row_is_predicted_with_an_interval_around_it(task: Task) -> None:
    found = predict_rows(task, load_published(task)[:40])
    for line in found.lines:
        assert line.prediction is not None
        assert line.low is not None
        assert line.high is not None
        assert 0 < line.low <= line.prediction <= line.high
        assert line.grounding == ("transferred" if task == "transfer" else "fitted")
    assert json.loads(json.dumps(found.document()))["predicted"] == len(found.lines)


def test_a_row_that_cannot_be_predicted_is_a_line_with_its_reason(tmp_path: Path) -> None:
    columns, rows = some_rows("decode", 3)
    rows[0]["gpu_id"] = "rtx-9090"
    rows[2]["tokens"] = "many"
    found = run_backtest(write(tmp_path / "rows.csv", columns, rows), "decode", tmp_path / "out.csv")
    first, second, third = written(tmp_path / "out.csv")
    for line, reason in ((first, "rtx-9090"), (third, "many")):
        assert (line["prediction"], line["low"], line["high"]) == ("", "", "")
        assert reason in line["method"]
    assert float(second["low"]) < float(second["prediction"]) < float(second["high"])
    assert (found.document()["rows"], found.document()["predicted"]) == (3, 1)


@pytest.mark.parametrize("task", ["decode", "serve", "train_step"])
def test_a_vocabulary_larger_than_the_model_is_a_reason(task: Task) -> None:
    row = replace(load_published(task)[0], params=1e6, params_active=None, ffn=None, tied_embeddings=0.0)  # type: ignore[call-arg]
    assert predict_rows(task, [row]).lines[0].method == "vocab × hidden is more than params"


def test_a_prediction_above_the_roofline_is_the_roofline_and_no_less_uncertain() -> None:
    wide = Scales({0.8: 1.0, 0.95: 2.0})
    found = dict(calibrated_quantiles(200.0, 0.1, wide, most=100.0))
    assert max(found.values()) == found[0.5] == 100
    assert found[0.1] == pytest.approx(100 * math.exp(-0.1))
    # A model whose active parameters are a thousand times all of them: products at the peak, in 16 bits.
    row = next(row for row in load_published("serve") if row.id == "se-p0014")
    (line,) = predict_rows("serve", [replace(row, params_active=1e3 * (row.params or 0))]).lines  # type: ignore[call-arg]
    assert line.prediction is not None
    assert line.high == line.prediction
    assert (line.low or 0) < 0.95 * line.prediction


def test_wrong_words_are_refused(tmp_path: Path) -> None:
    for call in (
        lambda: run_backtest(tmp_path / "x.csv", "trains"),
        lambda: cross_validate("decode", "colour"),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.problems[0].id in ("estimate.unknown_task", "estimate.unknown_axis")
        assert caught.value.problems[0].problem("zh")


@pytest.mark.parametrize("task", ["kernel_peer", "train_step"])
def test_held_out_answers_cannot_leak(task: Task) -> None:
    rows = load_published(task)
    group = rows[0].gpu_id  # type: ignore[union-attr]
    changed = [replace(row, answer=123.0) if row.gpu_id == group else row for row in rows]  # type: ignore[union-attr]
    first, second = (
        {
            out.place: out.prediction.log_seconds
            for out in held_out(TASKS[task], its, GPUS, "gpu")
            if out.group == group
        }
        for its in (rows, changed)
    )
    assert first
    assert first == second


def test_coverage_and_error_of_a_cross_validation_are_counted_from_its_lines() -> None:
    found = cross_validate("train_step", "size")
    rows = {row.id: row for row in load_published("train_step")}
    inside, total = 0.0, 0.0
    for line in found.lines:
        row = rows[line.id]
        assert row.answer is not None
        assert line.low is not None
        assert line.high is not None
        inside += (row.weight or 1.0) * (line.low <= row.answer <= line.high)
        total += row.weight or 1.0
    (axis,) = found.axes
    assert axis.n == axis.predicted == len(rows)
    assert axis.cover80 == pytest.approx(100 * inside / total)
    # The interval keeps its word on models of unseen size, and beats the rule of thumb.
    assert 65 <= 100 * inside / total <= 95
    (naive,) = found.naive
    assert axis.median is not None
    assert naive.median is not None
    assert axis.median < 8 < naive.median
    assert axis.score is not None
    assert naive.score is not None
    assert axis.score < naive.score


def test_scores_by_hand() -> None:
    rows = [
        Outcome("a", ("gpu",), "", 1.0, 100.0, 110.0, 90.0, 130.0),  # 10 % off, inside
        Outcome("b", ("gpu", "size"), "", 1.0, 100.0, 60.0, 50.0, 80.0),  # 40 % off, outside
        Outcome("c", (), "", 1.0, 100.0, None, None, None),
        Outcome("d", (), "", 1.0, None, 5.0, 4.0, 6.0),
    ]
    by_axis = {axis.axis: axis for axis in score(rows)}
    assert set(by_axis) == {"all", "gpu", "size"}
    assert (by_axis["all"].n, by_axis["all"].predicted, by_axis["all"].median) == (1, 0, None)
    gpu = by_axis["gpu"]
    assert (gpu.n, gpu.mean, gpu.cover80) == (2, pytest.approx(25.0), pytest.approx(50.0))
    assert by_axis["size"].width == pytest.approx(0.5)
    assert interval_score(100.0, 50.0, 80.0) == pytest.approx(math.log(1.6) + 10 * math.log(1.25))


@pytest.mark.parametrize("task", REFITTED)
def test_refitting_reproduces_what_is_stored(task: Task) -> None:
    entry, again = stored()[task], fit_parameters(task, GPUS)
    assert again["rows"] == entry["rows"]
    assert again["sigma"] == pytest.approx(entry["sigma"], rel=1e-3)
    assert again["parameters"] == pytest.approx(entry["parameters"], abs=2e-3)


@pytest.mark.parametrize("task", list(TASKS))
def test_a_row_with_empty_cells_is_predicted_with_a_wider_interval(task: Task, tmp_path: Path) -> None:
    columns, rows = some_rows(task, 4)
    named: tuple[str, ...] = (
        "id", "gpu_id", "metric", "phase", "mode", "train_quantity", "quantity_unit",
        "fwd_flops_per_sample", "params", "params_active",
    )  # fmt: skip
    if task == "transfer":
        named = ("id", *(name for name in columns if name.startswith(("source_", "target_"))))
    bare = [{name: value if name in named else "" for name, value in row.items()} for row in rows]
    found = run_backtest(write(tmp_path / "bare.csv", columns, bare), task)
    for line in found.lines:
        assert line.prediction is not None, line.method
        assert line.low is not None
        assert line.high is not None
        assert 0 < line.low < line.prediction < line.high
