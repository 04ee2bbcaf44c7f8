"""Writes the plan: commented YAML, checked as any plan before a file is made."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.app.interview.answers import Answer, check_answer, check_answers
from toolkit.app.interview.defaults import Defaults, Template, all_defaults, load_template
from toolkit.app.interview.questions import BY_ID
from toolkit.app.interview.sections import plan_of
from toolkit.app.interview.writer import Writer
from toolkit.app.rates import find_rates
from toolkit.errors import InputError, Problem
from toolkit.provenance import Source
from toolkit.reference import Reference, load_reference
from toolkit.resources.compile import compile_plan, read_plan
from toolkit.resources.reading import Positions
from toolkit.text import Language, t

INLINE = 100  # a mapping that is no longer stands on one line


def prepare(template: str, language: Language, today: date | None = None) -> Defaults:
    """What the questions are answered with by default. Raises InputError for an unknown template."""
    return Defaults(load_template(template), load_reference(), language, today or date.today())


def given_answers(
    defaults: Defaults, raw: Mapping[str, Any], positions: Positions | None = None
) -> dict[str, Answer]:
    """The answers that a founder gave, checked. Raises InputError with every problem."""
    country, currency = _place(defaults, raw)
    checked = check_answers(raw, defaults.reference, country, currency, positions)
    words = t("interview.answered", defaults.language, day=defaults.today.isoformat())
    basis = Source("assumption", words)
    return {name: Answer(value, basis, is_given=True) for name, value in checked.items()}


def _place(defaults: Defaults, raw: Mapping[str, Any]) -> tuple[str, str]:
    """Country and currency of the company: as given where that is right, else by default."""
    answers: dict[str, Answer] = {}
    for name in ("country", "currency"):
        default = defaults.of(BY_ID[name], answers)
        assert default is not None, "country and currency are always known"
        value = default.value
        if name in raw:
            with suppress(InputError):  # reported with the other answers
                value = check_answer(BY_ID[name], raw[name], defaults.reference, "", "")
        answers[name] = Answer(value, default.basis)
    return answers["country"].value, answers["currency"].value


def write_plan(file: Path, defaults: Defaults, given: Mapping[str, Answer]) -> str:
    """Write the plan that the answers make, and return its text. Never overwrites a file.

    Raises InputError: questions without an answer, a plan that does not hold together, a file that exists or
    cannot be written.
    """
    text = plan_text(defaults, given, str(file))
    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError:
        raise InputError([Problem("app.file_exists", file=str(file))]) from None
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("app.unwritable", file=str(file), values=values)]) from None
    return text


def plan_text(defaults: Defaults, given: Mapping[str, Answer], file: str) -> str:
    """The text of the plan that the answers make, checked. Raises InputError."""
    answers = all_defaults(defaults, given)
    writer = Writer(answers, defaults.reference, defaults.language)
    text = _commented(plan_of(writer), defaults.template, writer, file)
    _check(text, file, defaults.reference)
    return text


def _check(text: str, file: str, reference: Reference) -> None:
    """A plan that `init` writes also builds: it is compiled with the rates that it needs."""
    plan, positions = read_plan(text, reference, file)
    compile_plan(plan, reference, find_rates(plan, reference, ()), positions)


def _commented(plan: Mapping[str, Any], template: Template, writer: Writer, file: str) -> str:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 10**6
    yaml.indent(mapping=2, sequence=4, offset=2)
    name = writer.value("name")
    words = name if isinstance(name, str) else " ".join(name.values())
    head = writer.say("head", name=words, kind=template.label[writer.language], file=file)
    parts = ["\n".join(f"# {line}" for line in head.strip().split("\n"))]
    for key, section in plan.items():
        out = io.StringIO()
        yaml.dump({key: _tree(section)}, out)
        comment = t(f"interview.section_{key}", writer.language) if key != "format" else ""
        parts.append(
            "\n".join([*(f"# {line}" for line in comment.split("\n") if line), out.getvalue().rstrip()])
        )
    return "\n".join([parts[0], parts[1], "", "\n\n".join(parts[2:])]) + "\n"


def _tree(node: Any) -> Any:
    """The data as a tree for YAML, in which short records stand on one line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(node, Mapping):
        tree = CommentedMap((key, _tree(value)) for key, value in node.items())
        flat = not any(isinstance(value, Mapping | list) for value in node.values())
        if flat and len(str(dict(node))) <= INLINE:
            tree.fa.set_flow_style()
        return tree
    if isinstance(node, list):
        return CommentedSeq(_tree(item) for item in node)
    return node
