"""The wheel works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.end_to_end.command import EXAMPLE, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel is installed, without the checkout on the path."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, capture_output=True, check=True, cwd=folder)
    wheel = next(folder.glob("*.whl"))
    names = zipfile.ZipFile(wheel).namelist()
    roots = {name.split("/")[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"toolkit"}
    target = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "toolkit.cli.main", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_it_brings_its_facts_templates_and_pages(installed: Path, tmp_path: Path) -> None:
    probe = "import toolkit.reference.paths as p; print(p.data_dir(), p.fonts_dir(), p.dashboards_dir())"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    for folder in done.stdout.split():
        assert Path(folder).is_relative_to(installed)
        assert any(Path(folder).iterdir())


def test_it_builds_and_reports_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    built = run(installed, tmp_path, "build", str(EXAMPLE), "--json")
    assert built.returncode == 0, built.stderr
    written = run(installed, tmp_path, "report", "--lang", "en,zh")
    assert written.returncode == 0, written.stderr
    assert len(list((tmp_path / "reports" / "out").iterdir())) == 6
