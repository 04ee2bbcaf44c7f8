"""Reports: choose a template, languages and formats; it is written beside the page; look, download."""

from __future__ import annotations

import streamlit as st

from board import place, work
from board.cards import card
from board.frame import Here
from board.words import plain, say
from toolkit.app.job_kinds import File, Files
from toolkit.app.reporting import ALL_FORMATS
from toolkit.report.templates import TEMPLATES
from toolkit.text import LANGUAGES, Language

MIMES = {
    "pdf": "application/pdf",
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown",
}
PREVIEW_HEIGHT = 900
LANGUAGE_NAMES = {"en": "English", "zh": "中文"}


def draw(here: Here) -> None:
    """The page."""
    language = here.language
    with card(say("reports.choose.title", language), say("reports.choose.note", language)):
        template = _template(language)
        left, right = st.columns(2, gap="medium")
        languages = left.pills(
            say("reports.languages", language),
            LANGUAGES,
            selection_mode="multi",
            default=[language],
            key="report.languages",
            format_func=LANGUAGE_NAMES.__getitem__,
        )
        formats = right.pills(
            say("reports.formats", language), ALL_FORMATS, selection_mode="multi", default=["pdf", "html"],
            key="report.formats", format_func=str.upper,
        )  # fmt: skip
        wanted = work.question(
            here, "report", run=here.run, template=template,
            formats=tuple(one for one in ALL_FORMATS if one in formats),
            languages=tuple(one for one in LANGUAGES if one in languages),
        )  # fmt: skip
        ready = bool(formats and languages)
        if not ready:
            st.caption(say("reports.nothing_chosen", language))
        elif work.found(wanted) is None and st.button(
            say("reports.write", language), type="primary", icon=":material/description:"
        ):
            work.start(wanted)
            st.rerun()
    if not ready or work.found(wanted) is None:
        return
    with card(say("reports.files.title", language)):
        found: Files | None = work.answer(here, wanted)
        if found is not None:
            _files(here, found)
    if found is not None:
        _preview(found, language)


def _template(language: Language) -> str:
    names = list(TEMPLATES)
    place.choice("report", names, names[0])
    chosen = st.selectbox(
        say("reports.template", language), names, key="report", format_func=lambda one: _name(one, language)
    )
    return str(chosen)


def _name(template: str, language: Language) -> str:
    try:
        return say(f"reports.name.{template}", language)
    except KeyError:
        return template.replace("-", " ").capitalize()


def _files(here: Here, found: Files) -> None:
    """A button a file, and what the writers had to say."""
    language = here.language
    plan, scenario, _ = here.shown
    with st.container(horizontal=True):
        for file in found.files:
            kind = file.name.rpartition(".")[2]
            st.download_button(
                file.name,
                file.content,
                file_name=f"{plan.id}-{scenario.id}-{file.name}",
                mime=MIMES.get(kind),
                icon=":material/download:",
                key=f"report.file.{file.name}",
                on_click="ignore",
                help=say("reports.size", language, kilobytes=f"{len(file.content) / 1000:,.0f}"),
            )
    for problem in found.problems:
        st.caption(plain(f"{problem.problem(language)} {problem.mend(language)}"))


def _preview(found: Files, language: Language) -> None:
    """The HTML report as it is; it is one file that fetches nothing."""
    pages = [file for file in found.files if file.name.endswith(".html")]
    if not pages:
        st.caption(say("reports.no_preview", language))
        return
    shown = _chosen(pages, language)
    with card(say("reports.preview", language)):
        st.iframe(shown.content.decode("utf-8"), height=PREVIEW_HEIGHT)


def _chosen(pages: list[File], language: Language) -> File:
    mine = [file for file in pages if f".{language}." in file.name]
    return (mine or pages)[0]
