"""Another matching key takes over: everybody and every file is known again, the erased too, wherever it is cut off."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copyfile

import pytest

from events import keys
from events.errors import TransientError
from events.vault import matching
from flows import checkpoints, intake, rekeying, reviewing, rotating, validation
from flows.context import Context
from flows.erasure import erase
from flows.verify import verify
from tests.flows.office import Office
from tests.flows.test_erasure import WHY, subject_of
from tests.rows import AN, BINH, vote

CHI: dict[str, object] = {**BINH, "identity": "083304005699", "name": "Trần Thị Chi"}
KEYED = (
    "select subject::text || match::text as is from vault.subject where match is not null"
    " union all select submission::text || fingerprint::text from vault.file where fingerprint is not null"
    " union all select subject::text || version || likeness::text from vault.person where likeness is not null"
    " union all select subject::text || number || match::text from vault.former_match where match is not null"
    " union all select submission::text || source || mac::text || words::text from vault.mention"
)


@pytest.fixture
def busy(office: Office) -> tuple[Office, Path, dict[str, str]]:
    """An is erased; Bình's number was corrected, a return was given back with words; a copy of a file of hers."""
    assert office.send({"nominees": [AN, BINH]}).valid
    ids = {"an": subject_of(office, AN), "binh": subject_of(office, BINH)}
    erased = office.write({"nominees": [AN, {**BINH, "sex": "?"}]}, unit="28756-02")
    office.receive(erased)
    validation.validate_pending(office.context)
    erase(office.context, ids["an"], WHY)
    again = office.send({"nominees": [CHI], "steps": [vote(CHI, date(2025, 2, 1))]}, unit="28807-01")
    assert again.valid
    reviewing.give_back(office.context, again.submission, "incomplete", f"Xem lại {CHI['name']}")
    ids["chi"] = subject_of(office, CHI)
    return office, erased, ids


def known_again(office: Office, erased: Path, ids: dict[str, str]) -> None:
    """Whoever is known, and every file, is known again; the erased are refused; verification finds nothing."""
    context = office.context
    verify(context.engine, checkpoints.keys_of(context))
    assert subject_of(office, BINH) == ids["binh"] and subject_of(office, CHI) == ids["chi"]
    copy = office.folder / f"copy {erased.name}"
    copyfile(erased, copy)
    office.receive(copy)
    found = {finding.code for verdict in validation.validate_pending(context) for finding in verdict.findings}
    assert "nominee.erased" in found
    assert office.send({"nominees": [BINH]}, period="2025Q2").valid
    assert subject_of(office, BINH) == ids["binh"]
    mistyped = office.send({"nominees": [{**AN, "identity": "083204001239"}]}, unit="28756-02", period="2025Q2")
    assert "nominee.like_erased" in {finding.code for finding in mistyped.findings}
    done = erase(context, ids["chi"], WHY)
    assert len(done.submissions) == 1, "the index of mentions still leads to it"
    verify(context.engine, checkpoints.keys_of(context))


def anew(office: Office) -> Office:
    """The same office in another process."""
    vars(office)["context"] = Context(office.context.settings, office.context.actor)
    return office


def test_under_another_key_everybody_is_known_again(busy: tuple[Office, Path, dict[str, str]]) -> None:
    office, erased, ids = busy
    file = office.folder / "2.xlsx"
    copyfile(next(path for path in office.folder.glob("28807-01*")), file)
    before = {row[0] for row in office.query(KEYED)}
    stale, key = Context(office.context.settings, office.context.actor), office.context.matching_key
    assert stale.matching_key == key
    first = rotating.rotate(office.context, "matching")
    assert office.context.matching_key != key and not before & {row[0] for row in office.query(KEYED)}
    assert len(before) == len(office.query(KEYED))
    with pytest.raises(TransientError, match="matching_key_changed"):
        list(intake.receive(stale, [intake.Incoming(file, date(2025, 3, 15))]))
    ((receipt,),) = intake.receive(office.context, [intake.Incoming(file, date(2025, 3, 15))])
    assert isinstance(receipt, intake.Receipt) and receipt.repeated
    assert rotating.rotate(office.context, "matching") > first
    known_again(office, erased, ids)


@pytest.mark.parametrize("cut", ["prepare_next", "rekey", "append", "take_over"])
def test_a_change_that_is_cut_off_never_was_or_is_finished(
    busy: tuple[Office, Path, dict[str, str]], cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, erased, ids = busy
    where: dict[str, object] = {
        "prepare_next": matching,
        "rekey": rekeying,
        "append": rotating.log,
        "take_over": matching,
    }

    class Cut(BaseException):
        pass

    real: Callable[..., object] = getattr(where[cut], cut)

    def stop(*given: object, **named: object) -> object:
        if cut != "take_over":
            real(*given, **named)
        raise Cut

    former = office.context.matching_key
    with monkeypatch.context() as patched:
        patched.setattr(where[cut], cut, stop)
        with pytest.raises(Cut):
            rotating.rotate(office.context, "matching")
    folder = office.context.settings.home / "keys"
    assert (folder / matching.NEXT_FILE).exists()
    office = anew(office)
    assert (office.context.matching_key != former) == (cut == "take_over")
    assert (folder / matching.NEXT_FILE).exists() == (cut != "take_over")
    verify(office.context.engine, checkpoints.keys_of(office.context))
    rotating.rotate(office.context, "matching")
    assert keys.load_matching(folder) == office.context.matching_key != former
    known_again(office, erased, ids)
