"""The log, the vault, the issued contents and the warehouse as of version 0.1."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import events

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _run_files("log")
    op.create_table(
        "access",
        sa.Column("reading", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("reading"),
        schema="vault",
        comment="One row per reading of a person's data: who, whose, why; the event that commits to it tells when.",
    )
    op.create_index("access_subject", "access", ["subject"], unique=False, schema="vault")
    op.create_table(
        "condemned",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("slot"),
        schema="vault",
        comment="One row per key that an erasure gave up and that is not yet overwritten in the key store; normally none.",
    )
    op.create_table(
        "account",
        sa.Column("account", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="The account's name on its machine, name@machine."),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
        sa.UniqueConstraint("name"),
        schema="vault",
        comment="One row per person who acted where two are needed; the event that commits to the name tells when.",
    )
    op.create_table(
        "file",
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "slot",
            sa.BigInteger(),
            nullable=True,
            comment="Place in the key store of the key to file, rows and comment.",
        ),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True, comment="The name, encrypted."),
        sa.Column("sealed", sa.LargeBinary(), nullable=True, comment="Salt and bytes, encrypted."),
        sa.Column(
            "fingerprint",
            sa.LargeBinary(),
            nullable=True,
            comment="Keyed HMAC of the bytes: the same file is known again.",
        ),
        sa.PrimaryKeyConstraint("submission"),
        sa.UniqueConstraint("fingerprint"),
        schema="vault",
        comment="One row per file received; once erased, null but for the submission and a new key to the rows of others.",
    )
    op.create_table(
        "hold",
        sa.Column("hold", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subject", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_salt", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("hold"),
        schema="vault",
        comment="One row per legal hold: whose data must be kept and why, who placed and who released it; the events that commit to it tell when.",
    )
    op.create_index("hold_subject", "hold", ["subject"], unique=False, schema="vault")
    op.create_table(
        "subject",
        sa.Column("subject", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "slot",
            sa.BigInteger(),
            nullable=True,
            comment="Place in the key store of the key to the person's records; null once erased.",
        ),
        sa.Column(
            "match", sa.LargeBinary(), nullable=True, comment="Keyed HMAC of the identity number; null once erased."
        ),
        sa.PrimaryKeyConstraint("subject"),
        sa.UniqueConstraint("match"),
        schema="vault",
        comment="One row per person, known by a random id everywhere outside the vault.",
    )
    op.create_table(
        "former_match",
        sa.Column("subject", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Counts a person's former numbers from 1.",
        ),
        sa.Column(
            "match", sa.LargeBinary(), nullable=True, comment="Keyed HMAC of an identity number; null once erased."
        ),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["vault.subject.subject"],
        ),
        sa.PrimaryKeyConstraint("subject", "number"),
        sa.UniqueConstraint("match"),
        schema="vault",
        comment="One row per identity number under which a person was known before it was corrected.",
    )
    op.create_table(
        "comment",
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True, comment="Salt and words, encrypted; null once erased."),
        sa.ForeignKeyConstraint(
            ["submission"],
            ["vault.file.submission"],
        ),
        sa.PrimaryKeyConstraint("submission"),
        schema="vault",
        comment="One row per return that was given back with words; the event carries the commitment.",
    )
    op.create_table(
        "mention",
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="file or comment."),
        sa.Column(
            "words",
            sa.ARRAY(sa.BigInteger()),
            nullable=False,
            comment="The first 64 bits of keyed hashes of numbers and names; 0 stands for all that was not looked into.",
        ),
        sa.Column("mac", sa.LargeBinary(), nullable=False, comment="Keyed HMAC of the row."),
        sa.ForeignKeyConstraint(
            ["submission"],
            ["vault.file.submission"],
        ),
        sa.PrimaryKeyConstraint("submission", "source"),
        schema="vault",
        comment="One row per file or comment: whom it may name, so that erasing opens these alone.",
    )
    op.create_index("mention_words", "mention", ["words"], unique=False, schema="vault", postgresql_using="gin")
    op.create_table(
        "tombstone",
        sa.Column(
            "mark",
            sa.LargeBinary(),
            nullable=False,
            comment="Keyed HMAC of a number, a file or a likeness of the erased.",
        ),
        sa.Column("subject", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["vault.subject.subject"],
        ),
        sa.PrimaryKeyConstraint("mark"),
        schema="vault",
        comment="One row per mark by which an erased person is known again, so that nobody brings them back unawares.",
    )
    op.create_index(op.f("ix_vault_tombstone_subject"), "tombstone", ["subject"], unique=False, schema="vault")
    op.create_table(
        "person",
        sa.Column("subject", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Counts a person's records from 1.",
        ),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column(
            "likeness",
            sa.LargeBinary(),
            nullable=True,
            comment="Keyed HMAC of the folded name and the birth date; null once erased.",
        ),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="Salt and canonical JSON of name, identity number and birth date, encrypted; null once erased.",
        ),
        sa.Column(
            "kept",
            sa.Boolean(),
            sa.Computed("sealed is not null", persisted=True),
            nullable=True,
            comment="Whether it is not erased.",
        ),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["vault.subject.subject"],
        ),
        sa.PrimaryKeyConstraint("subject", "version"),
        sa.UniqueConstraint("commitment"),
        schema="vault",
        comment="One row per version of a person's record; the event that recorded it carries the commitment.",
    )
    op.create_index(op.f("ix_vault_person_likeness"), "person", ["likeness"], unique=False, schema="vault")
    op.create_table(
        "workbook",
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "leaves",
            sa.LargeBinary(),
            nullable=False,
            comment="One SHA-256 per row: the leaves under the root in the log.",
        ),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="Places, salts, contents of rows, encrypted; null once all are erased.",
        ),
        sa.ForeignKeyConstraint(
            ["submission"],
            ["vault.file.submission"],
        ),
        sa.PrimaryKeyConstraint("submission"),
        schema="vault",
        comment="One row per valid workbook: the filled rows of its sheets as they were read.",
    )
    # Nothing is to be learnt of what is sealed: no statistics, and no try at compressing it.
    for table, column in (
        ("file", "sealed_name"),
        ("file", "sealed"),
        ("workbook", "sealed"),
        ("person", "sealed"),
        ("comment", "sealed"),
    ):
        op.execute(f"alter table vault.{table} alter column {column} set statistics 0")
        op.execute(f"alter table vault.{table} alter column {column} set storage external")
    _run_files("vault")
    op.create_table(
        "content",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash"),
        schema="issued",
        comment="One row per report content, by its SHA-256; canonical JSON without personal data.",
    )
    op.create_table(
        "activity",
        sa.Column("stated", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position_to", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("stated", "position"),
        comment="One row per version of an activity that a unit reported.",
    )
    op.create_table(
        "checkpoint",
        sa.Column("projection", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("projection"),
        comment="One row per projection: the last log position that it holds.",
    )
    op.create_table(
        "closing",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        comment="One row per closing of a period for a unit and all units under it.",
    )
    op.create_table(
        "finding",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("column_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", "number"),
        comment="One row per problem found in a workbook: what and where, never the value.",
    )
    op.create_index("finding_submission", "finding", ["submission"], unique=False)
    op.create_table(
        "membership",
        sa.Column("stated", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position_to", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("stated", "position"),
        comment="One row per version of a stock that a unit reported for a period.",
    )
    op.create_table(
        "nominee",
        sa.Column("stated", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position_to", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subject", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("identified_on", sa.Date(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), nullable=False),
        sa.Column("ethnic_minority", sa.Boolean(), nullable=False),
        sa.Column("source_group", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("stated", "position"),
        comment="One row per version of a nominee's coded facts.",
    )
    op.create_index("nominee_subject", "nominee", ["subject"], unique=False)
    op.create_table(
        "policy",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("order", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
        comment="One row per value laid down: from which day it holds, and for whom; null where it is for all.",
    )
    op.create_table(
        "quality",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("root", sa.Uuid(as_uuid=False), nullable=True),
        sa.PrimaryKeyConstraint("position"),
        comment="One row per run of the quality checks: of all data, or of what belongs to a root.",
    )
    op.create_table(
        "rating",
        sa.Column("stated", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position_to", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("rated_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("decided", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("stated", "position"),
        comment="One row per version of the rating of a grassroots organisation for a year; `unit` is the one that is rated.",
    )
    op.create_table(
        "report",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("tree_on", sa.Date(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("compiled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        comment="One row per report compiled for a unit and a period.",
    )
    op.create_index("report_period", "report", ["period", "unit"], unique=False)
    op.create_table(
        "schedule",
        sa.Column("stated", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position_to", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("stated", "position"),
        comment="One row per version of a milestone in the yearly plan of a unit.",
    )
    op.create_table(
        "statement",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position_to", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        comment="One row per fact that a return states: of those with one key that stand, the one with the latest period counts, and among these the newest. `last` is the last day of its return's period.",
    )
    op.create_index("statement_key", "statement", ["key"], unique=False)
    op.create_table(
        "step",
        sa.Column("stated", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position_to", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subject", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("receiver", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("stated", "position"),
        comment="One row per version of a step that a nominee took; being identified is the first.",
    )
    op.create_index(
        "step_on_date",
        "step",
        ["on_date"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.create_index("step_subject", "step", ["subject"], unique=False)
    op.create_table(
        "submission",
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("form_version", sa.SmallInteger(), nullable=True),
        sa.Column("cover_unit", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("cover_period", sa.Text(), nullable=True),
        sa.Column("cover_form", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("decided_position", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("previous", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("submission"),
        comment="One row per submission: when it came, for what, what was decided; decided_position is null until then.",
    )
    op.create_index("submission_period", "submission", ["period", "unit"], unique=False)
    op.create_table(
        "submission_state",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        comment="One row per state that a submission came into; counts is null where that did not change by it.",
    )
    op.create_index("submission_state_submission", "submission_state", ["submission"], unique=False)
    op.create_table(
        "succession",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("successor", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("position", "successor"),
        comment="One row per unit that ended and each unit that follows it: one after a merger, several after a split.",
    )
    op.create_index("succession_successor", "succession", ["successor", "on_date"], unique=False)
    op.create_table(
        "target",
        sa.Column("stated", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position_to", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("stated", "position"),
        comment="One row per version of a yearly target of a unit.",
    )
    op.create_table(
        "unit_change",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("alive", sa.Boolean(), nullable=True),
        sa.Column("parent", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
        comment="One row per event about a unit; a null column was not changed by it, and on_date is when it takes effect.",
    )
    op.create_index("unit_change_code", "unit_change", ["code"], unique=False)
    op.create_index("unit_change_unit", "unit_change", ["unit", "on_date", "position"], unique=False)


def _run_files(room: str) -> None:
    for file in sorted((Path(events.__file__).parent / room / "sql").glob("*.sql")):
        op.get_bind().exec_driver_sql(file.read_text(encoding="utf-8").replace("%", "%%"))
