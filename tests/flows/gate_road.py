"""A small province whose returns go the whole road from file to figures; their cells may be JSON in place of XLSX.

Everything but the reading of the spreadsheet is the real thing: intake, gate, waves, log, projection.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from events import vault
from events.errors import RefusedError
from events.log.recorded import decode
from flows import intake, judging, reviewing, validation
from flows.context import Context
from flows.reading import READER
from flows.settings import Settings
from flows.units import changes as unit_changes
from schemas.expectations.catalogue import EXPECTATIONS
from schemas.forms.family import FORMS
from schemas.forms.form import COVER_ROWS, COVER_SHEET, IDENTITY_SHEET, Form
from schemas.gate import cells
from schemas.gate.cells import Answer, Read, Scope
from schemas.periods import Period, parse
from schemas.templates.template import workbook
from tests.actors import TESTER
from tests.warehouse import unit_model
from warehouse.projections import project
from warehouse.quality import digest, tables

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""By sheet key, rows of values as a template takes them, choices by their code."""

NAME = "Đơn vị"
"""What covers call every unit."""


@dataclass(frozen=True)
class Book:
    """A filled workbook: whose by id and by the code on its cover, on what form, for which period."""

    unit: str
    code: str
    form: str
    period: str
    rows: Rows

    @property
    def template(self) -> Form:
        return FORMS[self.form, 1]

    def written(self) -> dict[str, list[dict[str, object]]]:
        """The rows with the words that a person chooses for codes."""
        return {
            sheet.key: [
                {
                    column.key: column.vocabulary.terms[str(row[column.key])].vi
                    if column.vocabulary
                    else row[column.key]
                    for column in sheet.columns
                    if row.get(column.key) is not None
                }
                for row in self.rows.get(sheet.key, ())
            ]
            for sheet in self.template.sheets
        }

    def as_xlsx(self) -> bytes:
        return workbook(self.template, self.unit, self.code, NAME, parse(self.period), self.written())

    def as_json(self) -> bytes:
        """The cells as reading the XLSX leaves them."""
        sheets = {title: [list(row) for row in grid] for title, grid in _empty(self.form).items()}
        cover, hidden = sheets[COVER_SHEET], sheets[IDENTITY_SHEET]
        cover[COVER_ROWS["unit_code"] - 1][1], cover[COVER_ROWS["period"] - 1][1] = self.code, self.period
        for row in hidden:
            row[1] = {"unit": self.unit, "unit_code": self.code, "period": self.period}.get(str(row[0]), row[1])
        for sheet in self.template.sheets:
            for row in self.written()[sheet.key]:
                sheets[sheet.title].append([_text(row.get(column.key)) for column in sheet.columns])
        return json.dumps(sheets, ensure_ascii=False).encode()


def _text(value: object) -> str | None:
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)


@cache
def _empty(form: str) -> dict[str, list[list[str | None]]]:
    """The cells of a template of a form without a row."""
    one = FORMS[form, 1]
    period = {"quarter": "2025Q1", "year": "2025"}[one.duty.periods]
    nothing = {sheet.key: [] for sheet in one.sheets}
    found = cells.read(workbook(one, "x", "x", NAME, parse(period), nothing), "form")
    assert found is not None
    return found.sheets


class _Reader:
    """Reads JSON itself and leaves everything else to the real one."""

    def read(self, content: bytes, scope: Scope) -> Answer:
        return Answer(Read(json.loads(content))) if content.startswith(b"{") else READER.read(content, scope)


