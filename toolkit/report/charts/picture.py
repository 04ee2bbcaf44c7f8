"""A chart as a picture for formats that take no vector drawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.report.charts.svg import MOST_KEPT, to_svg

SCALE = 2.0  # about 160 pixels an inch at the width of a page
_PICTURES: dict[str, bytes] = {}


def to_png(spec: Mapping[str, Any]) -> bytes:
    """The chart as PNG, drawn from its SVG with the shipped fonts."""
    import vl_convert

    svg = to_svg(spec)
    if svg not in _PICTURES:
        keep_png(svg, bytes(vl_convert.svg_to_png(svg, scale=SCALE)))
    return _PICTURES[svg]


def keep_png(svg: str, png: bytes) -> None:
    """Keep the picture of a drawing; of many the oldest goes."""
    while len(_PICTURES) >= MOST_KEPT:
        _PICTURES.pop(next(iter(_PICTURES)))
    _PICTURES[svg] = png
