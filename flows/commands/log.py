"""`nguon log`: the log signed, proven from, and written out as static files."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from flows.terminal.answer import Answer
from flows.terminal.wording import explain, say

if TYPE_CHECKING:
    from events.proof.checkpoint import Checkpoint
    from events.proof.note import Note
    from flows.context import Context

app = App(name="log")


@app.command(help=explain("log_checkpoint"))
def checkpoint() -> Answer:
    """Sign all that is recorded, unless it is signed already; prints the C2SP signed note."""
    _, note, signed = _signed()
    written = note.encode().decode()
    data = {"origin": signed.origin, "size": signed.size, "root": signed.root.hex(), "note": written}
    return Answer(data, [written.removesuffix("\n")])


@app.command(help=explain("log_prove"))
def prove(position: Annotated[int, Parameter(help=explain("log_position"))], /) -> Answer:
    """The inclusion proof of an event in the signed log; raises UsageError `proof_outside_tree`."""
    from events.proof import merkle_tree

    context, note, signed = _signed()
    with context.engine.connect() as connection:
        proof = merkle_tree.prove(connection, position, signed.size)
        leaf = next(merkle_tree.leaves(connection, position - 1, position))
    data = {
        "position": position,
        "leaf_hash": leaf.hex(),
        "proof": [each.hex() for each in proof],
        "checkpoint": note.encode().decode(),
    }
    return Answer(data, [say("log.inclusion", position=position, size=signed.size), *_lines(proof)])


@app.command(help=explain("log_consistency"))
def consistency(
    old: Annotated[int, Parameter(help=explain("log_old"))],
    new: Annotated[int, Parameter(help=explain("log_new"))],
    /,
) -> Answer:
    """The proof that the log of `new` events extends that of `old`; raises UsageError `proof_outside_tree`."""
    from events.errors import UsageError
    from events.proof import merkle_tree

    context, _, signed = _signed()
    if new > signed.size:
        raise UsageError("proof_outside_tree", asked=new, size=signed.size)
    with context.engine.connect() as connection:
        proof = merkle_tree.consistency(connection, old, new)
        roots = merkle_tree.root(connection, old), merkle_tree.root(connection, new)
    data = {
        "old": old,
        "old_root": roots[0].hex(),
        "new": new,
        "new_root": roots[1].hex(),
        "proof": [each.hex() for each in proof],
    }
    return Answer(data, [say("log.consistency", old=old, new=new), *_lines(proof)])


@app.command(help=explain("log_export"))
def export(folder: Annotated[Path, Parameter(help=explain("log_folder"))], /) -> Answer:
    """Sign the log and write it as C2SP tlog-tiles lays it out; what is there already is kept, so it can be resumed."""
    from events.files import as_asked
    from events.proof.export import export
    from flows import checkpoints
    from flows.terminal.screen import waiting

    context, note, signed = _signed()
    with waiting(say("log.exporting")), context.engine.connect() as connection, as_asked():
        written = export(connection, folder, note, checkpoints.keys_of(context).log)
    data = {"folder": folder.absolute(), "size": signed.size, "written": written}
    return Answer(data, [say("log.exported", folder=folder, size=signed.size, written=written)])


@app.command(help=explain("log_stamp"))
def stamp() -> Answer:
    """Have the checkpoint that was signed last time-stamped (RFC 3161); raises what `stamping.stamp` does."""
    from flows import receipting, stamping
    from flows.ready import ready

    context = ready()
    made = stamping.stamp(context.settings, receipting.newest(context))
    data = {"size": made.size, "at": made.at, "path": made.path}
    return Answer(data, [say("log.stamped", size=made.size, at=f"{made.at:%d/%m/%Y %H:%M:%S} UTC", path=made.path)])


def _signed() -> "tuple[Context, Note, Checkpoint]":
    """The log with its head signed: what is proven is always proven of a checkpoint that somebody can hold."""
    from events.proof.checkpoint import Checkpoint
    from flows import checkpoints
    from flows.ready import ready

    context = ready()
    note = checkpoints.sign(context)
    return context, note, Checkpoint.parse(note.text)


def _lines(proof: Sequence[bytes]) -> list[str]:
    return ["\n".join(b64encode(each).decode() for each in proof)] if proof else []
