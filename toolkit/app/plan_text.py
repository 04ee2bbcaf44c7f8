"""The text of a plan, changed in place: comments, order, quotes and spacing of what is not changed stay.

`edit` hands the plan as ruamel's round-trip tree to a function that changes it. Style that a file has
(sequences indented or not, line ends) is kept.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from toolkit.errors import InputError, Problem
from toolkit.resources.reading import read_yaml


def edit(text: str, change: Callable[[Any], None], file: str | None = None) -> str:
    """The plan text after `change` has changed its tree (a mapping that keeps comments).

    Raises InputError where the text is no plan.
    """
    read_yaml(text, file)  # refused with line and mend, before a round trip that is less careful
    has_crlf, text = "\r\n" in text, text.replace("\r\n", "\n")
    yaml = _yaml(text)
    tree = yaml.load(text)
    change(tree)
    out = io.StringIO()
    yaml.dump(tree, out)
    return out.getvalue().replace("\n", "\r\n") if has_crlf else out.getvalue()


def load(text: str) -> Any:
    """A plan text as a tree that keeps comments and order. Raises InputError where the text is no plan."""
    read_yaml(text)
    return _yaml(text).load(text)


def record(fields: Mapping[str, Any]) -> Any:
    """A mapping for the tree; nested mappings stand on one line (`{en: …, zh: …}`)."""
    from ruamel.yaml.comments import CommentedMap

    result = CommentedMap()
    for key, value in fields.items():
        result[key] = inline(value) if isinstance(value, Mapping) else value
    return result


def inline(fields: Mapping[str, Any]) -> Any:
    """A mapping that stands on one line."""
    result = record(fields)
    result.fa.set_flow_style()
    return result


def append(entries: Any, entry: Any) -> None:
    """Add an entry to a list of the tree. Blank lines and comments after the list stay after it."""
    tail = _cut_tail(entries[-1]) if entries else None
    entries.append(entry)
    if tail is not None and entry:
        from ruamel.yaml.error import CommentMark
        from ruamel.yaml.tokens import CommentToken

        entry.ca.items[list(entry)[-1]] = [None, None, CommentToken(tail, CommentMark(0), None), None]


def _cut_tail(entry: Any) -> str | None:
    """Take what follows the last line of a mapping off it, and return it; None where nothing does."""
    from ruamel.yaml.comments import CommentedMap

    node = entry
    while isinstance(node, CommentedMap) and node:
        last = list(node)[-1]
        token = (node.ca.items.get(last) or [None] * 3)[2]
        if token is None:
            node = node[last]
            continue
        own, _, rest = str(token.value).partition("\n")
        if not rest:
            return None
        if own:
            token.value = own + "\n"
        else:
            del node.ca.items[last]
        return "\n" + rest
    return None


def write_text(file: Path, text: str) -> None:
    """Replace a file's text at once or not at all; of a link what it leads to. Raises InputError where it
    cannot be written."""
    try:
        target = file.resolve()
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
                out.write(text)
                out.flush()
                os.fsync(handle)  # else a machine that loses power may keep the new name and no text
            os.chmod(name, mode)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("app.unwritable", file=str(file), values=values)]) from None


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10**6
    flush = re.search(r"^(?: *)[\w-]+:[ \t]*(?:#.*)?\n(?P<dash> *)- ", text, re.MULTILINE)
    if flush is not None and _indent_of(text, flush) == len(flush["dash"]):
        yaml.indent(mapping=2, sequence=2, offset=0)
    else:
        yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _indent_of(text: str, match: re.Match[str]) -> int:
    line = text[match.start() :].split("\n", 1)[0]
    return len(line) - len(line.lstrip(" "))
