"""Whoever a file names is found in it, also where the file is damaged or its cells cannot be had."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest

from schemas.gate import mentions
from schemas.gate.mentions import Sought, names

AN = Sought("083204001234", "Nguyễn Văn An", "2004-05-01")


def damaged(compression: int) -> bytes:
    """An archive whose first member cannot be unpacked, and whose second names An."""
    made = BytesIO()
    with ZipFile(made, "w", compression) as archive:
        archive.writestr("damaged", bytes(range(256)) * 50)
        archive.writestr("whole", f"Đồng chí {AN.name}")
    content = bytearray(made.getvalue())
    begin = 30 + len("damaged")  # behind the header of the first member
    content[begin + 9 : begin + 60] = b"\xff" * 51
    content[begin] = 0xFF if compression == ZIP_DEFLATED else content[begin]
    return bytes(content)


@pytest.mark.parametrize("compression", [ZIP_DEFLATED, ZIP_LZMA])
def test_a_damaged_member_hides_no_other(compression: int) -> None:
    assert names(damaged(compression), None, AN)


@pytest.mark.parametrize(("limit", "unpacked"), [(1_000, True), (999, False)])
def test_an_archive_of_more_than_any_form_is_not_unpacked(
    limit: int, unpacked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, name = BytesIO(), AN.name.encode()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("one", name + bytes(500 - len(name)))
        archive.writestr("other", bytes(500))
    monkeypatch.setattr(mentions, "UNPACKED_LIMIT", limit)
    assert names(made.getvalue(), None, AN) == unpacked


def ways_to_write_an() -> Iterator[str]:
    yield from (AN.name, "NGUYỄN VĂN AN", "Nguye\u0302\u0303n Va\u0306n An")
    yield from ("083204001234", "083 204 001 234", "0832-0400-1234", "83.204.001.234", "083\u00a0204\u00a0001\u00a0234")


@pytest.mark.parametrize("written", ways_to_write_an())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_in_what_has_no_cells_the_bytes_are_compared(written: str, encoding: str) -> None:
    assert names(f"Đồng chí {written}, chi đoàn 1".encode(encoding), None, AN)


def test_a_name_in_xml_of_ascii_is_found() -> None:
    assert names("<t>NGUYỄN VĂN AN</t>".encode("ascii", "xmlcharrefreplace"), None, AN)


def test_another_is_not_taken_for_the_one_sought() -> None:
    assert not names("Đồng chí Nguyễn Văn Ba, 083 204 001 235".encode(), None, AN)
