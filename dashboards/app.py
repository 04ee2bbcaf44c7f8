"""The entry of the dashboards: the router, and the frame that is the same on every page.

A page is a file of `app_pages/` with a line in `PAGES`. It finds the reader's plan, scenario and language in
`board.frame.here()`, asks `toolkit.app.pages`, and draws the answer. Its title is the question that it
answers. (A folder named `pages` would be taken for Streamlit's older way of routing, which runs such a file
without this frame.)
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from board import frame, place
from board.words import say

HERE = Path(__file__).parent
PAGES = (
    "overview",
    "plan",
    "scenarios",
    "statements",
    "uncertainty",
    "gpu_costs",
    "benchmarks",
    "funding",
    "policy",
    "market",
    "actuals",
    "reports",
    "data",
)


def main() -> None:
    """Draw the frame, then the page in it."""
    place.begin()
    language = place.language()
    st.set_page_config(
        page_title="Groundplan",
        page_icon=HERE / "assets" / "icon.svg",
        layout="wide",
        menu_items={"About": say("about", language), "Get help": None, "Report a bug": None},
    )
    entries = [
        st.Page(
            HERE / "app_pages" / f"{name}.py",
            title=say(f"{name}.title", language),
            help=say(f"{name}.question", language),
            default=name == PAGES[0],
        )
        for name in PAGES
    ]
    page = st.navigation(entries, position="top")
    frame.draw(page, PAGES[entries.index(page)], language, HERE / "assets")
    place.remember()


main()
