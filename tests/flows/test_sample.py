"""The sample is the same for a seed, lawful where it is good, bad where it says so, and believable as a whole."""

import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random
from uuid import NAMESPACE_OID, uuid5

import pytest
from python_calamine import CalamineWorkbook

from flows.sample.drafts import Cells
from flows.sample.flaws import FLAWS, UNKNOWN_UNIT
from flows.sample.oddities import ODDITIES
from flows.sample.plan import REVISIONS, Planned, plan_sample
from flows.sample.tree import sample_units
from flows.sample.ways import draw_way
from flows.sample.workbooks import Written, write_sample
from schemas.forms.form import COVER_ROWS, COVER_SHEET, FIRST_ROW, IDENTITY_SHEET
from schemas.forms.owing import days
from schemas.forms.quarterly import QUARTERLY
from schemas.periods import parse
from schemas.vocabulary.steps import STEPS

UNITS = sample_units(2164)
IDS = {unit.code: str(uuid5(NAMESPACE_OID, unit.code)) for unit in UNITS}
STEP_OF = {step.title.vi: code for code, step in STEPS.items()}


@pytest.fixture(scope="module")
def plan() -> list[Planned]:
    return plan_sample(UNITS, IDS)


@pytest.fixture(scope="module")
def good(plan: list[Planned]) -> list[Planned]:
    """The quarterly workbooks that are valid."""
    return [file for file in plan if file.flaw is None and file.draft.form is QUARTERLY]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Written]:
    return write_sample(tmp_path_factory.mktemp("sample"), UNITS, IDS)


def filled(file: Planned, sheet: str) -> list[Cells]:
    """The rows of a sheet without what is odd about the writing."""
    return [{key: plain(value) for key, value in cells.items()} for cells in file.draft.rows[sheet] if cells]


def plain(value: object) -> object:
    written = value.strip() if isinstance(value, str) else value
    is_date = isinstance(written, str) and re.fullmatch(r"\d\d/\d\d/\d{4}", written)
    return datetime.strptime(str(written), "%d/%m/%Y").date() if is_date else written


def test_the_tree_is_ben_tre_with_all_addressees_and_about_a_thousand_units() -> None:
    kinds = Counter(unit.kind for unit in UNITS)
    assert (kinds["province"], kinds["district"], kinds["commune"]) == (1, 9, 148)
    assert (kinds["bloc"], kinds["police"], kinds["equivalent"], kinds["school"]) == (1, 1, 2, 4)
    assert 950 <= len(UNITS) <= 1050
    known: dict[str, int] = {}
    for unit in UNITS:
        assert unit.code not in known
        assert unit.parent_code is None or known[unit.parent_code] < unit.level
        known[unit.code] = unit.level
    branches = Counter(unit.parent_code for unit in UNITS if unit.kind == "branch")
    assert all(branches[unit.code] > 1 for unit in UNITS if unit.kind in ("commune", "grassroots", "school"))
    assert sample_units(2164) == UNITS
    assert sample_units(2165) != UNITS


def test_the_same_seed_gives_the_same_bytes(written: list[Written], plan: list[Planned]) -> None:
    assert plan_sample(UNITS, IDS) == plan
    assert plan_sample(UNITS, IDS, seed=1) != plan
    for file, planned in zip(written, plan, strict=True):
        if file.flaw or file.oddity:
            assert planned.content() == file.path.read_bytes()


def test_a_file_lies_under_its_period_and_its_day_of_arrival(written: list[Written]) -> None:
    assert 720 <= len(written) == len({file.path for file in written}) <= 820
    assert [file.received_on for file in written] == sorted(file.received_on for file in written)
    for file in written:
        assert file.path.parts[-3:] == (file.period, file.received_on.isoformat(), f"{file.unit_code}.xlsx")


def test_every_flaw_occurs_once_and_some_units_send_again(written: list[Written]) -> None:
    flaws = Counter(file.flaw for file in written if file.flaw)
    assert flaws == Counter([*FLAWS, UNKNOWN_UNIT])
    oddities = Counter(file.oddity for file in written if file.oddity)
    assert oddities == Counter(ODDITIES.keys()) + Counter(revision=REVISIONS, correction=2)
    bad = [file.unit_code for file in written if file.flaw]
    assert len(set(bad)) == len(bad)
    sent: dict[tuple[str, str], Written] = {}
    for file in written:
        before = sent.setdefault((file.period, file.unit_code), file)
        if file.oddity in ("revision", "correction"):
            assert before.received_on < file.received_on
            assert (before.flaw is not None) == (file.oddity == "correction")
        else:
            assert before is file


def test_completeness_differs_between_districts_and_some_are_late(good: list[Planned]) -> None:
    parents = {unit.code: unit.parent_code for unit in UNITS}
    districts = Counter(parents[parents[unit.code] or ""] for unit in UNITS if unit.kind == "branch")
    sent = Counter(
        parents[parents[code] or ""] for code in {file.draft.unit_code for file in good if file.oddity is None}
    )
    shares = [sent[unit.code] / districts[unit.code] for unit in UNITS if unit.kind == "district"]
    assert max(shares) > 0.9
    assert min(shares) < 0.15
    late = [file for file in good if file.draft.received_on > days(file.draft.form, file.draft.period).due]
    assert 0.05 < len(late) / len(good) < 0.25


