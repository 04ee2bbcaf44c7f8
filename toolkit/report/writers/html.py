"""HTML: one self-contained file that requests nothing, reads well on a phone, and prints.

Styles, font and the small script that reads charts under the pointer are inside the file. Jinja escapes every
word; only what we made ourselves (the template's own files, the SVG of charts) is marked safe. A content
security policy in the page forbids anything that is not in it: no request, and no script but ours.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from toolkit.report.assets import fonts_dir, templates_dir
from toolkit.report.charts import to_svg
from toolkit.report.charts.svg import svg_width
from toolkit.report.document import Document, Figure
from toolkit.report.writers.numbering import numbered

PIXEL = 1.3  # of the screen for one of the chart: its letters are then about those of a table
WEB_ADDRESS = re.compile(r"https?://[^\s]+")
# The plot's offset inside the SVG: the first translation that Vega writes.
PLOT_OFFSET = re.compile(r'transform="translate\(([-\d.]+),([-\d.]+)\)"')


@dataclass(frozen=True, slots=True)
class Chart:
    """An SVG with the place of its plot in it, in the units of its view box; `widest` is how wide it is
    shown at most."""

    svg: Markup
    left: float
    top: float
    width: float
    height: float
    widest: float


def render(document: Document) -> bytes:
    """The page of a document, in UTF-8."""
    script = _asset("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            doc=document,
            numbers=numbered(document.blocks()),
            picture=Markup(_stretched(document.cover.picture)),
            css=Markup(_asset("report.css")),
            font_face=Markup(_font_face()),
            script=Markup(script),
            script_hash=Markup(f"sha256-{digest}"),
        )
    )
    return page.encode("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_dir()),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    environment.filters["block_type"] = lambda block: type(block).__name__
    environment.filters["chart"] = _chart
    environment.filters["is_web"] = lambda text: WEB_ADDRESS.fullmatch(text) is not None
    return environment


def _chart(figure: Figure) -> Chart:
    svg = to_svg(figure.spec)
    offset = PLOT_OFFSET.search(svg)
    left, top = (float(part) for part in offset.groups()) if offset else (0.0, 0.0)
    size = float(figure.spec["width"]), float(figure.spec["height"])
    return Chart(Markup(svg), left, top, *size, PIXEL * svg_width(svg))


def _stretched(svg: str) -> str:
    """The picture of the cover fills its band at any width."""
    return svg.replace("<svg ", '<svg preserveAspectRatio="none" ', 1)


@cache
def _asset(name: str) -> str:
    return (templates_dir() / name).read_text(encoding="utf-8")


@cache
def _font_face() -> str:
    data = base64.b64encode((fonts_dir() / "Inter-variable-latin.woff2").read_bytes()).decode()
    return (
        '@font-face{font-family:"Inter";font-weight:400 700;font-style:normal;font-display:block;'
        f'src:url(data:font/woff2;base64,{data}) format("woff2")}}\n'
    )
