"""From context to document: years, answers, sources, absent parts, refusals."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import toolkit.report
from toolkit.errors import InputError, ReportError
from toolkit.projection.run import Figure as Estimate
from toolkit.provenance import Source
from toolkit.report.build import FORMATS, build_document, write
from toolkit.report.context import ReportContext, input_rows
from toolkit.report.document import Callout, Facts, Figure, Paragraph, SourceList, Table
from toolkit.report.scribe import Scribe
from toolkit.report.wording import AREAS, catalogue, together
from toolkit.text import load_catalogue
from toolkit.text.formats import MoneyScale


def table(context: ReportContext, language: str, id: str) -> Table:
    blocks = build_document("business-plan", context, language).blocks()
    return next(block for block in blocks if isinstance(block, Table) and block.id == id)


def test_every_word_that_sections_ask_for_is_in_the_catalogue() -> None:
    """Keys written out in the code; those that are put together are covered by building both languages."""
    known = catalogue("en").keys()
    folder = Path(toolkit.report.__file__).parent
    asked = {
        key
        for path in folder.rglob("*.py")
        for key in re.findall(r'\bsay\(\s*"([a-z0-9_.]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 80
    assert asked <= known


def test_flows_are_summed_and_balances_taken_at_the_end(context: ReportContext) -> None:
    base = context.run.base
    income = {row.cells[0].text: row for row in table(context, "en", "income-annual").rows}
    assert income["Net income"].cells[1].value == pytest.approx(sum(base["net_income"][1:13]))
    cash = {row.cells[0].text: row for row in table(context, "en", "cash_flow-annual").rows}
    assert cash["Closing cash"].cells[2].value == pytest.approx(base["account.cash"][24])
    balance = {row.cells[0].text: row for row in table(context, "en", "balance-annual").rows}
    for year in (1, 2, 3):
        assets, funds = (
            balance[name].cells[year].value for name in ("Total assets", "Total liabilities and equity")
        )
        assert assets == pytest.approx(funds)


def test_the_first_twelve_months_are_whole(context: ReportContext) -> None:
    monthly = table(context, "zh", "income-monthly")
    assert monthly.wide
    assert len(monthly.columns) == 13
    assert monthly.columns[1].label == "2027年\n1月"
    assert monthly.columns[2].label == "2月"
    assert monthly.unit == "万美元"


@pytest.mark.parametrize(
    ("first_month", "labels"),
    [(1, ["2027", "2028", "2029"]), (4, ["FY2027 (3 mo)", "FY2028", "FY2029", "FY2030 (9 mo)"])],
)
def test_fiscal_years(context: ReportContext, first_month: int, labels: list[str]) -> None:
    company = replace(context.company, fiscal_year_first_month=first_month)
    years = Scribe(replace(context, company=company), "en").years()
    assert [year.label for year in years] == labels
    assert [place for year in years for place in year.months] == list(range(1, 37))


@pytest.mark.parametrize(
    ("p5", "p50", "tone", "words"),
    [
        (Estimate(36, 0, True), Estimate(36, 0, True), "good", "Yes, as far as this plan looks"),
        (Estimate(20, 0.4), Estimate(36, 0, True), "warn", "it lasts 20 ± 0.4 months"),
        (Estimate(9, 0), Estimate(14.5, 0.2), "bad", "cash lasts 14.5 ± 0.2 months"),
    ],
)
def test_the_answer_follows_the_run(
    context: ReportContext, p5: Estimate, p50: Estimate, tone: str, words: str
) -> None:
    runway = {**context.run.metrics.runway_months, "p5": p5, "p50": p50}
    run = replace(context.run, metrics=replace(context.run.metrics, runway_months=runway))
    blocks = build_document("business-plan", replace(context, run=run), "en").sections[0].blocks
    callout = next(block for block in blocks if isinstance(block, Callout))
    assert callout.tone == tone
    assert words in callout.text


def test_nearly_certain_is_not_certain(context: ReportContext) -> None:
    scribe = Scribe(context, "en")
    assert scribe.chance(Estimate(0.9997)) == "> 99.9%"
    assert scribe.chance(Estimate(1.0)) == "100.0%"
    assert scribe.chance(Estimate(0.953)) == "95%"


def test_every_source_that_is_cited_is_listed_once(context: ReportContext) -> None:
    document = build_document("business-plan", context, "en")
    cited = {
        cell.source
        for block in document.blocks()
        if isinstance(block, Table)
        for row in block.rows
        for cell in row.cells
        if cell.source is not None
    }
    (sources,) = [block for block in document.blocks() if isinstance(block, SourceList)]
    assert [entry.number for entry in sources.entries] == list(range(1, len(sources.entries) + 1))
    assert cited == {entry.number for entry in sources.entries}


def test_a_source_at_several_places_is_one_entry(context: ReportContext) -> None:
    scribe = Scribe(context, "en")
    first = Source("assumption", "guess", place="plan.yaml:12", confidence="low")
    again = replace(first, place="plan.yaml:15")
    assert scribe.cite(first) == scribe.cite(again) == scribe.cite(first) == 1
    assert scribe.cite(replace(first, title="other guess")) == 2
    assert scribe.sources()[0].place == "plan.yaml:12, 15"
    assert together(["data/offers.csv aws/p5", "plan.yaml:3"]) == "data/offers.csv aws/p5; plan.yaml:3"
    assert together(["/plans/ada/plan.yaml:3", "/plans/ada/plan.yaml:5"]) == "plan.yaml:3, 5"
    assert together([f"plan.yaml:{n}" for n in range(20)]).endswith("10, 11, …")


def test_titles_that_the_program_gives_are_in_the_language_of_the_reader(context: ReportContext) -> None:
    rate = Source("fit", "gpt2.decode.fp16.b16.t512 on NVIDIA L4: Time model fitted to 137 measurements.")
    words = "replace it by what you find: own search, from its start to the first day"
    mine = Source("assumption", f"Assumption of Groundplan, from memory: {words}")
    plain = Source("rule", "not given in the plan")
    chinese, english = Scribe(context, "zh"), Scribe(context, "en")
    assert chinese.title(rate) == "gpt2.decode.fp16.b16.t512，设备 NVIDIA L4：按公开发表的测量结果拟合"
    assert chinese.title(mine) == "Groundplan 的经验假设，请以实际数据替换：自主招聘周期"
    assert chinese.title(plain) == "计划未给出，取默认值"
    assert english.title(rate) == rate.title
    assert english.title(Source("fact", "Pay survey 2025")) == "Pay survey 2025"


def test_a_row_that_is_nothing_is_left_out_but_totals_stay(context: ReportContext) -> None:
    zeros = tuple(0.0 for _ in range(37))
    run = replace(context.run, base={**context.run.base, "operations": zeros, "gross_profit": zeros})
    rows = {row.cells[0].text: row for row in table(replace(context, run=run), "en", "income-annual").rows}
    assert "Operations" not in rows
    assert [cell.text for cell in rows["Gross profit"].cells[1:]] == ["–", "–", "–"]


def test_many_months_of_arrival_are_put_short(context: ReportContext) -> None:
    months = tuple(f"2028-{number:02d}" for number in range(4, 9))
    support = (replace(context.support[0], months=months),)
    rows = table(replace(context, support=support), "zh", "programmes").rows
    assert rows[0].cells[3].text == "2028年4月至2028年8月，共5次"


def test_what_the_plan_lacks_is_said_and_no_table_is_empty(context: ReportContext) -> None:
    bare = replace(
        context,
        roles=(),
        products=(),
        markets=(),
        competitors=(),
        funding=(),
        support=(),
        partners=(),
        narrative={},
    )
    document = build_document("business-plan", bare, "en")
    said = [
        block
        for block in document.blocks()
        if isinstance(block, Paragraph) and block.text == "Not in this plan."
    ]
    assert len(said) >= 6
    assert all(block.rows for block in document.blocks() if isinstance(block, Table))


def test_no_word_is_in_two_catalogues_of_the_reports() -> None:
    keys = [key for area in AREAS for key in load_catalogue(area, "en")]
    assert len(keys) == len(set(keys))


def test_quantities_of_inputs(context: ReportContext) -> None:
    scribe = Scribe(context, "en")
    assert scribe.share(0.22) == "22%"
    assert scribe.share(0.0125) == "1.25%"
    assert scribe.plain(40_000) == "40,000"
    assert scribe.plain(0.8048) == "0.8048"
    assert scribe.unit("token/second") == "tokens/s"
    assert scribe.unit("USD/year") == "USD/year"
    assert scribe.unit("1") == ""
    assert Scribe(context, "zh").unit("USD/month") == "美元/月"
    assert scribe.money_cell(-1_234_000, MoneyScale(1e3, 0, "")).text == "(1,234)"


@pytest.mark.parametrize(
    ("unit", "is_share", "value", "ends", "printed"),
    [
        ("1", False, 0.9165, (0.7, 1.2), ("0.9165", "0.7 – 1.2")),  # a factor, not a share
        ("1", False, 0.32, (0.2, 0.5), ("0.32", "0.2 – 0.5")),  # customers a month
        ("1", True, 0.02, (0.01, 0.03), ("2%", "1% – 3%")),
        ("1", True, 0.8, None, ("80%", "")),  # the chance of an event
        ("token", False, 1.265e7, (8e6, 2e7), ("12.65M", "8M – 20M")),  # one form for all three
        ("USD/year", False, 168_000, None, ("168,000", "")),
    ],
)
def test_an_input_is_printed_in_one_form(
    context: ReportContext,
    unit: str,
    is_share: bool,
    value: float,
    ends: tuple[float, float] | None,
    printed: tuple[str, str],
) -> None:
    row = replace(context.inputs[0], unit=unit, is_share=is_share, value=value, interval_90=ends)
    cells = table(replace(context, inputs=(row,)), "en", "all-inputs").rows[1].cells
    assert (cells[1].text, cells[3].text) == printed


def test_the_chance_to_survive_adds_up_the_months_of_ruin(context: ReportContext) -> None:
    ruin = (0.0,) * 11 + (0.1,) + (0.0,) * 11 + (0.2,) + (0.0,) * 12
    run = replace(context.run, metrics=replace(context.run.metrics, ruin_by_month=ruin))
    blocks = build_document("business-plan", replace(context, run=run), "en").blocks()
    figure = next(block for block in blocks if isinstance(block, Figure) and block.id == "survival")
    assert "90.0% after 12 months, 70.0% after 24 months, 70.0% after 36 months" in figure.alt


def test_inputs_come_from_the_lines(context: ReportContext) -> None:
    assert input_rows(context.lines) == ()  # the example's lines are amounts and accounts
    line = replace(next(iter(context.lines.values())), name="talent.x.salary", statement="input")
    (row,) = input_rows({line.name: line}, {line.name: "fitted"})
    assert (row.group, row.field, row.rung, row.interval_90) == ("talent", "talent.x.salary", "fitted", None)


def test_unknown_templates_and_formats_are_refused(context: ReportContext, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        build_document("novel", context, "en")
    assert caught.value.problems[0].values["name"] == "novel"
    document = build_document("business-plan", context, "en")
    with pytest.raises(ReportError, match="pdf"):
        write(document, "docm", tmp_path / "plan.docm")
    assert list(tmp_path.iterdir()) == []
    assert FORMATS == ("html", "pdf", "docx", "md")


def test_the_record_of_the_run_is_printed(context: ReportContext) -> None:
    record = [
        block for block in build_document("business-plan", context, "en").blocks() if isinstance(block, Facts)
    ][-1]
    assert ("Run", context.run.id) in record.pairs
    assert ("Draws / scrambles / seed", "16,384 / 8 / 1") in record.pairs
