"""Which line a row of figures means.

A row is named by the line itself (`market.pro.revenue`), by an account (`sales`, `account.sales`), or by the
words of a statement row or of a line in English or Chinese (`Revenue from customers`, `客户收入`). Names come
before words, and rows of the statements before other lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from toolkit.lines.spelling import nearest
from toolkit.projection.model import Model
from toolkit.text import Text


@dataclass(frozen=True, slots=True)
class Named:
    """What a name was found to be: one line; or several that it may mean; or none, with names like it."""

    line: str | None
    several: tuple[str, ...] = ()
    near: str = ""


class Names:
    """Every name and every wording of a model's lines; accounts that the plan does not use count too."""

    def __init__(self, model: Model) -> None:
        accounts = {account.line: account.label for account in model.accounts.values()}
        formulas = [name for name, line in model.lines.items() if line.formula is not None]
        self.lines = frozenset((*formulas, *accounts))
        self.inputs = frozenset(model.lines.keys() - self.lines)
        short = {line.removeprefix("account."): line for line in accounts}
        short |= {_plain(name.removeprefix("total.")): name for name in formulas if name.startswith("total.")}
        rows = {row.line: row.label for row in model.statements}
        others = {name: model.lines[name].label for name in formulas if name not in rows}
        self._steps: tuple[Mapping[str, tuple[str, ...]], ...] = (
            {name: (line,) for name, line in short.items()},
            _by_words(rows.items()),
            _by_words(accounts.items()),
            _by_words(others.items()),
        )

    def find(self, text: str) -> Named:
        """What a cell names."""
        if text in self.lines:
            return Named(text)
        key = _plain(text)
        for step in self._steps:
            found = step.get(key, ())
            if len(found) == 1:
                return Named(found[0])
            if found:
                return Named(None, found)
        known = {word for step in self._steps for word in step} | self.lines
        return Named(None, near=nearest(text, sorted(known)))


def _by_words(labels: Iterable[tuple[str, Text]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line, words in _words(labels):
        found.setdefault(words, {})[line] = None
    return {words: tuple(lines) for words, lines in found.items()}


def _words(labels: Iterable[tuple[str, Text]]) -> Iterator[tuple[str, str]]:
    for line, label in labels:
        yield line, _plain(label.en)
        yield line, _plain(label.zh)


def _plain(text: str) -> str:
    """Words without case and with single spaces; full-width signs as plain ones."""
    return " ".join(text.replace("：", ": ").replace("_", " ").casefold().split())
