"""The doctor: what it finds here, and what it says where something is missing."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from toolkit.app import doctor
from toolkit.cli.main import app

GPU = {
    "name": "NVIDIA H100 80GB HBM3", "memory_bytes": 80 * 2**30, "cuda": "13.0", "cudnn": 91400, "meter":
    "live", "unread": {},
}  # fmt: skip
MACHINE = {
    "software": {"python": "3.11.7", "torch": "2.13.0", "transformers": "5.20.0", "numpy": "2.4",
    "nvidia-ml-py": "13"}, "cpu": {"model": "Test", "cpus": 2, "quota_cpus": None, "instructions": [],
    "memory_bytes": 2**34}, "native_bf16": False, "gpus": [], "cuda": "this torch is built without CUDA",
}  # fmt: skip


def states(machine: dict[str, object], workspace: Path) -> dict[str, str]:
    with patch.object(doctor, "_survey", return_value=machine):
        return {check.id: check.state for check in doctor.examine(workspace)}


def test_this_machine_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit")  # must not stand in for the library
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(app, ["doctor", "--json", "--workspace", str(tmp_path / "none.duckdb")])
    checks = {row["check"]: row for row in json.loads(run.stdout.splitlines()[-1])["checks"]}
    assert run.exit_code == 0
    assert "torch 2.13" in checks["software"]["found"]
    assert checks["workspace"]["state"] == "limited"
    assert not (tmp_path / "none.duckdb").exists()


def test_a_gpu_is_found_in_the_catalogue_and_its_meter_read(tmp_path: Path) -> None:
    found = states({**MACHINE, "gpus": [GPU], "cuda": None}, tmp_path / "none.duckdb")
    assert (found["gpu"], found["data_sheet"], found["meter"]) == ("ready", "ready", "ready")
    odd = {**GPU, "name": "Unheard-of 9000", "unread": {"energy_j": "Not Supported"}}
    found = states({**MACHINE, "gpus": [odd], "cuda": None}, tmp_path / "none.duckdb")
    assert (found["data_sheet"], found["meter"]) == ("limited", "limited")


def test_what_is_missing_is_said_in_both_languages(tmp_path: Path) -> None:
    alien = tmp_path / "alien.duckdb"
    alien.write_bytes(b"no database")
    with patch.object(doctor, "_survey", return_value={}):
        checks = {check.id: check for check in doctor.examine(alien)}
    assert checks["software"].state == checks["workspace"].state == "missing"
    for check in checks.values():
        for language in ("en", "zh"):
            assert check.name(language)
            assert (check.mend(language) is None) == (check.state == "ready")
