"""The tables of `gpu count` and `gpu fits`: what a model is made of, and which accelerators hold it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolkit.cli.gpu_tables import UNKNOWN, figure_table, more, plain
from toolkit.estimate.cost.fits import Fit
from toolkit.estimate.cost.fitting import USABLE
from toolkit.text import Language, t

if TYPE_CHECKING:
    from toolkit.app.counting import Count

GIB = 2**30


def show_count(console: Console, found: Count, language: Language) -> None:
    """The totals, and a decoder part by part."""
    console.print(Text(found.name, "bold"))
    totals = [("parameters", found.parameters), ("forward_flops", found.forward_flops),
              ("training_flops", found.training_flops), ("recomputed_flops", found.recomputed_flops),
              ("attention_causal", found.attention_causal_flops), ("weight_bytes", found.weight_bytes),
              ("cache_bytes", found.cache_bytes_per_token)]  # fmt: skip
    if found.active_parameters != found.parameters:
        totals.insert(1, ("active_parameters", found.active_parameters))
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in totals:
        if value is not None:
            table.add_row(t(f"gpu.count.{name}", language), _scaled(value), style="" if value else "dim")
    console.print(Text(t("gpu.count.step", language, batch=found.batch, tokens=found.tokens), "dim"))
    console.print(table)
    if found.parts:
        parts = figure_table(("part", "parameters", "flops", "bytes"), language, text=1)
        for part in found.parts:
            figures = (part.parameters, part.forward_flops, part.forward_bytes)
            parts.add_row(t(f"gpu.part.{part.name}", language), *(_scaled(value) for value in figures))
        console.print(parts)


def _scaled(value: float) -> str:
    """Four digits and a prefix: `8.030 G`."""
    for factor, prefix in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= factor:
            return f"{value / factor:,.4g} {prefix}"
    return f"{value:,.4g}"


# What a device holds, in two columns that fit a terminal; JSON has each kind.
HELD = {"state": ("weights", "gradients", "optimizer"),
        "working": ("gathered", "activations", "logits", "cache")}  # fmt: skip


def show_fits(console: Console, found: Sequence[Fit], rows: int, language: Language) -> None:
    """One accelerator a line: its memory, what a device of it would hold, the largest batch, how many do."""
    table = figure_table(("id", "memory", *HELD, "used", "largest_batch", "least_gpus"), language, text=1)
    for one in found[:rows]:
        kinds = one.bytes_by_kind
        held = [sum(kinds.get(kind, 0.0) for kind in group) for group in HELD.values()] + [one.bytes_used]
        again = " *" if one.checkpointing else ""
        batch = f"{one.largest_batch:,}{again}" if one.fits else UNKNOWN
        sizes = [f"{size / GIB:,.2f}" for size in held]
        table.add_row(one.gpu_id, f"{one.memory_bytes / GIB:,.0f}", *sizes, batch, plain(one.least_gpus),
                      style="green" if one.fits else "dim")  # fmt: skip
    console.print(Text(t("gpu.fits_note", language, usable=f"{USABLE:.0%}"), "dim"))
    console.print(table)
    more(console, len(found) - rows, language)
