"""Tables: records in columns, as a grid that sorts by what a number is, and as files that hold it in full.

A column says how it gets its value from a record and how that is printed. Files hold the values themselves:
CSV and XLSX whose texts no spreadsheet takes for a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from board.words import say
from toolkit.app.pages.export import Cell, as_csv, as_xlsx
from toolkit.text import Language
from toolkit.text.formats import UNKNOWN

ROW_HEIGHT = 36
MOST_SHOWN, MOST_PRINTED = 1000, 100  # rows; printing a cell costs more than sending it
FEW_COLUMNS = 7  # a wider table scrolls, and its first column stays
TALLEST = 480  # pixels: a longer table scrolls


@dataclass(frozen=True, slots=True)
class Column:
    """`of` gives the value of a record, `show` how it is printed (as it is, where None). Numbers stand to the
    right. `held` gives what files hold, where `of` is a text already (each record has a unit of its own)."""

    head: str
    of: Callable[[Any], Cell]
    show: Callable[[Any], str] | None = None
    width: int | None = None
    help: str | None = None
    held: Callable[[Any], Cell] | None = None


def columns_of(page: str, language: Language) -> Callable[..., Column]:
    """Makes columns of a page: `column(key, of, show, width)` has the head `<page>.column.<key>`."""

    def column(
        key: str,
        of: Callable[[Any], Cell],
        show: Callable[[Any], str] | None = None,
        width: int | None = None,
        help: str | None = None,
    ) -> Column:
        return Column(say(f"{page}.column.{key}", language), of, show, width, help)

    return column


def show(
    records: Sequence[Any],
    columns: Sequence[Column],
    *,
    name: str,
    alt: str,
    language: Language,
    height: int | None = None,
    selectable: bool = False,
    download: bool = True,
    shade: bool = False,
) -> int | None:
    """The grid, and under it its files; returns the place of the record that is chosen, if any.

    `name` is that of the files and of the widget's key, `alt` what the table is, for who cannot see it;
    `shade` colours shares by their size.
    """
    printed_ones = any(column.show for column in columns)
    shown = records[: MOST_PRINTED if printed_ones else MOST_SHOWN]
    frame = pd.DataFrame(
        {str(place): [column.of(one) for one in shown] for place, column in enumerate(columns)}
    )
    printed = {
        str(place): partial(_printed, column.show) for place, column in enumerate(columns) if column.show
    }
    more: dict[str, Any] = (
        {"on_select": "rerun", "selection_mode": "single-row", "key": f"table.{name}.{language}"}
        if selectable
        else {}
    )
    state = st.dataframe(
        _styled(frame, printed, shade) if printed and len(shown) else frame,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if (len(shown) + 1) * ROW_HEIGHT <= (height or TALLEST) else height or TALLEST,
        placeholder="" if shade else UNKNOWN,
        column_config={
            str(place): _config(column, is_pinned=place == 0 and len(columns) > FEW_COLUMNS)
            for place, column in enumerate(columns)
        },
        alt=alt,
        **more,
    )
    if len(records) > len(shown):
        st.caption(say("tables.cut", language, shown=len(shown), total=len(records)))
    if download and records:
        files(columns, records, name, language)
    rows: Sequence[int] = state["selection"]["rows"] if selectable else ()
    return int(rows[0]) if len(rows) else None


def files(columns: Sequence[Column], records: Sequence[Any], name: str, language: Language) -> None:
    """The table as files, each written when it is asked for."""
    heads = [column.head for column in columns]

    def rows() -> list[list[Cell]]:
        return [[(column.held or column.of)(one) for column in columns] for one in records]

    kinds = {
        "csv": (lambda: as_csv(heads, rows()), "text/csv"),
        "xlsx": (
            lambda: as_xlsx(heads, rows(), name),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    }
    with st.container(horizontal=True, gap="small"):
        for kind, (data, mime) in kinds.items():
            st.download_button(
                say(f"tables.{kind}", language), data, file_name=f"{name}.{kind}", mime=mime,
                key=f"file.{name}.{kind}", icon=":material/download:", type="tertiary", on_click="ignore",
                help=say("tables.download", language, kind=kind.upper()),
            )  # fmt: skip


def _styled(frame: pd.DataFrame, printed: dict[str, Any], shade: bool) -> Styler:
    found = frame.style.format(printed, na_rep="" if shade else UNKNOWN)
    return found.map(_shade) if shade else found


def _shade(value: Any) -> str:
    """A veil of the accent over a share: the larger, the denser; readable in both themes."""
    is_share = isinstance(value, float) and 0 <= value <= 1
    return f"background-color: rgba(59, 79, 228, {0.04 + 0.3 * value:.3f})" if is_share else ""


def _printed(show: Callable[[Any], str], value: Any) -> str:
    return UNKNOWN if value is None or value != value else show(value)


def _config(column: Column, *, is_pinned: bool) -> Any:
    return st.column_config.Column(
        column.head, help=column.help, width=column.width, pinned=is_pinned or None,
        alignment="right" if column.show else None,
    )  # fmt: skip
