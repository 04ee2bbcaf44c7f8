"""Techniques that protect data, as more compute.

    device-hours of a workload = hours without them × (1 + Σ extra compute of the techniques in force)

Written before the workloads, which read `safeguards.extra_compute.<workload>`.
"""

from __future__ import annotations

from toolkit.resources.compilation import Compilation, Scope


def compile_safeguards(compilation: Compilation) -> None:
    """The extra compute of every workload that a technique holds for."""
    operations = compilation.plan.operations
    extra: dict[str, list[str]] = {}
    for scope, safeguard in compilation.scopes(
        "operations.safeguards", "operations.safeguard", operations.safeguards, "operations"
    ):
        if safeguard.extra_compute is not None:
            share = scope.input("extra_compute")
        else:
            share = scope.usual("extra_compute", safeguard.technique)
        line = scope.formula("in_force", f"{share} * {scope.active(safeguard)}", "1")
        for workload in dict.fromkeys(safeguard.workloads):
            extra.setdefault(workload, []).append(line)
    room = compilation.scope("operations", "safeguards", operations, area="operations")
    for workload, lines in extra.items():
        room.total(f"extra_compute.{workload}", lines, "1", "extra_compute_total")


def protected(scope: Scope, hours: str) -> str:
    """Formula text of the device-hours of a workload with what the techniques in force add to them."""
    line = f"safeguards.extra_compute.{scope.prefix.rpartition('.')[2]}"
    return f"({hours}) * (1 + {line})" if line in scope.book.lines else hours
