"""Units from a CSV: what people really save is read, and every mistake is named with line and column."""

from datetime import date
from pathlib import Path

import pytest

from events.errors import UsageError
from flows.units.rows import UnitRow, read_csv
from schemas.messages.translation import text

HEADING = "code,name,kind,level,parent,on"
PROVINCE = "83,Tỉnh đoàn Bến Tre,province,1,,2025-01-01"
DISTRICT = "829,Thành đoàn Bến Tre,district,2,83,01/02/2025"


def saved(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "units.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


EXPECTED = [
    UnitRow("83", "Tỉnh đoàn Bến Tre", "province", 1, None, date(2025, 1, 1)),
    UnitRow("829", "Thành đoàn Bến Tre", "district", 2, "83", date(2025, 2, 1)),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_units_are_read_in_the_order_of_the_file(tmp_path: Path, encoding: str) -> None:
    assert read_csv(saved(tmp_path, HEADING, PROVINCE, "", DISTRICT, encoding=encoding)) == EXPECTED


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators_of_a_vietnamese_spreadsheet_are_understood(tmp_path: Path, separator: str) -> None:
    lines = [line.replace(",", separator) for line in (HEADING, PROVINCE, DISTRICT)]
    assert read_csv(saved(tmp_path, *lines)) == EXPECTED


def test_columns_may_stand_in_any_order_beside_others(tmp_path: Path) -> None:
    lines = ["on,note,parent,level,kind,name,code", "2025-01-01,x,,1,province,Tỉnh đoàn Bến Tre,83"]
    assert read_csv(saved(tmp_path, *lines)) == EXPECTED[:1]


@pytest.mark.parametrize(
    ("lines", "key", "line", "column"),
    [
        (["code,name,kind,level,parent", PROVINCE], "units_file_columns", None, "on"),
        ([HEADING], "units_file_empty", None, None),
        ([], "units_file_columns", None, "code"),
        ([HEADING, PROVINCE, "829,Thành đoàn,town,2,83,2025-01-01"], "units_file_value", 3, "kind"),
        ([HEADING, PROVINCE, "829,Thành đoàn,district,5,83,2025-01-01"], "units_file_value", 3, "level"),
        ([HEADING, PROVINCE, "829,Thành đoàn,district,hai,83,2025-01-01"], "units_file_value", 3, "level"),
        ([HEADING, PROVINCE, "829,Thành đoàn,district,2,83,31/02/2025"], "units_file_value", 3, "on"),
        ([HEADING, PROVINCE, "829,Thành đoàn,district,2,83,0001-01-01"], "units_file_value", 3, "on"),
        ([HEADING, PROVINCE, "829,,district,2,83,2025-01-01"], "units_file_value", 3, "name"),
        ([HEADING, PROVINCE, "8 29,Thành đoàn,district,2,83,2025-01-01"], "units_file_value", 3, "code"),
        ([HEADING, PROVINCE, "829"], "units_file_value", 3, "name"),
        ([HEADING, PROVINCE, PROVINCE], "units_file_duplicate", 3, None),
        ([HEADING, PROVINCE, "829,Thành đoàn,district,2,,2025-01-01"], "units_file_parent", 3, None),
        ([HEADING, DISTRICT, "831,Huyện đoàn,district,2,829,2025-01-01"], "units_file_level", 3, None),
    ],
)
def test_a_mistake_is_named_with_its_line_and_column(
    tmp_path: Path, lines: list[str], key: str, line: int | None, column: str | None
) -> None:
    with pytest.raises(UsageError) as refused:
        read_csv(saved(tmp_path, *lines))
    first = (*refused.value.parts, refused.value)[0]
    assert (first.key, first.details.get("line"), first.details.get("column")) == (key, line, column)
    for language in ("vi", "en"):
        assert "units.csv" in text(f"error.{key}", language, **first.details)


def test_all_mistakes_are_named_at_once_in_words_of_the_language(tmp_path: Path) -> None:
    wrong = ["8_1,A,district,2,83,2025-01-01", "829,Thành đoàn,town,9,,1/13/2025"]
    with pytest.raises(UsageError) as refused:
        read_csv(saved(tmp_path, HEADING, PROVINCE, *wrong))
    found = [(part.details["line"], part.details["column"]) for part in refused.value.parts]
    assert found == [(3, "code"), (3, "name"), (4, "kind"), (4, "level"), (4, "on")]
    vi, en = (
        [text(f"error.{part.key}", language, **part.details) for part in refused.value.parts]
        for language in ("vi", "en")
    )
    assert "gạch nối" in vi[0] and "hyphens" in en[0]
    assert "Huyện đoàn, Thành đoàn" in vi[2] and "District union" in en[2]
    assert "chi đoàn" in vi[3] and "branch" in en[3]


def test_codes_in_small_letters_and_kinds_by_their_titles_are_understood(tmp_path: Path) -> None:
    rows = read_csv(saved(tmp_path, HEADING, PROVINCE, "đ-01a,Trường,đoàn cơ sở,3,83,2025-01-01"))
    assert (rows[1].code, rows[1].kind) == ("Đ-01A", "grassroots")


def test_a_province_may_stand_under_the_central_union(tmp_path: Path) -> None:
    country = "TW,Trung ương Đoàn,central,0,,2025-01-01"
    rows = read_csv(saved(tmp_path, HEADING, country, PROVINCE.replace(",1,,", ",1,tw,")))
    assert [(row.level, row.parent_code) for row in rows] == [(0, None), (1, "TW")]


def test_what_is_no_csv_is_refused(tmp_path: Path) -> None:
    legacy = saved(tmp_path, HEADING, "83,Tỉnh đoàn Bến Tre,province,1,,2025-01-01", encoding="utf-16")
    for path, key in (
        (legacy, "units_file_unreadable"),
        (tmp_path, "units_file_unreadable"),
        (tmp_path / "none.csv", "units_file_missing"),
    ):
        with pytest.raises(UsageError) as refused:
            read_csv(path)
        assert refused.value.key == key
