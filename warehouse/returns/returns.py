"""Returns and their revisions: what was valid of each, what counts, and who may still speak for it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, text

from schemas.periods import Period, parse


class Key(NamedTuple):
    """What a return is: of which unit, on which form, for which period."""

    unit: str
    form: str
    period: str


@dataclass(frozen=True)
class Revisions:
    """The revisions of a return that stand in some way: the newest valid one, those that wait, and the one that counts.

    `open` are valid ones that neither count nor were given back, superseded or withdrawn, oldest first.
    """

    newest: str | None = None
    counting: str | None = None
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A submission as it stands: its return, its state, whether it counts, and the last version of its stream."""

    submission: str
    unit: str | None
    form: str | None
    form_version: int | None
    period: Period | None
    state: str
    counts: bool
    version: int

    @property
    def key(self) -> Key:
        """The return that it is a revision of. Only of one that was found valid."""
        assert self.unit and self.form and self.period
        return Key(self.unit, self.form, self.period.code)


_REVISIONS = """
select s.unit::text, s.form, s.period, s.submission::text, latest.state, latest.counts
from unnest(cast(:units as uuid[]), cast(:forms as text[]), cast(:periods as text[])) as a (unit, form, period)
join submission s on s.unit = a.unit and s.form = a.form and s.period = a.period and s.valid
cross join lateral (
    select (array_agg(state order by position desc))[1] as state,
        coalesce((array_agg(counts order by position desc) filter (where counts is not null))[1], false) as counts
    from submission_state t where t.submission = s.submission
) latest
order by s.decided_position
"""

_STANDING = """
select s.submission::text, s.unit::text, s.form, s.form_version, s.period, latest.state, latest.counts,
    (select max(stream_version) from events.event where stream = 'submission-' || s.submission) as version
from submission s
cross join lateral (
    select (array_agg(state order by position desc))[1] as state,
        coalesce((array_agg(counts order by position desc) filter (where counts is not null))[1], false) as counts
    from submission_state t where t.submission = s.submission
) latest
where s.submission = any(cast(:ids as uuid[]))
"""


def revisions(connection: Connection, keys: Collection[Key]) -> dict[Key, Revisions]:
    """The revisions of returns; empty for those of which nothing was ever valid."""
    found: dict[Key, list[tuple[str, str, bool]]] = {key: [] for key in keys}
    rows = connection.execute(
        text(_REVISIONS),
        {
            "units": [key.unit for key in found],
            "forms": [key.form for key in found],
            "periods": [key.period for key in found],
        },
    )
    for row in rows:
        found[Key(row.unit, row.form, row.period)].append((row.submission, row.state, row.counts))
    return {
        key: Revisions(
            valid[-1][0] if valid else None,
            next((submission for submission, _, counts in reversed(valid) if counts), None),
            tuple(s for s, state, counts in valid if not counts and state in ("valid", "submitted")),
        )
        for key, valid in found.items()
    }


def standing(connection: Connection, submissions: Collection[str]) -> dict[str, Standing]:
    """How submissions stand, by id; those that are not known are left out."""
    rows = connection.execute(text(_STANDING), {"ids": list(submissions)})
    return {
        row.submission: Standing(
            row.submission,
            row.unit,
            row.form,
            row.form_version,
            parse(row.period) if row.period else None,
            row.state,
            row.counts,
            row.version,
        )
        for row in rows
    }
