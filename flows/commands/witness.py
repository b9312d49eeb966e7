"""`nguon witness`: be a witness of other logs, and have others witness this one."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.help import titled
from flows.terminal.wording import explain, say

app = titled(App(name="witness"))

Folder = Annotated[Path, Parameter(help=explain("witness_folder"))]


@app.command(help=explain("witness_key"))
def key(*, folder: Folder, name: Annotated[str | None, Parameter(help=explain("witness_name"))] = None) -> Answer:
    """Show the public key of a witness; with `--name`, make the key first, which is never overwritten.

    Raises what `witness_state.create_key` and `load_key` do.
    """
    from events.proof.witness_state import create_key, load_key

    public = create_key(folder, name) if name is not None else load_key(folder).verifier
    return Answer({"folder": folder.absolute(), "public_key": str(public)}, [str(public)])


@app.command(help=explain("witness_serve"))
def serve(
    *,
    folder: Folder,
    log: Annotated[tuple[str, ...], Parameter(help=explain("witness_log"), negative=())],
    port: Annotated[int, Parameter(help=explain("witness_port"))] = 8464,
    host: Annotated[str, Parameter(help=explain("witness_host"))] = "127.0.0.1",
) -> None:
    """Cosign checkpoints of the logs named, until told to stop. Ends with Ctrl-C or SIGTERM, exit code 0.

    Raises NoteError `verifier_malformed`; UsageError `log_key`; what `witness_state.load_key` and
    `witness_server.serve` do.
    """
    from events.errors import UsageError
    from events.proof.signers import KeyKind, VerifierKey
    from events.proof.witness import known_logs
    from events.proof.witness_state import WitnessState
    from flows import witness_server
    from flows.terminal.screen import show

    keys = [VerifierKey.parse(each) for each in log]
    for each in keys:
        if each.kind is not KeyKind.ED25519:
            raise UsageError("log_key", name=each.name)
    state = WitnessState(folder)
    state.require_readable(known := known_logs(keys))

    def ready(bound: int) -> None:
        address = f"http://{host}:{bound}"
        parts: list[Part] = [
            say("witness.serving", address=address, key=state.key.verifier),
            say("witness.logs", logs=", ".join(known)),
        ]
        show(
            Answer({"address": address, "public_key": str(state.key.verifier), "logs": list(known)}, parts),
            as_json=False,
        )

    witness_server.serve(state, known, host, port, ready)


@app.command(help=explain("witness_add"))
def add(
    vkey: Annotated[str, Parameter(help=explain("witness_vkey"))],
    url: Annotated[str, Parameter(help=explain("witness_url"))],
    /,
    *,
    quorum: Annotated[int | None, Parameter(help=explain("witness_quorum"), show_default=False)] = None,
) -> Answer:
    """Ask a witness from now on; raises what `witnesses.add` does."""
    from flows import witnesses
    from flows.settings import settings

    after = witnesses.add(settings(), vkey, url, quorum)
    data = {"witnesses": [str(each) for each in after.all], "quorum": after.quorum}
    return Answer(data, [say("witness.added", count=len(after.all), quorum=after.quorum)])


@app.command(name="list", help=explain("witness_list"))
def list_() -> Answer:
    """The witnesses that this log asks."""
    from flows import witnesses
    from flows.settings import settings

    found = witnesses.configured(settings())
    data = {"witnesses": [{"key": str(each.key), "url": each.url} for each in found.all], "quorum": found.quorum}
    if not found.all:
        return Answer(data, [say("witness.none")])
    table = Table([say(f"witness.{key}") for key in ("key", "url")], [(str(each.key), each.url) for each in found.all])
    return Answer(data, [table, say("witness.required", quorum=found.quorum, count=len(found.all))])


@app.command(help=explain("witness_ask"))
def ask() -> Answer:
    """Have the checkpoint that was signed last cosigned; exit code 1 where fewer cosigned than are required.

    Raises UsageError `checkpoint_none`; RefusedError `checkpoint_forked`, `checkpoint_contradicted`.
    """
    from events.proof.checkpoint import Checkpoint
    from flows import checkpoints, witnesses, witnessing
    from flows.ready import ready

    context = ready()
    note = checkpoints.newest(context)
    size = Checkpoint.parse(note.text).size
    asked = witnessing.ask(context, note)
    quorum = witnesses.configured(context.settings).quorum
    cosigned = sum(each.outcome in ("cosigned", "newer") for each in asked)
    data = {
        "size": size,
        "witnesses": [
            {"name": each.witness.key.name, "outcome": each.outcome, "reason": each.reason} for each in asked
        ],
        "cosigned": cosigned,
        "quorum": quorum,
    }
    if not asked:
        return Answer(data, [say("witness.none")])
    rows = [
        (each.witness.key.name, say(f"witness.{each.outcome}") + (f" ({each.reason})" if each.reason else ""))
        for each in asked
    ]
    table = Table([say("witness.name"), say("witness.outcome")], rows)
    summed = say("witness.asked", size=size, cosigned=cosigned, count=len(asked), quorum=quorum)
    return Answer(data, [table, summed], 0 if cosigned >= quorum else 1)
