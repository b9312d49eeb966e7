"""Who may do what in the database: four roles of the server, and their rights on what is ours.

nguon_owner owns all and rebuilds, nguon_writer runs the program, nguon_reader reads figures, nguon_auditor verifies
and traces. Accounts become members. What each may do stands in the files under `rights/`.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from warehouse import views

ROLES = ("nguon_owner", "nguon_writer", "nguon_reader", "nguon_auditor")


def settle(connection: Connection, schemas: tuple[str, ...]) -> None:
    """Make the roles where they are missing, and give them their rights on our `schemas`. Safe to repeat.

    The first name of the search path is the warehouse's schema. An account that may not do all of this does what it
    may, and `lacking` tells the rest.
    """
    run = connection.exec_driver_sql
    run(_sql("create"), {"roles": list(ROLES)})
    if not _may_own(connection):
        run(_sql("join"))
    if not _all_there(connection):
        return
    hand_over(connection, (*schemas, views.SCHEMA))
    for statement in run(_sql("database")).scalars().all():
        run(statement)
    for rights in ("events", "vault", "issued"):
        run(_sql(rights))


def hand_over(connection: Connection, schemas: tuple[str, ...], analysis: str = views.SCHEMA) -> None:
    """Make nguon_owner the owner of what lies in `schemas`, and give the rights on the warehouse and on its views.

    The warehouse is the current schema, its views are in the schema `analysis`. Does nothing where roles are missing.
    """
    run = connection.exec_driver_sql
    if not _all_there(connection):
        return
    if _may_own(connection):
        for statement in run(_sql("ownership"), {"schemas": list(schemas)}).scalars().all():
            run(statement)
    run(_sql("warehouse"))
    run(_sql("analysis").replace("{schema}", analysis))


def lacking(connection: Connection) -> list[str]:
    """The statements that an administrator of the server has to run before the roles are whole; normally none."""
    values = {"roles": list(ROLES), "may_own": _may_own(connection)}
    return list(connection.exec_driver_sql(_sql("lacking"), values).scalars())


def _all_there(connection: Connection) -> bool:
    found = connection.exec_driver_sql(
        "select count(*) from pg_roles where rolname = any(%(roles)s)", {"roles": list(ROLES)}
    ).scalar_one()
    return bool(found == len(ROLES))


def _may_own(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql(_sql("may_own")).scalar_one())


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
