"""Exit: how investors get their money back. Left out where the plan says nothing about it."""

from __future__ import annotations

from toolkit.report.document import Block
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe


def blocks(scribe: Scribe) -> list[Block]:
    """The plan's own words."""
    return list(narrative(scribe, "exit", leads=True))
