"""Units through their changes: the real case of 2025-07-01, what a file of changes may say, and what is refused."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from events.errors import RefusedError, UsageError
from events.log.recorded import NewEvent
from events.types.returns import MembershipCounted
from flows import audit, closing, reporting
from flows.audit import FigureTrace
from flows.context import Context
from flows.settings import Settings
from flows.units import conversions
from flows.units import loading as units
from flows.units.changes import record
from flows.units.official import official_units
from flows.units.official_conversion import ON
from flows.units.reorganisation import COLUMNS, read_changes
from flows.units.resolving import resolve
from flows.units.rows import UnitRow
from flows.units.telling import differences, history
from reports.content.compiling import COLUMNS as FIGURES
from reports.content.compiling import Compilation, Content, compile_period
from schemas.periods import parse
from tests.actors import TESTER
from tests.flows.test_printed_traces import assert_answered
from tests.warehouse.province import nominee
from tests.warehouse.province import record as append
from tests.warehouse.test_status import assert_agrees
from warehouse import hierarchy
from warehouse.facts import restatement
from warehouse.hierarchy import Unit
from warehouse.projections.project import project

EVE = ON - timedelta(days=1)
OLD = ("83", "84", "86")
QUARTERS = (parse("2025Q2"), parse("2025Q3"))
PLACE = {column["code"]: i for i, column in enumerate(FIGURES)}
HOA_LOC, TAM_BINH = "28924", "29719"
"""One whose namesake lies 30 km away, and one that was divided."""


class Country:
    """Three provinces with a branch under every commune, taken through their conversion, with facts on both sides."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.context = Context(
            Settings(home=home, database_url=engine.url.render_as_string(hide_password=False)), TESTER
        )
        for province in OLD:
            rows = official_units(province, EVE)
            branches = [
                UnitRow(f"{row.code}-01", f"Chi đoàn {row.code}", "branch", 4, row.code, EVE)
                for row in rows
                if row.kind == "commune"
            ]
            units.load(self.context, [*rows, *branches])
        self.facts(EVE - timedelta(days=10), "2025Q2")

    def facts(self, on: date, quarter: str) -> None:
        """A person identified by every unit of the day, and members counted by every branch."""
        events = []
        for unit in self.tree(on if on > EVE else EVE):
            person = nominee("", on).payload
            said = type(person)(person.subject, unit.unit, on, "female", 2003, False, "resident", "0" * 64)  # type: ignore[attr-defined,call-arg]
            events.append(NewEvent(f"nomination-{person.subject}", 1, said))  # type: ignore[attr-defined]
            if unit.kind == "branch":
                counted = MembershipCounted(unit.unit, quarter, "members", 10)
                events.append(NewEvent(f"return-{unit.unit}-{quarter}", 1, counted))
        append(self.context.engine, events)

    def tree(self, on: date) -> list[Unit]:
        with self.context.engine.connect() as connection:
            return hierarchy.tree(connection, on, 10**9)

    def compiled(self, quarter: str, tree_on: date) -> Compilation:
        with self.context.engine.connect() as connection:
            return compile_period(connection, parse(quarter), 10**9, tree_on)


def value(row: Content, figure: str) -> int:
    """A figure as it adds up: what nobody reported adds nothing."""
    found = row["values"][PLACE[figure]] or 0
    assert isinstance(found, int)
    return found


@pytest.fixture
def country(fresh_database: Engine, tmp_path: Path) -> Country:
    made = Country(fresh_database, tmp_path)
    conversion = conversions.convert(made.context, "86")
    assert conversion is not None and conversion.events > 800
    made.facts(ON + timedelta(days=40), "2025Q3")
    return made


def test_districts_end_communes_merge_across_them_and_codes_pass_on(country: Country) -> None:
    before, after = country.tree(EVE), country.tree(ON)
    kinds = [unit.kind for unit in after]
    assert (kinds.count("province"), kinds.count("district"), kinds.count("commune")) == (1, 0, 124)
    assert [unit.kind for unit in before].count("branch") == kinds.count("branch") == 354
    assert after[0].code == "86" and after[0].unit not in {unit.unit for unit in before}
    named = [{unit.code: unit for unit in tree} for tree in (before, after)]
    assert (named[0]["28858"].name, named[1]["28858"].name) == ("Đoàn xã Hữu Định", "Đoàn phường Phú Tân")
    assert named[0]["28858"].unit != named[1]["28858"].unit
    old = {unit.code for unit in before if unit.path[0] == named[0]["83"].unit and unit.kind == "commune"}
    with country.context.engine.connect() as connection:
        found = list(differences(connection, before, after, 10**9, ON))
    begun = {d.code: set((d.was or "").split()) for d in found if d.what == "begun"}
    assert sum(bool(of & old) for code, of in begun.items() if len(code) == 5) == 48
    ended = {d.code: d.now for d in found if d.what == "ended"}
    assert (ended[HOA_LOC], ended[TAM_BINH]) == ("28921", "29719 29836")
    districts = {unit.code: unit.path[1] for unit in before if unit.kind == "commune" and unit.code in old}
    assert sum(len({districts[code] for code in of & old}) > 1 for code, of in begun.items() if len(code) == 5) >= 5


