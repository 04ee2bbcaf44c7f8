"""Vega-Lite to SVG, with the shipped fonts, without a browser and without the network.

The text of the SVG stays text: Typst and browsers draw it with their own copy of the fonts. A chart is
rendered once a process: its SVG is kept under the hash of its specification.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from toolkit.report.assets import fonts_dir

MOST_KEPT = 256
_DRAWN: dict[str, str] = {}
WIDTH = re.compile(r'<svg[^>]*? width="([\d.]+)"')
CLIP = re.compile(r'(id="|url\(#)(clip\d+)')


def spec_text(spec: Mapping[str, Any]) -> str:
    """A specification as one text, under which its drawing is kept."""
    return json.dumps(spec, sort_keys=True, ensure_ascii=False)


def to_svg(spec: Mapping[str, Any]) -> str:
    """The chart as an SVG document. The specification holds its data, so nothing is fetched."""
    text = spec_text(spec)
    if text not in _DRAWN:
        keep_svg(text, _render(text))
    return _DRAWN[text]


def is_drawn(text: str) -> bool:
    """Whether the drawing of a specification is at hand."""
    return text in _DRAWN


def keep_svg(text: str, svg: str) -> None:
    """Keep a drawing; of many the oldest goes."""
    while len(_DRAWN) >= MOST_KEPT:
        _DRAWN.pop(next(iter(_DRAWN)))
    _DRAWN[text] = svg


def _render(text: str) -> str:
    import vl_convert

    _register_fonts()
    # An empty list of allowed addresses: a specification can name a URL, and none may be opened.
    svg = str(vl_convert.vegalite_to_svg(text, allowed_base_urls=[]))
    return _with_own_ids(svg, hashlib.sha256(text.encode()).hexdigest()[:8])


def svg_width(svg: str) -> float:
    """The width of a drawing in pixels: charts are printed at one scale, so that their letters are alike."""
    found = WIDTH.search(svg)
    return float(found[1]) if found else 0.0


def _with_own_ids(svg: str, prefix: str) -> str:
    """Vega counts its clip paths over the life of the process: two charts on one page could share an id, and
    the same chart would differ from run to run. Here they are counted in each chart, under its own prefix."""
    numbers: dict[str, int] = {}
    return CLIP.sub(lambda m: f"{m[1]}clip-{prefix}-{numbers.setdefault(m[2], len(numbers) + 1)}", svg)


@cache
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(fonts_dir()))
