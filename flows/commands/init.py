"""`nguon init`: the database and the keys, made or brought up to date; tells where everything lies."""

from pathlib import Path

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import say


def init() -> Answer:
    """Create or migrate the database, and make the keys where there are none. Safe to repeat.

    Raises UsageError `key_lost` when the log holds events but the key by which its people are known is gone.
    """
    from sqlalchemy import Engine, make_url

    from events import database, keys, log
    from events.errors import RefusedError, UsageError
    from events.home import private_home
    from events.vault import erasure, keystore
    from flows.context import Context
    from flows.logging import log_file
    from flows.settings import settings
    from flows.terminal import edge
    from warehouse import migrate
    from warehouse.rights import roles

    found = settings()
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
        public = keys.create(folder, "nguon")
    except RefusedError as refused:
        if refused.key != "key_exists":
            raise
        public = keys.load_signing(folder).verifier

    def place(engine: Engine) -> str | Path:
        return database.host(make_url(engine.url)) if found.database_url else found.home / "postgres"

    keystore.create(folder)
    erasure.finish(context.engine, context.keystore)
    data = {
        "home": found.home,
        "database": place(context.engine),
        "keys": folder,
        "log": log_file(found),
        "public_key": str(public),
        "events": events,
    }
    rows = [(say(f"init.{key}"), str(value)) for key, value in data.items()]
    parts: list[Part] = [say("init.ready"), Table((say("init.what"), say("init.where")), rows)]
    if lacking:
        parts.append(say("init.roles_lacking", statements="; ".join(lacking)))
    return Answer({**data, "roles_lacking": lacking}, [*parts, say("init.next")])
