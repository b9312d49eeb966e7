"""Whatever trace command a report prints answers the value that is printed beside it."""

import io
import random
import re
import shlex
from datetime import date

import docx
import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from sqlalchemy import Engine

from flows import audit, closing, reporting
from flows.audit import FigureTrace
from flows.commands.trace import _shown
from flows.context import Context
from reports.content.compiling import Content
from reports.content.view import look
from reports.render import render
from schemas.periods import parse
from tests.warehouse.test_hierarchy import DAYS
from tests.warehouse.test_rollup import Told

PERIODS = ("2025Q1", "2025H1", "2025-02-10..2025-05-05")
SAMPLE = 12
"""Commands that are run of each page."""


def answer(context: Context, command: str) -> str:
    """What a printed `nguon trace …` answers, as a person sees it."""
    figure, *options = shlex.split(command.removeprefix("nguon trace "))
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert set(given) <= {"--as-of", "--tree-on"}
    tree_on = date.fromisoformat(given["--tree-on"]) if "--tree-on" in given else None
    found = audit.trace(context, figure, "auditor", int(given["--as-of"]), tree_on)
    assert isinstance(found, FigureTrace)
    return _shown(found)


def on_page(content: Content) -> list[tuple[str, str]]:
    """Every trace command in the page's tables, beside the figure that carries it."""
    page = html.document_fromstring(render(content, "html", "vi").decode())
    return [(cell.get("title"), cell.text) for cell in page.xpath("//td[contains(@class, 'figure')][@title]")]


def elsewhere(content: Content) -> set[str]:
    """The commands that are written out in the other formats and on the terminal."""
    book = openpyxl.load_workbook(io.BytesIO(render(content, "xlsx", "vi")))
    words = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    words += [p.text for p in docx.Document(io.BytesIO(render(content, "docx", "vi"))).paragraphs]
    found = re.findall(r"nguon trace (2025[^ ]*:[\w-]+:[\w.]+(?: --[a-z-]+ [\d-]+)*)", " ".join(words))
    return {*found, look(content, "vi").example}


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_printed_command_answers_the_printed_value(fresh_database: Engine, seed: int) -> None:
    told = Told(fresh_database, seed, people=8)
    context, rng = told.province.context, random.Random(seed)
    period = parse(rng.choice(PERIODS))
    tree = told.province.ids
    living = reports_of(context, tree, period.last)
    if living:
        closing.close(context, period, living[0], told.rng.choice(told.reported).position)
    for day in (None, rng.choice(DAYS)):
        tops = reports_of(context, tree, day or period.last)
        for unit in tops[:1]:
            assert_answered(context, reporting.report(context, unit, period, tree_on=day), rng)
            # Known later, or not issued then.
            assert_answered(context, reporting.report(context, unit, period, told.last, day), rng)
    told.province.close()


def reports_of(context: Context, ids: list[str], on: date) -> list[str]:
    """The tops of a day's tree."""
    from warehouse import hierarchy

    with context.engine.connect() as connection:
        tree = hierarchy.tree(connection, on, 10**9)
    return [unit.unit for unit in tree if unit.depth == 0 and unit.unit in ids]


def assert_answered(context: Context, content: Content, rng: random.Random) -> None:
    commands = on_page(content)
    lines = {row["id"] for row in content["rows"] if row.get("undecidable")}
    of_lines = [one for one in commands if one[0].split(":")[1] in lines]
    assert bool(of_lines) == bool(lines)
    for command, printed in [*rng.sample(commands, min(SAMPLE, len(commands))), *of_lines[:SAMPLE:3]]:
        assert answer(context, command) == printed, command
    shown = dict(commands)
    written = elsewhere(content)
    assert len([one for one in written if one.split(":")[1] in lines]) == len(lines)
    for command in written:
        assert answer(context, command) == shown.get(command, answer(context, command)), command
