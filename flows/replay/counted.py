"""What the log says of returns: which submissions of each counted from when on, and the facts behind them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection

from events.checks.bodies import Body, Reader
from events.database import streamed
from events.types.people import ErasureLifted, SubjectErased
from events.types.policies import PolicySet
from events.types.submissions import FollowedByFacts, SubmissionAccepted, SubmissionFoundValid
from schemas.policies.in_force import LaidDown, Rules
from schemas.policies.vocabularies import titles
from warehouse.returns.returns import Key


class Episode(NamedTuple):
    """An event that makes a submission count, or count no more, with the number of facts that follow it."""

    position: int
    facts: int
    submission: str
    counts: bool


@dataclass
class Return:
    """A return: the episodes of its submissions, in the order of the log."""

    key: Key
    episodes: list[Episode] = field(default_factory=list)


class Valid(NamedTuple):
    """What was found valid: the return that it is a revision of, and the version of its form."""

    key: Key
    form_version: int


class Told(NamedTuple):
    """What the log tells beside returns.

    `names` are all that offices ever gave to terms, `codes` the units that ever bore each code, `erased` the positions
    at which each erased person was erased, or let back, in their order.
    """

    names: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, Collection[str]]
    erased: Mapping[str, Sequence[tuple[int, bool]]]

    def was_erased(self, subject: object, position: int) -> bool:
        """Whether somebody was erased, and not let back, at a position."""
        return next((gone for at, gone in reversed(self.erased.get(str(subject), ())) if at < position), False)


class Written(NamedTuple):
    """The body of an event, as it stands in the log."""

    position: int
    body: str


_EPISODES = """
select position, body::text
from events.event
where type in ('SubmissionFoundValid', 'SubmissionAccepted', 'SubmissionReturned', 'SubmissionWithdrawn')
order by position
"""

_FACTS = """
select e.position, e.body::text
from unnest(cast(%(after)s as bigint[]), cast(%(upto)s as bigint[])) as w (after, upto)
cross join lateral (
    select position, body from events.event
    where position > w.after and position <= w.upto
    order by position limit w.upto - w.after
) e
order by e.position
"""
"""Each range is read by the index: what it holds is not known when that is planned, but that it is short."""

_TOLD = """
select position, body::text
from events.event
where type in ('PolicySet', 'UnitEstablished', 'UnitRecoded', 'SubjectErased', 'ErasureLifted')
order by position
"""


class Log:
    """Reads events; what can't be read is passed over, and named by the pass over the bodies."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._reader = Reader()

    def counted(self) -> tuple[dict[str, Valid], list[Return]]:
        """Every submission that was valid, and every return of which one ever counted, in the order of the log."""
        valid: dict[str, Valid] = {}
        returns: dict[Key, Return] = {}
        for position, body in self._bodies(_EPISODES):
            said: FollowedByFacts = body.data  # type: ignore[attr-defined]
            if isinstance(said, SubmissionFoundValid):
                key = Key(said.unit, said.form, said.period)
                valid[said.submission] = Valid(returns[key].key if key in returns else key, said.form_version)
            of = valid.get(said.submission)
            counts = isinstance(said, SubmissionFoundValid | SubmissionAccepted) and said.counts
            if of is not None and (counts or said.facts):
                one = returns.setdefault(of.key, Return(of.key))
                one.episodes.append(Episode(position, said.facts, said.submission, counts))
        return valid, list(returns.values())

    def told(self) -> Told:
        """What the log tells beside returns."""
        laid_down: list[LaidDown] = []
        codes: dict[str, set[str]] = defaultdict(set)
        erased: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        for at, body in self._bodies(_TOLD):
            said: Any = body.data  # type: ignore[attr-defined]
            match said:
                case PolicySet():
                    of = (said.policy, said.value, said.on, said.unit, said.form, said.kind, said.order)
                    laid_down.append(LaidDown(*of, at))
                case SubjectErased() | ErasureLifted():
                    erased[said.subject].append((at, isinstance(said, SubjectErased)))
                case _:
                    codes[said.code].add(said.unit)
        return Told(titles(Rules(laid_down[::-1])), dict(codes), dict(erased))

    def facts(self, returns: Sequence[Return]) -> dict[int, list[Written]]:
        """The facts behind each episode of some returns, by its position."""
        found: dict[int, list[Written]] = {}
        episodes = [episode for one in returns for episode in one.episodes if episode.facts]
        ranges = sorted((episode.position, episode.position + episode.facts) for episode in episodes)
        places = {"after": [after for after, _ in ranges], "upto": [upto for _, upto in ranges]}
        at = 0
        for position, body in streamed(self.connection, _FACTS, places):
            while position > ranges[at][1]:
                at += 1
            found.setdefault(ranges[at][0], []).append(Written(position, body))
        return found

    def read(self, written: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Body]]:
        """Bodies that can be read."""
        for position, text in written:
            body = self._reader.read(position, text)
            if body is not None:
                yield position, body

    def _bodies(self, statement: str) -> Iterator[tuple[int, Body]]:
        return self.read(streamed(self.connection, statement, {}))
