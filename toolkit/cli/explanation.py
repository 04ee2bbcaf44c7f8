"""An explanation as a tree on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from toolkit.app.explaining import Explained
from toolkit.projection.explain import Explanation
from toolkit.text import Language, t

BARS = "▁▂▃▄▅▆▇█"


def show_explanation(console: Console, found: Explained, language: Language) -> None:
    """The formula, the numbers put in, and the causes below with their months as small bars; a leaf with its
    source."""
    if found.draw is not None:
        console.print(Text(t("cli.of_draw", language, draw=found.draw), "dim"))
    console.print(_branch(found.explanation, found.months, language, None))


def small_series(values: Sequence[float]) -> str:
    """Values by month as bars; nothing where they never change."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if not low < high < float("inf"):
        return ""
    steps = (round((value - low) / (high - low) * (len(BARS) - 1)) for value in values)
    return "".join(BARS[step] for step in steps)


def _branch(node: Explanation, months: tuple[str, ...], language: Language, parent: Tree | None) -> Tree:
    words = _node(node, months, language)
    branch = parent.add(words) if parent else Tree(words)
    shown = [operand for operand in node.operands if operand.value != 0 or operand.formula is None]
    for operand in shown:
        _branch(operand, months, language, branch)
    if hidden := len(node.operands) - len(shown):
        branch.add(Text(t("cli.zero_lines", language, count=hidden), "dim"))
    return branch


def _node(node: Explanation, months: tuple[str, ...], language: Language) -> Text:
    month = months[node.month - 1] if node.month else t("cli.opening", language)
    text = (
        Text(node.line, "bold").append(f"  {month}  ", "dim").append(f"{node.value:,.6g} {node.unit}", "cyan")
    )
    text.append(f"  {node.label[language]}", "dim")
    if bars := small_series(node.series):
        text.append(f"  {bars}", "blue")
    if node.formula is not None:
        text.append(f"\n= {node.formula}\n= {node.substituted}")
    if node.repeated:
        text.append("\n" + t("cli.see_above", language), "dim")
    elif node.formula is None:
        source = node.source
        facts = [t(f"cli.source.{source.kind}", language), source.title, source.place, source.date]
        if source.confidence != "unknown":
            facts.append(t(f"cli.confidence.{source.confidence}", language))
        text.append("\n← " + " · ".join(fact for fact in facts if fact), "green")
        if node.quantity and node.quantity != f"{node.value:g}":
            text.append(f"  [{node.quantity}]", "green")
    return text
