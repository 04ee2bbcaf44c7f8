"""The programme files: each can be read, each value of the law matters, each error is found in its line."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from toolkit.app.calc import calculate
from toolkit.app.calculators import policy
from toolkit.app.case_file import Case, read_case_file
from toolkit.errors import InputError
from toolkit.reference import load_reference
from toolkit.resources.policy.facts import FACTS
from toolkit.resources.policy.programme import Programme, load_programme, programme_files, read_programme
from toolkit.text import t

CASES = Path(__file__).parents[2] / "cases" / "policy_benefit"
IDS = sorted(programme_files())
# Only a plan reads it: a case gives its VAT.
NOT_IN_CLAIMS = {("cn_vat_sw", "vat_rate")} | {
    ("us_qsb_payroll", name) for name in ("credit_rate", "rate_without_history", "base_share")
}


def cases_by_programme() -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for file in sorted(CASES.glob("*.yaml")):
        for case in read_case_file(file):
            assert case.inputs is not None
            found[case.inputs["programme"]].append(case)
    return found


@pytest.mark.parametrize("id", IDS)
def test_each_file_can_be_read_and_stands_where_its_name_says(id: str) -> None:
    programme = load_programme(id)
    assert programme.id == id
    assert programme_files()[id].parent.name == programme.country.lower()
    assert id in load_reference().programmes, "a programme with rules is also in the catalogue"
    for other in programme.not_with:
        assert id in load_programme(other).not_with, "exclusion holds both ways"


@pytest.mark.parametrize("id", IDS)
def test_every_value_of_the_law_changes_some_case(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    programme = load_programme(id)
    cases = cases_by_programme()[id]
    assert len(cases) >= 2
    for name, parameter in programme.parameters.items():
        if (id, name) in NOT_IN_CLAIMS:
            continue
        for index in range(len(parameter.values)):
            for factor in (0.5, 1.5):
                changed = _changed(programme, name, index, factor)
                monkeypatch.setattr(policy, "load_programme", lambda _id, changed=changed: changed)
                if any(calculate(case).passed is False for case in cases):
                    break
            else:
                pytest.fail(f"{id}: no case notices {name}, value {index}")
    monkeypatch.undo()
    assert all(calculate(case).passed for case in cases)


def _changed(programme: Programme, name: str, index: int, factor: float) -> Programme:
    parameter = programme.parameters[name]
    values = list(parameter.values)
    moved = values[index].value * factor if values[index].value else 0.1
    values[index] = values[index].model_copy(update={"value": moved})
    parameters = programme.parameters | {name: parameter.model_copy(update={"values": values})}
    return programme.model_copy(update={"parameters": parameters})


def test_every_fact_has_words_in_both_languages() -> None:
    for fact in FACTS:
        assert t(f"policy.lines.facts.{fact}", "en") != t(f"policy.lines.facts.{fact}", "zh")


BROKEN = """\
id: broken
name: Broken
jurisdiction: US
currency: USD
kind: tax_credit
confidence: high
parameters:
  rate:
    unit: "1"
    label: Rate
    by: birthday
    values:
      - {from: "2026", value: 0.1, source: {title: Law}}
formulas:
  - {id: base, unit: USD, label: Base, formula: fact.rd_staff_cost}
absent:
  no_such_fact: 0
plan: {every: week, amount: base, settled: cash, after: 4, why: {title: Law}}
"""
WRONG_FORMULAS = """\
id: wrong
name: Wrong
jurisdiction: US
currency: USD
kind: tax_credit
confidence: high
parameters:
  rate: {unit: "1", label: Rate, values: [{from: "2026-01-01", value: 0.1, source: {title: Law}}]}
formulas:
  - {id: early, unit: USD, label: Early, formula: late + 1}
  - {id: late, unit: USD, label: Late, formula: rate * fact.rd_stuff_cost}
  - {id: worse, unit: USD, label: Worse, formula: "open('x')"}
  - {id: granted, unit: USD, label: Taken, formula: rate * fact.rd_staff_cost}
  - {id: rate, unit: USD, label: Again, formula: fact.rd_staff_cost}
plan:
  every: year
  amount: late * nothing
  settled: cash
  after: 4
  why: {title: Law}
  facts:
    rd_staff_cost: sum(plan.research_play, 12)
"""


def problems_of(text: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(InputError) as caught:
        read_programme(text, "data/policies/us/x.yaml")
    assert all(problem.file == "data/policies/us/x.yaml" for problem in caught.value.problems)
    return sorted((problem.id, problem.line, problem.field) for problem in caught.value.problems)


def test_all_errors_of_a_file_are_found_with_their_lines() -> None:
    assert problems_of(BROKEN) == [
        ("plan.choice", 11, "parameters.rate.by"),
        ("plan.choice", 18, "plan.every"),
        ("policy.not_a_day", 13, "parameters.rate.values[0].from"),
        ("policy.unknown_fact", 17, "absent.no_such_fact"),
    ]


def test_all_errors_of_the_formulas_are_found_with_their_lines() -> None:
    assert problems_of(WRONG_FORMULAS) == [
        ("lines.not_in_language", 12, "formulas[2].formula"),
        ("lines.unknown_name", 10, "formulas[0].formula"),
        ("lines.unknown_name", 11, "formulas[1].formula"),
        ("lines.unknown_name", 17, "plan.amount"),
        ("lines.unknown_name", 22, "plan.facts.rd_staff_cost"),
        ("plan.duplicate_id", 14, "formulas[4].id"),
        ("policy.reserved_id", 13, "formulas[3].id"),
    ]
