"""Data Docs that can be kept as evidence: they open without a network, and tell nobody that they were opened.

Great Expectations' pages load styles, scripts and a picture from other people's servers, and its front page is empty
without them. All that is taken out, and a front page of our own lists every expectation.
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from events.types.reports import ExpectationResult
from schemas.expectations.expectation import Expectation
from schemas.periods import Period

_HERE = Path(__file__).parent
_FOREIGN = re.compile(r"<(script|style|footer)\b.*?</\1>|<(?:link|img)\b[^>]*>", re.DOTALL)
_SUITE_LINK = re.compile(r'<a href="[^"]*expectations/[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


def finish(
    folder: Path,
    period: Period,
    position: int,
    expectations: Sequence[Expectation],
    results: Sequence[ExpectationResult],
) -> None:
    """Make the Data Docs in `folder` stand alone, and write their front page; `results` in the order of `expectations`.

    Those that are not met come first.
    """
    style = (_HERE / "site.css").read_text(encoding="utf-8")
    for page in folder.rglob("*.html"):
        own = _SUITE_LINK.sub(r"\1", _FOREIGN.sub("", page.read_text(encoding="utf-8")))
        page.write_text(own.replace("</head>", f"<style>{style}</style></head>"), encoding="utf-8")
    shutil.rmtree(folder / "static", ignore_errors=True)
    pages = {page.parts[-4]: page.relative_to(folder).as_posix() for page in folder.glob("validations/*/*/*/*.html")}
    loader = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    front = loader.get_template("index.html.j2").render(
        period=period,
        position=position,
        checked=sorted(zip(expectations, results, strict=True), key=lambda pair: pair[1].met),
        pages=pages,
        style=style,
    )
    (folder / "index.html").write_text(front, encoding="utf-8")


def prune(folder: Path, kept: int) -> None:
    """Remove the sites below `folder` but those of the `kept` periods that were checked last.

    What the checks found stays in the log.
    """
    sites = sorted(folder.glob("[0-9]*/index.html"), key=lambda front: front.stat().st_mtime, reverse=True)
    periods = list(dict.fromkeys(front.parent.name.partition("@")[0] for front in sites))
    for front in sites:
        if front.parent.name.partition("@")[0] in periods[kept:]:
            shutil.rmtree(front.parent)
