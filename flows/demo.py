"""The demo: the whole pipeline on a sample province in a folder of its own; killed and started again, it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    """What the demo has to show: the sample's files, the submission that its district gave back, and what to trace."""

    inbox: Path
    files: Sequence[Written]
    returned: str
    position: int
    submission: str
    subject: str


def run(context: Context) -> Shown:
    """Do everything up to the reports: tree, workbooks, intake, validation, review, quality, period ends."""
    from flows.orchestration import prefect_home

    inbox = context.settings.home / "inbox"
    with Stages(4 + len(PERIODS)) as stages:
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
        with stages.stage(say("demo.review")) as tell:
            returned, corrected = _review(context, inbox, files, tell)
        for period in PERIODS:
            with stages.stage(say("demo.period_end", period=period)) as tell, heard_by(lambda step, d, of: tell(d, of)):
                pipeline.period_end(period)
    return Shown(inbox, [*files, corrected], returned, *_to_trace(context))


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


def _review(context: Context, inbox: Path, files: Sequence[Written], tell: Any) -> tuple[str, Written]:
    """A district gives one return back, accepts the others of that commune, and the branch sends a corrected one."""
    from datetime import timedelta

    from events import vault
    from flows import reviewing, validation
    from flows.inbox import take_in
    from flows.intake import Incoming
    from flows.sample.workbooks import place
    from schemas.forms.quarterly import QUARTERLY
    from warehouse.projections import project
    from warehouse.returns import returns

    again = {file.unit_code for file in files if file.period != PERIODS[0] or file.flaw or file.oddity}
    doubtful = next(file for file in files if file.draft.form is QUARTERLY and file.unit_code not in again)
    content = doubtful.path.read_bytes()
    with context.engine.connect() as connection:
        fingerprint = vault.match(context.matching_key, content)
        submission = vault.submission_of(connection, [fingerprint])[fingerprint]
        state = returns.standing(connection, [submission])[submission].state
    if state in reviewing.OPEN:
        reviewing.give_back(context, submission, "implausible", say("demo.comment"))
    commune = doubtful.unit_code.rpartition("-")[0]
    reviewing.accept(context, reviewing.waiting(context, doubtful.draft.period, commune), tell)
    numbers = doubtful.draft.rows["membership"]
    corrected = replace(
        doubtful.draft.changed("membership", 0, value=numbers[0]["value"] + 2),
        received_on=doubtful.received_on + timedelta(days=3),
    )
    path = place(inbox, corrected)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(corrected.workbook())
    take_in(context, [Incoming(path, corrected.received_on)])
    validation.validate_pending(context)
    project.project(context.engine)
    return submission, replace(doubtful, path=path, received_on=corrected.received_on, draft=corrected)


def _to_trace(context: Context) -> tuple[int, str, str]:
    """A step that the traced figure counts, its submission, and the nominee who took it: one with a long way."""
    from warehouse.facts.ways import of_longest_way

    with context.engine.connect() as connection:
        return of_longest_way(connection, "admitted", date(2025, 1, 1), date(2025, 6, 30))
