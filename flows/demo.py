"""The demo: the whole pipeline on a sample province in a folder of its own; killed and started again, it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.context import Context
from flows.sample.plan import SEED
from flows.sample.workbooks import Written
from flows.terminal.stages import Stages
from flows.terminal.wording import say

PERIODS = ("2025Q1", "2025Q2", "2025H1")
FIGURE = "2025H1:83:admitted"


@dataclass(frozen=True)
class Shown:
    """What the demo has to show: the sample's files, and what to trace."""

    inbox: Path
    files: Sequence[Written]
    position: int
    submission: str
    subject: str


def run(context: Context) -> Shown:
    """Do everything up to the reports: tree, workbooks, intake, validation, projection, quality, period ends."""
    from flows.orchestration import prefect_home

    inbox = context.settings.home / "inbox"
    with Stages(3 + len(PERIODS)) as stages:
        with stages.stage(say("demo.tree")) as tell:
            ids = _tree(context, tell)
        with stages.stage(say("demo.workbooks")) as tell:
            from flows.sample.tree import sample_units
            from flows.sample.workbooks import write_sample

            files = write_sample(inbox, sample_units(SEED), ids, progress=tell)
        with stages.stage(say("demo.submissions")) as tell:
            prefect_home.start(context.settings)
            from flows import pipeline
            from flows.progress import heard_by

            with heard_by(lambda step, done, of: tell(done, of or len(files))):
                pipeline.submissions(str(inbox))
        for period in PERIODS:
            with stages.stage(say("demo.period_end", period=period)) as tell, heard_by(lambda step, d, of: tell(d, of)):
                pipeline.period_end(period)
    return Shown(inbox, files, *_to_trace(context))


def _tree(context: Context, tell: Any) -> dict[str, str]:
    from flows.sample.tree import sample_units
    from flows.units import loading as units
    from warehouse import hierarchy
    from warehouse.projections import project

    rows = sample_units(SEED)
    units.load(context, rows)
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        tree = hierarchy.tree(connection, date(2025, 3, 31), position)
    tell(len(tree), len(tree))
    return {unit.code: unit.unit for unit in tree}


def _to_trace(context: Context) -> tuple[int, str, str]:
    """A step that the traced figure counts, its submission, and the nominee who took it: one with a long way."""
    from warehouse.facts.ways import of_longest_way

    with context.engine.connect() as connection:
        return of_longest_way(connection, "admitted", date(2025, 1, 1), date(2025, 6, 30))
