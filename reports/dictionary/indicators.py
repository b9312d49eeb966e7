"""All indicators documented as one HTML page that needs nothing else, made from their declarations."""

from pathlib import Path
from typing import Any

from reports.page.html import TEMPLATES
from schemas.indicators.catalogue import BY_CODE, INDICATORS
from schemas.indicators.indicator import Grade, Indicator, Rate
from schemas.messages.translation import Language, text

_TEMPLATES = Path(__file__).parent / "templates"


def made_of(indicator: Indicator) -> tuple[str, ...]:
    """The codes of the indicators that one is worked out from; none where it counts facts itself."""
    match indicator:
        case Rate():
            return indicator.numerator, indicator.denominator
        case Grade():
            return (indicator.rate,)
    return ()


def document(language: Language) -> bytes:
    """The page in UTF-8: every indicator with code, both titles, definition, unit and breakdowns."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([_TEMPLATES, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    families: dict[str, list[Any]] = {}
    for indicator in INDICATORS:
        families.setdefault(indicator.kind, []).append(indicator)
    breakdowns = {b.code: b for indicator in INDICATORS for b in indicator.breakdowns}
    page = environment.get_template("indicators.html.j2").render(
        families=families,
        breakdowns=breakdowns,
        made_of=made_of,
        declared=BY_CODE,
        language=language,
        other="en" if language == "vi" else "vi",
        say=lambda key, **details: text(f"report.{key}", language, **details),
    )
    return page.encode()
