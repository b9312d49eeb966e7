"""What must hold of the facts that count: people, steps, numbers, activities, targets, plans, ratings."""

from collections.abc import Iterable, Mapping

from schemas.expectations.expectation import Expectation, error, one_per, outside, rows, warning, without
from schemas.policies.gate import AGES
from schemas.vocabulary.steps import RESTS, STEPS
from schemas.vocabulary.terms import ACTIVITY, GRADE, MEASURE, MILESTONE, SEX, SOURCE_GROUP, TARGET


def _rests(before: Mapping[str, Iterable[str]]) -> str:
    pairs = ", ".join(f"('{code}', '{one}')" for code, all_before in before.items() for one in all_before)
    return f"(values {pairs}) as rests (step, before)"


_ALL_BEFORE = _rests(RESTS)
_NEAREST = _rests({code: step.after for code, step in STEPS.items()})


def _of_every(table: str) -> tuple[Expectation, ...]:
    return (
        error(
            f"{table}.unit",
            "Đơn vị báo cáo đã được thành lập",
            "The unit that reports was established",
            without("unit_change", "other.unit = this.unit and other.alive"),
        ),
        error(
            f"{table}.submission",
            "Dữ kiện đến từ một báo cáo đang được tính",
            "The fact came with a return that counts",
            # A revision restates only what differs: what it left as it was came with the submission before it.
            without(
                "(select s.submission from submission s join submission c using (unit, form, period)"
                " where s.valid and c.counts)",
                "other.submission = this.submission",
                "submission is not null",
            ),
        ),
    )


def _of_dated(table: str, day: str) -> Expectation:
    return warning(
        f"{table}.in_tree",
        "Đơn vị của dữ kiện trong kỳ có trong cây đơn vị của báo cáo",
        "The unit of a fact of the period stands in the tree of the report",
        without(
            "tree",
            "other.unit = this.unit::text",
            f"{day} between (select first from checked_period) and (select last from checked_period)",
        ),
    )


def _of_numbers(table: str, column: str = "value") -> Expectation:
    return error(f"{table}.{column}", "Số lượng không âm", "The number is not negative", rows(f"{column} < 0"))


NOMINEES = (
    *_of_every("nominee"),
    _of_dated("nominee", "identified_on"),
    error("nominee.sex", "Giới tính thuộc danh mục", "The sex is one of the list", outside("sex", SEX.terms)),
    error(
        "nominee.source_group",
        "Nhóm nguồn thuộc danh mục",
        "The source group is one of the list",
        outside("source_group", SOURCE_GROUP.terms),
    ),
    error(
        "nominee.age",
        f"Tuổi khi phát hiện nguồn từ {AGES[0]} đến {AGES[-1]}",
        f"The age when identified is {AGES[0]} to {AGES[-1]}",
        rows(f"extract(year from identified_on) - birth_year not between {AGES[0]} and {AGES[-1]}"),
    ),
    error("nominee.one", "Mỗi người chỉ được tính một lần", "A person counts once", one_per("subject")),
    error(
        "nominee.identified",
        "Mỗi người có bước phát hiện nguồn cùng ngày",
        "A person has the step of being identified, on the same day",
        without("step", "other.subject = this.subject and step = 'identified' and on_date = identified_on"),
    ),
)

