"""How long the facts of a submission that was just decided are not there yet.

They are looked up by their people: how long it takes to add up a figure is no part of the lag.
"""

from collections.abc import Sequence
from datetime import date
from time import perf_counter

from sqlalchemy import Engine, text

from benchmarks.kit.bench import Bench
from benchmarks.kit.sample import ACTOR
from events import log
from events.ids import new_id
from events.log.recorded import Cause, NewEvent
from events.proof.merkle import EMPTY_ROOT
from events.types.nominations import NomineeIdentified
from events.types.submissions import SubmissionFoundValid, SubmissionReceived
from warehouse.projections import project

FACTS = 40
SMALL, LARGE = 10_000, 5_000_000
ROUNDS = 15

_ON, _PERIOD = date(2025, 12, 10), "2025Q4"
_STEPS = "select count(*) from step where subject = any(cast(:subjects as uuid[])) and position_to is null"


def lags(bench: Bench) -> tuple[float, float]:
    """Median milliseconds of lag where the log is large, and where it is small."""
    large, small = bench.country(bench.scaled(LARGE, least=SMALL)), bench.country(SMALL)
    taken = bench.alternate({"large": lambda: lag(large), "small": lambda: lag(small)}, rounds=ROUNDS)
    return taken["large"] * 1_000, taken["small"] * 1_000


def lag(engine: Engine) -> float:
    """Seconds from the commit of one accepted submission of 40 rows until another session reads its facts."""
    with engine.connect() as connection, engine.connect() as reader:
        unit = connection.execute(text("select unit::text from unit_change where kind = 'branch' limit 1")).scalar_one()
        subjects = [new_id() for _ in range(FACTS)]
        log.append(connection, _submission(unit, subjects), ACTOR)
        start = perf_counter()
        connection.commit()
        project.project(engine)
        found = reader.execute(text(_STEPS), {"subjects": subjects}).scalar_one()
        taken = perf_counter() - start
    assert found == FACTS
    return taken


def _submission(unit: str, subjects: Sequence[str]) -> list[NewEvent]:
    name = new_id()
    root = EMPTY_ROOT.hex()
    received = SubmissionReceived(name, _ON, root, 10_000, unit, _PERIOD, "branch-quarterly", 1)
    accepted = SubmissionFoundValid(
        name, unit, _PERIOD, "branch-quarterly", 1, date(2025, 12, 31), FACTS, root, facts=FACTS
    )
    return [
        NewEvent(f"submission-{name}", 1, received),
        NewEvent(f"submission-{name}", 2, accepted, Cause(name)),
        *(
            NewEvent(
                f"nomination-{subject}",
                1,
                NomineeIdentified(subject, unit, _ON, "female", 2003, False, "resident", root),
                Cause(name, "nominees", row),
            )
            for row, subject in enumerate(subjects, start=4)
        ),
    ]
