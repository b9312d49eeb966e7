"""`nguon changes`: what has changed since a report was issued, and why."""

from collections import Counter
from dataclasses import asdict

from flows.commands.parameters import AsOf, IssuedFrom, PeriodOf, UnitCode
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import LANGUAGE, say


def changes(unit: UnitCode, period: PeriodOf, /, *, issued: IssuedFrom = None, as_of: AsOf = None) -> Answer:
    """Each figure whose value is no longer the one issued: old value, new value, and how many facts of which kind.

    Raises UsageError `not_issued`, `unknown_unit`, `nothing_known`.
    """
    from flows.moments import position_at
    from flows.ready import ready
    from flows.restating import restate
    from reports.content.figures import figure as written

    context = ready()
    found = restate(context, unit, period, position_at(context, as_of), issued)
    places = {"unit": found.unit_code, "period": period.code, "issued": found.issued, "now": found.now}
    kinds = {
        "late": say("changes.late"),
        "correction": say("changes.correction"),
        "retraction": say("changes.retraction"),
        "decision": say("changes.decision"),
        "unit_change": say("changes.unit_change"),
        "policy_change": say("changes.policy_change"),
    }
    rows = [
        (
            figure.code,
            written(figure.issued, LANGUAGE),
            written(figure.now, LANGUAGE),
            ", ".join(f"{kinds[kind]}: {n}" for kind, n in Counter(cause.kind for cause in figure.causes).items()),
        )
        for figure in found.figures
    ]
    headings = [say(f"changes.{key}") for key in ("figure", "before", "after", "causes")]
    parts: list[Part] = [say("changes.differ", **places), Table(headings, rows, numbers=(1, 2)), say("changes.more")]
    data = {**places, "figures": [asdict(figure) for figure in found.figures]}
    return Answer(data, parts if rows else [say("changes.same", **places)])
