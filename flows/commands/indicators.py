"""`nguon indicators`: what reports count, with code, definition, unit of measure and breakdowns."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer, Table
from flows.terminal.wording import LANGUAGE, explain, say


def indicators(
    *, html: Annotated[Path | None, Parameter(help=explain("indicators_html"), show_default=False)] = None
) -> Answer:
    """List every indicator; with `html`, write the page that documents them. Raises NguonError `file_unwritable`."""
    from flows.reporting import write
    from reports.dictionary.indicators import document, made_of
    from schemas.indicators.catalogue import INDICATORS

    parts: list[str | Table] = []
    if html:
        write(html, document(LANGUAGE))
        parts.append(say("indicators.written", path=html, count=len(INDICATORS)))
    else:
        rows = [
            (i.code, i.title(LANGUAGE), i.measured_in(LANGUAGE), ", ".join(b.title(LANGUAGE) for b in i.breakdowns))
            for i in INDICATORS
        ]
        headings = [say(f"indicators.{key}") for key in ("code", "title", "measured_in", "breakdowns")]
        parts += [Table(headings, rows), say("indicators.next")]
    data = [
        {
            "code": i.code,
            "kind": i.kind,
            "title": i.title._asdict(),
            "definition": i.definition._asdict(),
            "measured_in": i.measured_in._asdict(),
            "made_of": list(made_of(i)),
            "breakdowns": {b.code: list(b.terms) for b in i.breakdowns},
        }
        for i in INDICATORS
    ]
    return Answer({"indicators": data, **({"path": html.absolute()} if html else {})}, parts)
