"""Asking witnesses: for cosignatures under a checkpoint, and for what they have seen of this log.

All are asked at once and within a bounded time; one that does not answer stops nothing, and is left alone for a while.
One that has seen what this log cannot be stops everything: the log has been forked, or set back.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, TypeVar

import httpx
from sqlalchemy import Connection, text

from events.errors import RefusedError
from events.proof import merkle_tree, signing
from events.proof.checkpoint import Checkpoint
from events.proof.note import Note, Signature, verify
from events.proof.signers import NoteError, VerifierKey
from events.proof.witness import SIZE_TYPE, encode_request, origin_hash
from flows import silence
from flows.context import Context
from flows.settings import Settings
from flows.witnesses import Witness, configured

SECONDS = 5
"""How long a witness may take for all its answers, from the first try to reach it."""

_MAX_ANSWER = 1 << 16
_SIZE_DIGITS = 19

Outcome = Literal["cosigned", "newer", "silent", "refused"]
"""`newer`: it has cosigned a later checkpoint of this same log already; `refused` comes with a status as reason."""


@dataclass(frozen=True)
class Asked:
    """What came of asking a witness; `line` is its cosignature."""

    witness: Witness
    outcome: Outcome
    reason: str = ""
    line: Signature | None = None


class _Answer(Exception):
    """An answer that ends the asking of one witness."""

    def __init__(self, outcome: Outcome, reason: str = "") -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.reason = reason


class _Contradiction(Exception):
    """A witness says that it saw another history; `size` is how much of it."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def cosign(context: Context, note: Note) -> Note:
    """Ask the witnesses to cosign a checkpoint that this log has signed and committed; the note with what came.

    Those that did not answer a short while ago are left out, as in `seen`. Raises RefusedError `checkpoint_forked`
    where a witness shows a checkpoint, cosigned by it, that this log does not extend, and `checkpoint_contradicted`
    where it says that it saw one and shows none.
    """
    for asked in ask(context, note, again=False):
        if asked.line is not None:
            note = Note(note.text, (*note.signatures, asked.line))
    return note


def ask(context: Context, note: Note, *, again: bool = True) -> list[Asked]:
    """Ask the witnesses that have not cosigned yet, and keep what they answer; raises as `cosign` does.

    Unless `again`, those that did not answer a short while ago count as silent.
    """
    every = configured(context.settings).all
    found = [Asked(each, "cosigned") for each in every if _has_cosigned(note, each.key)]
    witnesses = [each for each in every if each not in {asked.witness for asked in found}]
    if not witnesses:
        return found
    size = Checkpoint.parse(note.text).size
    with context.engine.connect() as connection:
        since = {each: _cosigned_last(connection, each.key, size) for each in witnesses}

    def proof(old: int) -> list[bytes]:
        with context.engine.connect() as connection:
            return merkle_tree.consistency(connection, old, size) if old else []

    async def one(client: httpx.AsyncClient, each: Witness) -> Asked:
        line = await _cosigned(client, each, note, since[each], proof)
        return Asked(each, "cosigned", line=line)

    answers = _all(context.settings, witnesses, one, again=again)
    found += [answer for answer in answers if isinstance(answer, Asked)]
    with context.engine.begin() as connection:
        for asked in found:
            if asked.line is not None:
                signing.add_cosignature(connection, size, str(asked.line), asked.witness.key)
    for each, answer in zip(witnesses, answers, strict=True):
        if isinstance(answer, _Contradiction):
            found.append(_settled(context, note, each, answer.size))
    return found


def seen(context: Context, origin: str) -> list[tuple[Witness, Note]]:
    """The newest checkpoints that the witnesses hold of the log of this name, each cosigned by its witness.

    To be held against the log before it is signed on: a log that was set back may have lost the event by which the key
    that signed one took over, so the log's own signature is not asked for. Who does not answer, or did not a short
    while ago, or has seen nothing, is left out.
    """
    witnesses = configured(context.settings).all
    shown = _all(context.settings, witnesses, lambda client, each: _shown(client, each, origin)) if witnesses else []
    return [(each, note) for each, note in zip(witnesses, shown, strict=True) if isinstance(note, Note)]


def require_unforked(context: Context, origin: str) -> None:
    """Require that the log extends all that its witnesses have seen; raises RefusedError `checkpoint_forked`."""
    for witness, note in seen(context, origin):
        _require_own(context, witness, Checkpoint.parse(note.text))


def _settled(context: Context, note: Note, witness: Witness, size: int) -> Asked:
    """What to make of a witness that contradicts: what it shows decides."""
    ours = Checkpoint.parse(note.text)

    (note_shown,) = _all(context.settings, [witness], lambda client, each: _shown(client, each, ours.origin))
    if not isinstance(note_shown, Note):
        raise RefusedError("checkpoint_contradicted", witness=witness.key.name, size=size)
    shown = Checkpoint.parse(note_shown.text)
    _require_own(context, witness, shown)
    return Asked(witness, "newer") if shown.size > ours.size else Asked(witness, "refused", "422")


