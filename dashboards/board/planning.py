"""The plan: its rooms as tables, what is wrong with the draft, saving it, and the revisions before."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from board import place, reading, revisions, starting
from board.cards import card, fine_print
from board.draft import Draft, draft_of, keep, sheets_of
from board.frame import Here
from board.saving import notes, save_menu
from board.words import plain, say
from toolkit.app.pages.plan_tables import FIELD, ROOMS, VALUE, Sheet, field_label
from toolkit.errors import InputError, Problem
from toolkit.text import Language

TEXT = "text"
ROW_HEIGHT = 34
WIDE = {"assumption": 320, "label": 210, "salary": 130, "offer": 220, "use": 220, "difference": 280}
NARROW = ("id", "kind", "start", "end", "month", "count")
PROBLEMS_SHOWN = 12
TEXT_HEIGHT = 560


def draw(here: Here) -> None:
    """The page."""
    if here.plan is None:
        starting.first_plan(here)
        return
    text = reading.text_of(here.path, here.plan.newest.id)
    draft = draft_of(here.plan.id, here.plan.newest.id, text, here.language, here.reader.name)
    keep(draft, here.reader.name)
    _toolbar(here, draft)
    notes(here, draft)
    room = _choose_room(here, draft)
    if room == TEXT:
        draft.begin((), here.language)
        _as_text(here, draft)
    else:
        _tables(here, draft, room)
    revisions.history_card(here, draft)


def _toolbar(here: Here, draft: Draft) -> None:
    """Export, import, another plan."""
    language = here.language
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            say("plan.export", language), draft.text.encode(), file_name=f"{draft.plan}.yaml",
            mime="application/yaml", icon=":material/download:", on_click="ignore", key="plan.export",
            help=say("plan.export_help", language),
        )  # fmt: skip
        if here.reader.may_edit:
            with st.popover(say("plan.import", language), icon=":material/upload:"):
                starting.import_plan(here)
            with st.popover(say("plan.new", language), icon=":material/add:"):
                starting.new_plan(here)
            save_menu(here, draft)
        else:
            st.caption(say("plan.read_only", language), width="content")


def _choose_room(here: Here, draft: Draft) -> str:
    options = (*ROOMS, TEXT)
    place.choice("room", options, "talent")
    counts = {room: len(_problems_of(draft, room)) for room in ROOMS} if draft.is_changed else {}

    def words(room: str) -> str:
        label = say(f"plan.room.{room}", here.language)
        return f"{label} :red-badge[{counts[room]}]" if counts.get(room) else label

    chosen = st.segmented_control(
        say("plan.rooms", here.language), options, key="room", required=True, format_func=words,
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen or "talent"


def _problems_of(draft: Draft, room: str) -> list[Problem]:
    return [one for one in draft.problems() if one.field.split(".")[0].split("[")[0] == room]


def _tables(here: Here, draft: Draft, room: str) -> None:
    """The grids of a room, with what is wrong in each."""
    try:
        found = sheets_of(draft.origin, room, here.language)
        draft.begin(tuple(one.path for one in found), here.language)
        found = sheets_of(draft.origin, room, here.language)
    except InputError:
        st.warning(say("plan.not_yaml", here.language), icon=":material/error:")
        return
    with card(say(f"plan.room.{room}", here.language), say(f"plan.about.{room}", here.language)):
        for sheet in found:
            _grid(here, draft, sheet)
        problems = _problems_of(draft, room) if draft.is_changed else []
        _complaints(problems, found, here.language)
        if here.reader.may_edit:
            fine_print(say("plan.how_to_write", here.language))


def _grid(here: Here, draft: Draft, sheet: Sheet) -> None:
    language, name = here.language, sheet.path.partition(".")[2]
    title = say(f"plan.list.{name}", language) if sheet.is_list else say("plan.own_fields", language)
    st.markdown(f"**{title}**")
    columns = list(sheet.columns)
    more = f"more.{sheet.path}"
    if sheet.more and here.reader.may_edit:
        extra = [one for one in st.session_state.get(more, ()) if one in sheet.more]
        last = [one for one in columns if one in ("source", "assumption")]
        columns = [*[one for one in columns if one not in last], *extra, *last]
    st.data_editor(
        _frame(sheet, columns, language),
        key=draft.key(sheet.path),
        hide_index=True,
        num_rows="dynamic" if sheet.is_list else "fixed",
        disabled=True if not here.reader.may_edit else [] if sheet.is_list else [FIELD],
        row_height=ROW_HEIGHT,
        height="content",
        column_config={one: _column(one, sheet, language) for one in columns},
        on_change=draft.take,
        args=(sheet,),
        alt=title,
    )
    if sheet.more and here.reader.may_edit:
        with st.popover(say("plan.columns", language), icon=":material/view_column:", type="tertiary"):
            st.pills(
                say("plan.columns", language), sheet.more, selection_mode="multi", key=more,
                format_func=lambda one: field_label(one, language), label_visibility="collapsed",
            )  # fmt: skip


def _frame(sheet: Sheet, columns: list[str], language: Language) -> pd.DataFrame:
    rows = [{name: row.get(name, "") for name in columns} for row in sheet.rows]
    if not sheet.is_list:
        rows = [{**row, FIELD: _field_words(row[FIELD], language)} for row in rows]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _field_words(path: str, language: Language) -> str:
    return " · ".join(field_label(part, language) for part in path.split("."))


def _column(name: str, sheet: Sheet, language: Language) -> ColumnConfig:
    label = say(f"plan.column.{name}", language) if name in (FIELD, VALUE) else field_label(name, language)
    width = WIDE.get(name) or (110 if name in NARROW else None)
    if not sheet.is_list:
        width = 260 if name == FIELD else 420
    return st.column_config.TextColumn(
        label, width=width, help=None if name in (FIELD, VALUE) else f"`{name}`",
        pinned=sheet.is_list and name == "id", required=sheet.is_list and name == "id",
    )  # fmt: skip


def _complaints(problems: list[Problem], found: tuple[Sheet, ...], language: Language) -> None:
    """What is wrong in a room, each with the entry and the field that it is about."""
    rows = {one.path: one for one in found if one.is_list}
    for one in problems[:PROBLEMS_SHOWN]:
        where = _where(one.field, rows, language)
        st.error(
            f"{where}{plain(one.problem(language))}  \n{plain(one.mend(language))}",
            icon=":material/error:",
        )
    if len(problems) > PROBLEMS_SHOWN:
        st.caption(say("plan.more_problems", language, count=len(problems) - PROBLEMS_SHOWN))


def _where(field: str, rows: dict[str, Sheet], language: Language) -> str:
    path, _, rest = field.partition("[")
    number, _, name = rest.partition("]")
    sheet = rows.get(path)
    parts = [field_label(part, language) for part in (name or field).strip(".").split(".") if part]
    if sheet is not None and number.isdigit() and int(number) < len(sheet.rows):
        row = sheet.rows[int(number)]
        parts.insert(0, row.get("id") or row.get("programme") or number)
    return f"**{plain(' · '.join(parts))}**  \n" if parts else ""


def _as_text(here: Here, draft: Draft) -> None:
    """The whole plan as its file: narrative, scenarios and sources too."""
    language = here.language
    with card(say("plan.room.text", language), say("plan.about.text", language)):
        key = f"plan.text.{draft.plan}.{draft.generation}"

        def take() -> None:
            draft.origin, draft.edits = st.session_state[key], {}

        st.text_area(
            say("plan.room.text", language), draft.text, height=TEXT_HEIGHT, key=key, on_change=take,
            disabled=not here.reader.may_edit, label_visibility="collapsed",
        )  # fmt: skip
        for one in draft.problems()[:PROBLEMS_SHOWN] if draft.is_changed else ():
            line = say("plan.line", language, line=one.line) if one.line else ""
            st.error(
                f"**{plain(one.field)}** {line}  \n{plain(one.problem(language))}  \n"
                f"{plain(one.mend(language))}",
                icon=":material/error:",
            )