def test_a_province_converted_again_is_unchanged_and_keeps_where_officers_placed_units(country: Country) -> None:
    again = conversions.convert(country.context, "86")
    assert again is not None and again.events == 0
    assert f"{TAM_BINH}-01" in {unit.code for unit in again.unplaced}
    assert len(again.unplaced) == 5
    placed = reorganise(country.context, "move", f"{TAM_BINH}-01", ON, parent="29836")
    assert placed == 1
    after = conversions.convert(country.context, "86")
    assert after is not None and (after.events, len(after.unplaced)) == (0, 4)
    by_code = {unit.code: unit for unit in country.tree(ON)}
    assert by_code[f"{TAM_BINH}-01"].parent == by_code["29836"].unit


def test_parts_of_a_namesake_are_left_out_and_told_and_what_an_officer_decides_otherwise_stays(
    country: Country,
) -> None:
    """Branches of the two communes Hòa Lộc each go where their own commune goes."""
    by_code = {unit.code: unit for unit in country.tree(ON)}
    assert by_code[f"{HOA_LOC}-01"].parent == by_code["28921"].unit
    assert by_code["29734-01"].parent == by_code["29734"].unit
    told = conversions.convert(country.context, "86", preview=True)
    assert told is not None and told.events == 0
    assert [(each.old.code, each.new) for each in told.doubtful] == [
        ("28924", "29734"),
        ("29623", "29182"),
        ("29734", "28921"),
    ]
    assert reorganise(country.context, "merge", HOA_LOC, ON, successor="29734") == 1
    again = conversions.convert(country.context, "86")
    assert again is not None and again.events == 0
    with country.context.engine.connect() as connection:
        found = differences(connection, country.tree(EVE), country.tree(ON), 10**9, ON)
        assert {one.code: one.now for one in found if one.what == "ended"}[HOA_LOC] == "29734"


@pytest.mark.parametrize("quarter", ["2025Q2", "2025Q3"])
def test_a_quarter_has_the_same_totals_on_both_trees(country: Country, quarter: str) -> None:
    old, new = country.compiled(quarter, EVE), country.compiled(quarter, ON)
    whole = {}
    for compiled in (old, new):
        tops = [row for row, unit in zip(compiled._rows, compiled.figures.tree, strict=True) if unit.depth == 0]
        whole[compiled.tree_on] = [
            sum(value(row, figure) for row in tops) for figure in ("identified", "identified.sex.female", "members")
        ]
    living = len(country.tree(EVE if quarter == "2025Q2" else ON))
    assert whole[EVE] == whole[ON] == [living, living, 3540]
    assert [top.code for top in new.figures.tree if top.depth == 0] == ["86"]
    for compiled in (old, new):
        for unit in compiled.figures.tree:
            content = compiled.content(unit.unit, "preliminary") if unit.depth < 2 else None
            if content is not None:
                below = sum(value(row, "members") for row in content["rows"] if row["depth"] == 1)
                assert unit.depth or below == value(content["rows"][0], "members")


def test_comparisons_over_the_break_work_on_either_tree(country: Country) -> None:
    """Every branch reports 10 members in both quarters, and stands under one unit of each tree in both."""
    for on in (EVE, ON):
        before, after = (country.compiled(quarter, on) for quarter in ("2025Q2", "2025Q3"))
        rows = {row["id"]: row for row in after._rows}
        compared = [row for row in before._rows if row["kind"] in ("province", "district", "commune")]
        compared = [row for row in compared if "undecidable" not in row]
        assert len(compared) in (383, 125)
        for row in compared:
            assert value(row, "members") == value(rows[row["id"]], "members"), row["code"]


