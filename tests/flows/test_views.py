"""Views as a data package: the reference tool accepts it, it holds no personal data, and it is there whole or not."""

import json
from datetime import date
from pathlib import Path

import frictionless
import polars as pl
import pytest
from frictionless.resources import TableResource

from events.errors import UsageError
from events.files import filled
from flows.units import loading as units
from flows.units.rows import UnitRow
from schemas.forms.activities import ACTIVITIES
from schemas.forms.plan import PLAN
from schemas.forms.rating import RATING
from schemas.periods import parse
from schemas.views.catalogue import BY_NAME, VIEWS
from schemas.vocabulary.terms import MILESTONE, SUPERIOR_ACTIVITY, TARGET
from tests.flows.checked_close import checked_close
from tests.flows.nguon import Nguon
from tests.flows.office import Office
from tests.rows import AN, BINH, vote
from warehouse.views.data_package import Format
from warehouse.views.export import chosen, export

PERSONAL = ("083204001234", "083304005678", "Văn An", "Thị Bình", "2004")


def reported(office: Office) -> None:
    """Two nominees, an invalid workbook, a revision, every form, a unit with a difficult name, a closed quarter."""
    awkward = UnitRow("28807-02", 'Chi đoàn "Ấp 2", xã Hữu Định', "branch", 4, "28807", date(2024, 12, 1))
    units.load(office.context, [awkward])
    office.send({"nominees": [AN, BINH], "steps": [vote(AN, date(2025, 2, 1))]})
    office.send({"nominees": [{**AN, "sex": "?"}]}, "28756-02")
    office.send({"nominees": [AN, BINH], "steps": [vote(AN, date(2025, 2, 2))]})
    plan = {
        "targets": [{"target": title, "value": 2} for title in TARGET.titles()],
        "schedule": [{"milestone": MILESTONE.titles()[-1], "on": date(2025, 2, 3), "planned": 2}],
    }
    held = {"activity": SUPERIOR_ACTIVITY.titles()[0], "on": date(2025, 2, 3), "participants": 40, "members": 30}
    rated = {"rated": "28807", "proposed": "Hoàn thành tốt nhiệm vụ"}
    assert office.send(plan, "28807-01", "2025", PLAN).valid
    assert office.send({"activities": [held]}, "831", form=ACTIVITIES).valid
    assert office.send({"ratings": [rated]}, "831", "2024", RATING).valid
    checked_close(office.context, parse("2025Q1"))


def written(office: Office, format: Format, names: tuple[str, ...] = ()) -> Path:
    folder = office.folder / f"package {format} {len(names)}"
    with filled(folder) as made:
        export(office.context.engine, made, chosen(names), format, "en", lambda done, of: None)
    return folder


def faults(folder: Path) -> list[object]:
    report = frictionless.validate(str(folder / "datapackage.json"))
    return [*report.errors, *(error for task in report.tasks for error in task.errors)]


def test_the_reference_tool_accepts_the_package_and_finds_what_is_changed_in_it(office: Office) -> None:
    reported(office)
    folder = written(office, "csv")
    assert faults(folder) == []
    rows = {name: len(pl.read_csv(folder / f"{name}.csv")) for name in BY_NAME}
    assert [name for name, count in rows.items() if not count] == ["succession"]
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert described["position"] == office.query("select position from events.head")[0].position
    for resource in described["resources"]:
        del resource["hash"], resource["bytes"]
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    for view, good, bad in (
        ("nomination", "female", "f"),  # not of the list
        ("step", "identified", ""),  # required
        ("unit_dated", "2024-12-01", "1.12.2024"),  # no date
        ("submission", "true", "yes"),  # no boolean
    ):
        file = folder / f"{view}.csv"
        whole = file.read_text(encoding="utf-8")
        file.write_text(whole.replace(good, bad), encoding="utf-8")
        assert whole.count(good) and faults(folder)
        file.write_text(whole, encoding="utf-8")
    (folder / "unit.csv").write_text((folder / "unit.csv").read_text(encoding="utf-8").splitlines()[0])
    assert "foreign-key" in {fault.type for fault in faults(folder)}


def test_a_package_names_nobody(office: Office) -> None:
    reported(office)
    for file in written(office, "csv").iterdir():
        content = file.read_text(encoding="utf-8")
        assert [word for word in PERSONAL if word in content and (word != "2004" or file.stem == "nomination")] == []


