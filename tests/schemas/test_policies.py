"""Policies: how values are written and read, what holds for whom on which day, and what they change at the gate."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from schemas.forms import family, owing
from schemas.forms.known import Known
from schemas.forms.limits import as_frame, limits
from schemas.forms.quarterly import QUARTERLY
from schemas.gate import cells, check, workbook
from schemas.indicators.catalogue import BY_CODE
from schemas.indicators.policies import counted_by
from schemas.messages.translation import Language
from schemas.periods import parse
from schemas.policies import calendars, gate, lapses, rating, vocabularies
from schemas.policies.catalogue import POLICIES
from schemas.policies.days import Day
from schemas.policies.in_force import LaidDown, Rules
from schemas.templates.template import LaidDown as ForTemplate
from schemas.templates.template import workbook as template
from tests.rows import AN, membership, vote
from tests.warehouse import policy_model
from tests.warehouse.policy_model import VALUES, Said

PROVINCE, DISTRICT, BRANCH = "province", "district", "branch"
ABOVE = (BRANCH, DISTRICT, PROVINCE)
Q1 = parse("2025Q1")


def rule(
    policy: str, value: str, on: date = date(2020, 1, 1), unit: str | None = None, form: str | None = None, at: int = 1
) -> LaidDown:
    return LaidDown(policy, value, on, unit, form, None, None, at)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_usual_of_a_policy_is_said_in_words(language: Language) -> None:
    for policy in POLICIES.values():
        assert policy.title(language) and policy.written(language)
        for _, value in policy.usual:
            assert isinstance(policy.words(value, language), str)
    assert calendars.DUE.words(Day("last", 1, 15), "en") == "day 15 of the month 1 after the period's last"


@pytest.mark.parametrize(
    ("policy", "written", "value"),
    [
        ("due", "last/20", Day("last", 0, 20)),
        ("due", "first-3/1", Day("first", -3, 1)),
        ("vote_share", "2/3", POLICIES["vote_share"].read("4/6")),
        ("nomination_scale", "90/60/30/0", {4: 90, 3: 60, 2: 30, 1: 0}),
        ("owes", "no", False),
        (
            "recipients",
            "Ban Tổ chức Tỉnh ủy; Ban Tuyên giáo và Dân vận",
            ("Ban Tổ chức Tỉnh ủy", "Ban Tuyên giáo và Dân vận"),
        ),
        ("source_groups", "health; education=Giáo viên", {"health": None, "education": "Giáo viên"}),
        ("time_zone", "Asia/Bangkok", "Asia/Bangkok"),
    ],
)
def test_a_value_is_read_as_it_is_written(policy: str, written: str, value: object) -> None:
    assert POLICIES[policy].read(written) == value


@pytest.mark.parametrize(
    ("policy", "written"),
    [
        *(("due", wrong) for wrong in ("20", "last/0", "last/32", "middle/3", "last+123/3", "last/٣")),
        *(("vote_share", wrong) for wrong in ("1", "3/2", "1/0", "1/2/3", "½")),
        *(("nomination_scale", wrong) for wrong in ("100/80/50", "100/80/80/0", "100/80/50/1", "a/b/c/0")),
        *(("probation_months", wrong) for wrong in ("0", "121", "12.5", "-1", "١٢")),
        *(("source_groups", wrong) for wrong in ("", "nobody", "health;health", "health=", "health=Y;education=y")),
        *(("party_term", wrong) for wrong in ("2020", "2025-2020", "20-25")),
        *(("recipients", wrong) for wrong in ("", ";", "a;;b")),
        *(("time_zone", wrong) for wrong in ("Asia/Ben_Tre", "/etc/passwd", "")),
        ("owes", "maybe"),
        ("due", "Last/20"),
        *(("counted_until", wrong) for wrong in ("first/11", "last+1/5", "last-3/1")),
        ("source_groups", "resident=Hoà Bình;industrial_worker=Hòa Bình"),
        ("review", "later"),
    ],
)
def test_what_is_no_value_is_refused(policy: str, written: str) -> None:
    with pytest.raises(ValueError):
        POLICIES[policy].read(written)


def test_the_nearest_unit_goes_first_then_the_narrowest_then_the_newest() -> None:
    rules = Rules(
        [
            rule("due", "last/1"),
            rule("due", "last/2", unit=PROVINCE),
            rule("due", "last/3", unit=DISTRICT, form="activities"),
            rule("due", "last/4", unit=DISTRICT, at=2),
            rule("due", "last/5", unit=DISTRICT, on=date(2024, 1, 1), at=3),
            rule("due", "last/6", unit="elsewhere"),
        ]
    )

    def due(above: Sequence[str], form: str = "branch-quarterly", period: str = "2025Q1") -> int:
        return owing.days(family.newest(form), parse(period), rules, above).due.day

    assert [due(above) for above in ((), (PROVINCE,), ABOVE, ("elsewhere", PROVINCE))] == [1, 2, 5, 6]
    assert due(ABOVE, "activities") == 3
    assert due(ABOVE, period="2023Q4") == 4
    assert due(ABOVE, period="2019Q4") == 20, "what is usual, before anything was laid down"


def test_what_is_usual_changes_too_and_the_newer_of_what_is_said_for_all_holds() -> None:
    rules = Rules([rule("party_term", "2015-2021", date(2016, 1, 1))])

    def term(on: date) -> object:
        return rules.in_force(calendars.PARTY_TERM, on).value

    assert [term(date(year, 6, 1)) for year in (2015, 2016, 2021)] == ["2015-2020", "2015-2021", "2020-2025"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(VALUES)),
            st.integers(0, 2),
            st.sampled_from([date(2024, 1, 1), date(2025, 1, 1), date(2025, 3, 1)]),
            st.sampled_from([None, *ABOVE, "elsewhere"]),
            st.sampled_from([None, "branch-quarterly", "activities"]),
            st.sampled_from([None, "branch", "commune"]),
        ),
        max_size=12,
    ),
    st.integers(0, 3),
    st.sampled_from([date(2024, 6, 1), date(2025, 3, 31)]),
)
def test_what_holds_is_what_the_plain_model_finds(
    said: list[tuple[str, int, date, str | None, str | None, str | None]], height: int, on: date
) -> None:
    from events.types.policies import PolicySet

    laid_down = [
        LaidDown(name, VALUES[name][at % len(VALUES[name])], since, unit, form, kind, None, position)
        for position, (name, at, since, unit, form, kind) in enumerate(said, start=1)
    ]
    plain = [
        Said(one.position, PolicySet(one.policy, one.value, one.on, one.unit, one.form, one.kind)) for one in laid_down
    ]
    for name in VALUES:
        usual = POLICIES[name].usual or ((date(1900, 1, 1), Day("last", 0, 20)),)
        held = Rules(laid_down).in_force(
            POLICIES[name], on, ABOVE[height:], form="activities", kind="branch", usual=usual
        )
        expected = policy_model.holds(plain, name, on, ABOVE[height:], "activities", "branch", usual)
        assert (held.value, held.since) == expected


def test_windows_of_one_kind_follow_each_other_whatever_is_laid_down() -> None:
    rules = Rules([rule("counted_until", "last/14"), rule("counted_until", "last/31", date(2025, 5, 1), at=2)])
    assert [owing.counted_until(parse(code), rules).isoformat() for code in ("2025Q1", "2025Q2", "2025H1", "2024")] == [
        *("2025-03-14", "2025-06-30", "2025-06-30", "2024-12-14")
    ]
    assert owing.counted_until(parse("2025-02-01..2025-02-20"), rules) == date(2025, 2, 20)


def findings(
    rows: dict[str, list[dict[str, object]]], rules: Rules, in_use: bool = True
) -> set[tuple[str, str | None]]:
    held = {key: rules.in_force(policy, Q1.last).value for key, policy in vocabularies.IN_USE.items()}
    shown = ForTemplate(owing.days(QUARTERLY, Q1, rules), Q1.last, held if in_use else {})
    written = template(QUARTERLY, "u", "28756-01", "Chi đoàn", Q1, {"membership": membership(10), **rows}, "vi", shown)
    found = cells.read(written, "form")
    assert found
    book = workbook.understand(found.sheets, "s", found.far)
    stacked = check.stack(QUARTERLY, {"s": book}, vocabularies.titles(rules))
    known = Known(limits=as_frame({"s": limits(Q1.last, rules)}))
    return {(finding.code, finding.cell) for finding in check.check(QUARTERLY, stacked, known)}


DAY = date(2025, 2, 1)


def test_ages_are_judged_by_what_is_laid_down() -> None:
    an = AN | {"birth_date": date(2001, 5, 1)}
    old = AN | {"birth_date": date(1960, 5, 1), "identity": "083060001234"}
    assert findings({"nominees": [an]}, Rules()) == findings({"nominees": [an]}, Rules([rule("age_least", "16")]))
    assert ("nominee.age", "C4") in findings({"nominees": [an]}, Rules([rule("age_least", "30")]))
    assert ("nominee.age", "C4") in findings({"nominees": [old]}, Rules())
    assert ("nominee.age", "C4") not in findings({"nominees": [old]}, Rules([rule("age_most", "70")]))
    unusual = {("nominee.age_unusual", "C4")}
    assert unusual <= findings({"nominees": [an]}, Rules([rule("age_usual_most", "20")]))
    assert unusual <= findings({"nominees": [an]}, Rules([rule("age_usual_least", "30")]))


@pytest.mark.parametrize(("share", "votes", "enough"), [("1/2", 13, True), ("2/3", 13, False), ("2/3", 17, True)])
def test_votes_are_held_against_the_share_that_is_laid_down(share: str, votes: int, enough: bool) -> None:
    rows = {"nominees": [AN], "steps": [vote(AN, DAY, total=25, present=25, votes_for=votes, votes_against=0)]}
    found = findings(rows, Rules([rule("vote_share", share)]))
    assert (("votes.too_few", "G4") in found) is not enough


def test_a_term_that_is_not_in_use_is_refused_and_one_is_read_by_the_name_that_an_office_gave_it() -> None:
    own = Rules([rule("source_groups", "education; resident=Thanh niên khu phố")])
    named = AN | {"source_group": "Thanh niên khu phố"}
    assert findings({"nominees": [named]}, own) == findings({"nominees": [AN]}, Rules())
    assert ("choice.unknown", "F4") in findings({"nominees": [named]}, Rules(), in_use=False)
    unused = AN | {"source_group": "Y tế"}
    assert ("choice.not_in_use", "F4") in findings({"nominees": [unused]}, own, in_use=False)


def test_a_template_offers_only_what_is_in_use_under_its_name() -> None:
    in_use = {"source_group": {"health": None, "education": "Giáo viên, giảng viên"}}
    shown = ForTemplate(owing.Days(Q1.first, date(2025, 4, 2), 0), date(2025, 3, 14), in_use)
    book = load_workbook(BytesIO(template(QUARTERLY, "u", "1-01", "Chi đoàn", Q1, laid_down=shown)))
    columns = [[cell.value for cell in column if cell.value] for column in book["_danhmuc"].columns]
    assert ["Nhóm nguồn", "Y tế", "Giáo viên, giảng viên"] in columns
    text = " ".join(str(cell) for row in book["Thông tin"].iter_rows(values_only=True) for cell in row if cell)
    assert "02/04/2025" in text and "14/03/2025" in text


def test_one_name_never_stands_for_two_terms() -> None:
    groups = vocabularies.SOURCE_GROUPS
    rules = Rules([rule("source_groups", "health=Ngành y")])
    assert vocabularies.taken(groups, groups.read("health=Ngành y"), rules) is None
    assert vocabularies.taken(groups, groups.read("education=NGÀNH Y"), rules) == "NGÀNH Y"
    assert vocabularies.taken(groups, groups.read("education=Y tế"), rules) == "Y tế"


def test_a_series_is_what_holds_from_each_day_on() -> None:
    rules = Rules(
        [rule("probation_months", "6", date(2024, 1, 1)), rule("probation_months", "18", date(2025, 1, 1), PROVINCE)]
    )
    assert rules.series(lapses.PROBATION_MONTHS) == (
        (date(1900, 1, 1), 12),
        (date(2024, 1, 1), 6),
        (date(2025, 1, 1), 6),
    )
    assert rules.series(lapses.PROBATION_MONTHS, (PROVINCE,))[-1] == (date(2025, 1, 1), 18)


def test_a_grade_is_worth_what_its_scale_says_and_counts_nothing_itself() -> None:
    assert counted_by(BY_CODE["nomination_grade"]) == (rating.NOMINATION_SCALE,)
    assert counted_by(BY_CODE["members"]) == ()


def test_review_and_scale_are_policies_like_the_others() -> None:
    assert POLICIES["review"] is gate.REVIEW
    assert POLICIES["nomination_scale"] is rating.NOMINATION_SCALE
