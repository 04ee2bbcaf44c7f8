"""One look for every page, chart and file: colours and fonts, light and dark.

The categorical colours keep their order in lightness too, so that neighbours stay apart for a colour-blind
reader and in grey print; charts also label series directly and never rely on hue alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from toolkit.shapes.records import Ground

ThemeName = Literal["light", "dark"]

# Inter for Latin, Greek and Cyrillic; Noto Sans for Chinese. Both are shipped in reports/fonts.
FONT = "Inter, Noto Sans CJK SC"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as `#RRGGBB`. `series` colours categories, `rungs` the ladder of grounding."""

    name: ThemeName
    page: str
    panel: str
    line: str
    ink: str
    muted: str
    accent: str
    accent_soft: str
    accent_mid: str
    good: str
    bad: str
    warn: str
    series: tuple[str, ...]
    rungs: Mapping[Ground, str]


LIGHT = Theme(
    name="light",
    page="#FFFFFF",
    panel="#F5F6FA",
    line="#E2E6EF",
    ink="#12182B",
    muted="#5A6379",
    accent="#3B4FE4",
    accent_soft="#E0E4FB",
    accent_mid="#B1BAF4",
    good="#0B7F58",
    bad="#C7362F",
    warn="#9A5B00",
    series=("#3B4FE4", "#0FA3B1", "#F2A33A", "#D9423A", "#7C5CDB", "#5A6379", "#9DB2F5", "#86D3C8"),
    rungs={
        "measured": "#0E9F6E",
        "transferred": "#3B4FE4",
        "fitted": "#F2A33A",
        "assumed": "#9AA5C0",
        "listed": "#4AA8D8",
    },
)
DARK = Theme(
    name="dark",
    page="#0E1220",
    panel="#171D30",
    line="#283049",
    ink="#E8EBF5",
    muted="#9AA5C0",
    accent="#8B9BFF",
    accent_soft="#1E2647",
    accent_mid="#37447F",
    good="#34D399",
    bad="#F87171",
    warn="#F5B95F",
    series=("#8B9BFF", "#39C5D3", "#F5B95F", "#F87171", "#A78BFA", "#9AA5C0", "#5666C9", "#2F8F86"),
    rungs={
        "measured": "#34D399",
        "transferred": "#8B9BFF",
        "fitted": "#F5B95F",
        "assumed": "#5A6379",
        "listed": "#6CC3EE",
    },
)
THEMES: Mapping[ThemeName, Theme] = {"light": LIGHT, "dark": DARK}