def test_parquet_holds_what_csv_holds_under_types_that_the_package_declares(office: Office) -> None:
    reported(office)
    csv, parquet = written(office, "csv"), written(office, "parquet")
    described = json.loads((parquet / "datapackage.json").read_text(encoding="utf-8"))
    assert list(frictionless.Package.metadata_validate(described)) == []
    kinds = {"string": pl.String, "date": pl.Date, "datetime": pl.Datetime, "boolean": pl.Boolean, "number": pl.Float64}
    for resource in described["resources"]:
        frame = pl.read_parquet(parquet / resource["path"])
        for field in resource["schema"]["fields"]:
            found = frame.schema[field["name"]]
            assert found.is_integer() if field["type"] == "integer" else found == kinds[field["type"]]
        schema = frictionless.Schema.from_descriptor({"fields": resource["schema"]["fields"]})
        with TableResource(path=f"{resource['name']}.csv", basepath=str(csv), schema=schema) as table:
            rows = [tuple(row.values()) for row in table.row_stream]
        decimals = [i for i, field in enumerate(resource["schema"]["fields"]) if field["type"] == "number"]
        as_read = [tuple(float(v) if i in decimals and v is not None else v for i, v in enumerate(r)) for r in rows]
        assert sorted(map(repr, _naive(as_read))) == sorted(map(repr, _naive(frame.rows())))


def _naive(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Times without their zone, which is UTC in both."""
    return [tuple(v.replace(tzinfo=None) if hasattr(v, "tzinfo") else v for v in row) for row in rows]


def test_one_view_alone_refers_to_nothing_that_is_not_there(office: Office) -> None:
    reported(office)
    folder = written(office, "csv", ("step",))
    assert {file.name for file in folder.iterdir()} == {"step.csv", "datapackage.json"}
    assert faults(folder) == []


def test_a_view_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(UsageError) as unknown:
        chosen(["step", "steps"])
    assert unknown.value.details["view"] == "steps"


def test_an_export_that_fails_leaves_nothing(office: Office) -> None:
    reported(office)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    folder = office.folder / "broken" / "package"
    for format in ("csv", "parquet"):
        with pytest.raises(KeyboardInterrupt), filled(folder) as made:
            export(office.context.engine, made, VIEWS, format, "en", stop)  # type: ignore[arg-type]
        assert list(folder.parent.iterdir()) == []


def test_the_command_writes_a_package_once(nguon: Nguon, tmp_path: Path) -> None:
    listed = json.loads(nguon("views", "list", "--json").stdout)["views"]
    assert [view["view"] for view in listed] == [f"analysis.{view.name}" for view in VIEWS]
    done = nguon("views", "export", tmp_path / "p", "unit", "step", "--format", "parquet", "--json")
    assert done.returncode == 0, done.stderr
    assert {view["view"]: view["rows"] for view in json.loads(done.stdout)["views"]} == {"unit": 10, "step": 0}
    assert pl.read_parquet(tmp_path / "p" / "unit.parquet").height == 10
    again = nguon("views", "export", tmp_path / "p")
    assert (again.returncode, again.stdout) == (1, "")
    unknown = nguon("views", "export", tmp_path / "q", "units", NGUON_LANG="en")
    assert unknown.returncode == 2 and unknown.stderr.startswith("There is no view units.")
    assert not (tmp_path / "q").exists()
    unwritable = nguon("views", "export", "/proc/q")
    assert unwritable.returncode == 3 and unwritable.stderr.count("\n") == 1


def test_the_command_writes_the_dictionary_in_the_language_that_is_set(nguon: Nguon, tmp_path: Path) -> None:
    for language, title in (("vi", "Từ điển dữ liệu"), ("en", "Data dictionary")):
        done = nguon("dictionary", tmp_path / "d.html", "--json", NGUON_LANG=language)
        assert done.returncode == 0, done.stderr
        assert len(json.loads(done.stdout)["views"]) == len(VIEWS)
        assert f"<h1>{title}" in (tmp_path / "d.html").read_text(encoding="utf-8")
    unwritable = nguon("dictionary", "/proc/d.html")
    assert unwritable.returncode == 3 and unwritable.stderr.count("\n") == 1
