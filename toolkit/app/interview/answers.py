"""Answers: what a founder gives, checked question by question; all problems at once.

An answers file is YAML: the name of a question, a colon, the answer. `template` may stand beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.app.building import read_text
from toolkit.app.interview.questions import BY_ID, Question
from toolkit.errors import InputError, Problem, refuse
from toolkit.lines.quantity_text import parse_quantity
from toolkit.lines.spelling import nearest
from toolkit.provenance import Source
from toolkit.reference import Reference
from toolkit.resources.policy.programme import load_programme, programme_files
from toolkit.resources.reading import Positions, read_yaml
from toolkit.resources.surroundings import MONTH
from toolkit.shapes.catalogue import SHAPES
from toolkit.units import CURRENCIES

MOST_WORDS = 300
ROUNDS = ("safe", "priced_round", "none")
PERCENTILES = ("p25", "p50", "p75")


@dataclass(frozen=True, slots=True)
class Answer:
    """A value as the plan writes it, and what it rests on; `is_given`: the founder said it."""

    value: Any
    basis: Source
    is_given: bool = False


def read_answers(file: Path) -> tuple[dict[str, Any], Positions]:
    """The answers of a file, unchecked. Raises InputError for a file that is no mapping."""
    return read_yaml(read_text(file), str(file))


def check_answers(
    given: Mapping[str, Any],
    reference: Reference,
    country: str,
    currency: str,
    positions: Positions | None = None,
) -> dict[str, Any]:
    """The given answers in the plan's spelling.

    Raises InputError with every problem: at the name of the question, and its line where there is a file.
    """
    problems: list[Problem] = []
    checked: dict[str, Any] = {}
    for name, raw in given.items():
        question = BY_ID.get(name)
        if question is None:
            values = {"name": name, "nearest": nearest(name, BY_ID)}
            problems.append(_at(Problem("interview.unknown_question", name, values=values), positions))
            continue
        try:
            checked[name] = check_answer(question, raw, reference, country, currency)
        except InputError as error:
            found = (Problem(one.id, name, values=one.values) for one in error.problems)
            problems += [_at(one, positions) for one in found]
    refuse(problems)
    return checked


def _at(problem: Problem, positions: Positions | None) -> Problem:
    return (
        problem if positions is None else problem.at(file=positions.file, line=positions.line(problem.field))
    )


def check_answer(question: Question, raw: Any, reference: Reference, country: str, currency: str) -> Any:
    """One answer in the plan's spelling, for a company in `country` that plans in `currency`. Raises
    InputError with one problem."""
    text = "" if raw is None else str(raw).strip()
    match question.kind:
        case "words":
            return _words(raw)
        case "country":
            reference.country(text.upper())
            return text.upper()
        case "region":
            return _region(text, reference, country)
        case "currency":
            return _one_of(text.upper(), CURRENCIES)
        case "month":
            if not MONTH.fullmatch(text):
                raise _refused("plan.month", text=text)
            return text
        case "whole":
            return _whole(text, question)
        case "percentile":
            return _one_of(text.lower(), PERCENTILES)
        case "model":
            return _one_of(text.lower(), tuple(SHAPES))
        case "gpu":
            return reference.gpu(reference.gpu_by_alias(text) or text).id
        case "round":
            return _one_of(text.lower(), ROUNDS)
        case "programmes":
            return _programmes(raw, country)
    return _quantity(raw, question, currency)


def _words(raw: Any) -> Any:
    if isinstance(raw, Mapping):
        if set(raw) <= {"en", "zh"} and raw and all(isinstance(word, str) for word in raw.values()):
            return dict(raw)
        raise _refused("plan.text")
    text = "" if raw is None else " ".join(str(raw).split())
    if not text or len(text) > MOST_WORDS or not text.isprintable():
        raise _refused("interview.words", most=MOST_WORDS)
    return text


def _one_of(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise _refused("interview.choice", text=text, nearest=nearest(text, known))
    return text


def _region(text: str, reference: Reference, country: str) -> str:
    regions = regions_with_rules(reference, country)
    if regions and text not in regions:
        raise _refused("interview.choice", text=text, nearest=nearest(text, regions))
    return text


def regions_with_rules(reference: Reference, country: str) -> tuple[str, ...]:
    """The regions of a country whose employers have rules of their own."""
    rules = [rule for rule in reference.employer_rates if rule.country == country]
    return tuple(sorted({rule.region for rule in rules if rule.region is not None}))


def _whole(text: str, question: Question) -> int:
    if not re.fullmatch(r"\d{1,6}", text):
        raise _refused("plan.whole_number", text=text)
    if int(text) > question.most:
        raise _refused("plan.too_large", text=text, maximum=f"{question.most:g}")
    return int(text)


def _programmes(raw: Any, country: str) -> list[str] | str:
    parts = raw if isinstance(raw, list) else re.split(r"[,\s]+", str(raw).strip())
    names = [str(part) for part in parts if str(part)]
    if names in (["auto"], ["none"]):
        return [] if names == ["none"] else "auto"
    known = [one for one in programme_files() if load_programme(one).jurisdiction[:2] == country]
    for name in names:
        if name not in known:
            raise _refused("interview.programme", name=name, known=", ".join(known) or "—")
    return names


def _quantity(raw: Any, question: Question, currency: str) -> Any:
    quantity = parse_quantity(raw, question.unit.format(currency=currency))
    low, high = quantity.interval_90
    if low < 0:
        raise _refused("lines.quantity_small", text=raw, minimum="0")
    if high > question.most:
        raise _refused("lines.quantity_large", text=raw, maximum=f"{question.most:g}")
    return raw.strip() if isinstance(raw, str) else raw


def _refused(id: str, **values: Any) -> InputError:
    return InputError([Problem(id, values=values)])
