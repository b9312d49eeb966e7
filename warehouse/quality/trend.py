"""The trend of quality: the last check of each period side by side, as one page with a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, text

from events.files import put
from schemas.expectations.catalogue import EXPECTATIONS
from schemas.periods import Period, parse
from schemas.vocabulary.terms import Text

_HERE = Path(__file__).parent
_SHOWN = 24
"""Periods that fit side by side."""

_LAST_RUNS = """
select distinct on (period) period, as_of, passed, results from quality where root is null
order by period, position desc
"""

_TITLES = {expectation.code: expectation.title for expectation in EXPECTATIONS}


@dataclass(frozen=True)
class Checked:
    """The last check of a period: the unmet expectations by severity, each with the number of rows that break it."""

    period: Period
    position: int
    checked: int
    errors: dict[str, int]
    warnings: dict[str, int]


def trend(connection: Connection) -> list[Checked]:
    """The last check of each period, in the order in which the periods end."""
    found = []
    for row in connection.execute(text(_LAST_RUNS)):
        unmet: dict[str, dict[str, int]] = {"error": {}, "warning": {}}
        for result in row.results:
            if not result["met"]:
                unmet[result["severity"]][result["expectation"]] = result.get("unexpected", 0)
        found.append(Checked(parse(row.period), row.as_of, len(row.results), unmet["error"], unmet["warning"]))
    return sorted(found, key=lambda one: (one.period.last, one.period.first))[-_SHOWN:]


def write(connection: Connection, folder: Path) -> None:
    """Write `index.html` in the folder of the Data Docs: it opens without a network and leads to the sites kept."""
    shown = trend(connection)
    page = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    put(
        folder / "index.html",
        page.get_template("trend.html.j2")
        .render(
            shown=shown,
            most=max((len(one.errors) + len(one.warnings) for one in shown), default=0) or 1,
            unmet=_unmet(shown),
            kept={one.period.code for one in shown if (folder / one.period.code / "index.html").exists()},
            style=(_HERE / "site.css").read_text(encoding="utf-8"),
        )
        .encode(),
    )


def _unmet(shown: Sequence[Checked]) -> list[tuple[str, Text]]:
    """The expectations that were not met in any of the periods, in the order of their declarations."""
    codes = {code for one in shown for code in (*one.errors, *one.warnings)}
    ordered = [code for code in _TITLES if code in codes] + sorted(codes - _TITLES.keys())
    return [(code, _TITLES.get(code, Text(code, code))) for code in ordered]
