"""Analyses as plain data: what `--json` prints and what a page reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from toolkit.projection.analysis.outcome import Goal, Metric, Outcome
from toolkit.projection.model import Model
from toolkit.projection.run import Figure
from toolkit.text import Language, Text


def document_of(record: Any, model: Model, language: Language = "en") -> dict[str, Any]:
    """The JSON form of an analysis: its fields, and `lines` with label and unit of every line that it names.

    A figure is `{value, error}` (and `at_least` where it is a lower bound); a metric or goal is its text.
    """
    document = plain(list(record) if isinstance(record, tuple) else record, language)
    named = {text for text in _texts(document) if text in model.lines}
    labels = {
        name: {"label": model.lines[name].label[language], "unit": model.lines[name].unit}
        for name in sorted(named)
    }
    whole = {"results": document} if isinstance(document, list) else document
    return {**whole, "currency": model.currency, "lines": labels}


def plain(value: Any, language: Language = "en") -> Any:
    """A record as plain data: a metric is its text, words are those of the language, moments ISO."""
    if isinstance(value, Metric | Goal | Outcome):
        return str(value)
    if isinstance(value, Text):
        return value[language]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Figure):
        return {"value": value.value, "error": value.error} | ({"at_least": True} if value.at_least else {})
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name), language) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one, language) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, language) for one in value]
    return value


def _texts(document: Any) -> set[str]:
    if isinstance(document, str):
        return {document}
    if isinstance(document, dict):
        return set(document) | {text for value in document.values() for text in _texts(value)}
    return {text for value in document for text in _texts(value)} if isinstance(document, list) else set()
