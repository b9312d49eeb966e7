"""A branch's desk for tests: fill a template, send it, read what was decided and what stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import text

from events import keys
from flows import intake, validation
from flows.context import Context
from flows.settings import Settings
from flows.units import loading as units
from flows.units.rows import UnitRow
from flows.validation import Verdict
from schemas.forms.quarterly import QUARTERLY
from schemas.periods import Period, parse
from schemas.templates.template import workbook
from tests.actors import TESTER
from warehouse import hierarchy
from warehouse.projections import project

Rows = Mapping[str, Sequence[Mapping[str, object]]]

SINCE = date(2024, 12, 1)
UNITS = [
    UnitRow("83", "Tỉnh đoàn Bến Tre", "province", 1, None, SINCE),
    UnitRow("829", "Thành đoàn Bến Tre", "district", 2, "83", SINCE),
    UnitRow("831", "Huyện đoàn Châu Thành", "district", 2, "83", SINCE),
    UnitRow("28756", "Đoàn phường Phú Khương", "commune", 3, "829", SINCE),
    UnitRow("28807", "Đoàn xã Hữu Định", "commune", 3, "831", SINCE),
    UnitRow("28756-01", "Chi đoàn Khu phố 1", "branch", 4, "28756", SINCE),
    UnitRow("28756-02", "Chi đoàn Khu phố 2", "branch", 4, "28756", SINCE),
    UnitRow("28807-01", "Chi đoàn Ấp 1", "branch", 4, "28807", SINCE),
]

AN = {
    "identity": "083204001234",
    "name": "Nguyễn Văn An",
    "birth_date": date(2004, 5, 1),
    "sex": "Nam",
    "ethnic_minority": "Không",
    "source_group": "Địa bàn dân cư",
    "on": date(2025, 1, 10),
}
BINH = {
    "identity": "083304005678",
    "name": "Trần Thị Bình",
    "birth_date": date(2004, 9, 9),
    "sex": "Nữ",
    "ethnic_minority": "Không",
    "source_group": "Y tế",
    "on": date(2025, 1, 12),
}
"""Two nominees who do not exist."""


def vote(of: Mapping[str, object], on: date, **changes: object) -> dict[str, object]:
    """A row of the steps' sheet: the branch votes."""
    counts = {"total": 20, "present": 18, "votes_for": 15, "votes_against": 3}
    return {"identity": of["identity"], "step": "Chi đoàn biểu quyết", "on": on, **counts, **changes}


def membership(members: int, female: int = 2) -> list[dict[str, object]]:
    """The sheet of numbers, whole."""
    values = (members, female, 0, 3 * members, 1, 2)
    titles = QUARTERLY.sheet("membership").columns[0].vocabulary
    assert titles
    return [{"measure": title, "value": value} for title, value in zip(titles.titles(), values, strict=True)]


@dataclass
class Office:
    """A small province with a database and keys of its own."""

    context: Context
    folder: Path
    _number: Any = None

    def __post_init__(self) -> None:
        """Make keys and units."""
        self._number = count(1)
        keys.create(self.context.settings.home / "keys", "test")
        units.load(self.context, UNITS)

    @classmethod
    def open(cls, url: str, folder: Path) -> "Office":
        """An office on the migrated, empty database at `url`."""
        return cls(Context(Settings(home=folder / "home", database_url=url), TESTER), folder)

    def unit(self, code: str) -> str:
        """A unit's id."""
        with self.context.engine.connect() as connection:
            return hierarchy.unit_by_code(connection, code, date(2025, 3, 31), 10**9)

    def write(self, rows: Rows, unit: str = "28756-01", period: str = "2025Q1") -> Path:
        """A filled template as a file; a sheet of numbers is put in where none is given."""
        filled = {"membership": membership(10), **rows}
        name = next(row.name for row in UNITS if row.code == unit)
        content = workbook(QUARTERLY, self.unit(unit), unit, name, parse(period), filled)
        path = self.folder / f"{unit} {period} {next(self._number)}.xlsx"
        path.write_bytes(content)
        return path

    def receive(self, path: Path, received_on: date = date(2025, 3, 15)) -> str:
        """Take a file in; its submission."""
        ((receipt,),) = intake.receive(self.context, [intake.Incoming(path, received_on)])
        assert isinstance(receipt, intake.Receipt), receipt
        return receipt.submission

    def send(self, rows: Rows, unit: str = "28756-01", period: str = "2025Q1") -> Verdict:
        """Write, take in, decide, project: the verdict."""
        submission = self.receive(self.write(rows, unit, period))
        verdicts = {verdict.submission: verdict for verdict in validation.validate_pending(self.context)}
        project.project(self.context.engine)
        return verdicts[submission]

    def events(self, verdict: Verdict) -> list[str]:
        """Types of the facts that a submission recorded, in log order; corrections carry a `~`."""
        return [
            row.type + ("~" if row.supersedes and row.type != "FactRetracted" else "")
            for row in self.query(
                "select type, body ->> 'supersedes' as supersedes from events.event"
                " where body #>> '{cause,submission}' = :s and type <> 'SubmissionFoundValid' order by position",
                s=verdict.submission,
            )
        ]

    def query(self, statement: str, **parameters: object) -> Sequence[Any]:
        """Rows of a statement."""
        with self.context.engine.connect() as connection:
            return connection.execute(text(statement), parameters).all()

    def figures(self, period: str = "2025Q1", root: str = "83") -> dict[str, int]:
        """A unit's figures that are not zero."""
        from warehouse.facts.rollup import roll_up

        wanted: Period = parse(period)
        with self.context.engine.connect() as connection:
            values = roll_up(connection, wanted, 10**9).values[self.unit(root)]
        return {code: value for code, value in values.items() if value}
