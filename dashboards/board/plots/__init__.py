"""Forms of charts that several pages share. Each gives one Vega-Lite mapping for both themes."""

from board.plots.bars import diverging, ranked, steps
from board.plots.months import bars, courses, lanes
from board.plots.parts import Course, Tone
from board.plots.planes import areas, cloud, shares, strip

__all__ = [
    "Course",
    "Tone",
    "areas",
    "bars",
    "cloud",
    "courses",
    "diverging",
    "lanes",
    "ranked",
    "shares",
    "steps",
    "strip",
]
