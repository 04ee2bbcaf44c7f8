"""The speed model as text for other engines: its lines in the order of a month, its formulas rewritten.

Standard library only: peers run it in their own environments. It shares nothing with the toolkit, so that
what it computes is an independent answer.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("speed_model.json")
OUTPUT = "cash"
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


@dataclass(frozen=True)
class Line:
    name: str
    formula: str
    opening: str | None


@dataclass(frozen=True)
class Work:
    """What every engine computes: `lines` that the output rests on, in computing order."""

    months: int
    inputs: tuple[str, ...]
    constants: Mapping[str, float]
    lines: tuple[Line, ...]


def load() -> Work:
    """The work: the lines of the file that cash rests on."""
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    lines = {line["name"]: Line(line["name"], line["formula"], line["opening"]) for line in document["lines"]}
    needed: set[str] = set()
    stack = [OUTPUT]
    while stack:
        name = stack.pop()
        if name in lines and name not in needed:
            needed.add(name)
            stack += names_in(lines[name].formula) + names_in(lines[name].opening or "0")
    kept = tuple(line for line in lines.values() if line.name in needed)
    return Work(document["months"], tuple(document["uncertain"]), document["constants"], kept)


def names_in(formula: str) -> list[str]:
    """Every name in a formula."""
    return [node.id for node in ast.walk(ast.parse(formula, mode="eval")) if isinstance(node, ast.Name)]


def rewrite(
    formula: str,
    present: Callable[[str], str],
    past: Callable[[str], str],
    call: Callable[[str, Sequence[str]], str],
    equals: str = "==",
) -> str:
    """The formula in another notation: `present` writes this month's value of a name, `past` last month's,
    `call` one of min, max and where."""

    def write(node: ast.AST) -> str:
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                return f"({write(left)}{_OPERATORS[type(op)]}{write(right)})"
            case ast.Constant(value=value):
                return repr(value)
            case ast.Name(id=name):
                return present(name)
            case ast.Subscript(value=ast.Name(id=name)):
                return past(name)
            case ast.Compare(left=left, comparators=[right]):
                return f"({write(left)}{equals}{write(right)})"
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return call(name, [write(argument) for argument in arguments])
        raise ValueError(ast.dump(node))

    return write(ast.parse(formula, mode="eval").body)


def plain(work: Work) -> Callable[[Mapping[str, float]], list[float]]:
    """Cash by month of one draw in plain Python: the answer that no library had a hand in."""

    def call(name: str, arguments: Sequence[str]) -> str:
        if name == "where":
            return f"({arguments[1]} if {arguments[0]} else {arguments[2]})"
        return f"{name}({', '.join(arguments)})"

    def same(name: str) -> str:
        return name

    text = ["def run(given):", "    globals().update(given)"]
    text += [f"    {line.name} = {line.opening}" for line in work.lines if line.opening is not None]
    text += ["    path = []", f"    for t in range(1, {work.months} + 1):"]
    for line in work.lines:
        text.append(f"        next_{line.name} = {rewrite(line.formula, _next(work), same, call)}")
    text += [f"        {line.name} = next_{line.name}" for line in work.lines]
    text += [f"        path.append({OUTPUT})", "    return path"]
    space: dict[str, Any] = dict(work.constants)
    exec("\n".join(text), space)
    run: Callable[[Mapping[str, float]], list[float]] = space["run"]
    return run


def _next(work: Work) -> Callable[[str], str]:
    names = {line.name for line in work.lines}
    return lambda name: f"next_{name}" if name in names else name
