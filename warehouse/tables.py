"""The read side's tables. They name no schema: `search_path` decides, so that a rebuild can fill a second set.

A fact is what counts of all that returns state about one thing (`statement`). Every row of a fact carries `stated`,
the event that states it, `position`, the event since which it counts, and `position_to`, the event from which it
counts no more (null while it does): the table as of position p is the rows with position <= p < position_to. What
did not count when it was stated has, beside, a row whose two positions are equal.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

metadata = MetaData()


def _id(name: str, *, nullable: bool = True, primary_key: bool = False) -> Column[str]:
    return Column(name, Uuid(as_uuid=False), nullable=nullable and not primary_key, primary_key=primary_key)


def _position() -> Column[int]:
    return Column("position", BigInteger, primary_key=True, autoincrement=False)


def _fact(name: str, comment: str, *columns: SchemaItem) -> Table:
    return Table(
        name,
        metadata,
        Column("stated", BigInteger, primary_key=True, autoincrement=False),
        _position(),
        Column("position_to", BigInteger),
        _id("unit", nullable=False),
        *columns,
        _id("submission"),
        Column("sheet", Text),
        Column("row", Integer),
        comment=comment,
    )


checkpoint = Table(
    "checkpoint",
    metadata,
    Column("projection", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    comment="One row per projection: the last log position that it holds.",
)

unit_change = Table(
    "unit_change",
    metadata,
    _position(),
    _id("unit", nullable=False),
    Column("on_date", Date, nullable=False),
    Column("alive", Boolean),
    _id("parent"),
    Column("code", Text),
    Column("name", Text),
    Column("kind", Text),
    Column("level", SmallInteger),
    Index("unit_change_unit", "unit", "on_date", "position"),
    Index("unit_change_code", "code"),
    comment="One row per event about a unit; a null column was not changed by it, and on_date is when it takes effect.",
)

succession = Table(
    "succession",
    metadata,
    _position(),
    _id("unit", nullable=False),
    _id("successor", primary_key=True),
    Column("on_date", Date, nullable=False),
    Index("succession_successor", "successor", "on_date"),
    comment="One row per unit that ended and each unit that follows it: one after a merger, several after a split.",
)

policy = Table(
    "policy",
    metadata,
    _position(),
    Column("policy", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("on_date", Date, nullable=False),
    _id("unit"),
    Column("form", Text),
    Column("kind", Text),
    Column("order", Text),
    comment="One row per value laid down: from which day it holds, and for whom; null where it is for all.",
)

submission = Table(
    "submission",
    metadata,
    _id("submission", primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    _id("unit"),
    Column("period", Text),
    Column("last", Date),
    Column("form", Text),
    Column("form_version", SmallInteger),
    _id("cover_unit"),
    Column("cover_period", Text),
    Column("cover_form", Text),
    Column("size", BigInteger, nullable=False),
    Column("decided_position", BigInteger),
    Column("decided_at", DateTime(timezone=True)),
    Column("valid", Boolean),
    _id("previous"),
    Column("rows", Integer),
    Index("submission_period", "period", "unit"),
    comment="One row per submission: when it came, for what, what was decided; decided_position is null until then.",
)

submission_state = Table(
    "submission_state",
    metadata,
    _position(),
    _id("submission", nullable=False),
    Column("state", Text, nullable=False),
    Column("counts", Boolean),
    Column("reason", Text),
    Column("since", DateTime(timezone=True), nullable=False),
    Index("submission_state_submission", "submission"),
    comment="One row per state that a submission came into; counts is null where that did not change by it.",
)

statement = Table(
    "statement",
    metadata,
    _position(),
    Column("position_to", BigInteger),
    _id("key", nullable=False),
    Column("last", Date, nullable=False),
    Index("statement_key", "key"),
    comment="One row per fact that a return states: of those with one key that stand, the one with the latest period "
    "counts, and among these the newest. `last` is the last day of its return's period.",
)

finding = Table(
    "finding",
    metadata,
    _position(),
    Column("number", Integer, primary_key=True),
    _id("submission", nullable=False),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("sheet", Text),
    Column("cell", Text),
    Column("column_key", Text),
    Index("finding_submission", "submission"),
    comment="One row per problem found in a workbook: what and where, never the value.",
)

nominee = _fact(
    "nominee",
    "One row per version of a nominee's coded facts.",
    _id("subject", nullable=False),
    Column("identified_on", Date, nullable=False),
    Column("sex", Text, nullable=False),
    Column("birth_year", SmallInteger, nullable=False),
    Column("ethnic_minority", Boolean, nullable=False),
    Column("source_group", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Index("nominee_subject", "subject"),
)

step = _fact(
    "step",
    "One row per version of a step that a nominee took; being identified is the first.",
    _id("subject", nullable=False),
    Column("step", Text, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("document", Text),
    Column("total", Integer),
    Column("present", Integer),
    Column("votes_for", Integer),
    Column("votes_against", Integer),
    _id("receiver"),
    Index("step_subject", "subject"),
    # Facts come in about the order of their days: a summary of each few pages is enough, and costs next to nothing.
    Index("step_on_date", "on_date", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
)

membership = _fact(
    "membership",
    "One row per version of a stock that a unit reported for a period.",
    Column("period", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("value", Integer, nullable=False),
)

activity = _fact(
    "activity",
    "One row per version of an activity that a unit reported.",
    Column("period", Text, nullable=False),
    Column("activity", Text, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("participants", Integer, nullable=False),
    Column("members", Integer),
)

target = _fact(
    "target",
    "One row per version of a yearly target of a unit.",
    Column("year", SmallInteger, nullable=False),
    Column("target", Text, nullable=False),
    Column("value", Integer, nullable=False),
)

schedule = _fact(
    "schedule",
    "One row per version of a milestone in the yearly plan of a unit.",
    Column("year", SmallInteger, nullable=False),
    Column("milestone", Text, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("planned", Integer, nullable=False),
)

rating = _fact(
    "rating",
    "One row per version of the rating of a grassroots organisation for a year; `unit` is the one that is rated.",
    Column("year", SmallInteger, nullable=False),
    _id("rated_by", nullable=False),
    Column("proposed", Text, nullable=False),
    Column("decided", Text),
    Column("document", Text),
)

FACTS = (nominee, step, membership, activity, target, schedule, rating)

quality = Table(
    "quality",
    metadata,
    _position(),
    Column("period", Text, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("results", JSONB, nullable=False),
    _id("root"),
    comment="One row per run of the quality checks: of all data, or of what belongs to a root.",
)

report = Table(
    "report",
    metadata,
    _position(),
    _id("unit", nullable=False),
    Column("period", Text, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("tree_on", Date, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("compiled_at", DateTime(timezone=True), nullable=False),
    Index("report_period", "period", "unit"),
    comment="One row per report compiled for a unit and a period.",
)

closing = Table(
    "closing",
    metadata,
    _position(),
    _id("unit", nullable=False),
    Column("period", Text, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("closed_at", DateTime(timezone=True), nullable=False),
    comment="One row per closing of a period for a unit and all units under it.",
)
