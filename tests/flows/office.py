"""A branch's desk for tests: fill a template, send it, read what was decided and what stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import text

from events import keys
from events.vault import keystore
from flows import intake, validation
from flows.context import Context
from flows.settings import Settings
from flows.units import loading as units
from flows.units.rows import UnitRow
from flows.validation import Verdict
from schemas.forms.form import Form
from schemas.forms.quarterly import QUARTERLY
from schemas.periods import Period, parse
from schemas.templates.template import workbook
from tests.actors import TESTER
from tests.rows import membership
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
        keystore.create(self.context.settings.home / "keys")
        units.load(self.context, UNITS)

    @classmethod
    def open(cls, url: str, folder: Path) -> "Office":
        """An office on the migrated, empty database at `url`."""
        return cls(Context(Settings(home=folder / "home", database_url=url), TESTER), folder)

    def unit(self, code: str) -> str:
        """A unit's id."""
        with self.context.engine.connect() as connection:
            return hierarchy.unit_by_code(connection, code, date(2025, 3, 31), 10**9)

    def write(self, rows: Rows, unit: str = "28756-01", period: str = "2025Q1", form: Form = QUARTERLY) -> Path:
        """A filled template as a file; in a quarterly one a sheet of numbers is put in where none is given."""
        filled = {"membership": membership(10), **rows} if form is QUARTERLY else rows
        name = next(row.name for row in UNITS if row.code == unit)
        content = workbook(form, self.unit(unit), unit, name, parse(period), filled)
        path = self.folder / f"{unit} {period} {next(self._number)}.xlsx"
        path.write_bytes(content)
        return path

    def receive(self, path: Path, received_on: date = date(2025, 3, 15)) -> str:
        """Take a file in; its submission."""
        ((receipt,),) = intake.receive(self.context, [intake.Incoming(path, received_on)])
        assert isinstance(receipt, intake.Receipt), receipt
        return receipt.submission

    def send(self, rows: Rows, unit: str = "28756-01", period: str = "2025Q1", form: Form = QUARTERLY) -> Verdict:
        """Write, take in, decide, project: the verdict."""
        submission = self.receive(self.write(rows, unit, period, form), parse(period).last - timedelta(days=16))
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
