"""What the body of a document consists of: headings, paragraphs and tables, with nothing of a file format in them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a numbered section."""

    text: str
    type: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body."""

    text: str
    type: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: heading, width in millimetres, whether it holds figures."""

    title: str
    width: float
    numeric: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row's cells as printed; a strong row is a total. One that spans is the title of the rows below it."""

    cells: tuple[str, ...]
    strong: bool = False
    spans: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; its headings repeat on every page."""

    caption: str
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    type: Literal["table"] = "table"


Block = Heading | Paragraph | Table
