"""What waits is listed and can be set aside; what lies in a folder and cannot be taken in is told and stops nothing."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from events.errors import RefusedError, UsageError
from flows import intake, validation
from flows.context import Context
from flows.setting_aside import set_aside
from flows.settings import Settings
from schemas.vocabulary.reasons import SET_ASIDE
from tests.actors import TESTER
from tests.flows.nguon import Nguon, filled
from tests.flows.office import Office
from tests.rows import AN
from warehouse.projections import project


@pytest.mark.parametrize("reason", SET_ASIDE.terms)
def test_a_submission_that_is_set_aside_counts_for_nothing_and_says_why(office: Office, reason: str) -> None:
    submission = office.receive(office.write({"nominees": [AN]}))
    set_aside(office.context, submission, reason)
    assert validation.validate_pending(office.context) == []
    assert [row.code for row in office.query("select code from finding")] == [f"aside.{reason}"]
    assert office.query("select valid from submission")[0].valid is False
    assert "identified" not in office.figures()
    with pytest.raises(RefusedError) as refused:
        set_aside(office.context, submission, reason)
    assert refused.value.key == "decided_already"


def test_what_is_not_there_or_decided_cannot_be_set_aside(office: Office) -> None:
    verdict = office.send({"nominees": [AN]})
    for submission, reason, error, key in (
        (verdict.submission, "in_the_way", RefusedError, "decided_already"),
        ("019a0000-0000-7000-8000-000000000001", "in_the_way", UsageError, "unknown_submission"),
        (verdict.submission, "because", UsageError, "unknown_reason"),
    ):
        with pytest.raises(error) as refused:
            set_aside(office.context, submission, reason)
        assert refused.value.key == key


def test_pending_lists_what_waits_and_setaside_takes_it_out_of_the_way(nguon: Nguon) -> None:
    file = nguon.home / "waits.xlsx"
    assert nguon("template", "T-1-1-1", "2025Q1", "--output", file).returncode == 0
    context = Context(Settings(home=nguon.home), TESTER)
    ((receipt,),) = intake.receive(context, [intake.Incoming(file, date(2025, 3, 1))])
    assert isinstance(receipt, intake.Receipt)
    project.project(context.engine)

    (waiting,) = json.loads(nguon("pending", "--json").stdout)["waiting"]
    assert (waiting["submission"], waiting["unit_code"], waiting["received_on"]) == (
        receipt.submission,
        "T-1-1-1",
        "2025-03-01",
    )
    assert receipt.submission in nguon("pending").stdout
    done = nguon("setaside", receipt.submission, "--reason", "in_the_way")
    assert done.returncode == 0, done.stderr
    assert json.loads(nguon("pending", "--json").stdout)["waiting"] == []
    traced = json.loads(nguon("trace", receipt.submission, "--json").stdout)
    assert [finding["code"] for finding in traced["findings"]] == ["aside.in_the_way"]
    assert nguon("setaside", receipt.submission, "--reason", "in_the_way").returncode == 1
    context.engine.dispose()


@pytest.fixture
def folder(nguon: Nguon, tmp_path: Path) -> Path:
    """A good workbook of an earlier day, beside everything that cannot be taken in."""
    good = tmp_path / "2025-03-14" / "good.xlsx"
    good.parent.mkdir()
    assert nguon("template", "T-2-1-1", "2025Q1", "--output", good).returncode == 0
    filled(good, 10)
    (tmp_path / "folder.xlsx").mkdir()
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "letter\x1b[31m.docx").write_bytes(b"x")
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / "~$good.xlsx").write_bytes(b"x")
    (tmp_path / "gone.xlsx").symlink_to(tmp_path / "nowhere")
    with (tmp_path / "huge.xlsx").open("wb") as huge:
        huge.truncate(intake.LARGEST + 1)
    return tmp_path


def test_a_folder_is_taken_in_whatever_lies_in_it(nguon: Nguon, folder: Path) -> None:
    told = nguon("submit", folder, "--json")
    data = json.loads(told.stdout)
    assert told.returncode == 1, "a workbook that is too large was not taken in"
    assert [one["received_on"] for one in data["submissions"]] == ["2025-03-14"], "the folder's day counts"
    assert {Path(one["file"]).name: one["reason"] for one in data["untaken"]} == {
        "folder.xlsx": "file_is_folder",
        "pipe.xlsx": "file_irregular",
        "letter\x1b[31m.docx": "file_format",
        "gone.xlsx": "file_missing",
        "huge.xlsx": "file_too_large",
    }
    (folder / "huge.xlsx").unlink()
    again = nguon("submit", folder)
    assert again.returncode == 0
    assert "\x1b" not in again.stdout + again.stderr and "letter" in again.stdout


def test_files_that_are_named_and_cannot_be_taken_in_stop_no_other(nguon: Nguon, folder: Path) -> None:
    good = folder / "2025-03-14" / "good.xlsx"
    told = nguon("submit", folder / "pipe.xlsx", good, folder / "nowhere.xlsx", "--json")
    data = json.loads(told.stdout)
    assert (told.returncode, len(data["submissions"])) == (1, 1)
    assert [one["reason"] for one in data["untaken"]] == ["file_irregular", "file_missing"]
    alone = nguon("submit", folder / "pipe.xlsx")
    assert (alone.returncode, alone.stdout, alone.stderr.count("\n")) == (2, "", 1)
    none = nguon("submit", folder / "pipe.xlsx", folder / "nowhere.xlsx")
    assert (none.returncode, none.stderr.count("\n")) == (2, 1)


def test_a_folder_without_workbooks_stops_no_other_argument(nguon: Nguon, folder: Path) -> None:
    good, empty, letters = folder / "2025-03-14" / "good.xlsx", folder / "empty", folder / "letters"
    for made in (empty, letters):
        made.mkdir()
    (letters / "letter.docx").write_bytes(b"x")
    told = nguon("submit", empty, letters, good, "--json")
    data = json.loads(told.stdout)
    assert (told.returncode, len(data["submissions"])) == (1, 1)
    assert [(Path(one["file"]).name, one["reason"]) for one in data["untaken"]] == [
        ("empty", "folder_without_workbooks"),
        ("letters", "folder_without_workbooks"),
        ("letter.docx", "file_format"),
    ]
    for alone, key in ((empty, "folder_without_workbooks"), (letters, "file_format")):
        refused = nguon("submit", alone, "--json")
        assert (refused.returncode, json.loads(refused.stderr)["error"]) == (2, key)


def test_a_workbook_that_cannot_be_opened_is_told_by_submit_and_by_pending(nguon: Nguon, folder: Path) -> None:
    inbox = nguon.home / "inbox"
    inbox.mkdir(exist_ok=True)
    for name in ("huge.xlsx", "gone.xlsx"):
        (folder / name).rename(inbox / name)
    (folder / "round.xlsx").symlink_to(folder / "round.xlsx")
    told = nguon("submit", folder, "--json")
    assert told.returncode == 1, "it is a workbook, as far as anybody can tell"
    assert "file_unreadable" in {one["reason"] for one in json.loads(told.stdout)["untaken"]}
    assert [one["reason"] for one in json.loads(nguon("pending", "--json").stdout)["untaken"]] == [
        "file_missing",
        "file_too_large",
    ]


def test_a_day_that_is_given_goes_before_that_of_a_folder(nguon: Nguon, folder: Path) -> None:
    (folder / "huge.xlsx").unlink()
    good = folder / "2025-03-14" / "good.xlsx"
    filled(good, 11)
    (one,) = json.loads(nguon("submit", folder, "--received", "2025-03-16", "--json").stdout)["submissions"]
    assert one["received_on"] == "2025-03-16"
