"""Peak memory of a process that projects, rebuilds, rolls up the country or compiles a report: 400 MB or less."""

from benchmarks.kit.bench import Bench
from benchmarks.kit.memory import peak
from benchmarks.kit.projecting import EVENTS as PROJECTED
from benchmarks.kit.projecting import projected
from benchmarks.kit.reporting import positions, reported
from benchmarks.kit.result import Bound, Case, Result, judge
from benchmarks.rollup_growth import QUARTER
from events import log
from events.database import engine
from schemas.periods import parse
from warehouse import rebuild
from warehouse.facts.rollup import roll_up

EVENTS = 10_000_000
LIMIT = 400


def measure(bench: Bench) -> Result:
    small, large = (
        bench.country(bench.scaled(events)).url.render_as_string(hide_password=False) for events in (PROJECTED, EVENTS)
    )
    cases = []
    for name, work, url in (
        ("project", _project, small),
        ("rebuild", _rebuild, small),
        ("roll_up", _roll_up, large),
        ("report", _report, large),
    ):
        bench.heard(name)
        cases.append(Case(name, peak(work, url), LIMIT))
    return judge(cases, "MB", "the limit", Bound(1, "or less"))


def _project(url: str) -> None:
    projected(engine(url))


def _rebuild(url: str) -> None:
    rebuild.rebuild(engine(url))


def _roll_up(url: str) -> None:
    with engine(url).connect() as connection:
        roll_up(connection, parse(QUARTER), log.head(connection)[0])


def _report(url: str) -> None:
    made = engine(url)
    reported(made, positions(made)[0])
