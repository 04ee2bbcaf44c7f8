"""References in a plan's narrative are checked with the plan, each problem with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.app.building import build, check_plan, example
from toolkit.errors import InputError
from toolkit.store.workspace import Workspace


def test_an_unknown_reference_has_its_line_and_nothing_is_stored(tmp_path: Path) -> None:
    text = example().read_text(encoding="utf-8").replace("{{survive.24}}", "{{survival.24}}")
    plan = tmp_path / "plan.yaml"
    plan.write_text(text + '  slogan: {en: "Draft {{better}}", zh: "起草"}\n', encoding="utf-8")
    line = next(n for n, words in enumerate(text.splitlines(), 1) if words.startswith("  summary:"))
    workspace = Workspace(tmp_path / "ws.duckdb")
    for job in (lambda: check_plan(plan), lambda: build(plan, workspace)):
        with pytest.raises(InputError) as caught:
            job()
        found = {(one.id, one.field): one for one in caught.value.problems}
        assert set(found) == {
            ("report.unknown_narrative", "narrative.slogan"),
            ("report.unknown_reference", "narrative.slogan"),
            ("report.unknown_reference", "narrative.summary"),
        }
        summary = found["report.unknown_reference", "narrative.summary"]
        assert (summary.file, summary.line) == (str(plan), line)
        assert summary.values["reference"] == "survival.24"
    assert not workspace.exists
