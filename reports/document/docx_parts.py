"""What python-docx leaves to its user: fonts for all scripts, ruled paragraphs, fields, borders, repeated rows."""

import io
import zipfile
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
_SCRIPTS = ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia")
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")


def set_font(style: Any, size: float, language: str) -> None:
    """Times New Roman in every script, of this size in points, spelled in this language."""
    style.font.name, style.font.size = FONT, Pt(size)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in _SCRIPTS:
        fonts.set(qn(script), FONT)
    properties.append(_element("w:lang", val={"vi": "vi-VN", "en": "en-GB"}[language]))


def write(paragraph: Any, words: str, size: float | None = None, **looks: bool) -> Any:
    """Add words to a paragraph: `bold=True`, `italic=True`; returns the paragraph."""
    run = paragraph.add_run(words)
    if size is not None:
        run.font.size = Pt(size)
    for look, wanted in looks.items():
        setattr(run.font, look, wanted)
    return paragraph


def write_field(paragraph: Any, instruction: str, size: float) -> None:
    """Add a field that the reading program computes, such as PAGE."""
    for kind, words in (("begin", ""), ("", instruction), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(size)
        if kind:
            run._r.append(_element("w:fldChar", fldCharType=kind))
        else:
            code = _element("w:instrText")
            code.text = words
            run._r.append(code)


def rule_below(paragraph: Any, indent: float) -> None:
    """Draw the line below a letterhead, `indent` millimetres in from both sides."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent)
    borders = _element("w:pBdr")
    borders.append(_element("w:bottom", val="single", sz="6", space="1", color="auto"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def lay_out(table: Any, widths: list[float], *, ruled: bool, padding: float) -> None:
    """Fix a table's column widths in millimetres, with or without lines."""
    table.autofit = False
    properties = table._tbl.tblPr
    if ruled:
        borders = _element("w:tblBorders")
        for edge in _EDGES:
            borders.append(_element(f"w:{edge}", val="single", sz="4", space="0", color="64748B"))
        properties.append(borders)
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w=str(round(padding * 56.7)), type="dxa"))
    properties.append(margins)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def repeat_heading(row: Any) -> None:
    """Have a table's row stand at the top of every page that the table reaches."""
    row._tr.get_or_add_trPr().append(_element("w:tblHeader"))


def keep_whole(row: Any) -> None:
    """Never break a row between two pages."""
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def shade(cell: Any, colour: str) -> None:
    """Fill a cell."""
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=colour))


def without_clock(raw: io.BytesIO) -> bytes:
    """The same archive with every member dated 1980: a ZIP remembers when it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 3
            target.writestr(member, source.read(name))
    return out.getvalue()


def _element(tag: str, /, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element
