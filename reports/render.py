"""The one door to the renderers: a content, a format and a language in, bytes out."""

from importlib import import_module
from typing import Literal, cast

from events.log.canonical import dumps
from reports.content.view import Content
from schemas.messages.translation import Language

Format = Literal["xlsx", "docx", "pdf", "html", "json"]

FORMATS: tuple[Format, ...] = ("xlsx", "docx", "pdf", "html", "json")

_RENDERERS = {
    "xlsx": "reports.workbook.xlsx",
    "docx": "reports.document.docx",
    "pdf": "reports.document.pdf",
    "html": "reports.page.html",
}


def render(content: Content, format: Format, language: Language) -> bytes:
    """Lay out a content; the same arguments give the same bytes.

    `json` is the canonical content itself, the bytes that its hash is of. Each format imports its
    libraries only when asked for.
    """
    if format == "json":
        return dumps(content)
    return cast(bytes, import_module(_RENDERERS[format]).render(content, language))


def extension(format: Format) -> str:
    """What a file name of this format ends in, with its dot."""
    return f".{format}"
