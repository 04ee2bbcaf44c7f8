"""A chart as a picture for formats that take no vector drawing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from toolkit.report.charts.svg import to_svg

SCALE = 2.5  # about 200 pixels an inch at the width of a page


def to_png(spec: Mapping[str, Any]) -> bytes:
    """The chart as PNG, drawn from its SVG with the shipped fonts."""
    return _png(to_svg(spec))


@lru_cache(maxsize=64)
def _png(svg: str) -> bytes:
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg, scale=SCALE))
