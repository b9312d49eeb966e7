"""How figures, days and periods are written."""

import pytest

from reports.content.figures import day, figure, period


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (49000, "49.000", "49,000"),
        (1234567, "1.234.567", "1,234,567"),
        (-1234, "-1.234", "-1,234"),
        ("41.7", "41,7", "41.7"),
        ("1200.5", "1.200,5", "1,200.5"),
        ("100.0", "100,0", "100.0"),
        (None, "–", "–"),
    ],
)
def test_a_figure_is_grouped_as_its_readers_expect(value: int | str | None, vi: str, en: str) -> None:
    assert (figure(value, "vi"), figure(value, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("kind", "first", "last", "vi"),
    [
        ("quarter", "2025-01-01", "2025-03-31", "quý I năm 2025"),
        ("quarter", "2025-10-01", "2025-12-31", "quý IV năm 2025"),
        ("half", "2025-01-01", "2025-06-30", "6 tháng đầu năm 2025"),
        ("half", "2025-07-01", "2025-12-31", "6 tháng cuối năm 2025"),
        ("year", "2025-01-01", "2025-12-31", "năm 2025"),
        ("term", "2020-01-01", "2025-12-31", "nhiệm kỳ 2020 - 2025"),
        ("range", "2026-02-01", "2026-03-15", "từ ngày 01/02/2026 đến ngày 15/03/2026"),
    ],
)
def test_every_kind_of_period_has_its_words(kind: str, first: str, last: str, vi: str) -> None:
    assert period({"kind": kind, "first": first, "last": last}, "vi") == vi


def test_a_day_is_written_in_the_readers_order() -> None:
    assert day("2025-03-09", "vi") == "09/03/2025"
    assert day("2025-03-09", "en") == "9 March 2025"
