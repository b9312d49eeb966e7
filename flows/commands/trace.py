"""`nguon trace`: from a figure to its facts, from a fact to its cell, from a person through all steps."""

import getpass
from datetime import date
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.commands.parameters import AsOf, TreeOn
from flows.terminal.answer import Answer, Table
from flows.terminal.wording import LANGUAGE, day, explain, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.audit import FigureTrace, StateChange, SubjectTrace, SubmissionTrace
    from warehouse.facts.origins import Origin

SHOWN = 20
"""Facts that a person is shown of a figure; --json gives all."""


def trace(
    what: Annotated[str, Parameter(help=explain("what"))], /, *, as_of: AsOf = None, tree_on: TreeOn = None
) -> Answer:
    """Follow a figure (PERIOD:UNIT:COLUMN), a submission, a nominee (by id) or a position of the log.

    Where a nominee's name is shown, the reading is recorded under the name of the user of this machine.
    """
    from flows import audit
    from flows.moments import position_at
    from flows.ready import ready
    from warehouse.facts.origins import Origin

    context = ready()
    found = audit.trace(context, what, getpass.getuser(), position_at(context, as_of), tree_on)
    match found:
        case audit.FigureTrace():
            return _figure(found)
        case audit.SubmissionTrace():
            return _submission(found)
        case audit.SubjectTrace():
            return _subject(found)
        case Origin():
            return Answer(_as_data(found), [say("trace.event", position=found.position), _origins([found])])


def _figure(found: "FigureTrace") -> Answer:
    parts: list[str | Table] = [
        say(f"trace.{found.status}", figure=found.figure, value=_shown(found), position=found.position)
    ]
    for part in found.parts:
        shown = [origin for _, origin in part.facts if origin][:SHOWN]
        if part.value is None:
            parts.append(say("trace.unknown", code=part.code))
            continue
        parts.append(say("trace.facts", code=part.code, value=part.value, count=len(part.facts), shown=len(shown)))
        if shown:
            parts.append(_origins(shown))
    parts.append(say("trace.further"))
    data = {
        "figure": found.figure,
        "value": found.value,
        "position": found.position,
        "status": found.status,
        "parts": [
            {
                "code": part.code,
                "value": part.value,
                "facts": [
                    {"unit": fact.unit_code, "value": fact.value, **(_as_data(origin) if origin else {})}
                    for fact, origin in part.facts
                ],
            }
            for part in found.parts
        ],
    }
    return Answer(data, parts)


def _shown(found: "FigureTrace") -> str:
    """The value as a report prints it: a grade in words."""
    from reports.content.figures import figure
    from schemas.indicators.catalogue import BY_CODE
    from schemas.indicators.indicator import Grade
    from schemas.vocabulary.terms import CRITERION_GRADES

    is_grade = isinstance(BY_CODE.get(found.figure.rpartition(":")[2]), Grade)
    if is_grade and isinstance(found.value, int):
        title = CRITERION_GRADES[found.value]
        return title.vi if LANGUAGE == "vi" else title.en
    return figure(found.value, LANGUAGE)


def _submission(found: "SubmissionTrace") -> Answer:
    from dataclasses import asdict

    from schemas.findings import message
    from schemas.forms.family import FORMS

    verdict = {True: "valid", False: "invalid", None: "waiting"}[found.valid]
    lines = {
        "submission": found.submission,
        "file": found.file,
        "unit": found.unit_code,
        "period": found.period,
        "form": found.form,
        "received_on": found.received_on,
        "verdict": verdict,
        "previous": found.previous,
        "receipt_position": found.position,
        "verdict_position": found.decided_position,
    }
    form = FORMS.get((found.form, found.form_version)) if found.form and found.form_version else None
    words = {"form": form and form.title(LANGUAGE), "verdict": say(f"submit.{verdict}")}
    shown = [(say(f"trace.{key}"), str(words.get(key) or value)) for key, value in lines.items() if value is not None]
    findings = [
        (_sheet(found.form, found.form_version, f.sheet), f.cell or "", message(f.code, LANGUAGE))
        for f in found.findings
    ]
    parts: list[str | Table] = [Table([say("close.what"), say("close.value")], shown), _states(found.states)]
    if found.comment:
        parts.append(say("trace.comment", comment=found.comment))
    if findings:
        parts.append(Table([say("submit.sheet"), say("submit.cells"), say("submit.message")], findings))
    if found.facts:
        parts.append(_origins(found.facts))
    problems = [{"code": f.code, "severity": f.severity, "sheet": f.sheet, "cell": f.cell} for f in found.findings]
    states = [asdict(one) for one in found.states]
    data = {**lines, "states": states, "comment": found.comment, "findings": problems}
    return Answer({**data, "facts": [_as_data(fact) for fact in found.facts]}, parts)


def _states(changes: "Sequence[StateChange]") -> Table:
    from schemas.vocabulary.reasons import RETURNED, SET_ASIDE, WITHDRAWN
    from schemas.vocabulary.states import SUBMISSION_STATE

    reasons = {**RETURNED.terms, **SET_ASIDE.terms, **WITHDRAWN.terms}
    rows = [
        (
            str(one.position),
            f"{one.since:%d/%m/%Y %H:%M}",
            SUBMISSION_STATE.terms[one.state](LANGUAGE),
            reasons[one.reason](LANGUAGE) if one.reason else "",
            one.by,
        )
        for one in changes
    ]
    headings = ("position", "since", "state", "reason", "by")
    return Table([say(f"trace.{key}") for key in headings], rows, numbers=(0,))


def _subject(found: "SubjectTrace") -> Answer:
    person = found.person
    if person:
        born = day(date.fromisoformat(person.birth_date))
        who = say("trace.person", **person._replace(birth_date=born)._asdict())
    else:
        erased = any(fact.type == "SubjectErased" for fact in found.facts)
        who = say("trace.erased") if erased else say("trace.closed")
    data = {
        "subject": found.subject,
        "person": person and person._asdict(),
        "facts": [_as_data(f) for f in found.facts],
    }
    return Answer(data, [who, _origins(found.facts), *([say("trace.recorded")] if person else [])])


def _origins(found: "list[Origin] | tuple[Origin, ...]") -> Table:
    rows = [
        (
            str(origin.position),
            _title(origin.type),
            day(origin.on) if origin.on else "",
            origin.unit or "",
            origin.file or "",
            _sheet(origin.form, origin.form_version, origin.sheet),
            origin.cell or "",
            str(origin.superseded_by or ""),
            ", ".join(map(str, origin.also)),
            origin.by,
        )
        for origin in found
    ]
    headings = ("position", "fact", "on", "unit", "file", "sheet", "cell", "superseded_by", "also", "by")
    return Table([say(f"trace.{key}") for key in headings], rows, numbers=(0, 7))


def _sheet(form: str | None, version: int | None, key: str | None) -> str:
    """What a sheet is called in the form's version that the file is on."""
    from schemas.forms.family import sheet_title

    return sheet_title(form, version, key) or ""


def _title(event: str) -> str:
    """What happened, as people call it; other events go by their type's name."""
    from schemas.messages.translation import catalogue
    from schemas.vocabulary.steps import STEPS

    said = catalogue(LANGUAGE).get(f"cli.happened.{event}", event)
    return next((step.title(LANGUAGE) for step in STEPS.values() if step.event == event), said)


def _as_data(origin: "Origin") -> dict[str, object]:
    from dataclasses import asdict

    return asdict(origin)
