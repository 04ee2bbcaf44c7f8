"""Forty questions: their defaults, their answers, and the plan that they make."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from toolkit.app.interview.answers import read_answers
from toolkit.app.interview.defaults import Defaults, template_names
from toolkit.app.interview.questions import QUESTIONS
from toolkit.app.interview.writing import given_answers, plan_text, prepare, write_plan
from toolkit.app.rates import find_rates
from toolkit.cli.main import app
from toolkit.errors import InputError
from toolkit.projection.model import Model
from toolkit.projection.project import model_of
from toolkit.reference import load_reference
from toolkit.resources.compile import compile_plan, read_plan
from toolkit.text import LANGUAGES, Language, t

TODAY = date(2026, 11, 27)
COUNTRIES = tuple(load_reference().countries)


def written(template: str = "subscription", language: Language = "en", **answers: Any) -> str:
    defaults = prepare(template, language, TODAY)
    return plan_text(defaults, given_answers(defaults, answers), "plan.yaml")


def model(text: str) -> Model:
    reference = load_reference()
    plan, positions = read_plan(text, reference)
    return model_of(compile_plan(plan, reference, find_rates(plan, reference, ()), positions))


def test_forty_questions_at_most_in_both_languages() -> None:
    assert len(QUESTIONS) <= 40
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        words = {t(f"interview.ask.{question.id}", language) for language in LANGUAGES}
        assert len(words) == 2
        assert question.help


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_gets_a_plan_that_compiles(country: str) -> None:
    """Pay is only asked for where the salary table has none."""
    known = {row.country for row in load_reference().salaries if row.role == "software_engineer"}
    if country not in known:
        with pytest.raises(InputError) as caught:
            written(country=country)
        assert [problem.field for problem in caught.value.problems] == ["founder_salary", "engineer_salary"]
    given = {} if country in known else {"engineer_salary": 90_000}
    text = written(country=country, **given)
    plan, _ = read_plan(text, load_reference())
    assert plan.company.currency == load_reference().country(country).currency


@pytest.mark.parametrize("template", template_names())
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_template_has_a_basis(template: str, language: Language) -> None:
    text = written(template, language)
    inputs = [line for line in model(text).lines.values() if line.statement == "input"]
    assert len(inputs) > 60
    bare = [line.name for line in inputs if line.source.kind == "plan" and not line.source.title]
    assert not bare
    assert "# " in text
    assert prepare(template, language, TODAY).template.example


def test_what_the_founder_says_is_in_the_plan_and_says_so() -> None:
    text = written(
        name="Acme", country="DE", cash="300k", price="150 to 250", round="none", programmes="none",
        credits=0, training_tokens=0, engineer_salary=70_000, marketing=0,
    )  # fmt: skip
    plan, _ = read_plan(text, load_reference())
    product = plan.market.products[0]
    assert product.price is not None
    assert product.price.quantity.text == "150 to 250"
    assert plan.opening.balances["cash"].quantity.median == 300_000
    assert plan.opening.assumption == "Answered in groundplan init on 2026-11-27"
    assert plan.funding.instruments == []
    assert plan.policy.programmes == []
    assert plan.partnerships.partners == []
    assert [workload.id for workload in plan.compute.workloads] == ["serving"]


@pytest.mark.parametrize("name", ['A "b" 公司', "x: [y", "# no", "'", "yes", "{{runway.p50}}", "- a", "1e3"])
def test_a_name_is_only_a_name(name: str) -> None:
    plan, _ = read_plan(written(name=name), load_reference())
    assert plan.company.name.en == name


def test_every_wrong_answer_is_listed_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(
        "country: XX\ncash: lots\nchurn: 250 %\nstart: soon\nmodel: gpt9\nfounders: -1\nprice: -5\nshoes: 3\n"
        "programmes: [nope]\nraise_chance: 2 to 1\nname: ''\ngpu: h9000\n",
        encoding="utf-8",
    )
    raw, positions = read_answers(file)
    with pytest.raises(InputError) as caught:
        given_answers(prepare("subscription", "en", TODAY), raw, positions)
    found = {problem.field: problem for problem in caught.value.problems}
    assert list(found) == list(raw)
    assert [problem.line for problem in found.values()] == list(range(1, 13))
    for problem in found.values():
        assert problem.file == str(file)
        assert problem.problem("zh")
        assert problem.mend("en")


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    defaults: Defaults = prepare("research", "en", TODAY)
    write_plan(tmp_path / "plan.yaml", defaults, {})
    with pytest.raises(InputError):
        write_plan(tmp_path / "plan.yaml", defaults, {})
    with pytest.raises(InputError):
        write_plan(tmp_path / "no" / "plan.yaml", defaults, {})
    with pytest.raises(InputError):
        prepare("nope", "en", TODAY)


def test_questions_are_asked_again_until_they_fit(tmp_path: Path) -> None:
    """Answers as typed: a wrong country, then GB; everything else by Enter."""
    file = tmp_path / "plan.yaml"
    typed = "Acme\n\nnowhere\nGB\n" + "\n" * 40
    done = CliRunner().invoke(app, ["init", str(file), "--ask"], input=typed)
    assert done.exit_code == 0, done.output
    assert "nowhere" in done.output
    plan = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    assert plan["company"]["name"] == "Acme"
    assert plan["company"]["currency"] == "GBP"


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    answers, file = tmp_path / "answers.yaml", tmp_path / "plan.yaml"
    answers.write_text("template: research\nname: From the file\ncash: 77k\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["init", str(file), "--answers", str(answers), "--name", "Flag", "--json"])
    assert done.exit_code == 0, done.output
    plan = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    assert plan["company"]["name"] == "Flag"
    assert plan["opening"]["balances"]["cash"] == 77_000
    assert plan["market"]["products"][0]["label"]["en"] == "Model licence"


def test_the_list_of_questions_says_why() -> None:
    done = CliRunner().invoke(app, ["init", "--questions", "--country", "FR", "--lang", "zh"])
    assert done.exit_code == 0, done.output
    assert "EUR" in done.output
    assert "公司叫什么名字" in done.output
