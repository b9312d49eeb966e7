"""What an indicator is: its names and definition, what it counts, and what it is broken down by.

Each class below is a way of counting. The roll-up, the trace, the reports and the documentation know the classes;
`schemas.indicators.catalogue` declares what is counted by them.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from schemas.policies.policy import Policy
from schemas.policies.rating import Scale
from schemas.vocabulary.terms import Text, Vocabulary

Kind = Literal[
    "stock",
    "count",
    "rate",
    "target",
    "grade",
    "late",
    "cumulative",
    "outcome",
    "standing",
    "due",
    "activity",
    "rating",
    "submission",
]
"""Where a report shows it; in this order, except that submissions have a part of their own."""

PEOPLE = Text("người", "people")
PERCENT = Text("%", "%")
TIMES = Text("lần", "times")
RETURNS = Text("báo cáo", "reports")
GRADES = Text("mức", "grade")
ORGANISATIONS = Text("tổ chức", "organisations")


@dataclass(frozen=True)
class Breakdown:
    """A way to split a count. `expression` gives a term's code: of a nominee's columns, or of where a unit belongs."""

    code: str
    title: Text
    expression: str
    terms: dict[str, Text] = field(hash=False)
    of: Literal["nominee", "unit"] = "nominee"

    @classmethod
    def by(cls, vocabulary: Vocabulary) -> "Breakdown":
        """By a closed list whose codes stand in the nominee's column of the same name."""
        return cls(vocabulary.key, vocabulary.title, vocabulary.key, vocabulary.terms)


@dataclass(frozen=True)
class Lapse:
    """A term that runs from a step's day, as many months as a policy lays down for that day.

    `ending`: it ends after the period, within the months of notice; `over`: it had ended on the period's last day.
    """

    months: Policy[int]
    state: Literal["ending", "over"]


@dataclass(frozen=True)
class Indicator:
    """A column of every report: `code` names it for ever; a breakdown's figure is CODE.BREAKDOWN.TERM."""

    kind: ClassVar[Kind]

    code: str
    title: Text
    definition: Text
    short: Text | None = field(default=None, kw_only=True)
    """For the heading of a narrow column, where the title is too long."""
    measured_in: Text = field(default=PEOPLE, kw_only=True)
    breakdowns: tuple[Breakdown, ...] = field(default=(), kw_only=True)

    @property
    def cell(self) -> tuple[str, str] | None:
        """Where a table of several figures of one thing shows it: what the row is about, and which column."""
        return None


@dataclass(frozen=True)
class Count(Indicator):
    """People who took a step of one kind in the period, each once: at the unit that reported the newest one."""

    kind: ClassVar[Kind] = "count"
    step: str

    @property
    def cell(self) -> tuple[str, str]:
        """Beside what is counted of the step in other windows."""
        return self.step, "period"


@dataclass(frozen=True)
class Outcome(Count):
    """The same, of a step beside the main way: reports show it in a table of its own."""

    kind: ClassVar[Kind] = "outcome"


@dataclass(frozen=True)
class Late(Indicator):
    """People whose step of one kind lies before the period and came with the workbooks for the period's quarters.

    Each once, at the unit that reported the newest of these steps.
    """

    kind: ClassVar[Kind] = "late"
    step: str

    @property
    def cell(self) -> tuple[str, str]:
        """Beside what is counted of the step in other windows."""
        return self.step, "late"


@dataclass(frozen=True)
class Cumulative(Indicator):
    """People who took a step of one kind from the first day of the year, or of a term, that the period ends in.

    To the period's last day. `term` is that for admitting Party members, `union_term` the Union's own.

    Each once, at the unit that reported the newest of these steps.
    """

    kind: ClassVar[Kind] = "cumulative"
    step: str
    since: Literal["year", "term", "union_term"]

    @property
    def cell(self) -> tuple[str, str]:
        """Beside what is counted of the step in other windows."""
        return self.step, self.since


@dataclass(frozen=True)
class Standing(Indicator):
    """People who stand somewhere on the period's last day: the newest step `of` these, and none `until` after it.

    On one day, steps follow each other in the order of `schemas.vocabulary.steps`. A person stands with the unit that
    reported their newest step, whichever it is, but for that of being handed over; with none, where they were handed to
    a unit that is not known here.
    """

    kind: ClassVar[Kind] = "standing"
    of: tuple[str, ...]
    until: tuple[str, ...]


@dataclass(frozen=True)
class Due(Standing):
    """Those of them for whom something is to be done: a step is `lacking` since, or a term lapses."""

    kind: ClassVar[Kind] = "due"
    lacking: tuple[str, ...] = ()
    lapse: Lapse | None = None


@dataclass(frozen=True)
class Stock(Indicator):
    """A number as of the period's end: what each unit reported last, up to a year before."""

    kind: ClassVar[Kind] = "stock"
    measure: str


@dataclass(frozen=True)
class Reported(Indicator):
    """A number that units report of each quarter, added up over the period's quarters."""

    kind: ClassVar[Kind] = "stock"
    measure: str


@dataclass(frozen=True)
class Activity(Indicator):
    """Activities of one kind whose day lies in the period: how many, or those who took part in them."""

    kind: ClassVar[Kind] = "activity"
    activity: str
    adds: Literal["held", "participants", "members"]

    @property
    def cell(self) -> tuple[str, str]:
        """Beside the other numbers of the activity."""
        return self.activity, self.adds


@dataclass(frozen=True)
class Target(Indicator):
    """What was to be reached in the whole year that the period ends in."""

    kind: ClassVar[Kind] = "target"
    target: str


@dataclass(frozen=True)
class Rated(Indicator):
    """Organisations whose rating for the year that the period ends in was decided, at one grade; each at itself."""

    kind: ClassVar[Kind] = "rating"
    grade: str

    @property
    def cell(self) -> tuple[str, str]:
        """A row of its own."""
        return self.grade, "rated"


@dataclass(frozen=True)
class Submissions(Indicator):
    """Returns for the periods within the period: one for each unit, form and such period for which one is owed."""

    kind: ClassVar[Kind] = "submission"
    adds: Literal["expected", "received", "counted", "on_time", "not_counted"]


@dataclass(frozen=True)
class Rate(Indicator):
    """A percentage of two other indicators, one decimal; null where the denominator is zero or missing."""

    kind: ClassVar[Kind] = "rate"
    numerator: str
    denominator: str


@dataclass(frozen=True)
class Grade(Indicator):
    """What a rate is worth in a rating: the best grade whose least percentage it reaches; null where the rate is.

    `scale`: the policy that lays down the least percentage of each grade, 4 the best.
    """

    kind: ClassVar[Kind] = "grade"
    rate: str
    scale: Policy[Scale] = field(hash=False)
