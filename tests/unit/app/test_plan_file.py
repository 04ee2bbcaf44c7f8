"""Reading a plan file that is no plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.app.building import read_text
from toolkit.errors import InputError


def test_a_file_in_another_encoding_is_said_to_be_so_in_both_languages(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_bytes("company: {name: 甲}\n".encode("gb18030"))
    with pytest.raises(InputError) as caught:
        read_text(plan)
    (problem,) = caught.value.problems
    assert "UTF-8" in problem.mend("en")
    assert problem.problem("zh") == "该文件不是 UTF-8 编码的文本。"
