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
    assert refused.value.key == key
    assert refused.value.details.get("line") == line
    assert refused.value.details.get("column") == column
    for language in ("vi", "en"):
        assert "units.csv" in text(f"error.{key}", language, **refused.value.details)


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
