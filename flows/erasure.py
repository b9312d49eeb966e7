"""Erasing a person: what names them goes, wherever we keep it; the log, its proofs and all figures stay.

Copies on disk are removed first and the database forgets last, in one transaction: whoever is cut off in between
finds the person still known, and the same command finishes.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from events import log, vault
from events.errors import NguonError, RefusedError, UsageError
from events.files import remove
from events.ids import is_id
from events.vault import erasure, holds
from flows import consenting, yearly_list
from flows.context import Context, alone
from flows.reading import READER
from schemas.gate.mentions import Sought, names
from schemas.vocabulary import reasons
from schemas.vocabulary.terms import Vocabulary


@dataclass(frozen=True)
class Erasure:
    """What was erased of a person now, or, where `repeated`, on top of an earlier erasure.

    `reason` and `position` are those of the record in the log; `submissions` those whose kept file is gone.
    """

    subject: str
    reason: str
    position: int
    repeated: bool
    records: int
    rows: int
    submissions: tuple[str, ...]
    removed: tuple[Path, ...]


def erase(
    context: Context, subject: str, reason: str, progress: Callable[[int, int], None] = lambda done, of: None
) -> Erasure:
    """Erase a person (a subject's id), after deciding what is pending: a workbook that waits may name them.

    Nothing is taken in meanwhile. Erasing again finishes what was cut off. `progress` hears of the kept files that
    are searched. Raises UsageError `unknown_reason`, `unknown_subject`; RefusedError `held`, and where two people are
    needed what `consenting.require` does; NguonError `copy_stays`; WrongExpectedVersion when something else is recorded
    about the person at the same time.
    """
    require_reason(reasons.ERASURE, reason)
    with context.engine.begin() as connection:
        require_known(connection, subject)
        _refuse_held(connection, subject)
        again = erasure.recorded(connection, subject) is not None
    consent = None if again else consenting.require(context, consenting.Asked("erase", subject=subject, reason=reason))
    with locked(context) as connection:
        from flows.validation import validate_pending

        validate_pending(context)
        with connection.begin():
            done = forget(context, connection, subject, reason, progress)
            consenting.spend(connection, consent, context.actor)
    erasure.sweep(context.engine)
    return done


@contextmanager
def locked(context: Context) -> Iterator[Connection]:
    """A connection while whose use nothing is taken in and no list is written."""
    with (
        context.engine.connect() as connection,
        alone(connection, "intake"),
        alone(connection, yearly_list.LISTS),
    ):
        yield connection


def forget(
    context: Context,
    connection: Connection,
    subject: str,
    reason: str,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Erasure:
    """Everything but the last sweep, inside the transaction of a `locked` connection; raises as `erase` does."""
    # Read before the holds: one that is placed in between has then taken the next version, and ours is refused.
    stream = f"nomination-{subject}"
    version = log.stream_versions(connection, [stream]).get(stream, 0)
    _refuse_held(connection, subject)
    before = erasure.recorded(connection, subject)
    sought = {Sought(*record) for record in erasure.records(connection, subject)}
    named = _naming(connection, sought, progress)
    submissions = {*named, *_in_words(connection, sought), *(before.submissions if before else ())}
    deleted = erasure.delete(connection, subject, {person.identity for person in sought}, submissions)
    position = before.position if before else 0
    if before is None or set(deleted.submissions) - set(before.submissions):
        position = erasure.record(connection, subject, version, reason, deleted.submissions, context.actor)
    removed = [
        *_copies(context, named.values()),
        *_lists(context, connection, subject, sought),
    ]
    for path in removed:
        try:
            remove(path)
        except OSError as failure:
            raise NguonError("copy_stays", path=path, reason=failure.strerror) from failure
    return Erasure(
        subject,
        before.reason if before else reason,
        position,
        before is not None,
        deleted.records,
        deleted.rows,
        deleted.submissions,
        tuple(removed),
    )


def require_reason(vocabulary: Vocabulary, reason: str) -> None:
    """Raise UsageError `unknown_reason` unless a code is in its list."""
    if reason not in vocabulary.terms:
        raise UsageError("unknown_reason", reason=reason, allowed=", ".join(vocabulary.terms))


def require_known(connection: Connection, subject: str) -> None:
    """Raise UsageError `unknown_subject` unless an id is a person's."""
    if not is_id(subject) or not erasure.known(connection, subject):
        raise UsageError("unknown_subject", subject=subject)


def _refuse_held(connection: Connection, subject: str) -> None:
    if held := holds.in_force(connection, subject):
        codes = ", ".join(hold.reason for hold in held)
        raise RefusedError("held", subject=subject, reasons=codes, since=held[0].placed_at.date())


def _naming(
    connection: Connection, sought: Collection[Sought], progress: Callable[[int, int], None]
) -> dict[str, erasure.KeptFile]:
    """The kept files that name the person, by submission."""
    if not sought:
        return {}
    count, files = erasure.kept_files(connection)
    found = {}
    for done, file in enumerate(files, start=1):
        if _names_any(file.content, sought):
            found[file.submission] = file
        progress(done, count)
    return found


def _in_words(connection: Connection, sought: Collection[Sought]) -> set[str]:
    """The submissions that were given back with words about the person."""
    return {
        submission
        for submission, words in erasure.comments(connection)
        if any(names(words.encode(), {"": [[words]]}, person) for person in sought)
    }


def _names_any(content: bytes, sought: Collection[Sought]) -> bool:
    found = READER.read(content, "all").read
    return any(names(content, found.sheets if found else None, person) for person in sought)


def _copies(context: Context, files: Collection[erasure.KeptFile]) -> list[Path]:
    """Files in the inbox that are, byte for byte, among those to be forgotten."""
    sizes = {len(file.content) for file in files}
    prints = {file.fingerprint for file in files}
    return [
        path
        for path in sorted((context.settings.home / "inbox").rglob("*"))
        if path.is_file()
        and path.stat().st_size in sizes
        and vault.match(context.matching_key, path.read_bytes()) in prints
    ]


def _lists(context: Context, connection: Connection, subject: str, sought: Collection[Sought]) -> Sequence[Path]:
    """Lists with the person on them: by the record of who was read for them, and copies by what is in them."""
    purposes = set(
        connection.execute(
            text("select distinct purpose from vault.access where subject = :subject and reader = :reader"),
            {"subject": subject, "reader": yearly_list.READER},
        ).scalars()
    )
    return [
        path
        for path in sorted(yearly_list.folder(context.settings).glob("*"))
        if path.name.startswith(".")  # left by a writer that was killed
        or yearly_list.purpose(path.stem) in purposes
        or _names_any(path.read_bytes(), sought)
    ]
