"""How long the figures of a submission that was just decided are not there yet."""

from datetime import date
from time import perf_counter

from sqlalchemy import Engine, text

from benchmarks.kit.bench import Bench
from events import log
from events.ids import new_id
from events.merkle import EMPTY_ROOT
from events.recorded import Cause, NewEvent
from events.types.nominations import NomineeIdentified
from events.types.submissions import SubmissionAccepted, SubmissionReceived
from warehouse import project

FACTS = 40
SMALL, LARGE = 10_000, 5_000_000
ROUNDS = 15

_ON, _PERIOD = date(2025, 12, 10), "2025Q4"
_FIGURE = """
select count(*) from step
where unit = :unit and step = 'identified' and on_date between '2025-10-01' and '2025-12-31' and position_to is null
"""


def lags(bench: Bench) -> tuple[float, float]:
    """Median milliseconds of lag where the log is large, and where it is small."""
    large, small = bench.country(bench.scaled(LARGE, least=SMALL)), bench.country(SMALL)
    taken = bench.alternate({"large": lambda: lag(large), "small": lambda: lag(small)}, rounds=ROUNDS)
    return taken["large"] * 1_000, taken["small"] * 1_000


def lag(engine: Engine) -> float:
    """Seconds from the commit of one accepted submission of 40 rows until its figure can be read elsewhere."""
    with engine.connect() as connection, engine.connect() as reader:
        unit = connection.execute(text("select unit::text from unit_change where kind = 'branch' limit 1")).scalar_one()
        before = reader.execute(text(_FIGURE), {"unit": unit}).scalar_one()
        reader.commit()
        log.append(connection, _submission(unit))
        start = perf_counter()
        connection.commit()
        project.project(engine)
        after = reader.execute(text(_FIGURE), {"unit": unit}).scalar_one()
        taken = perf_counter() - start
    assert after == before + FACTS
    return taken


def _submission(unit: str) -> list[NewEvent]:
    name, subjects = new_id(), [new_id() for _ in range(FACTS)]
    root = EMPTY_ROOT.hex()
    received = SubmissionReceived(name, _ON, root, 10_000, unit, _PERIOD, "branch-quarterly", 1)
    accepted = SubmissionAccepted(name, unit, _PERIOD, FACTS, root, facts=FACTS)
    return [
        NewEvent(f"submission-{name}", 1, received, "unit"),
        NewEvent(f"submission-{name}", 2, accepted, "unit", Cause(name)),
        *(
            NewEvent(
                f"nomination-{subject}",
                1,
                NomineeIdentified(subject, unit, _ON, "female", 2003, False, "resident", root),
                "unit",
                Cause(name, "nominees", row),
            )
            for row, subject in enumerate(subjects, start=4)
        ),
    ]
