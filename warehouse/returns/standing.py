"""What stands at this moment about people and returns: the facts that a new workbook is compared with.

The facts of a workbook are the events behind its acceptance, at most one for each of its rows: so they are found by
their positions, and no index has to be kept for it.
"""

from collections.abc import Collection

import polars as pl
from sqlalchemy import Connection, text

from events.database import cursor_of
from events.log.recorded import Recorded, decode


def facts_of_subjects(connection: Connection, subjects: Collection[str]) -> list[Recorded]:
    """The standing events (identified, steps) about people, in log order."""
    return _events(
        connection,
        "select position from nominee where position_to is null and subject = any(cast(:ids as uuid[]))"
        " union select position from step where position_to is null and subject = any(cast(:ids as uuid[]))",
        {"ids": list(subjects)},
    )


def facts_of_return(connection: Connection, unit: str, period: str, year: int) -> list[Recorded]:
    """The standing events of a unit's return: memberships and activities of the period, targets of the year."""
    return _events(
        connection,
        "with told as materialized (select decided_position as after, decided_position + rows as upto from submission"
        "  where valid and unit = :unit and period = any(:periods))"
        " select position from told join membership on position > after and position <= upto"
        "  where position_to is null and unit = :unit and period = :period"
        " union all select position from told join activity on position > after and position <= upto"
        "  where position_to is null and unit = :unit and period = :period"
        " union all select position from told join target on position > after and position <= upto"
        "  where position_to is null and unit = :unit and year = :year",
        {"unit": unit, "period": period, "periods": [period, *_periods_of(year)], "year": year},
    )


def subjects_of_submissions(connection: Connection, submissions: Collection[str]) -> set[str]:
    """Everybody of whom a fact stands that came with one of these submissions."""
    rows = connection.execute(
        text(
            "select distinct subject::text from submission s"
            " join step f on f.position > s.decided_position and f.position <= s.decided_position + s.rows"
            " where s.submission = any(cast(:ids as uuid[])) and f.submission = s.submission and f.position_to is null"
        ),
        {"ids": list(submissions)},
    )
    return {row.subject for row in rows}


def _periods_of(year: int) -> list[str]:
    """The codes of the periods in which a return may set the targets of a year."""
    return [str(year), *(f"{year}{part}" for part in ("H1", "H2", "Q1", "Q2", "Q3", "Q4"))]


def accepted(connection: Connection, unit: str, period: str) -> list[str]:
    """The accepted submissions of a unit for a period, oldest first: a return and its revisions."""
    rows = connection.execute(
        text(
            "select submission::text from submission where unit = :unit and period = :period and accepted"
            " order by decided_position"
        ),
        {"unit": unit, "period": period},
    )
    return [row.submission for row in rows]


def known_people(connection: Connection, asked: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is known of people, leaving out what came with the returns that are being revised.

    `asked`: submission, identity, subject, unit, period. Answers with the two frames of `schemas.gate.context.Known`.
    """
    ids = asked["subject"].unique().to_list()
    with cursor_of(connection) as cursor:
        cursor.execute(
            "select f.subject::text, f.unit::text, s.unit::text, s.period, f.step, f.on_date from step f"
            " left join submission s using (submission)"
            " where f.position_to is null and f.subject = any(%s::uuid[])",
            (ids,),
        )
        steps = pl.DataFrame(
            cursor.fetchall(),
            schema={
                "subject": pl.String,
                "fact_unit": pl.String,
                "return_unit": pl.String,
                "return_period": pl.String,
                "step": pl.String,
                "on": pl.Date,
            },
            orient="row",
        )
    revised = (pl.col("return_unit") == pl.col("unit")) & (pl.col("return_period") == pl.col("period"))
    standing = asked.join(steps, on="subject").filter(~revised.fill_null(value=False))
    people = (
        standing.filter(pl.col("step") == "identified")
        .group_by("submission", "identity")
        .agg(elsewhere=(pl.col("fact_unit") != pl.col("unit")).any())
    )
    return people, standing.select("submission", "identity", "step", "on")


def _events(connection: Connection, positions: str, parameters: dict[str, object]) -> list[Recorded]:
    rows = connection.execute(
        text(
            f"select position, body::text as body from events.event where position in ({positions}) order by position"
        ),
        parameters,
    )
    return [decode(row.position, row.body) for row in rows]
