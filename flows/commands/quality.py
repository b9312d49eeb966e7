"""`nguon quality`: checks the data of a period, and says what does not hold."""

from flows.commands.parameters import PeriodOf
from flows.terminal.answer import Answer, Table
from flows.terminal.wording import LANGUAGE, say


def quality(period: PeriodOf, /) -> Answer:
    """Check everything that reports of the period stand on; exit code 1 where an error-level expectation is not met.

    The outcome is recorded, good or bad. Raises TransientError `quality_unfinished`.
    """
    from flows.quality import check_quality, checked_apart
    from flows.ready import ready
    from flows.terminal.screen import waiting
    from schemas.expectations.catalogue import EXPECTATIONS

    context = ready()
    with waiting(say("close.checking", period=period.code)):
        result = check_quality(context, period)
        apart = checked_apart(context, period, result)
    titles = {expectation.code: expectation.title for expectation in EXPECTATIONS}
    words = {True: say("quality.met"), False: say("quality.unmet")}
    severities = {"error": say("quality.error"), "warning": say("quality.warning")}
    rows = [
        (
            titles[found.expectation].vi if LANGUAGE == "vi" else titles[found.expectation].en,
            found.expectation,
            severities[found.severity],
            words[found.met],
            str(found.unexpected),
        )
        for found in sorted(result.results, key=lambda found: (found.met, found.severity))
    ]
    headings = [say(f"quality.{key}") for key in ("title", "code", "severity", "result", "rows")]
    colours = {words[True]: "green", words[False]: "bold red", severities["warning"]: "yellow"}
    key = "passed" if result.passed else "refused"
    unmet = sum(not found.met for found in result.results)
    roots = [
        say("quality.root_passed", unit=root.name)
        if one.passed
        else say("quality.root_refused", unit=root.name, unmet=len(one.failed), site=one.site)
        for root, one in apart
    ]
    return Answer(
        {
            "period": period.code,
            "position": result.position,
            "passed": result.passed,
            "site": result.site,
            "roots": {root.code: {"passed": one.passed, "site": one.site} for root, one in apart},
            "results": [
                {
                    "expectation": found.expectation,
                    "severity": found.severity,
                    "met": found.met,
                    "rows": found.unexpected,
                }
                for found in result.results
            ],
        },
        [
            Table(headings, rows, colours, numbers=(4,)),
            say(f"quality.{key}", period=period.code, position=result.position, unmet=unmet, of=len(rows)),
            *roots,
            say("quality.more", site=result.site),
        ],
        exit_code=0 if result.passed else 1,
    )
