"""A report as a PDF of the same document as the DOCX, set by Typst."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from reports.content.view import Content
from reports.document.document import compose
from schemas.messages.translation import Language

TEMPLATE = Path(__file__).parent / "report.typ"

_FONTS = Path(__file__).parent / "fonts"
"""Liberation Serif 2, as wide as Times New Roman; what systems have under this name may lack Vietnamese letters."""


def render(content: Content, language: Language) -> bytes:
    """The bytes of a PDF; the same content and language give the same bytes."""
    import typst

    document = json.dumps(asdict(compose(content, language)), ensure_ascii=False)
    issued = datetime.fromisoformat(content["period"]["last"]).replace(tzinfo=UTC)
    return typst.compile(
        TEMPLATE,
        format="pdf",
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": document},
        timestamp=issued,
    )
