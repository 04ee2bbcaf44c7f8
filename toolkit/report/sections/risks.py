"""Risks: the plan's own words, and what the run itself warns of."""

from __future__ import annotations

from toolkit.report.document import Block, Callout
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, then one callout a warning of the run."""
    told = narrative(scribe, "risks", leads=True)
    title = scribe.say("risks.warning")
    warnings = [Callout(title, words[scribe.language], "warn") for words in scribe.run.warnings]
    return [*told, *warnings] or [scribe.absent()]
