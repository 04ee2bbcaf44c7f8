"""An explanation as a tree on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from toolkit.projection.explain import Explanation
from toolkit.text import Language, t


def show_explanation(
    console: Console, node: Explanation, months: tuple[str, ...], language: Language
) -> None:
    """The formula, the numbers put in, and the causes below; a leaf with its source."""
    console.print(_branch(node, months, language, None))


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
