"""The newest part of the warehouse projected a second time, and compared with what is live."""

from sqlalchemy import Connection, Engine

from events.database import filled
from warehouse import tables
from warehouse.projections import project

_DIGEST = "select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from {table} as t"


_ROUND = """
create temp table earlier on commit drop as
with moved as (
    select key from {schema}.statement where position > {after}
    union
    select s.key
    from events.event e
    join events.event old on old.stream = e.stream and old.stream_version = (e.body ->> 'supersedes')::integer
    join {schema}.statement s on s.position = old.position
    where e.position > {after} and e.body ->> 'supersedes' is not null
)
select position, key, last, case when position_to <= {after} then position_to end as position_to
from {schema}.statement join moved using (key)
where position <= {after}
"""
"""Grain: one row per earlier statement of what the later events speak about, as it stood at the position."""

_SUBMISSIONS = """
insert into submission
select s.* from {schema}.submission s
where s.position <= {after} and s.submission in (
    select distinct (body #>> '{{cause,submission}}')::uuid from events.event where position > {after}
)
"""


def _lay_out(connection: Connection, schema: str, after: int) -> None:
    """Put into the empty tables what the events after a position build on."""
    run = connection.exec_driver_sql
    run(_ROUND.format(schema=schema, after=after))
    run("insert into statement (position, position_to, key, last) select position, position_to, key, last from earlier")
    run(_SUBMISSIONS.format(schema=schema, after=after))
    for fact in tables.FACTS:
        names = [f'"{column.name}"' for column in fact.columns if column.name != "position_to"]
        columns = ", ".join(names)
        run(
            f"insert into {fact.name} ({columns}, position_to)"
            f" select {columns}, case when position_to <= {after} then position_to end from {schema}.{fact.name}"
            f" where position <= {after} and stated in (select position from earlier)"
        )


def query(engine: Engine) -> str:
    """The query of `digest`: one row per table, with the digests of its rows that the last events made.

    `live` is that of the live rows, `anew` that of the same events projected again into empty tables. As many
    events as one range holds are compared, so that it takes as long however long the log is; `nguon rebuild` compares
    all. Nobody else can project meanwhile, and nothing is left behind.
    """
    with engine.connect() as connection:
        project.hold(connection)
        schema = connection.exec_driver_sql("select current_schema()").scalar_one()
        reached = project.reached(connection)
        after = max(0, reached - project.RANGE)
        connection.exec_driver_sql("set local search_path to pg_temp")
        tables.metadata.create_all(connection, checkfirst=False)
        _lay_out(connection, schema, after)
        project.start(connection, after)
        project.project_range(connection, reached)
        found = [
            (
                table.name,
                connection.exec_driver_sql(
                    _DIGEST.format(table=f"(select * from {schema}.{table.name} where position > {after})")
                ).scalar_one(),
                connection.exec_driver_sql(
                    _DIGEST.format(table=f"(select * from pg_temp.{table.name} where position > {after})")
                ).scalar_one(),
            )
            for table in tables.metadata.sorted_tables
            if table is not tables.checkpoint
        ]
        rows = ", ".join(["(%s, %s, %s)"] * len(found))
        values = [value for row in found for value in row]
        written = filled(connection, f"select * from (values {rows}) as d (name, live, anew)", values)
        connection.rollback()
    return written
