"""Recorded measurements: every line is read, keeps its id, names its machine, and counts real sizes only."""

from pathlib import Path

import pytest

from toolkit.benchmark.measurement_file import read_measurements
from toolkit.reference.paths import data_dir

FILES = sorted((data_dir() / "measurements").glob("*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_is_a_measurement(path: Path) -> None:
    found, problems = read_measurements(path)
    assert problems == []
    assert len(found) == len(path.read_text(encoding="utf-8").splitlines())
    for one in found:
        assert not one.workload.model.startswith("tiny-")
        assert one.low < one.value < one.high
        assert one.environment["software"]["torch"]
        assert one.measured_at.startswith(path.stem[:10])


def test_the_readme_names_every_file() -> None:
    text = (data_dir() / "measurements" / "README.md").read_text(encoding="utf-8")
    assert FILES
    assert [path.name for path in FILES if path.name not in text] == []
