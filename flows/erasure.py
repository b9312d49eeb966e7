"""Erasing a person: what names them goes, wherever we keep it; the log, its proofs and all figures stay.

Copies on disk are removed first, then the database forgets in one transaction, then the keys that it gave up are
destroyed: whoever is cut off in between finds the person still known, or the keys still named, and the same command
finishes.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from events import log, vault
from events.errors import NguonError, RefusedError, UsageError
from events.files import remove
from events.ids import is_id
from events.vault import erasure, holds, matching, mentions, tombstones
from flows import consenting, inbox, resurfacing, yearly_list
from flows.context import Context, alone
from flows.reading import READER
from schemas.gate.mentioned import words_for, words_of_rows
from schemas.gate.mentions import Sought, names, row_names
from schemas.text import fold
from schemas.vocabulary import reasons
from schemas.vocabulary.terms import Vocabulary


@dataclass(frozen=True)
class Erasure:
    """What was erased of a person now, or, where `repeated`, on top of an earlier erasure.

    `reason` and `position` are those of the record in the log; `submissions` those whose kept file is gone. `alike` are
    others of the same name and birth date: perhaps the same person, under a number that was mistyped.
    """

    subject: str
    reason: str
    position: int
    repeated: bool
    records: int
    rows: int
    submissions: tuple[str, ...]
    removed: tuple[Path, ...]
    alike: tuple[str, ...]


def erase(context: Context, subject: str, reason: str) -> Erasure:
    """Erase a person (a subject's id), after deciding what is pending: a workbook that waits may name them.

    Nothing is taken in meanwhile. Erasing again finishes what was cut off. Raises UsageError `unknown_reason`,
    `unknown_subject`; RefusedError `held`, and where two people are needed what `consenting.require` does; NguonError
    `copy_stays`; WrongExpectedVersion when something else is recorded about the person at the same time.
    """
    require_reason(reasons.ERASURE, reason)
    with context.engine.begin() as connection:
        require_known(connection, subject)
        _refuse_held(connection, subject)
        again = erasure.recorded(connection, subject) is not None
    consent = None if again else consenting.require(context, consenting.Asked("erase", subject=subject, reason=reason))
    with locked(context) as connection:
        from flows.validation import DECIDING, validate_pending

        validate_pending(context)
        with alone(connection, DECIDING), connection.begin():
            done = forget(context, connection, subject, reason)
            consenting.spend(connection, consent, context.actor)
    erasure.finish(context.engine, context.keystore)
    return done


def lift(context: Context, subject: str, reason: str) -> int:
    """Let an erased person be reported again, as somebody new: the lawful way back. The position of the record.

    Nothing that was erased comes back. Raises UsageError `unknown_reason`, `unknown_subject`; RefusedError `not_erased`
    where there is nothing to lift.
    """
    require_reason(reasons.LIFTED, reason)
    with context.engine.begin() as connection:
        require_known(connection, subject)
        stream = f"nomination-{subject}"
        version = log.stream_versions(connection, [stream]).get(stream, 0)
        if not tombstones.lift(connection, subject):
            raise RefusedError("not_erased", subject=subject)
        return erasure.record_lifted(connection, subject, version, reason, context.actor)


@contextmanager
def locked(context: Context) -> Iterator[Connection]:
    """A connection while whose use nothing is taken in and no list is written."""
    with (
        context.engine.connect() as connection,
        alone(connection, "intake"),
        alone(connection, yearly_list.LISTS),
    ):
        with connection.begin():
            matching.require(connection, context.matching_key)
        yield connection


def forget(context: Context, connection: Connection, subject: str, reason: str) -> Erasure:
    """Everything but destroying the keys, inside the transaction of a `locked` connection; raises as `erase` does."""
    # Read before the holds: one that is placed in between has then taken the next version, and ours is refused.
    stream = f"nomination-{subject}"
    version = log.stream_versions(connection, [stream]).get(stream, 0)
    _refuse_held(connection, subject)
    before = erasure.recorded(connection, subject)
    sought = {Sought(*record) for record in erasure.records(connection, context.keystore, subject)}
    likenesses = {vault.likeness(context.matching_key, fold(person.name), person.birth_date) for person in sought}
    alike = vault.alike(connection, likenesses, subject)
    naming = _naming(context, connection, subject, sought, before)
    tombstones.put(connection, subject, _marks(context.mark_keys[0], sought, naming))
    left = {kept.submission: _left(kept, sought) for kept in naming}
    erasure.delete_submissions(connection, context.keystore, left)
    for submission, rows in left.items():
        words = mentions.hashed(context.matching_key, words_of_rows(erasure.cells_of(row) for row in rows))
        if any(row.salted for row in rows):
            mentions.put(connection, context.matching_key, submission, mentions.FILE, words)
    resurfacing.drop(context, connection, resurfacing.undropped(connection))
    records = erasure.delete_person(connection, subject)
    submissions = tuple(sorted({*left, *(before.submissions if before else ())}))
    position = before.position if before else 0
    if before is None or left:
        position = erasure.record(connection, subject, version, reason, tuple(sorted(left)), context.actor)
    removed = [*inbox.copies(context, naming), *_lists(context, connection, subject, sought)]
    for path in removed:
        try:
            remove(path)
        except OSError as failure:
            raise NguonError("copy_stays", path=path, reason=failure.strerror) from failure
    return Erasure(
        subject,
        before.reason if before else reason,
        before.position if before else position,
        before is not None,
        records,
        sum(a.salted != b.salted for kept in naming for a, b in zip(kept.rows, left[kept.submission], strict=True)),
        submissions,
        tuple(removed),
        tuple(alike),
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
        raise RefusedError("held", subject=subject, reasons=codes, since=f"{held[0].placed_at:%d/%m/%Y}")


def _naming(
    context: Context,
    connection: Connection,
    subject: str,
    sought: Collection[Sought],
    before: erasure.Recorded | None,
) -> list[erasure.Kept]:
    """What is kept of the submissions that name the person in file, rows or comment.

    Only those are opened of which the index says that they may, or the log that they stated something of the person.
    """
    candidates = erasure.stated_by(connection, subject) | set(before.submissions if before else ())
    if sought:
        words = {word for person in sought for word in words_for(person)}
        candidates |= mentions.candidates(connection, context.matching_key, words)
    found = (erasure.kept(connection, context.keystore, submission) for submission in sorted(candidates))
    again = set(before.submissions) if before else set()
    return [kept for kept in found if _named_in(kept, sought) or (kept.submission in again and _is_back(kept))]


def _is_back(kept: erasure.Kept) -> bool:
    """Whether something of an erased submission is there again: words about it, or what a backup brought back."""
    return kept.content is not None or kept.comment is not None


def _named_in(kept: erasure.Kept, sought: Collection[Sought]) -> bool:
    if kept.unreadable:
        return True  # nobody can say that it does not, and nobody can use it either
    if kept.content is not None and _names_any(kept.content, sought):
        return True
    if kept.comment is not None and any(names(kept.comment.encode(), {"": [[kept.comment]]}, one) for one in sought):
        return True
    return any(_row_names_any(row, sought) for row in kept.rows)


def _left(kept: erasure.Kept, sought: Collection[Sought]) -> list[vault.Row]:
    """The rows, with the content of those alone that are about others."""
    return [row.erased() if _row_names_any(row, sought) else row for row in kept.rows]


def _row_names_any(row: vault.Row, sought: Collection[Sought]) -> bool:
    if row.content is None:
        return False
    cells = erasure.cells_of(row)
    return any(person.identity.encode() in row.content or row_names(cells, person) for person in sought)


def _names_any(content: bytes, sought: Collection[Sought]) -> bool:
    found = READER.read(content, "all").read
    return any(names(content, found.sheets if found else None, person) for person in sought)


def _marks(key: bytes, sought: Collection[Sought], naming: Iterable[erasure.Kept]) -> set[bytes]:
    """By what the person and the files that name them are known again."""
    return {
        *(tombstones.of_number(key, person.identity) for person in sought),
        *(tombstones.of_likeness(key, fold(person.name), person.birth_date) for person in sought),
        *(tombstones.of_file(key, kept.content) for kept in naming if kept.content is not None),
    }


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
