"""Every page, in both languages, on no workspace, an empty one and the example: no fault, no missing word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Example
from toolkit.reference.paths import dashboards_dir
from toolkit.store.workspace import Workspace
from toolkit.text import LANGUAGES, Language, load_catalogue, t
from toolkit.text.catalogue import CATALOGUES

PAGES = sorted(path.stem for path in (dashboards_dir() / "app_pages").glob("*.py"))
AREAS = ("dashboard", *sorted({path.name.split(".")[0] for path in CATALOGUES.glob("page_*.yaml")}))
KINDS = ("none", "empty", "example")
HAN = re.compile(r"[\u4e00-\u9fff]")
Open = Callable[..., AppTest]


def sentence(page: str, key: str, language: Language) -> str:
    """A sentence of a page's own catalogue, or of that of all pages."""
    area = f"page_{page}" if f"page_{page}" in AREAS else f"dashboard.{page}"
    return t(f"{area}.{key}", language)


@pytest.fixture
def paths(tmp_path: Path, empty_workspace: Workspace, example_runs: Example) -> dict[str, Path]:
    return {
        "none": tmp_path / "nothing.duckdb",
        "empty": empty_workspace.path,
        "example": example_runs.workspace.path,
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_draws_without_a_fault(
    page: str, language: Language, kind: str, paths: dict[str, Path], open_app: Open
) -> None:
    app = open_app(paths[kind], language).run()
    app.switch_page(f"app_pages/{page}.py").run()
    assert not app.exception
    assert not app.error
    assert app.title[0].value == sentence(page, "question", language)
    assert app.query_params["lang"] == language
    assert not list(_english_sentences(app)) or language == "en"


def test_every_page_is_listed_in_the_router() -> None:
    router = (dashboards_dir() / "app.py").read_text(encoding="utf-8")
    assert sorted(re.findall(r'^    "(\w+)",$', router, re.MULTILINE)) == PAGES


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_say_the_same_things(area: str) -> None:
    english, chinese = (load_catalogue(area, language) for language in LANGUAGES)
    assert list(english) == list(chinese)
    for key, sentence in english.items():
        assert set(re.findall(r"\{\w+", sentence)) == set(re.findall(r"\{\w+", chinese[key])), key


def _english_sentences(app: AppTest) -> Iterator[str]:
    """Words on a Chinese page that stand in the English catalogues and mean to be translated."""
    untranslated = {
        text
        for area in AREAS
        for key, text in load_catalogue(area, "en").items()
        if HAN.search(load_catalogue(area, "zh")[key])
    }
    shown = [*app.title, *app.subheader, *app.caption, *app.markdown, *app.button, *app.metric]
    for element in shown:
        label = getattr(element, "label", None)
        yield from (text for text in (label, element.value) if text in untranslated)


def test_a_choice_has_the_words_of_the_language_switched_to(example_runs: Example, open_app: Open) -> None:
    """The browser keeps the words of a choice until the script sets it."""
    app = open_app(example_runs.workspace.path).run()
    app.switch_page("app_pages/gpu_costs.py").run()
    chosen = app.selectbox(key="work").value
    app.segmented_control(key="lang").set_value("zh").run()
    box = app.selectbox(key="work")
    assert box.value == chosen
    assert box.proto.set_value
    assert HAN.search(box.proto.raw_value)
    assert not app.exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_no_plan_yet_is_led_to_where_one_begins(
    language: Language, tmp_path: Path, open_app: Open
) -> None:
    app = open_app(tmp_path / "nothing.duckdb", language).run()
    (link,) = app.get("page_link")
    assert link.proto.page == "plan"
    assert link.proto.label == t("dashboard.empty.here", language)
