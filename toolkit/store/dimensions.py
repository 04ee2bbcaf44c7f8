"""Which Sobol dimension each uncertain quantity of a plan draws from.

The registry only grows: a quantity keeps its dimension for ever, also after it left the plan, so adding or
removing one does not move the draws of the others, and scenarios compare under common random numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from toolkit.store.workspace import Workspace


def load_dimensions(workspace: Workspace, plan: str) -> dict[str, int]:
    """Quantity name → dimension (0, 1, …), in the order of dimensions. Raises StoreError."""
    with workspace.read() as connection:
        return _load(connection, plan)


def extend_dimensions(workspace: Workspace, plan: str, quantities: Iterable[str]) -> dict[str, int]:
    """The registry with every one of `quantities` in it; new ones take the next dimensions in their order.

    Raises StoreError.
    """
    with workspace.write() as connection:
        known = _load(connection, plan)
        new = [name for name in dict.fromkeys(quantities) if name not in known]
        added = {name: dimension for dimension, name in enumerate(new, len(known))}
        if added:
            rows = [[plan, name, dimension] for name, dimension in added.items()]
            connection.executemany("insert into dimension values (?, ?, ?)", rows)
    return known | added


def _load(connection: duckdb.DuckDBPyConnection, plan: str) -> dict[str, int]:
    rows = connection.execute(
        "select quantity, dimension from dimension where plan = ? order by dimension", [plan]
    ).fetchall()
    return dict(rows)