def test_what_a_division_leaves_undecidable_is_a_line_of_its_own(country: Country) -> None:
    new = country.compiled("2025Q2", ON)
    province = new.content(new.figures.tree[0].unit, "preliminary")
    lines = {row["code"]: row for row in province["rows"] if row.get("undecidable")}
    assert HOA_LOC not in lines
    assert (lines[TAM_BINH]["name"], lines[TAM_BINH]["depth"], value(lines[TAM_BINH], "identified")) == (
        "Đoàn thị trấn Tam Bình",
        1,
        1,
    )
    named = {row["code"]: row for row in province["rows"] if not row.get("undecidable")}
    # What only merged is decided: three old communes and their branches are the figures of the new one.
    assert value(named["28858"], "identified") == 6
    districts = [row for row in lines.values() if row["kind"] == "district"]
    assert len(lines) == len(districts) + 5 and len(districts) == 26
    # A commune that came from two districts can't be told apart between them on the old tree; one from one can.
    old = country.compiled("2025Q3", EVE)
    by_id = {unit.unit: unit for unit in old.figures.tree}
    above = {by_id[u.parent].kind if u.parent else "" for u in by_id.values() if u.undecidable}
    assert above == {"", "province", "district"}
    beyond = old.content(old.figures.tree[0].unit, "preliminary")["beyond"]
    assert ("86", "province") in {(row["code"], row["kind"]) for row in beyond}


def test_without_a_division_or_an_end_a_report_has_no_such_line(fresh_database: Engine, tmp_path: Path) -> None:
    country = Country(fresh_database, tmp_path)
    compiled = country.compiled("2025Q2", EVE)
    for row in compiled._rows:
        assert set(row) == {"id", "code", "name", "kind", "level", "depth", "returns", "values"}
    assert "beyond" not in compiled.content(compiled.figures.tree[0].unit, "official")


def test_the_status_of_a_year_over_the_break_adds_up_like_its_report(country: Country) -> None:
    with country.context.engine.connect() as connection:
        assert assert_agrees(connection, parse("2025"), 10**9) > 30


def test_reports_and_traces_are_of_the_tree_that_is_asked_for(country: Country) -> None:
    quarter = QUARTERS[0]
    old = reporting.report(country.context, "83", quarter)
    new = reporting.report(country.context, "86", quarter, tree_on=ON)
    assert (old["tree_on"], new["tree_on"]) == (EVE.isoformat(), ON.isoformat())
    assert value(new["rows"][0], "members") == 3540 > value(old["rows"][0], "members") == 1480
    with pytest.raises(UsageError, match="unknown_unit"):
        reporting.report(country.context, "83", quarter, tree_on=ON)
    found = audit.trace(country.context, "2025Q2:28858:identified", "auditor", tree_on=ON)
    assert isinstance(found, FigureTrace)
    assert found.value == 6
    assert {fact.unit_code for fact, _ in found.parts[0].facts} >= {"28757", "28846", "28858", "28858-01"}


def test_figures_of_another_tree_and_of_lines_are_traced_as_printed(country: Country) -> None:
    context, rng = country.context, random.Random(7)
    new = reporting.report(context, "86", QUARTERS[0], tree_on=ON)
    assert new["issued"] is None
    assert sum(bool(row.get("undecidable")) for row in new["rows"]) > 20
    assert_answered(context, new, rng)
    year = parse("2025")
    (top,) = {unit.path[0] for unit in country.tree(ON)}
    position = project(context.engine)
    closing.close(context, year, top, position)
    country.facts(EVE - timedelta(days=5), "2025Q1")
    issued = reporting.report(context, "86", year)
    assert (issued["status"], issued["position"]) == ("official", position)
    assert_answered(context, issued, rng)
    line = next(row for row in issued["rows"] if row["kind"] == "district" and row.get("undecidable"))
    # Named without a position it is what was issued last, by its code too, where no unit of the tree bears that.
    for named in (line["id"], line["code"]):
        found = audit.trace(context, f"2025:{named}:identified", "auditor")
        assert isinstance(found, FigureTrace)
        assert (found.value, found.status) == (value(line, "identified"), "official")
    assert reporting.report(context, "86", year, tree_on=ON)["issued"]["position"] == position


# What a file of changes may say


def reorganise(context: Context, change: str, code: str, on: date, **cells: str) -> int:
    """Record one change through a file."""
    return reorganise_all(context, [{"change": change, "code": code, "on": on.isoformat(), **cells}])