def _require_own(context: Context, witness: Witness, checkpoint: Checkpoint) -> None:
    with context.engine.connect() as connection:
        held = merkle_tree.size(connection)
        if checkpoint.size > held or merkle_tree.root(connection, checkpoint.size) != checkpoint.root:
            raise RefusedError("checkpoint_forked", witness=witness.key.name, size=checkpoint.size, held=held)


def _has_cosigned(note: Note, witness: VerifierKey) -> bool:
    try:
        return witness in verify(note, [witness])
    except NoteError:
        return False


def _cosigned_last(connection: Connection, witness: VerifierKey, below: int) -> int:
    """The size that a witness cosigned last, as far as this log knows; 0 sends it to ask the witness."""
    rows = connection.execute(
        text(
            "select size, note from events.signed_checkpoint where size <= :below and position(:named in note) > 0"
            " order by size desc limit 20"
        ),
        {"below": below, "named": f"— {witness.name} "},
    )
    for size, note in rows:
        if any((line.name, line.key_id) == (witness.name, witness.key_id) for line in _lines(note)):
            return int(size)
    return 0


def _lines(note: str) -> tuple[Signature, ...]:
    try:
        return Note.parse(note.encode()).signatures
    except NoteError:
        return ()


async def _cosigned(
    client: httpx.AsyncClient, witness: Witness, note: Note, since: int, proof: Callable[[int], list[bytes]]
) -> Signature:
    """The cosignature of a witness that believes to know the size `since`, or says what it knows."""
    size = Checkpoint.parse(note.text).size
    for _ in range(3):  # another process of ours may be telling it of newer sizes at the same time
        request = encode_request(since, proof(since), note)
        status, kind, body = await _bounded(client, "POST", f"{witness.url}/add-checkpoint", request)
        if status == 200:
            return _own_line(body, note, witness.key)
        if status == 422:
            raise _Contradiction(since)
        if status != 409 or kind.partition(";")[0].strip() != SIZE_TYPE:
            raise _Answer("refused", str(status))
        since = _size(body)
        if since > size:
            raise _Contradiction(since)
    raise _Answer("refused", "409")


def _own_line(body: bytes, note: Note, key: VerifierKey) -> Signature:
    """The witness's own line among those answered; others are passed over, as the protocol says."""
    try:
        answered = Note.parse(note.text.encode() + b"\n" + body)
        return verify(answered, [key])[key]
    except NoteError as failure:
        raise _Answer("refused", failure.key) from None


def _size(body: bytes) -> int:
    digits = body.removesuffix(b"\n")
    if not digits.isdigit() or len(digits) > _SIZE_DIGITS:
        raise _Answer("refused", "409")
    return int(digits)


async def _shown(client: httpx.AsyncClient, witness: Witness, origin: str) -> Note:
    """The newest checkpoint that a witness shows of a log, with its cosignature."""
    status, _, body = await _bounded(client, "GET", f"{witness.url}/{origin_hash(origin)}/checkpoint")
    if status != 200:
        raise _Answer("refused", str(status))
    note = Note.parse(body)
    verify(note, [witness.key])
    if Checkpoint.parse(note.text).origin != origin:
        raise NoteError("checkpoint_origin", expected=origin, found=Checkpoint.parse(note.text).origin)
    return note


async def _bounded(
    client: httpx.AsyncClient, method: str, url: str, content: bytes | None = None
) -> tuple[int, str, bytes]:
    """Status, content type and body of an answer that is no longer than one of the protocol's."""
    body = bytearray()
    async with client.stream(method, url, content=content) as response:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _MAX_ANSWER:
                raise _Answer("refused", "answer too long")
        return response.status_code, response.headers.get("content-type", ""), bytes(body)


_Found = TypeVar("_Found")


def _all(
    settings: Settings,
    witnesses: Sequence[Witness],
    one: Callable[[httpx.AsyncClient, Witness], Coroutine[None, None, _Found]],
    *,
    again: bool = False,
) -> list[_Found | Asked | _Contradiction]:
    """Ask all at once, `again` those too that did not answer lately; in their order what each answered, or how not."""

    async def safely(client: httpx.AsyncClient, witness: Witness) -> _Found | Asked | _Contradiction:
        if silence.lasts(settings, witness) and not again:
            return Asked(witness, "silent", "lately")
        silence.ends(settings, witness)
        try:
            async with asyncio.timeout(SECONDS):
                return await one(client, witness)
        except _Contradiction as contradiction:
            return contradiction
        except _Answer as answer:
            return Asked(witness, answer.outcome, answer.reason)
        except NoteError as failure:
            return Asked(witness, "refused", failure.key)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, UnicodeError) as failure:
            if isinstance(failure, TimeoutError | httpx.TimeoutException):  # one that refuses takes nobody's time
                silence.begins(settings, witness)
            return Asked(witness, "silent", type(failure).__name__)

    async def together() -> list[_Found | Asked | _Contradiction]:
        # Redirects are not followed, and proxies of the environment are not used: a witness is where it is said to be.
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            return list(await asyncio.gather(*(safely(client, each) for each in witnesses)))

    # In a thread of its own, since the caller may be run by an event loop.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, together()).result()
