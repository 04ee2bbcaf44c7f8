"""The picture of the cover: the plan's own sampled cash paths, drawn as lines from today to the horizon.

It is an SVG of plain polylines, so that every plan has a cover of its own and no cover is decoration only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from toolkit.report.theme import DARK

WIDTH, HEIGHT = 1000.0, 420.0
MARGIN = 14.0
MOST_LINES = 48


def cover_art(paths: Sequence[Sequence[float]], opening: float) -> str:
    """The SVG of `paths` (draws × months), each starting from `opening`; the line of zero cash is dashed."""
    shown = [(opening, *path) for path in paths[:MOST_LINES]]
    values = [value for path in shown for value in path] or [0.0]
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0

    def height(value: float) -> float:
        return round(MARGIN + (HEIGHT - 2 * MARGIN) * (high - value) / span, 1)

    lines = [_line(path, height, DARK.accent, 0.30, 1.3) for path in shown]
    if shown:
        middle = sorted(shown, key=lambda path: path[-1])[len(shown) // 2]
        lines.append(_line(middle, height, "#FFFFFF", 0.95, 2.6))
    zero = height(0.0)
    axis = (
        f'<line x1="0" y1="{zero}" x2="{WIDTH:g}" y2="{zero}" stroke="{DARK.bad}" '
        'stroke-opacity="0.8" stroke-width="1.2" stroke-dasharray="5 5"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'width="{WIDTH:g}" height="{HEIGHT:g}">{axis}{"".join(lines)}</svg>'
    )


def _line(
    path: Sequence[float], height: Callable[[float], float], colour: str, opacity: float, width: float
) -> str:
    step = WIDTH / max(len(path) - 1, 1)
    points = " ".join(f"{place * step:.1f},{height(value)}" for place, value in enumerate(path))
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-opacity="{opacity}" '
        f'stroke-width="{width}" stroke-linejoin="round"/>'
    )