def reorganise_all(context: Context, lines: list[dict[str, str]]) -> int:
    path = context.settings.home / "changes.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [",".join(line.get(column, "") for column in COLUMNS) for line in lines]
    path.write_text("\n".join([",".join(COLUMNS), *rows]), encoding="utf-8")
    return record(context, resolve(context, read_changes(path)))


SINCE = date(2025, 1, 1)
DAY = date(2025, 5, 1)
SMALL = [
    UnitRow("P", "Tỉnh đoàn P", "province", 1, None, SINCE),
    *(UnitRow(code, f"Huyện đoàn {code}", "district", 2, "P", SINCE) for code in ("A", "B")),
    *(UnitRow(f"{d}-{n}", f"Đoàn xã {d}{n}", "commune", 3, d, SINCE) for d in ("A", "B") for n in (1, 2)),
]


@pytest.fixture
def small(fresh_database: Engine, tmp_path: Path) -> Context:
    context = Context(
        Settings(home=tmp_path, database_url=fresh_database.url.render_as_string(hide_password=False)), TESTER
    )
    units.load(context, SMALL)
    return context


def names(context: Context, on: date) -> dict[str, tuple[str, str | None]]:
    """Code to name and the superior's code."""
    with context.engine.connect() as connection:
        tree = hierarchy.tree(connection, on, 10**9)
    codes = {unit.unit: unit.code for unit in tree}
    return {unit.code: (unit.name, codes.get(unit.parent or "")) for unit in tree}


def test_every_kind_of_change_comes_from_a_file_and_again_adds_nothing(small: Context) -> None:
    lines = [
        {"change": "establish", "code": "C", "name": "Huyện đoàn C", "parent": "P", "kind": "district", "level": "2"},
        {"change": "move", "code": "A-1", "parent": "C"},
        {"change": "rename", "code": "A-1", "name": "Đoàn xã Mới", "order": "12-NQ/ĐTN"},
        {"change": "recode", "code": "A-1", "new_code": "C-1"},
        {"change": "merge", "code": "A-2", "successor": "C-1"},
        {"change": "dissolve", "code": "A"},
        {"change": "split", "code": "B-1", "successor": "C-1 B-2"},
        {"change": "reclassify", "code": "B", "kind": "bloc", "level": "2"},
    ]
    lines = [{"on": DAY.isoformat(), **line} for line in lines]
    later = {"change": "revive", "code": "B-1", "on": (DAY + timedelta(days=9)).isoformat()}
    assert reorganise_all(small, [*lines, later]) == 9
    assert reorganise_all(small, [*lines, later]) == 0
    assert set(names(small, DAY - timedelta(days=1))) == {row.code for row in SMALL}
    assert names(small, DAY) == {
        "P": ("Tỉnh đoàn P", None),
        "B": ("Huyện đoàn B", "P"),
        "B-2": ("Đoàn xã B2", "B"),
        "C": ("Huyện đoàn C", "P"),
        "C-1": ("Đoàn xã Mới", "C"),
    }
    assert names(small, DAY + timedelta(days=9))["B-1"] == ("Đoàn xã B1", "B")
    with small.engine.connect() as connection:
        told = history(connection, "C-1", 10**9)
    assert [(fact.type, fact.order) for fact in told if "took_in" not in fact.says] == [
        ("UnitEstablished", None),
        ("UnitMoved", None),
        ("UnitRenamed", "12-NQ/ĐTN"),
        ("UnitRecoded", None),
    ]
    assert [fact.says["took_in"] for fact in told if "took_in" in fact.says] == ["A-2", "B-1"]


def test_changes_may_lie_in_the_future_and_be_known_late(small: Context) -> None:
    with small.engine.connect() as connection:
        before = connection.execute(text("select position from events.head")).scalar_one()
    reorganise(small, "rename", "A", date(2030, 1, 1), name="Huyện đoàn Mai")
    reorganise(small, "rename", "A", SINCE + timedelta(days=1), name="Huyện đoàn Cũ")
    assert [names(small, on)["A"][0] for on in (SINCE, DAY, date(2030, 1, 1))] == [
        "Huyện đoàn A",
        "Huyện đoàn Cũ",
        "Huyện đoàn Mai",
    ]
    with small.engine.connect() as connection:
        assert {u.name for u in hierarchy.tree(connection, DAY, before)} >= {"Huyện đoàn A"}


