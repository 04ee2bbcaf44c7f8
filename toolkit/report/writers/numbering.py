"""Numbers of tables and figures: counted apart, in reading order, the same in every format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.report.document import Block, Figure, Table


def numbered(blocks: Iterable[Block]) -> Mapping[str, int]:
    """The number of every table and figure, by its id."""
    numbers: dict[str, int] = {}
    counts: dict[type[Block], int] = {Table: 0, Figure: 0}
    for block in blocks:
        if isinstance(block, Table | Figure):
            counts[type(block)] += 1
            numbers[block.id] = counts[type(block)]
    return numbers
