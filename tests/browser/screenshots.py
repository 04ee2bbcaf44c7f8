"""Take the screenshots of the README: `python -m tests.browser.screenshots WORKSPACE OUT_DIR`.

The scenario that is shown is `lean` where it was built (its figures have a baseline), else the base.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from tests.browser.chromium import chromium, served, wait_until_at_rest
from toolkit.app.pages.survey import survey
from toolkit.store.workspace import Workspace

BUSY_MS = 240_000  # a machine that others use is waited for
SETTLE_MS = 1500  # the grid draws its canvas after the script rests


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: of which page, in which language and theme, how large in CSS pixels."""

    name: str
    language: Literal["en", "zh"]
    theme: Literal["light", "dark"]
    width: int = 1440
    height: int = 1250
    page: str = ""


SHOTS = (
    Shot("overview", "en", "light"),
    Shot("overview-zh-dark", "zh", "dark"),
    Shot("plan", "en", "light", height=1000, page="plan"),
    Shot("uncertainty-dark", "en", "dark", height=1150, page="uncertainty"),
    Shot("gpu-costs", "en", "light", height=1150, page="gpu_costs"),
    Shot("overview-phone", "en", "light", width=390, height=1100),
)
PHONE = 500  # CSS pixels: narrower ones are phones


def take(browser: Browser, url: str, shot: Shot, scenario: str, folder: Path) -> Path:
    """Take one picture; returns its file."""
    viewport = {"width": shot.width, "height": shot.height}
    is_phone = shot.width < PHONE
    context = browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]
        color_scheme=shot.theme,
        is_mobile=is_phone,
        has_touch=is_phone,
    )
    context.set_default_timeout(BUSY_MS)
    page = context.new_page()
    page.goto(f"{url}/{shot.page}?scenario={scenario}&lang={shot.language}")
    page.locator("h1").first.wait_for()
    wait_until_at_rest(page)
    page.wait_for_timeout(SETTLE_MS)
    file = folder / f"{shot.name}.png"
    page.screenshot(path=file)
    context.close()
    return file


def main(workspace: Path, folder: Path) -> None:
    """Take them all."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = survey(Workspace(workspace))[0]
    scenario = "lean" if plan.scenario("lean").run and plan.scenario("lean").id == "lean" else "base"
    with served(workspace) as url, chromium() as browser:
        for shot in SHOTS:
            print(take(browser, url, shot, scenario, folder))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:3]))
