"""What may happen to the returns of a small province, as values that are drawn."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st

from flows.units.rows import UnitRow

SINCE = date(2024, 12, 1)
UNITS = [
    UnitRow("83", "Tỉnh đoàn Bến Tre", "province", 1, None, SINCE),
    UnitRow("829", "Thành đoàn Bến Tre", "district", 2, "83", SINCE),
    UnitRow("831", "Huyện đoàn Châu Thành", "district", 2, "83", SINCE),
    UnitRow("28756", "Đoàn phường Phú Khương", "commune", 3, "829", SINCE),
    UnitRow("28757", "Đoàn phường Phú Tân", "commune", 3, "829", SINCE),
    UnitRow("28807", "Đoàn xã Hữu Định", "commune", 3, "831", SINCE),
    UnitRow("28756-01", "Chi đoàn Khu phố 1", "branch", 4, "28756", SINCE),
    UnitRow("28756-02", "Chi đoàn Khu phố 2", "branch", 4, "28756", SINCE),
    UnitRow("28757-01", "Chi đoàn Khu phố 3", "branch", 4, "28757", SINCE),
    UnitRow("28807-01", "Chi đoàn Ấp 1", "branch", 4, "28807", SINCE),
    UnitRow("83-01", "Chi đoàn Văn phòng", "branch", 4, "83", SINCE),
]
CODES = [row.code for row in UNITS]
COMMUNES, BRANCHES = range(3, 6), range(6, 11)
QUARTERS = ("2025Q1", "2025Q2", "2025Q3", "2025Q4")
DAYS = [date(2025, month, day) for month in (1, 2, 4, 5, 7, 8, 10, 11) for day in (10, 20)]
"""Four in each quarter."""
CHANGE_DAYS = [date(2025, 2, 15), date(2025, 4, 1), date(2025, 5, 15), date(2025, 7, 1), date(2025, 10, 1)]
WAY = ("voted", "nominated", "handed_over", "candidate", "cell_resolved", "committee_resolved", "admitted")
BESIDE = ("class_sent", "class_passed", "transferred", "received", "withdrawn")

PEOPLE: list[dict[str, Any]] = [
    {"identity": number, "name": name, "birth_date": born, "sex": sex, "ethnic_minority": minority}
    for number, name, born, sex, minority in (
        ("083204001234", "Nguyễn Văn An", date(2004, 5, 1), "male", "no"),
        ("083204001299", "Nguyễn Văn An", date(2004, 5, 1), "male", "yes"),
        ("083304005678", "Trần Thị Bình", date(2004, 9, 9), "female", "no"),
        ("083304005679", "Lê Thị Chín", date(2004, 1, 3), "female", "yes"),
        ("083165005670", "Phạm Văn Dũng", date(1965, 1, 3), "male", "no"),
    )
]
"""Five who do not exist: two of one name and birth date, one nearly too old."""


def mistyped(person: int) -> str:
    """The number that is written of a person by mistake."""
    return f"{PEOPLE[person]['identity'][:-2]}00"


def code_to_come(unit: int) -> str:
    """The code that a unit gets if it gets another one."""
    return f"{CODES[unit]}9"


NUMBERS = [number for person, told in enumerate(PEOPLE) for number in (told["identity"], mistyped(person))]


@dataclass(frozen=True)
class Way:
    """To which branch a person belongs and what steps they take: each with the place of its day, and who receives."""

    branch: int
    steps: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class HandIn:
    """A branch's quarterly workbook: what its people did in the quarter, or up to it, with `edits`.

    `adopted` are people of others that it names as well, `spelled` is which code its cover bears, `slip` something
    that must not pass.
    """

    unit: int
    quarter: int
    from_the_start: bool = True
    adopted: tuple[int, ...] = ()
    edits: tuple[tuple[Any, ...], ...] = ()
    members: int = 10
    activities: tuple[tuple[Any, ...], ...] = ()
    spelled: str = "lived"
    slip: str | None = None


@dataclass(frozen=True)
class Revise:
    """One of the quarterly workbooks once more, edited further."""

    which: int
    edits: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Other:
    """Another form: a yearly plan, activities of a level above the branch, ratings."""

    form: str
    unit: int
    quarter: int
    rows: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True)
class Again:
    """The bytes of an earlier file once more."""

    which: int


@dataclass(frozen=True)
class Wave:
    """What waits is decided."""


@dataclass(frozen=True)
class Change:
    """Something happens to a unit."""

    what: str
    unit: int
    other: int
    day: int


@dataclass(frozen=True)
class Review:
    """Somebody accepts a submission, gives it back, or withdraws it."""

    what: str
    which: int


@dataclass(frozen=True)
class Policy:
    """It is laid down when valid returns count, from a quarter on."""

    value: str
    quarter: int


PLACES = st.integers(0, len(DAYS) - 1)
PERSONS = st.integers(0, len(PEOPLE) - 1)
WHICH = st.integers(0, 20)
RECEIVERS = st.sampled_from([*BRANCHES, -1])


@st.composite
def ways(draw: st.DrawFn) -> Way:
    """A lawful way: in order, on days that do not run backwards."""
    taken = ["identified", *WAY[: draw(st.integers(0, len(WAY)))]]
    places = sorted(draw(PLACES) for _ in taken)
    steps = [(step, place, -1) for step, place in zip(taken, places, strict=True)]
    beside = draw(st.lists(st.sampled_from(BESIDE), max_size=2, unique=True))
    steps += [(step, draw(st.integers(places[0], len(DAYS) - 1)), draw(RECEIVERS)) for step in beside]
    return Way(draw(st.sampled_from(BRANCHES)), tuple(sorted(steps, key=lambda step: step[1])))


PEOPLES_WAYS = st.lists(ways(), min_size=len(PEOPLE), max_size=len(PEOPLE))

_EDIT = st.one_of(
    st.tuples(st.just("drop"), st.integers(0, 9)),
    st.tuples(st.just("move"), st.integers(0, 9), PLACES),
    st.tuples(st.just("step"), PERSONS, st.sampled_from((*WAY, *BESIDE)), PLACES, RECEIVERS),
    st.tuples(st.just("identified"), PERSONS, PLACES),
    st.tuples(st.just("votes"), st.integers(0, 9)),
    st.tuples(st.sampled_from(["number", "name", "group"]), PERSONS),
)


def _few(of: st.SearchStrategy[Any], *most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """Tuples of up to so many, each of the limits as often as it is named."""
    return st.sampled_from(most).flatmap(lambda limit: st.lists(of, max_size=limit).map(tuple))


def _activities(*kinds: str, members: tuple[int | None, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    held = st.tuples(st.sampled_from(kinds), st.integers(0, 3), st.sampled_from([5, 8]), st.sampled_from(members))
    return _few(held, 0, 1, 4)


SLIPS = ("members", "activity", "early", "code", "votes missing", "votes above present")
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "hand_ins": st.builds(
        HandIn,
        st.sampled_from(BRANCHES),
        st.integers(0, 3),
        st.sampled_from([True, True, False]),
        _few(PERSONS, 0, 0, 1),
        _few(_EDIT, 0, 1, 2),
        st.sampled_from([10, 12]),
        _activities("theme_meeting", "volunteering", members=(None, 3)),
        st.sampled_from(["lived"] * 6 + ["last", "small", "to come"]),
        st.sampled_from([*[None] * 12, *SLIPS]),
    ),
    "revisions": st.builds(Revise, WHICH, _few(_EDIT, 1, 2)),
    "others": st.one_of(
        st.builds(
            Other,
            st.just("yearly-plan"),
            st.sampled_from([*BRANCHES, 3]),
            st.integers(0, 3),
            _few(st.tuples(st.sampled_from(["review_sources", "handover"]), PLACES, st.integers(0, 2)), 2),
        ),
        st.builds(
            Other,
            st.just("activities"),
            st.sampled_from([0, 1, *COMMUNES, 6]),
            st.integers(0, 3),
            _activities("movement", "task_assigned", members=(None, 3, 3, 9)),
        ),
        st.builds(
            Other,
            st.just("rating"),
            st.sampled_from([0, 1, 2, 3]),
            st.just(0),
            _few(st.tuples(st.sampled_from([*COMMUNES, 6]), st.sampled_from(["good", "excellent"])), 1, 3),
        ),
    ),
    "again": st.builds(Again, WHICH),
    "waves": st.just(Wave()),
    "changes": st.one_of(
        st.builds(
            Change,
            st.sampled_from(["merge", "merge", "split", "dissolve", "recode", "revive"]),
            st.sampled_from(BRANCHES),
            st.sampled_from(BRANCHES),
            st.integers(0, len(CHANGE_DAYS) - 1),
        ),
        st.builds(Change, st.just("move"), st.sampled_from(BRANCHES), st.sampled_from(COMMUNES), st.integers(0, 4)),
        st.builds(Change, st.just("merge"), st.sampled_from(COMMUNES), st.sampled_from(COMMUNES), st.integers(0, 4)),
    ),
    "reviews": st.builds(Review, st.sampled_from(["accept", "return", "withdraw"]), WHICH),
    "policies": st.builds(Policy, st.sampled_from(["at_once", "when_accepted"]), st.integers(0, 3)),
}


def acts(**weights: int) -> st.SearchStrategy[list[Any]]:
    """Acts of some kinds, by how often they come."""
    kinds = [kind for kind, weight in weights.items() for _ in range(weight)]
    return st.lists(st.sampled_from(kinds).flatmap(lambda kind: _KINDS[kind]), min_size=6, max_size=18)
