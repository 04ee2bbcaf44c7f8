"""The document model: what a report says, before any format.

A `Document` holds words that are finished: numbers are already formatted in the reader's language, and
references in sentences are filled. One writer a format turns the same document into HTML, PDF, …, so that all
formats say the same. Cells keep the raw value next to the printed one, for readers who calculate with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from toolkit.errors import Problem
from toolkit.shapes.records import Ground
from toolkit.text import Language

ColumnKind = Literal["text", "note", "money", "number", "percent", "month", "rung"]
RowKind = Literal["body", "group", "subtotal", "total"]
Tone = Literal["neutral", "good", "warn", "bad"]
Form = Literal["book", "paper", "sheet"]
Side = Literal["all", "left", "right"]

NUMERIC: frozenset[ColumnKind] = frozenset({"money", "number", "percent"})


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words in a sentence; `strong` for the figure that the sentence is about."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section: level 2 below the section's own title, 3 below that."""

    text: str
    level: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences. `lead` is the first, larger paragraph of a section; `small` a remark."""

    spans: tuple[Span, ...]
    size: Literal["lead", "body", "small"] = "body"

    @classmethod
    def of(cls, text: str, size: Literal["lead", "body", "small"] = "body") -> Paragraph:
        """A paragraph of plain words."""
        return cls((Span(text),), size)

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number that the reader should remember, with what it is and one remark."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A strip of key figures, two to four."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column. `share` is its part of the table's width, relative to the others."""

    label: str
    kind: ColumnKind = "text"
    share: float = 1.0

    @property
    def align(self) -> Literal["left", "right"]:
        return "right" if self.kind in NUMERIC else "left"


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: the printed text, a smaller second line, the raw value behind it, the rung if it is about
    one, and the number of the source that it cites."""

    text: str
    note: str = ""
    value: float | None = None
    rung: Ground | None = None
    source: int | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row. A `group` row has one cell that spans the table. `level` indents the first cell."""

    cells: tuple[TableCell, ...]
    kind: RowKind = "body"
    level: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `unit` is stated once, above it; `notes` stand below it. A `wide` table takes a page of its
    own, turned; `dense` sets it small, for statements by month and long appendices."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    unit: str = ""
    notes: tuple[str, ...] = ()
    wide: bool = False
    dense: bool = False


@dataclass(frozen=True, slots=True)
class FigureData:
    """The numbers behind a chart, printed: one label a point (a month), and named series of as many values.
    `inset` is the distance in pixels of the first and last point from the ends of the plot."""

    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[str, ...]], ...]
    inset: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: its Vega-Lite specification, and in words what it shows (`alt`) for who does not see it.
    `data` is for readers who point at it, or want its numbers."""

    id: str
    caption: str
    spec: Mapping[str, Any]
    alt: str
    notes: tuple[str, ...] = ()
    data: FigureData | None = None


@dataclass(frozen=True, slots=True)
class Callout:
    """A remark set apart: a caution, or the answer of a section."""

    title: str
    text: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Facts:
    """Short pairs of a term and what it is: the identity of the company, the record of the run."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One source with its number in the list, what it grounds, and where to open it."""

    number: int
    title: str
    kind: str
    place: str = ""
    url: str = ""
    date: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class SourceList:
    """Every source that the document rests on, numbered."""

    entries: tuple[SourceEntry, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts a new page."""


Block: TypeAlias = (
    Heading | Paragraph | KeyFigures | Table | Figure | Callout | Facts | SourceList | PageBreak
)


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the document. `number` is printed before the title; an appendix has letters. On a
    sheet a section takes one `side`, or the whole width above both."""

    id: str
    number: str
    title: str
    blocks: tuple[Block, ...]
    is_appendix: bool = False
    side: Side = "all"


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: who, what and when, a confidentiality notice, and the picture as SVG with its `alt`."""

    company: str
    tagline: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    picture: str
    alt: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `words` are the writers' own (contents, page, …); `meta` goes into the properties of
    the file: `author`, `keywords`, `date` (ISO), `run`. `problems` are findings that did not stop it, such as
    characters that no shipped font draws. `form`: a `book` has a cover page, contents and numbered sections,
    a `paper` begins with its title on the first page, a `sheet` is one dense page."""

    id: str
    title: str
    subtitle: str
    language: Language
    cover: Cover
    sections: tuple[Section, ...]
    meta: Mapping[str, str]
    words: Mapping[str, str]
    problems: tuple[Problem, ...] = field(default=())
    form: Form = "book"

    def blocks(self) -> Iterator[Block]:
        """Every block in reading order."""
        for section in self.sections:
            yield from section.blocks