@contextmanager
def json_is_read() -> Iterator[None]:
    """While files of JSON are read as workbooks."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (intake, judging):
            patch.setattr(module, "READER", _Reader())
        yield


@dataclass(frozen=True)
class Decided:
    """What became of a submission: from which position on, whether it is valid, and the codes of the errors."""

    submission: str
    position: int
    valid: bool
    counts: bool
    errors: tuple[str, ...]
    facts: int


@dataclass
class Road:
    """The province's desk: hand in, decide, reorganise, review; and what stands afterwards."""

    engine: Engine
    home: Path
    units: list[unit_model.Event] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        url = self.engine.url.render_as_string(hide_password=False)
        self.context = Context(Settings(home=self.home, database_url=url), TESTER)
        vars(self.context)["engine"] = self.engine
        self.look_at_units()

    def look_at_units(self) -> None:
        """Read what is recorded of units."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "select position, body::text as body from events.event where stream like 'unit-%' order by position"
                )
            ).all()
        self.units = [(row.position, decode(row.position, row.body).payload) for row in rows]

    def hand_in(self, content: bytes, received_on: date) -> str:
        """Take a file in; its submission, the earlier one where the bytes are known."""
        path = self.home / f"{self.engine.url.database}-{next(self._number)}.xlsx"
        path.write_bytes(content)
        ((receipt,),) = intake.receive(self.context, [intake.Incoming(path, received_on)])
        path.unlink()
        assert isinstance(receipt, intake.Receipt), receipt
        return receipt.submission

    def decide(self) -> list[Decided]:
        """Decide what waits; in the order in which it was recorded."""
        verdicts = {verdict.submission: verdict for verdict in validation.validate_pending(self.context)}
        project.project(self.engine)
        with self.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "select s.submission::text as submission, decided_position, valid,"
                    " coalesce((body #>> '{data,counts}')::boolean, true) as counts,"
                    " coalesce((body #>> '{data,facts}')::integer, 0) as facts"
                    " from submission s join events.event e on e.position = s.decided_position"
                    " where s.submission = any(cast(:ids as uuid[])) order by decided_position"
                ),
                {"ids": list(verdicts)},
            ).all()
        assert len(rows) == len(verdicts)
        return [
            Decided(
                row.submission,
                row.decided_position,
                row.valid,
                row.valid and row.counts,
                tuple(f.code for f in verdicts[row.submission].findings if f.severity == "error"),
                row.facts,
            )
            for row in rows
        ]

    def reorganise(self, changes: Sequence[Any]) -> bool:
        """Record changes of units; whether they were possible."""
        try:
            unit_changes.record(self.context, changes)
        except RefusedError:
            return False
        self.look_at_units()
        return True

    def review(self, what: str, submission: str) -> bool:
        """Accept a submission, give it back or withdraw it; whether that was allowed."""
        try:
            if what == "accept":
                (done,) = reviewing.accept(self.context, [submission])
                return done.refused is None
            if what == "return":
                reviewing.give_back(self.context, submission, "incomplete")
            else:
                reviewing.withdraw(self.context, submission, "sent_in_error")
        except RefusedError:
            return False
        return True

    @property
    def position(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text("select position from events.head")).scalar_one())

    def subjects(self, numbers: Sequence[str]) -> dict[str, str]:
        """Who the vault knows by identity numbers: id to all numbers that lead to it."""
        by_match = {vault.match(self.context.matching_key, number.encode()): number for number in numbers}
        with self.engine.connect() as connection:
            found = vault.subjects(connection, list(by_match))
        return {by_match[matched]: subject for matched, subject in found.items()}

    def facts(self, position: int) -> dict[str, list[tuple[Any, ...]]]:
        """What counts as of a position, by table, in the order of its values."""
        with self.engine.connect() as connection:
            return {
                table: sorted(
                    (
                        tuple(row)
                        for row in connection.execute(
                            text(
                                f"select {columns} from {table} where position <= :p"
                                " and coalesce(position_to > :p, true)"
                            ),
                            {"p": position},
                        )
                    ),
                    key=repr,
                )
                for table, columns in _FACTS.items()
            }

    def broken(self, position: int, period: Period | None = None, *, anew: bool = False) -> dict[str, int]:
        """The error-level expectations that do not hold as of a position: code to rows that break it.

        Without a period those that are the same for all; `anew` has the newest events projected again.
        """
        with self.engine.connect() as connection:
            named = tables.as_of(connection, period or parse("2025"), position)
            if anew:
                named["digest"] = digest.query(self.engine)
            asked = [
                e
                for e in EXPECTATIONS
                if e.severity == "error"
                and (anew or e.table != "digest")
                and (period or not _reads(e.broken, e.table) & _OF_A_PERIOD)
            ]
            used = set().union(*(_reads(e.broken, e.table) for e in asked))
            scope = ",\n".join(f"{table} as ({query})" for table, query in named.items() if table in used)
            counted = " union all ".join(
                f"select '{e.code}' as code, count(*) as rows from ({e.broken.replace('{batch}', e.table)}) as broken"
                for e in asked
            )
            statement = f"with {scope} select * from ({counted}) as c where rows > 0"
            rows = connection.exec_driver_sql(statement.replace("%", "%%")).all()
        return {row.code: row.rows for row in rows}


_OF_A_PERIOD = {"tree", "asked", "figure", "total", "issued"}


def _reads(query: str, table: str) -> set[str]:
    return {table, *re.findall(r"\b[a-z_]+\b", query)}


_FACTS = {
    "nominee": "subject::text, unit::text, identified_on, sex, birth_year, ethnic_minority, source_group",
    "step": "subject::text, unit::text, step, on_date, document, total, present, votes_for, votes_against,"
    " receiver::text",
    "membership": "unit::text, period, measure, value",
    "activity": "unit::text, period, activity, on_date, participants, members",
    "target": "unit::text, year, target, value",
    "schedule": "unit::text, year, milestone, on_date, planned",
    "rating": "unit::text, year, rated_by::text, proposed, decided, document",
}
