"""How the cells of a template look, and which of them may be filled in."""

from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook


@dataclass(frozen=True)
class Styles:
    """The formats of one workbook; `data` by column kind is unlocked, but for what is shown; all else is locked."""

    title: Format
    help: Format
    heading: Format
    label: Format
    fixed: Format
    note: Format
    data: dict[str, Format]

    @classmethod
    def of(cls, book: Workbook) -> "Styles":
        """The formats, added to `book`."""
        font = {"font_name": "Times New Roman", "font_size": 12}
        cell = font | {"border": 1, "border_color": "#B7B7B7"}
        formats = {"date": "dd/mm/yyyy", "integer": "0"}
        fixed = book.add_format(cell | {"num_format": "@", "bg_color": "#F7F7F7", "text_wrap": True, "align": "left"})
        return cls(
            title=book.add_format(font | {"bold": True, "font_size": 15, "font_color": "#9C1C1C", "valign": "vcenter"}),
            help=book.add_format(font | {"italic": True, "font_color": "#595959", "valign": "vcenter"}),
            heading=book.add_format(
                cell | {"bold": True, "bg_color": "#F6E3D3", "text_wrap": True, "align": "center", "valign": "vcenter"}
            ),
            label=book.add_format(cell | {"bold": True, "bg_color": "#F6E3D3"}),
            fixed=fixed,
            note=book.add_format(font | {"text_wrap": True, "valign": "top"}),
            data={
                kind: book.add_format(cell | {"locked": False, "num_format": formats.get(kind, "@")})
                for kind in ("identity", "name", "date", "integer", "choice", "document", "unit")
            }
            | {"shown": fixed},
        )
