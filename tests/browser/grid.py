"""Typing into the table of roles, as people do: the grid is one canvas, so a cell is a place on it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.chromium import wait_until_at_rest

GRID = "[data-testid=stDataFrame]"
PEOPLE_X, FIRST_ROW_Y, ROW = 588, 51, 34  # the column of people in the grid of roles, and its rows, in pixels
EDITOR = "#portal textarea.gdg-input"  # the grid lays it over the cell
TAKEN = "xpath=preceding-sibling::div"  # the shadow of the editor: what the grid has taken in of the typing


def open_roles(page: Page, address: str) -> Page:
    """The table of roles on the page Plan."""
    page.goto(f"{address}/plan?room=talent")
    page.get_by_text("Roles", exact=True).wait_for()
    wait_until_at_rest(page)
    return page


def type_people(page: Page, row: int, text: str) -> None:
    """Change the number of people of a role, as one does: a double click, a number, Enter.

    Enter hands over what the grid has taken in, so it waits for that; nobody types within one repaint.
    """
    page.bring_to_front()
    box = page.locator(GRID).first.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + PEOPLE_X, box["y"] + FIRST_ROW_Y + ROW * row)
    editor = page.locator(EDITOR)
    editor.fill(text)
    expect(editor.locator(TAKEN)).to_have_text(text)
    editor.press("Enter")