STEPS_TAKEN = (
    *_of_every("step"),
    _of_dated("step", "on_date"),
    error("step.code", "Bước thuộc danh mục", "The step is one of the list", outside("step", STEPS)),
    error(
        "step.nominee",
        "Mỗi bước thuộc về một người đã được phát hiện nguồn",
        "A step belongs to a person who was identified",
        without("nominee", "other.subject = this.subject"),
    ),
    error(
        "step.order",
        "Không bước nào diễn ra trước bước mà nó dựa vào",
        "No step lies before a step that it rests on",
        # A step may be taken twice: the first time is what others rest on.
        "select 1 from (select subject, step, min(on_date) as on_date from step group by subject, step) as earlier"
        f" join {_ALL_BEFORE} on rests.before = earlier.step"
        " join {batch} as this on this.subject = earlier.subject and this.step = rests.step"
        " where this.on_date < earlier.on_date",
    ),
    error(
        "step.votes",
        "Số phiếu không âm và không vượt số có mặt, số có mặt không vượt tổng số",
        "Votes are not negative nor above those present, those present not above the total",
        rows(
            "least(total, present, votes_for, votes_against) < 0 or present > total"
            " or coalesce(votes_for, 0) + coalesce(votes_against, 0) > coalesce(present, total)"
        ),
    ),
    error(
        "step.one",
        "Mỗi người chỉ được tính một bước cùng loại trong một ngày",
        "A person takes a step once on a day",
        one_per("subject", "step", "on_date"),
    ),
    warning(
        "step.predecessor",
        "Bước mà nó dựa vào đã được báo cáo",
        "A step that it rests on was reported",
        rows(
            f"step in (select rests.step from {_NEAREST}) and not exists (select 1 from step as taken"
            f" join {_NEAREST} on rests.before = taken.step"
            " where taken.subject = this.subject and rests.step = this.step)"
        ),
    ),
)

MEMBERSHIP = (
    *_of_every("membership"),
    error(
        "membership.measure",
        "Số liệu thuộc danh mục",
        "The measure is one of the list",
        outside("measure", MEASURE.terms),
    ),
    _of_numbers("membership"),
    error(
        "membership.one",
        "Mỗi đơn vị có một số cho mỗi kỳ và số liệu",
        "A unit has one number for a period and a measure",
        one_per("unit", "period", "measure"),
    ),
    error(
        "membership.part",
        "Từng phần đoàn viên không vượt tổng số đoàn viên",
        "A part of the members is not above all members",
        "select 1 from {batch} as this join membership as whole using (unit, period)"
        " where starts_with(this.measure, 'members_') and whole.measure = 'members' and this.value > whole.value",
    ),
)

ACTIVITIES = (
    *_of_every("activity"),
    _of_dated("activity", "on_date"),
    error(
        "activity.kind",
        "Loại hoạt động thuộc danh mục",
        "The kind of activity is one of the list",
        outside("activity", ACTIVITY.terms),
    ),
    error(
        "activity.participants",
        "Số người dự không âm, số đoàn viên dự không vượt số người dự",
        "Participants are not negative, and members not above participants",
        rows("least(participants, members) < 0 or members > participants"),
    ),
)

TARGETS = (
    *_of_every("target"),
    error("target.target", "Chỉ tiêu thuộc danh mục", "The target is one of the list", outside("target", TARGET.terms)),
    _of_numbers("target"),
    error(
        "target.one",
        "Mỗi đơn vị có một số cho mỗi năm và chỉ tiêu",
        "A unit has one number for a year and a target",
        one_per("unit", "year", "target"),
    ),
)

SCHEDULES = (
    *_of_every("schedule"),
    error(
        "schedule.milestone",
        "Mốc kế hoạch thuộc danh mục",
        "The milestone is one of the list",
        outside("milestone", MILESTONE.terms),
    ),
    _of_numbers("schedule", "planned"),
    error(
        "schedule.one",
        "Mỗi đơn vị có một ngày cho mỗi năm và mốc kế hoạch",
        "A unit has one day for a year and a milestone",
        one_per("unit", "year", "milestone"),
    ),
)

RATINGS = (
    *_of_every("rating"),
    error(
        "rating.rated_by",
        "Đơn vị xếp loại đã được thành lập, và là đơn vị khác",
        "The unit that rates was established, and is another one",
        rows(
            "rated_by = unit"
            " or not exists (select 1 from unit_change as other where other.unit = this.rated_by and other.alive)"
        ),
    ),
    error(
        "rating.proposed",
        "Mức đề nghị xếp loại thuộc danh mục",
        "The grade that is proposed is one of the list",
        outside("proposed", GRADE.terms),
    ),
    error(
        "rating.decided",
        "Mức xếp loại đã quyết định thuộc danh mục",
        "The grade that was decided is one of the list",
        outside("decided", GRADE.terms),
    ),
    error(
        "rating.one",
        "Mỗi tổ chức được xếp loại một lần cho mỗi năm",
        "An organisation is rated once for a year",
        one_per("unit", "year"),
    ),
)