def test_steps_of_valid_files_follow_the_partial_order(good: list[Planned]) -> None:
    taken: dict[str, dict[str, date]] = defaultdict(dict)
    places: dict[str, set[str]] = defaultdict(set)
    steps = 0
    for file in good:
        if file.oddity == "revision":
            # What it takes back is never recorded by the order of arrival that this test replays.
            for cells in filled(file, "nominees"):
                taken[cells["identity"]] = {}
        for cells in filled(file, "nominees"):
            taken[cells["identity"]]["identified"] = cells["on"]
            places[cells["identity"]].add(file.draft.unit_code)
        for cells in filled(file, "steps"):
            step, done = STEP_OF[cells["step"]], taken[cells["identity"]]
            assert cells["on"] <= min(file.draft.period.last, file.draft.received_on)
            if done["identified"] < date(2025, 1, 1):  # on probation since before these reports began
                assert step in ("admitted", "full_member")
                assert done.get("admitted", done["identified"]) <= cells["on"]
            else:
                assert file.draft.period.first <= cells["on"]
                for before in STEPS[step].after:
                    assert done[before] <= cells["on"], (step, before)
            done[step] = cells["on"]
            steps += 1
    assert steps > 1500
    assert all(len(units) == 1 for units in places.values())
    later = [file for file in good if file.draft.period == parse("2025Q2")]
    new = {cells["identity"] for file in later for cells in filled(file, "nominees")}
    assert any(cells["identity"] not in new for file in later for cells in filled(file, "steps"))


@pytest.mark.parametrize("seed", range(300))
def test_a_way_is_lawful_and_inside_the_windows(seed: int) -> None:
    windows = [(date(2025, 1, 1), date(2025, 3, 12)), (date(2025, 4, 1), date(2025, 6, 18))]
    random = Random(seed)
    start = windows[0][0] + timedelta(days=random.randint(0, 71))
    done = {"identified": start}
    for taken in draw_way(random, start, windows, members=12):
        assert any(first <= taken.on <= last for first, last in windows)
        assert all(done[before] <= taken.on for before in STEPS[taken.step].after)
        assert (taken.votes is not None) == STEPS[taken.step].votes
        if taken.votes:
            total, present, votes_for, votes_against = taken.votes
            assert total >= present >= votes_for + votes_against
            assert 2 * votes_for > total
        done[taken.step] = taken.on


def test_identity_numbers_agree_with_sex_and_birth_year(good: list[Planned]) -> None:
    people = {cells["identity"]: cells for file in good for cells in filled(file, "nominees")}
    assert len(people) > 350
    for identity, cells in people.items():
        assert len(identity) == 12 and identity.isdigit() and identity[0] == "0"
        born = cells["birth_date"]
        assert int(identity[4:6]) == born.year % 100
        assert int(identity[3]) == 2 * (born.year >= 2000) + (cells["sex"] == "Nữ")
        assert 18 <= (cells["on"] - born).days // 365 <= 36
    assert sum(cells["ethnic_minority"] == "Có" for cells in people.values()) / len(people) < 0.06


def test_counts_of_a_workbook_fit_together(good: list[Planned]) -> None:
    for file in good:
        members, women, minority, youth, party, new = (cells["value"] for cells in filled(file, "membership"))
        assert 5 <= members <= 45
        assert max(women, minority, party, new) <= members <= youth
        assert all(cells["members"] <= cells["participants"] for cells in filled(file, "activities"))


def test_the_sample_is_on_all_four_forms(plan: list[Planned]) -> None:
    forms = Counter(file.draft.form.key for file in plan)
    assert forms.keys() == {"branch-quarterly", "yearly-plan", "activities", "rating"}
    assert all(number > 10 for number in forms.values())
    kinds = {unit.code: unit.kind for unit in UNITS}
    for file in plan:
        assert file.flaw == UNKNOWN_UNIT or kinds[file.draft.unit_code] in file.draft.form.duty.kinds


def test_as_many_are_admitted_as_in_the_provinces_known(good: list[Planned]) -> None:
    steps = Counter(STEP_OF[cells["step"]] for file in good for cells in filled(file, "steps"))
    assert 0.3 < steps["admitted"] / steps["nominated"] < 0.7
    assert steps["handed_over"] > 150


def test_files_read_back_as_drafted(written: list[Written], plan: list[Planned]) -> None:
    for file, planned in list(zip(written, plan, strict=True))[::25]:
        if file.flaw:
            continue
        book = CalamineWorkbook.from_filelike(BytesIO(file.path.read_bytes()))
        hidden = {row[0]: row[1] for row in book.get_sheet_by_name(IDENTITY_SHEET).to_python()}
        assert (hidden["unit"], hidden["period"]) == (IDS[file.unit_code], file.period)
        if planned.draft.form is not QUARTERLY:
            continue
        rows = book.get_sheet_by_name(QUARTERLY.sheet("steps").title).to_python(skip_empty_area=False)
        read = [row[0] for row in rows[FIRST_ROW - 1 :] if row[0]]
        assert read == [cells["identity"] for cells in planned.draft.rows["steps"] if cells]


def test_the_cover_of_another_unit_differs_from_the_hidden_sheet_only_there(written: list[Written]) -> None:
    (file,) = (file for file in written if file.flaw == "other_unit_on_cover")
    book = CalamineWorkbook.from_path(file.path)
    hidden = {row[0]: row[1] for row in book.get_sheet_by_name(IDENTITY_SHEET).to_python()}
    cover = book.get_sheet_by_name(COVER_SHEET).to_python(skip_empty_area=False)[COVER_ROWS["unit_code"] - 1][1]
    assert hidden["unit_code"] == file.unit_code
    assert cover != file.unit_code
    assert cover in IDS


def test_a_lost_zero_is_a_number_in_the_file(written: list[Written]) -> None:
    (file,) = (file for file in written if file.flaw == "lost_zero")
    rows = (
        CalamineWorkbook.from_path(file.path)
        .get_sheet_by_name(QUARTERLY.sheet("nominees").title)
        .to_python(skip_empty_area=False)
    )
    identity = rows[FIRST_ROW - 1][0]
    assert isinstance(identity, float)
    assert len(str(int(identity))) == 11
