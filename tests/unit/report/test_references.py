"""References in narrative are filled from the run, in the reader's language; unknown ones are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from toolkit.errors import InputError
from toolkit.projection.run import Figure
from toolkit.report.build import build_document
from toolkit.report.context import ReportContext
from toolkit.report.references import REFERENCES, fill, narrative_problems
from toolkit.report.scribe import Scribe
from toolkit.text import Text


def test_numbers_are_written_in_the_language_of_the_reader(context: ReportContext) -> None:
    words = "{{cash}} · {{runway.p50}} · {{ runway.p5 }} · {{month.start}} · {{horizon}}"
    assert fill(words, Scribe(context, "en")) == "$640K · ≥\u00a036 months · 30 months · Jan 2027 · 36 months"
    assert fill(words, Scribe(context, "zh")) == "64万美元 · ≥\u00a036个月 · 30个月 · 2027年1月 · 36个月"


def test_every_reference_can_be_filled_in_both_languages(context: ReportContext) -> None:
    for language in ("en", "zh"):
        for name in REFERENCES:
            filled = fill(f"{{{{{name}}}}}", Scribe(context, language))
            assert filled
            assert "{" not in filled


def test_one_month_is_singular(context: ReportContext) -> None:
    metrics = replace(
        context.run.metrics, runway_months={**context.run.metrics.runway_months, "p5": Figure(1.0)}
    )
    one = replace(context, run=replace(context.run, metrics=metrics))
    assert fill("{{runway.p5}}", Scribe(one, "en")) == "1 month"


def test_what_the_plan_lacks_is_a_dash(context: ReportContext) -> None:
    bare = replace(context, ask=None, headlines={})
    assert fill("{{ask.amount}} {{customers.end}} {{revenue.last_year}}", Scribe(bare, "en")) == "— — —"


def test_all_unknown_references_are_found_with_their_place() -> None:
    problems = narrative_problems(
        {
            "product": Text("{{runway.p51}} and {{cash}}", "{{runway.p51}} {{nonsense}}"),
            "poem": Text("", ""),
        }
    )
    assert [(p.id, p.field) for p in problems] == [
        ("report.unknown_narrative", "narrative.poem"),
        ("report.unknown_reference", "narrative.product"),
        ("report.unknown_reference", "narrative.product"),
    ]
    assert problems[1].problem("en") == "The words refer to {{runway.p51}}, which no run holds."
    assert "{{nonsense}}" in problems[2].problem("zh")


def test_a_document_is_not_built_on_an_unknown_reference(context: ReportContext) -> None:
    wrong = replace(context, narrative={"team": Text("{{team.size}}", "{{team.size}}")})
    with pytest.raises(InputError) as caught:
        build_document("business-plan", wrong, "en")
    assert [p.field for p in caught.value.problems] == ["narrative.team"]


def test_braces_in_a_name_are_plain_text(context: ReportContext) -> None:
    name = Text("{{cash}} Ltd", "{{cash}} 有限公司")
    document = build_document(
        "business-plan", replace(context, company=replace(context.company, name=name)), "en"
    )
    assert document.title == "{{cash}} Ltd"
