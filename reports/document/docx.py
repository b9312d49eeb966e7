"""A report as a DOCX document of the Union's form: letterhead, numbered sections with tables, signature, recipients."""

import io
from datetime import datetime
from typing import Any

from reports.content.blocks import Heading, Paragraph, Table
from reports.content.view import Content
from reports.document.document import Document, compose
from schemas.messages.translation import Language

SHADE = "E8EEF6"
BODY = 14
CELL_STYLES = {"Cell": 12.0, "Dense Cell": 9.0}
"""Paragraph styles of table cells and their size in points: wide tables smaller, so that headings keep whole words."""
_WIDE = 7
_LEFT, _RIGHT = 66, 94
"""Widths of the two halves of the letterhead, in millimetres."""


def render(content: Content, language: Language) -> bytes:
    """The bytes of a DOCX file; the same content and language give the same bytes."""
    import docx
    from docx.shared import Mm

    from reports.document.docx_parts import without_clock

    composed = compose(content, language)
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin = Mm(30)
    section.header_distance = section.footer_distance = Mm(10)
    _set_styles(document, composed)
    _write_letterhead(document, composed)
    for block, following in zip(composed.blocks, (*composed.blocks[1:], None), strict=True):
        if isinstance(block, Table):
            _write_table(document, block)
        else:
            leads = isinstance(block, Heading) or not isinstance(following, Heading | Paragraph)
            _write_text(document, block, keep_with_next=leads)
    _write_signature(document, composed)
    _write_margins(section, composed)
    _set_properties(document, composed, datetime.fromisoformat(content["period"]["last"]))
    raw = io.BytesIO()
    document.save(raw)
    return without_clock(raw)


def _set_styles(document: Any, composed: Document) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    from reports.document.docx_parts import set_font

    for name in ("Normal", "Header", "Footer"):
        set_font(document.styles[name], BODY, composed.language)
    document.styles["Normal"].paragraph_format.space_after = Pt(0)
    for name, size in CELL_STYLES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(size)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(1.5)


def _write_letterhead(document: Any, composed: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    from reports.document.docx_parts import lay_out, rule_below, write

    table = document.add_table(rows=1, cols=2)
    lay_out(table, [_LEFT, _RIGHT], ruled=False, padding=0)
    left, right = table.rows[0].cells
    lines = [(composed.superior, False)] if composed.superior else []
    lines += [(composed.issuer, True), ("***", False), (composed.number, False)]
    paragraphs = [left.paragraphs[0], *(left.add_paragraph() for _ in lines[1:])]
    for paragraph, (words, bold) in zip(paragraphs, lines, strict=True):
        write(paragraph, words, 13, bold=bold)
    unions = write(right.paragraphs[0], composed.unions, BODY, bold=True)
    rule_below(unions, 6)
    dated = write(right.add_paragraph(), composed.place_date, 13, italic=True)
    dated.paragraph_format.space_before = Pt(6)
    for paragraph in (*paragraphs, unions, dated):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title = write(document.add_paragraph(), composed.title, 16, bold=True)
    title.paragraph_format.space_before = Pt(22)
    subject = write(document.add_paragraph(), composed.subject, BODY, bold=True)
    period = write(document.add_paragraph(), composed.period, BODY, bold=True)
    for paragraph in (title, subject, period):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if composed.notice:
        notice = write(document.add_paragraph(), f"({composed.notice})", BODY, italic=True)
        notice.alignment = WD_ALIGN_PARAGRAPH.CENTER
    ruled = document.add_paragraph("")
    ruled.paragraph_format.line_spacing = Pt(4)
    rule_below(ruled, 60)


def _write_text(document: Any, block: Heading | Paragraph, *, keep_with_next: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    from reports.document.docx_parts import write

    heading = isinstance(block, Heading)
    paragraph = write(document.add_paragraph(), block.text, bold=heading)
    shape = paragraph.paragraph_format
    shape.space_before, shape.line_spacing = Pt(10 if heading else 6), 1.15
    shape.keep_with_next = keep_with_next
    if not heading:
        shape.first_line_indent = Mm(10)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _write_table(document: Any, block: Table) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    from reports.document.docx_parts import keep_whole, lay_out, repeat_heading, shade, write

    caption = write(document.add_paragraph(), block.caption, 13, bold=True)
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(10), Pt(4)
    caption.paragraph_format.keep_with_next = True
    style = "Dense Cell" if len(block.columns) >= _WIDE else "Cell"
    table = document.add_table(rows=1 + len(block.rows), cols=len(block.columns))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    lay_out(table, [column.width for column in block.columns], ruled=True, padding=0.8)
    head, *rows = table.rows
    repeat_heading(head)
    keep_whole(head)
    for cell, column in zip(head.cells, block.columns, strict=True):
        cell.paragraphs[0].style = style
        write(cell.paragraphs[0], column.title, bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.vertical_alignment = 1
        shade(cell, SHADE)
    for row, line in zip(rows, block.rows, strict=True):
        keep_whole(row)
        if line.spans:
            row.cells[0].merge(row.cells[-1])
        shown = zip(row.cells[: 1 if line.spans else None], line.cells, block.columns, strict=not line.spans)
        for cell, words, column in shown:
            paragraph = cell.paragraphs[0]
            paragraph.style = style
            write(paragraph, words, bold=line.strong)
            cell.vertical_alignment = 1
            if column.numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _write_signature(document: Any, composed: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    from reports.document.docx_parts import keep_whole, lay_out, write

    space = document.add_paragraph().paragraph_format
    space.line_spacing, space.keep_with_next = Pt(12), True
    table = document.add_table(rows=1, cols=2)
    lay_out(table, [80, 80], ruled=False, padding=0)
    keep_whole(table.rows[0])
    left, right = table.rows[0].cells
    write(left.paragraphs[0], composed.recipients_title, 12, bold=True, italic=True)
    for number, recipient in enumerate(composed.recipients, start=1):
        end = "." if number == len(composed.recipients) else ","
        write(left.add_paragraph(), f"- {recipient}{end}", 11)
    paragraphs = [right.paragraphs[0], *(right.add_paragraph() for _ in composed.signature[1:])]
    for paragraph, words in zip(paragraphs, composed.signature, strict=True):
        write(paragraph, words, BODY, bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for _ in range(4):
        right.add_paragraph()


def _write_margins(section: Any, composed: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    from reports.document.docx_parts import write, write_field

    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write_field(number, "PAGE", 13)
    for footer in (section.first_page_footer, section.footer):
        write(footer.paragraphs[0], composed.footer, 9, italic=True).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _set_properties(document: Any, composed: Document, when: datetime) -> None:
    properties = document.core_properties
    properties.title, properties.author = f"{composed.subject}, {composed.period}", composed.issuer
    properties.comments = composed.footer
    properties.last_modified_by, properties.language = composed.issuer, composed.language
    properties.created = properties.modified = when
