"""The newest part of the warehouse projected a second time, and compared with what is live."""

from sqlalchemy import Engine

from events.database import filled
from warehouse import tables
from warehouse.projections import project

_DIGEST = "select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from {table} as t"


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
        project.start(connection, after)
        project.project_range(connection, reached)
        found = [
            (
                table.name,
                connection.exec_driver_sql(
                    _DIGEST.format(table=f"(select * from {schema}.{table.name} where position > {after})")
                ).scalar_one(),
                connection.exec_driver_sql(_DIGEST.format(table=f"pg_temp.{table.name}")).scalar_one(),
            )
            for table in tables.metadata.sorted_tables
            if table is not tables.checkpoint
        ]
        rows = ", ".join(["(%s, %s, %s)"] * len(found))
        told = [word for row in found for word in row]
        written = filled(connection, f"select * from (values {rows}) as d (name, live, anew)", told)
        connection.rollback()
    return written
