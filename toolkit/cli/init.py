"""`init`: writes a plan from at most forty answers: asked on a terminal, or given as flags or in a file."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.app.interview.questions import QUESTIONS, Question
from toolkit.cli.frame import DEFAULT_WORKSPACE, Frame, JsonOption, LangOption, WorkspaceOption, frame

if TYPE_CHECKING:
    from rich.console import Console

    from toolkit.app.interview.answers import Answer
    from toolkit.app.interview.defaults import Defaults


def _with_flags(command: Callable[..., None]) -> Callable[..., None]:
    """The command with one more flag for each question; what was given arrives in `flags`."""
    signature = inspect.signature(command, eval_str=True)
    own = [parameter for parameter in signature.parameters.values() if parameter.name != "flags"]
    options = [
        inspect.Parameter(
            question.id,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=None,
            annotation=Annotated[
                str | None,
                typer.Option(question.flag, help=question.help, rich_help_panel=question.group.capitalize()),
            ],
        )
        for question in QUESTIONS
    ]

    def run(**values: Any) -> None:
        flags = {one.id: values.pop(one.id) for one in QUESTIONS}
        command(**values, flags={name: value for name, value in flags.items() if value is not None})

    run.__doc__ = command.__doc__
    parameters = [*own, *options]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


@_with_flags
def init(
    file: Annotated[Path, typer.Argument(help="Where to write the plan.")] = Path("plan.yaml"),
    template: Annotated[
        str, typer.Option(help="subscription, research, vision, speech or recommender.")
    ] = "subscription",
    answers: Annotated[Path | None, typer.Option(help="A YAML file of answers: question: answer.")] = None,
    ask: Annotated[bool | None, typer.Option(help="Ask what is not given; by default on a terminal.")] = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="List the questions with their defaults, and write nothing.")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
    flags: dict[str, str] = {},  # noqa: B006 - replaced by `_with_flags`
) -> None:
    """Write a commented plan from at most forty answers."""
    del workspace  # taken by every command; nothing is stored here
    with frame(json, lang) as out:
        from toolkit.app.interview.answers import read_answers
        from toolkit.app.interview.writing import given_answers, prepare, write_plan

        raw, positions = read_answers(answers) if answers is not None else ({}, None)
        template = str(raw.pop("template", template))
        defaults = prepare(template, out.language)
        given = given_answers(defaults, {**raw, **flags}, positions)
        if questions:
            _list(defaults, given, out)
            return
        if ask or (ask is None and not (json or raw or flags) and sys.stdin.isatty()):
            given = _ask(defaults, given, out)
        write_plan(file, defaults, given)
        out.answer({"file": str(file)}, lambda console: console.print(out.words("init_done", file=file)))


def _list(defaults: Defaults, given: dict[str, Answer], out: Frame) -> None:
    """Every question with what would be answered, and why."""
    from rich.text import Text

    from toolkit.text import t

    answers: dict[str, Answer] = {}
    rows: list[dict[str, Any]] = []
    for question in QUESTIONS:
        found = given.get(question.id) or defaults.of(question, answers)
        if found is not None:
            answers[question.id] = found
        words = t(f"interview.ask.{question.id}", out.language)
        value, basis = (found.value, found.basis.title) if found else (None, "")
        rows.append({"question": question.id, "words": words, "answer": value, "basis": basis})

    def show(console: Console) -> None:
        for row in rows:
            answer = "—" if row["answer"] is None else _shown(row["answer"], out.language)
            console.print(Text.assemble((f"{row['question']}  ", "bold"), row["words"]))
            console.print(Text.assemble(f"  {answer}  ", (row["basis"], "dim")))

    out.answer(rows, show)


def _ask(defaults: Defaults, given: dict[str, Answer], out: Frame) -> dict[str, Answer]:
    """Ask every question that was not answered; a wrong answer is said to be so, and asked again."""
    from rich.text import Text

    from toolkit.text import t

    answers: dict[str, Answer] = {}
    found = dict(given)
    out.console.print(t("interview.asking", out.language, count=len(QUESTIONS)), style="dim")
    group = ""
    for number, question in enumerate(QUESTIONS, 1):
        default = given.get(question.id) or defaults.of(question, answers)
        if question.id in given or (question.kind == "region" and default and not default.value):
            if default is not None:
                answers[question.id] = default
            continue
        if question.group != group:
            group = question.group
            out.console.print(Text("\n" + t(f"interview.group.{group}", out.language), "bold"))
        if default is not None and default.basis.kind != "assumption":
            out.console.print(Text(t("interview.rests_on", out.language, basis=default.basis.title), "dim"))
        words = t(f"interview.ask.{question.id}", out.language)
        words = t("interview.question", out.language, number=number, count=len(QUESTIONS), words=words)
        answer = _one(question, words, default, defaults, found, out)
        answers[question.id] = answer
        if answer.is_given:
            found[question.id] = answer
    return found


def _one(
    question: Question,
    words: str,
    default: Answer | None,
    defaults: Defaults,
    found: dict[str, Answer],
    out: Frame,
) -> Answer:
    """The answer to one question; what the founder leaves as it is stays the default."""
    from toolkit.app.interview.writing import given_answers
    from toolkit.cli.frame import show_findings
    from toolkit.errors import InputError

    shown = None if default is None else _shown(default.value, out.language)
    while True:
        typed = typer.prompt(words, default=shown, show_default=shown is not None)
        if default is not None and typed == shown:
            return default
        before = {name: answer.value for name, answer in found.items()}
        try:
            return given_answers(defaults, {**before, question.id: typed})[question.id]
        except InputError as error:
            show_findings(out.console, error.problems, out.language)


def _shown(value: Any, language: str) -> str:
    if isinstance(value, dict):
        return str(value.get(language) or next(iter(value.values())))
    return ", ".join(value) if isinstance(value, list) else str(value)
