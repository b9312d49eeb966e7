"""`nguon init`: the database and the keys, made or brought up to date; tells where everything lies."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import explain, say


def init(*, origin: Annotated[str | None, Parameter(help=explain("origin"), show_default=False)] = None) -> Answer:
    """Create or migrate the database, and make the keys where there are none. Safe to repeat.

    Raises UsageError `key_lost` when the log holds events but the key by which its people are known is gone,
    `origin_invalid`; RefusedError `origin_stands` when the log has another origin.
    """
    from sqlalchemy import Engine, make_url

    from events import database, keys, log
    from events.errors import RefusedError, UsageError
    from events.home import private_home
    from events.proof.signers import new_origin, require_origin
    from events.vault import erasure, keystore
    from flows.context import Context
    from flows.logging import log_file
    from flows.settings import settings
    from flows.terminal import edge
    from warehouse import migrate
    from warehouse.rights import roles

    found = settings()
    if origin is not None:
        require_origin(origin)
    context = Context(found, edge.actor())
    migrate.upgrade(context.engine)
    if found.database_url:  # else the embedded server has made it
        private_home(found.home)
    folder = found.home / "keys"
    with context.engine.connect() as connection:
        events = log.head(connection)[0]
        lacking = roles.lacking(connection)
    if events and not (folder / keys.MATCHING_FILE).exists():
        raise UsageError("key_lost", path=folder / keys.MATCHING_FILE, events=events)
    if events and not keystore.exists(folder):
        raise UsageError("key_lost", path=folder / keystore.STORE_FILE, events=events)
    try:
        public = keys.create(folder, origin or new_origin(), found.passphrase)
    except RefusedError as refused:
        if refused.key != "key_exists":
            raise
        public = keys.load_signing(folder, found.passphrase).verifier
    if origin not in (None, public.name):
        raise RefusedError("origin_stands", origin=origin, stands=public.name)

    def place(engine: Engine) -> str | Path:
        return database.host(make_url(engine.url)) if found.database_url else found.home / "postgres"

    keystore.create(folder, found.passphrase)
    erasure.finish(context.engine, context.keystore)
    data = {
        "home": found.home,
        "database": place(context.engine),
        "keys": folder,
        "origin": public.name,
        "log": log_file(found),
        "public_key": str(public),
        "events": events,
    }
    rows = [(say(f"init.{key}"), str(value)) for key, value in data.items()]
    parts: list[Part] = [say("init.ready"), Table((say("init.what"), say("init.where")), rows)]
    if lacking:
        parts.append(say("init.roles_lacking", statements="; ".join(lacking)))
    return Answer({**data, "roles_lacking": lacking}, [*parts, say("init.next")])
