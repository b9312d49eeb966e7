"""`nguon demo`: the whole pipeline on a sample province, and the way back from a printed figure to its cell."""

import os
from typing import TYPE_CHECKING

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import LANGUAGE, say

if TYPE_CHECKING:
    from pathlib import Path

    from flows.context import Context

FOLDER = "demo"
FIGURES = ("members", "identified", "voted", "nominated", "handed_over", "class_passed", "admitted", "full_member")
RATES = ("admitted_rate", "completeness", "timeliness")


def demo() -> Answer:
    """Run it in `<home>/demo`, with an embedded database there, whatever database is set."""
    from flows.settings import settings

    home = settings().home / FOLDER
    os.environ["NGUON_HOME"] = str(home)
    os.environ.pop("NGUON_DATABASE_URL", None)

    from flows import demo as whole
    from flows.commands.init import init
    from flows.commands.log import checkpoint
    from flows.commands.trace import trace
    from flows.commands.verify import verify
    from flows.ready import ready

    init()
    context = ready()
    shown = whole.run(context)
    invalid = _invalid(context)
    back = [trace(whole.FIGURE), trace(str(shown.position)), trace(shown.subject)]
    checkpoint()
    verified = verify()
    parts: list[Part] = [
        say("demo.invalid", count=len(invalid), files=len(shown.files)),
        Table([say("submit.file"), say("submit.sheet"), say("submit.cells"), say("submit.message")], invalid),
        say("demo.forms"),
        _forms(context),
        say("demo.returned", submission=shown.returned),
        *trace(shown.returned).parts[:2],
        say("demo.figures"),
        _figures(context),
        say("demo.back", figure=whole.FIGURE),
        *back[0].parts[:2],
        _first(back[0].parts[2]),
        say("demo.fact", position=shown.position),
        *back[1].parts[1:],
        say("demo.nominee", subject=shown.subject),
        *back[2].parts[:2],
        say("demo.verified"),
        *verified.parts,
        say("demo.where"),
        Table([say("close.what"), say("init.where")], _places(home)),
        say("demo.next", home=home, submission=shown.submission, subject=shown.subject, figure=whole.FIGURE),
    ]
    data = {
        "home": home,
        "files": len(shown.files),
        "invalid": len(invalid),
        "returned": shown.returned,
        "figures": {period: dict(_row(context, period)) for period in whole.PERIODS},
        "trace": {"figure": whole.FIGURE, "position": shown.position, "subject": shown.subject},
        "verified": verified.data,
    }
    return Answer(data, parts, verified.exit_code)


def _forms(context: "Context") -> Table:
    """What came on each form, and what became of it."""
    from schemas.forms.family import newest
    from warehouse.returns.record import by_form

    with context.engine.connect() as connection:
        found = by_form(connection)
    rows = [
        (newest(one.form).title(LANGUAGE) if one.form else say("demo.no_form"), *(str(n) for n in one[1:]))
        for one in found
    ]
    headings = [say(f"demo.{key}") for key in ("form", "received", "valid", "counting")]
    return Table(headings, rows, numbers=(1, 2, 3))


def _invalid(context: "Context") -> list[tuple[str, str, str, str]]:
    """Each bad file with the first of its findings."""
    from events import vault
    from schemas.findings import message
    from schemas.forms.family import sheet_title
    from warehouse.returns.record import invalid_files

    with context.engine.connect() as connection:
        files = invalid_files(connection)
        names = vault.file_names(connection, context.keystore, [file.submission for file in files])
    return [
        (
            names.get(file.submission, ""),
            sheet_title(file.form, file.form_version, file.sheet) or "",
            file.cell or "",
            message(file.code, LANGUAGE),
        )
        for file in files
    ]


def _figures(context: "Context") -> Table:
    from flows.demo import PERIODS
    from reports.content.compiling import COLUMNS
    from reports.content.figures import figure

    titles = {column["code"]: column["title"][LANGUAGE] for column in COLUMNS}
    values = [dict(_row(context, period)) for period in PERIODS]
    rows = [(titles[code], *(figure(value[code], LANGUAGE) for value in values)) for code in (*FIGURES, *RATES)]
    return Table([say("demo.province"), *PERIODS], rows, numbers=(1, 2, 3))


def _row(context: "Context", period: str) -> list[tuple[str, int | str | None]]:
    """The province's main figures in its report on a period."""
    from flows.reporting import report
    from schemas.periods import parse

    content = report(context, "83", parse(period))
    values = dict(zip((column["code"] for column in content["columns"]), content["rows"][0]["values"], strict=True))
    return [(code, values[code]) for code in (*FIGURES, *RATES)]


def _first(part: Part) -> Part:
    return Table(part.headings, part.rows[:3], part.styles, part.numbers) if isinstance(part, Table) else part


def _places(home: "Path") -> list[tuple[str, str]]:
    return [(say(f"demo.{key}"), str(home / key)) for key in ("inbox", "reports", "quality", "log")]
