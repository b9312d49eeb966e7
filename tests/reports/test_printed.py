"""The documents as they print: LibreOffice turns XLSX and DOCX into pages, Typst makes its own."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reports.render import Format, render

Content = dict[str, Any]

needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")
needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="soffice (LibreOffice) is not installed")


def pages_of(pdf: Path) -> list[str]:
    read = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, timeout=60)
    return read.stdout.decode().rstrip("\f").split("\f")


def printed(content: Content, format: Format, folder: Path) -> list[str]:
    source = folder / f"report.{format}"
    source.write_bytes(render(content, format, "vi"))
    if format != "pdf":
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
        subprocess.run(command, capture_output=True, check=True, timeout=180)
    return pages_of(folder / "report.pdf")


def joined(page: str) -> str:
    return " ".join(page.split())


@needs_office
@needs_poppler
def test_the_workbook_prints_whole_with_headings_on_every_page(province: Content, tmp_path: Path) -> None:
    pages = printed(province, "xlsx", tmp_path)
    text = joined(" ".join(pages))
    assert "###" not in text
    assert "Tỉnh đoàn Bến Tre – Tổng hợp" in text
    assert "Huyện đoàn Mỏ Cày Nam" in text
    assert f"{province['rows'][0]['values'][0]:,}".replace(",", ".") in pages[0]
    of_units = [page for page in pages if re.search(r"Đoàn xã \w+ .*\d", page) and "Đơn vị cấp trên" not in page]
    assert len(of_units) > 20
    assert all("Đơn vị" in page and "Mã" in page for page in of_units)
    assert all(page.strip() for page in pages)
    assert all(f"Trang {number}/{len(pages)}" in page for number, page in enumerate(pages, start=1))


@pytest.mark.parametrize(
    "format", [pytest.param("docx", marks=needs_office), "pdf"], ids=["docx by LibreOffice", "pdf by Typst"]
)
@needs_poppler
def test_the_document_prints_whole(format: Format, province: Content, tmp_path: Path) -> None:
    pages = printed(province, format, tmp_path)
    text = joined(" ".join(pages))
    assert 2 <= len(pages) <= 5
    for words in (
        "ĐOÀN TNCS HỒ CHÍ MINH",
        "TỈNH ĐOÀN BẾN TRE",
        "Kết quả công tác giới thiệu đoàn viên ưu tú cho Đảng xem xét, kết nạp",
        "II. KẾT QUẢ CỦA CÁC ĐƠN VỊ TRỰC THUỘC",
        "Huyện đoàn Mỏ Cày Bắc (838)",
        "TM. BAN THƯỜNG VỤ",
        "Ban Dân vận Tỉnh ủy",
    ):
        assert words in text
    assert all("Sổ sự kiện đến vị trí 12345" in page for page in pages)
    assert [page.split()[0] for page in pages[1:]] == [str(number) for number in range(2, len(pages) + 1)]
    assert "./." in pages[-1]


@needs_office
@needs_poppler
def test_a_long_table_repeats_its_headings_in_the_document(province: Content, tmp_path: Path) -> None:
    for row in province["rows"][1:]:
        row["depth"] = 1 if row["depth"] == 2 else 3
    province["submissions"]["missing"] = []
    pages = printed(province, "docx", tmp_path)
    of_children = [page for page in pages if "Đoàn xã" in page]
    assert len(of_children) > 3
    assert all("Biểu" in page and "quyết" in page for page in of_children)
