"""What a plan does to keep data safe: techniques that cost compute, and where."""

from __future__ import annotations

from toolkit.app.building import Built
from toolkit.report.exhibits import SafeguardRow
from toolkit.text import LANGUAGES, Text

COMMA = {"en": ", ", "zh": "、"}


def safeguard_rows(built: Built) -> tuple[SafeguardRow, ...]:
    """One row a technique, with the workloads that it holds for and what it adds to their compute."""
    words = {one.id: one.words for one in built.plan.compute.workloads}
    rows = []
    for index, one in enumerate(built.plan.operations.safeguards):
        names = [words.get(name, Text.of(name)) for name in dict.fromkeys(one.workloads)]
        line = f"operations.safeguard.{one.id}.extra_compute"
        known = built.model.lines.get(line)
        if known is None or line not in built.run.base:
            continue
        rows.append(
            SafeguardRow(
                label=one.words,
                workloads=Text(
                    *(COMMA[language].join(name[language] for name in names) for language in LANGUAGES)
                ),
                extra=built.run.base[line][1],
                start=one.start,
                source=known.source,
                field=f"operations.safeguards[{index}]",
            )
        )
    return tuple(rows)