def test_codes_swap_in_one_batch(small: Context) -> None:
    swap = [
        {"change": "recode", "code": old, "new_code": new, "on": DAY.isoformat()}
        for old, new in (("A", "B"), ("B", "A"))
    ]
    assert reorganise_all(small, swap) == 2
    assert names(small, DAY)["A"][0] == "Huyện đoàn B"
    assert names(small, DAY)["A-1"] == ("Đoàn xã A1", "B")


IMPOSSIBLE = {
    "unit_under_itself": [
        {"change": "reclassify", "code": "P", "kind": "province", "level": "1"},
        {"change": "move", "code": "P", "parent": "A"},
    ],
    "unit_level": [{"change": "move", "code": "A", "parent": "B"}],
    "unit_two_parents": [
        {"change": "move", "code": "A-1", "parent": "B"},
        {"change": "move", "code": "A-1", "parent": "P"},
    ],
    "unit_two_values": [
        {"change": "rename", "code": "A-1", "name": "Một"},
        {"change": "rename", "code": "A-1", "name": "Hai"},
    ],
    "unit_code_taken": [{"change": "recode", "code": "A-1", "new_code": "B-1"}],
    "unit_superior_outside_life": [{"change": "dissolve", "code": "A"}],
    "unit_succeeds_itself": [{"change": "split", "code": "A-1", "successor": "B-1 B-1"}],
}


@pytest.mark.parametrize("key", IMPOSSIBLE)
def test_the_impossible_is_refused_by_unit_and_day_and_nothing_is_recorded(small: Context, key: str) -> None:
    head = text("select position from events.head")
    with small.engine.connect() as connection:
        before = connection.execute(head).scalar_one()
    possible = {"change": "rename", "code": "B", "on": DAY.isoformat(), "name": "Huyện đoàn Khác"}
    with pytest.raises(RefusedError) as refused:
        reorganise_all(small, [possible, *({"on": DAY.isoformat(), **line} for line in IMPOSSIBLE[key])])
    for problem in refused.value.parts or [refused.value]:
        assert problem.key == key
        assert problem.details["on"] == DAY.isoformat()
        assert problem.details["unit"] in {row.code for row in SMALL}
    with small.engine.connect() as connection:
        assert connection.execute(head).scalar_one() == before
    assert names(small, DAY)["B"][0] == "Huyện đoàn B"


def test_who_bears_a_code_already_is_told_by_name(small: Context) -> None:
    with pytest.raises(RefusedError, match="unit_code_taken") as refused:
        reorganise(small, "recode", "A-1", DAY, new_code="B-1")
    named = {row.code: row.name for row in SMALL}
    assert (refused.value.details["name"], refused.value.details["other_name"]) == (named["A-1"], named["B-1"])


def test_a_day_outside_a_units_life_is_refused(small: Context) -> None:
    reorganise(small, "dissolve", "A-1", DAY)
    with pytest.raises(RefusedError, match="unit_outside_life"):
        reorganise(small, "rename", "A-1", DAY, name="Đoàn xã Muộn")
    with pytest.raises(UsageError, match="unknown_unit"):
        reorganise(small, "rename", "A-1", DAY + timedelta(days=1), name="Đoàn xã Muộn")
    reorganise(small, "merge", "A-2", date(2025, 6, 1), successor="B-2")
    with pytest.raises(RefusedError, match="unit_successor_outside_life"):
        reorganise(small, "dissolve", "B-2", date(2025, 5, 20))


def test_a_reorganisation_learned_late_is_told_by_the_few_events_that_moved_each_figure(
    fresh_database: Engine, tmp_path: Path
) -> None:
    country = Country(fresh_database, tmp_path)
    country.facts(EVE + timedelta(days=40), "2025Q3")
    with fresh_database.connect() as connection:
        before = connection.execute(text("select position from events.head")).scalar_one()
    assert conversions.convert(country.context, "86") is not None
    with fresh_database.connect() as connection:
        after = connection.execute(text("select position from events.head")).scalar_one()
    named: dict[str, set[int]] = {}
    period = parse("2025Q3")
    with fresh_database.connect() as connection:
        communes = [unit for unit in hierarchy.tree(connection, ON, after) if unit.kind == "commune"]
        for unit in communes[::12]:
            for code in ("identified", "members", "submissions.expected"):
                found = restatement.causes(connection, unit.unit, period, code, before, after)
                assert found and all(cause.positions for cause in found)
                named.setdefault(unit.code, set()).update(p for cause in found for p in cause.positions)
    assert max(map(len, named.values())) < 20 < 800 < after - before
