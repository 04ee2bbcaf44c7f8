"""Reading YAML: plain data, and the line of every field.

The text is composed to nodes and no further: nodes know their lines, and no tag can make an object. Aliases
are refused: a few lines of them can stand for gigabytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from toolkit.errors import InputError, Problem, refuse

if TYPE_CHECKING:
    from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

DEEPEST = 60  # levels of nesting: a plan has fewer than ten


@dataclass(frozen=True)
class Positions:
    """Where each field of a file stands: path (`talent.roles[0].salary`) → line."""

    file: str | None
    lines: Mapping[str, int]

    def line(self, path: str) -> int | None:
        """The line of a field, or of the nearest record around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path)

    def place(self, path: str) -> str | None:
        """`plan.yaml:42`."""
        line = self.line(path)
        return f"{self.file or 'plan'}:{line}" if line else self.file

    def problem(self, id: str, path: str, /, **values: Any) -> Problem:
        """A problem at a field, with file and line."""
        return Problem(id, path, self.file, self.line(path), values)


def read_yaml(text: str, file: str | None = None) -> tuple[Any, Positions]:
    """The plain data of a YAML text, with the position of every field.

    Raises InputError for text that is no YAML (`plan.syntax`), a text that is no mapping, keys that stand
    twice, and aliases.
    """
    from ruamel.yaml.nodes import MappingNode

    root = _compose(text, file)
    if not isinstance(root, MappingNode) or not root.value:
        raise InputError([Problem("plan.no_mapping", file=file, line=1)])
    reader = _Reader(file)
    data = reader.plain(root, "")
    refuse(reader.problems)
    return data, Positions(file, reader.lines)


def _compose(text: str, file: str | None) -> Node | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    with suppress(Exception):  # libyaml reads good text seven times as fast; of bad text the other says more
        fast: Node | None = YAML(typ="safe").compose(text)
        return fast
    line, column = 1, 1
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
        return root
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark and error.context_mark and not text[mark.index :].strip():
            mark = error.context_mark  # the text ends, and what is opened here is never closed
        if mark:
            line, column = mark.line + 1, mark.column + 1
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - before.rfind("\n")
    except (YAMLError, ValueError, RecursionError):
        pass
    excerpt = [row.strip()[:80] for row in text.splitlines()[line - 1 : line]]
    values = {"column": column, "excerpt": (excerpt or [""])[0]}
    raise InputError([Problem("plan.syntax", file=file, line=line, values=values)])


@dataclass
class _Reader:
    """Turns nodes into plain data, and notes where they stand and what is wrong with them."""

    file: str | None
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)

    def plain(self, node: Node, path: str, depth: int = 0) -> Any:
        from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

        if isinstance(node, ScalarNode):
            return _scalar(node)
        if id(node) in self._seen or depth > DEEPEST:
            self._refuse("plan.alias", path, node)
            return None
        self._seen.add(id(node))
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if not isinstance(node, SequenceNode):
            raise TypeError(node)
        for index, item in enumerate(node.value):
            self.lines[f"{path}[{index}]"] = item.start_mark.line + 1
        return [self.plain(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, path: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            name = _text(key)
            child = f"{path}.{name}" if path else name
            if name in result:
                self._refuse("plan.duplicate_key", child, key, key=name)
                continue
            self.lines[child] = key.start_mark.line + 1
            result[name] = self.plain(value, child, depth + 1)
        return result

    def _refuse(self, id: str, path: str, node: Node, /, **values: Any) -> None:
        line = node.start_mark.line + 1
        self.problems.append(Problem(id, path, self.file, line, values))


def _text(node: ScalarNode) -> str:
    """The text of a scalar. JSON writes a character beyond the first plane as a pair of surrogates: they are
    joined; half of one becomes a replacement character."""
    text = str(node.value)
    if text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _scalar(node: ScalarNode) -> str | int | float | bool | None:
    """The value of a scalar by the core schema of YAML 1.2; everything else (a date) stays text."""
    text = _text(node)
    kind = str(node.tag).rpartition(":")[2]
    try:
        match kind:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                digits = text.replace("_", "")
                return int(digits, 0 if digits.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10)
            case "float":
                return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        pass
    return text
