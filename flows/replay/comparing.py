"""The facts that stand in the log against those that rows state."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from events import vault
from events.checks import Fault
from events.checks.bodies import Body
from events.log.recorded import Cause, said
from events.types.base import Payload
from events.types.nominations import FactRetracted, NomineeIdentified, Step
from events.types.returns import ActivityHeld
from flows.decide import stream_of
from flows.replay.counted import Episode, Log, Return, Told, Valid, Written
from flows.replay.stating import Opening, Rows
from schemas.forms.family import FORMS
from schemas.forms.stating import Fact
from warehouse.returns.returns import Key

_HOMES = """
select w.position, w.submission
from unnest(
    cast(%(positions)s as bigint[]), cast(%(streams)s as text[]), cast(%(types)s as text[]), cast(%(units)s as text[]),
    cast(%(submissions)s as text[])
) as w (position, stream, type, unit, submission)
where not exists (
    select from events.event e
    where e.stream = w.stream and e.type = w.type and e.position < w.position
        and e.body::text like '%%"unit":"' || w.unit || '"%%'
)
"""


@dataclass
class Replayed:
    """How many submissions were replayed, and how many of these only in part, since rows of theirs were erased."""

    submissions: int = 0
    partly: int = 0


class _Live(NamedTuple):
    """A fact that a return states: where it was recorded, and the row that it names."""

    position: int
    stream: str
    payload: Payload
    submission: str
    sheet: str | None
    row: int | None


@dataclass
class Wave:
    """Returns that are replayed together: their facts are read at once, their rows stacked into one frame a sheet."""

    log: Log
    opening: Opening
    valid: Mapping[str, Valid]
    told: Told
    replayed: Replayed
    _elsewhere: dict[int, _Live] = field(default_factory=dict)

    def replay(self, returns: Sequence[Return]) -> Iterator[Fault]:
        """Hold the facts of these returns against their rows."""
        facts = self.log.facts(returns)
        counting = list(
            dict.fromkeys(episode.submission for one in returns for episode in one.episodes if episode.counts)
        )
        kept = vault.rows_of(self.log.connection, self.opening.store, counting)
        erased = {submission: self._erased(submission, kept) for submission in counting}
        self.replayed.submissions += len(counting)
        self.replayed.partly += sum(1 for sheets in erased.values() if sheets)
        units: dict[str, Mapping[str, str]] = {}
        for one in returns:
            units |= dict.fromkeys((episode.submission for episode in one.episodes), self._codes(one, facts))
        rows = Rows(self.log.connection, self.opening, self.valid, self.told.names, units, kept)
        stated = rows.stated(counting)
        for one in returns:
            if not self._same(one, facts, stated):
                yield from self._closely(one, facts, stated, erased)
        yield from self._homeless()

    def _erased(self, submission: str, kept: Mapping[str, Sequence[vault.Row]]) -> set[str]:
        """The sheets of which rows were erased."""
        if submission in kept:
            return {row.sheet for row in kept[submission] if row.salted is None}
        of = self.valid[submission]
        form = FORMS.get((of.key.form, of.form_version))
        return {sheet.key for sheet in form.sheets} if form else set()

    def _codes(self, one: Return, facts: Mapping[int, Sequence[Written]]) -> Mapping[str, str]:
        """What codes of units mean in a return: of several units that bore one, that which its facts name."""

        def named() -> set[object]:
            written = (fact for episode in one.episodes for fact in facts.get(episode.position, ()))
            bodies = (body for _, body in self.log.read(written))
            return {getattr(body.data, name, None) for body in bodies for name in ("unit", "to")}  # type: ignore[attr-defined]

        return _Codes(self.told.codes, named)

    def _same(self, one: Return, facts: Mapping[int, Sequence[Written]], stated: Mapping[str, Sequence[Fact]]) -> bool:
        """Whether a return of one submission says, in the same order, what its rows do, to the letter: most do."""
        (episode, *more) = one.episodes
        expected, found = stated.get(episode.submission), facts.get(episode.position, ())
        if more or not episode.counts or expected is None or len(expected) != len(found):
            return False
        submission = episode.submission
        return all(
            said(stream_of(payload, one.key), payload, Cause(submission, sheet, row)) in written.body
            for written, (payload, sheet, row) in zip(found, expected, strict=True)
        )

    def _closely(
        self,
        one: Return,
        facts: Mapping[int, Sequence[Written]],
        stated: Mapping[str, Sequence[Fact]],
        erased: Mapping[str, Collection[str]],
    ) -> Iterator[Fault]:
        live: dict[tuple[str, int], _Live] = {}
        for episode in one.episodes:
            yield from self._apply(live, episode, self.log.read(facts.get(episode.position, ())))
            if not episode.counts:
                yield from (
                    Fault("fact_unstated", {"position": fact.position, "submission": episode.submission})
                    for fact in live.values()
                )
            elif (expected := stated.get(episode.submission)) is None:
                where = {"submission": episode.submission, "position": episode.position}
                yield Fault("rows_unreplayable", where)
            else:
                yield from self._compare(one.key, live, episode, expected, erased[episode.submission])

    def _apply(
        self, live: dict[tuple[str, int], _Live], episode: Episode, facts: Iterable[tuple[int, Body]]
    ) -> Iterator[Fault]:
        """Let the facts behind an episode change what the return states."""
        for position, body in facts:
            payload: Payload = body.data  # type: ignore[attr-defined]
            cause = body.cause
            if cause is None or cause.submission != episode.submission:
                yield Fault("log_facts", {"position": episode.position})
                continue
            if body.supersedes is not None and live.pop((body.stream, body.supersedes), None) is None:
                yield Fault("fact_unstated", {"position": position, "submission": episode.submission})
            if not isinstance(payload, FactRetracted):
                live[body.stream, body.version] = _Live(
                    position, body.stream, payload, cause.submission, cause.sheet, cause.row
                )

    def _compare(
        self,
        key: Key,
        live: Mapping[tuple[str, int], _Live],
        episode: Episode,
        stated: Iterable[Fact],
        erased: Collection[str],
    ) -> Iterator[Fault]:
        """What a return states behind an episode, held against the rows of the submission that counts by then."""
        expected: dict[Payload, list[tuple[str, int]]] = defaultdict(list)
        for payload, sheet, row in stated:
            expected[_plain(payload, key.unit)].append((sheet, row))
        # What was recorded now names its own row; what stood before takes one of those that are left.
        for fact in sorted(live.values(), key=lambda fact: fact.position <= episode.position):
            plain = _plain(fact.payload, key.unit)
            if plain is not fact.payload and getattr(fact.payload, "unit", key.unit) != key.unit:
                self._elsewhere[fact.position] = fact
            places = expected.get(plain)
            where = {"position": fact.position, "submission": episode.submission}
            if not places:
                # Who was erased since had to be left out, and the figures stay.
                gone = self.told.was_erased(getattr(fact.payload, "subject", None), episode.position)
                if fact.sheet not in erased and not gone:
                    yield Fault("fact_unstated", where)
            elif fact.position <= episode.position:
                places.pop()
            elif (fact.sheet, fact.row) in places:
                places.remove((fact.sheet or "", fact.row or 0))
            else:
                places.pop()
                yield Fault("fact_misplaced", where)
        for places in expected.values():
            for sheet, row in places:
                where = {"submission": episode.submission, "position": episode.position, "sheet": sheet, "row": row}
                yield Fault("fact_missing", where)

    def _homeless(self) -> Iterator[Fault]:
        """Facts of people that stand with another unit than the one that reported them: some return put them there."""
        if not self._elsewhere:
            return
        facts = [self._elsewhere[position] for position in sorted(self._elsewhere)]
        places = {
            "positions": [fact.position for fact in facts],
            "streams": [fact.stream for fact in facts],
            "types": [type(fact.payload).__name__ for fact in facts],
            "units": [str(getattr(fact.payload, "unit", "")) for fact in facts],
            "submissions": [fact.submission for fact in facts],
        }
        for position, submission in self.log.connection.exec_driver_sql(_HOMES, places).all():
            yield Fault("fact_elsewhere", {"position": position, "submission": submission})


class _Codes(dict[str, str]):
    """Codes of units to ids: of several units that ever bore a code, one that is `named`."""

    def __init__(self, bearers: Mapping[str, Collection[str]], named: Callable[[], Collection[object]]) -> None:
        super().__init__()
        self._bearers, self._named = bearers, named

    def __missing__(self, code: str) -> str:
        bearers = self._bearers[code]
        if len(bearers) == 1:
            return next(iter(bearers))
        named = self._named()
        return next((unit for unit in bearers if unit in named), min(bearers))


def _plain(payload: Payload, unit: str) -> Payload:
    """A fact as its row states it: with the unit that reports, and without the number that tells it from others."""
    match payload:
        case NomineeIdentified() | Step() if payload.unit != unit:
            return replace(payload, unit=unit)
        case ActivityHeld() if payload.number != 1:
            return replace(payload, number=1)
    return payload
