"""`nguon key`: the secrets outside the database: made, put under a passphrase, changed; and what keys the log had."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.help import titled
from flows.terminal.wording import explain, say

if TYPE_CHECKING:
    from events.proof.history import History

app = titled(App(name="key"))


@app.command(help=explain("key_create"))
def create(*, name: Annotated[str | None, Parameter(help=explain("origin"), show_default=False)] = None) -> Answer:
    """Make the keys under the home folder; raises what `events.keys.create` does, UsageError `origin_invalid`."""
    from events import keys
    from events.proof.signers import new_origin, require_origin
    from events.vault import keystore
    from flows.settings import settings

    found = settings()
    if name is not None:
        require_origin(name)
    folder = found.home / "keys"
    public = str(keys.create(folder, name or new_origin(), found.passphrase))
    keystore.create(folder, found.passphrase)
    data = {"keys": folder, "public_key": public}
    return Answer(data, [say("key.made", folder=folder), say("key.public", key=public), say("key.keep")])


@app.command(help=explain("key_rotate"))
def rotate(kind: Annotated[Literal["signing", "matching", "vault"], Parameter(help=explain("key_kind"))], /) -> Answer:
    """Let a new key take over. Raises what `flows.rotating.rotate` does."""
    from flows import rotating
    from flows.ready import ready, signed_off
    from flows.terminal.screen import progress

    context = ready()
    with progress(say("key.rotating")) as tell:
        position = rotating.rotate(context, kind, tell)
    told = [say(f"key.rotated_{kind}", position=position), say("key.keep")]
    return signed_off(Answer({"kind": kind, "position": position}, told))


@app.command(help=explain("key_history"))
def history(*, key: Annotated[str | None, Parameter(help=explain("verify_key"), show_default=False)] = None) -> Answer:
    """The keys that signed this log, oldest first, each vouched for by its neighbours. Raises NoteError."""
    from events.proof import history as keys
    from events.proof.signers import VerifierKey
    from flows import checkpoints
    from flows.ready import ready

    context = ready()
    trusted = VerifierKey.parse(key) if key else checkpoints.public_key(context)
    with context.engine.connect() as connection:
        found = keys.read(connection, trusted)
    return Answer(_as_data(found), _parts(found))


@app.command(help=explain("key_protect"))
def protect(*, off: Annotated[bool, Parameter(help=explain("key_protect_off"), negative=())] = False) -> Answer:
    """Put the keys under the passphrase of the settings, or with `off` under none.

    Raises UsageError `passphrase_missing`; what `events.keys.protect` does.
    """
    from events import keys
    from events.errors import UsageError
    from flows.settings import settings

    found = settings()
    if not found.passphrase:
        raise UsageError("passphrase_missing")
    folder = found.home / "keys"
    written: list[Path] = list(keys.protect(folder, found.passphrase, None if off else found.passphrase))
    told = say("key.opened" if off else "key.protected", count=len(written), folder=folder)
    return Answer({"keys": folder, "protected": not off, "written": written}, [told])


def _as_data(found: "History") -> dict[str, object]:
    return {
        "origin": found.newest.name,
        "keys": [{"since": held.since, "public_key": str(held.key)} for held in found.keys],
        "statements": [each.note.encode().decode() for each in found.changes],
        "forged": list(found.forged),
    }


def _parts(found: "History") -> list[Part]:
    rows = [
        (str(number), str(held.since) if held.since else say("key.beginning"), str(held.key))
        for number, held in enumerate(found.keys, start=1)
    ]
    table = Table([say("key.number"), say("key.since"), say("key.public_key")], rows)
    return [table, *(say("key.forged", position=position) for position in found.forged)]
