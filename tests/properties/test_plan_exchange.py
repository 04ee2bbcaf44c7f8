"""Import → export → import of any plan is identity: as text, as JSON, and table by table."""

from __future__ import annotations

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.properties.random_plans import plans
from toolkit.app.history import export_text, import_plan, plan_diff
from toolkit.app.plan_text import edit
from toolkit.app.tables.columns import TABLES
from toolkit.app.tables.merge import merge_table
from toolkit.app.tables.write import write_table
from toolkit.resources.reading import read_yaml
from toolkit.store.changes import changes_between
from toolkit.store.workspace import Workspace
from toolkit.text import LANGUAGES

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
comments = st.text("abc 中文 #:-{}", max_size=12).map(lambda text: f"# {text}")


@st.composite
def written_plans(draw: st.DrawFn) -> str:
    """The text of a plan: block or flow style, indented lists or not, with comments between its sections."""
    data = draw(plans())
    yaml = YAML()
    yaml.width = 10**6
    yaml.representer.ignore_aliases = lambda _: True
    if draw(st.booleans()):
        yaml.indent(mapping=2, sequence=4, offset=2)
    if draw(st.booleans()):
        yaml.default_flow_style = None
    parts = []
    data["market"] = {key: part for key, part in data["market"].items() if part is not None}
    for key, section in data.items():
        if section is None:
            continue
        out = io.StringIO()
        yaml.dump({key: section}, out)
        parts += [draw(comments), out.getvalue().rstrip("\n"), ""]
    text = "\n".join(parts) + draw(st.sampled_from(("", "# the end\n")))
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@settings(max_examples=5, deadline=None, suppress_health_check=SLOW)
@given(written_plans(), st.floats(0, 0.9))
def test_what_is_exported_is_what_was_imported(text: str, churn: float) -> None:
    with TemporaryDirectory() as folder:
        here, workspace = Path(folder), Workspace(Path(folder) / "w.duckdb")
        first, again, plain = here / "plan.yaml", here / "again.yaml", here / "plan.json"
        first.write_bytes(text.encode())
        import_plan(first, workspace)
        export_text("plan", None, workspace, None, None, again, "en")
        assert again.read_bytes() == first.read_bytes()
        export_text("plan", None, workspace, None, None, plain, "en")
        assert json.loads(plain.read_text(encoding="utf-8")) == read_yaml(text)[0]
        assert import_plan(again, workspace).number == 1, "the same text is the same revision"
        assert import_plan(plain, workspace).changes == (), "as JSON it says the same"

        def change(tree: Any) -> None:
            tree["market"]["products"][0]["monthly_churn"] = churn

        first.write_bytes(edit(text, change).encode())
        (entry,) = plan_diff(workspace, str(first)).changes or (None,)
        if entry is not None:
            assert entry.path == "market.products[p0].monthly_churn"
            assert entry.after == churn


@settings(max_examples=5, deadline=None, suppress_health_check=SLOW)
@given(written_plans(), st.sampled_from(TABLES), st.sampled_from(LANGUAGES))
def test_a_table_written_and_read_changes_nothing(text: str, kind: Any, language: Any) -> None:
    table = write_table(kind, text, language=language)
    if table.count("\n") < 2:
        return
    merged = merge_table(kind, table.encode(), "t.csv", text)
    assert not merged.added
    assert not merged.updated
    assert changes_between(text, merged.text) == ()


@settings(max_examples=10, deadline=None, suppress_health_check=SLOW)
@given(written_plans())
def test_an_edit_that_changes_nothing_keeps_every_comment(text: str) -> None:
    after = edit(text, lambda _: None)
    assert changes_between(text, after) == ()
    assert [row.strip() for row in after.splitlines() if row.startswith("#")] == [
        row.strip() for row in text.splitlines() if row.startswith("#")
    ]
