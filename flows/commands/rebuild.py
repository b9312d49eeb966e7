"""`nguon rebuild`: fills the warehouse anew from the log and puts it in place of the old one."""

from flows.terminal.answer import Answer
from flows.terminal.wording import say


def rebuild() -> Answer:
    """Rebuild all tables beside the live ones, compare, swap. The exit code is 1 where they differed."""
    from flows.ready import ready
    from flows.terminal.screen import progress
    from warehouse.rebuild import rebuild as run

    with progress(say("rebuild.filling")) as told:
        rebuilt = run(ready().engine, told)
    tables = ", ".join(rebuilt.differing)
    told_as = "rebuild.differed" if rebuilt.differing else "rebuild.same"
    return Answer(
        {"position": rebuilt.position, "differing": list(rebuilt.differing)},
        [say(told_as, position=rebuilt.position, tables=tables)],
        exit_code=1 if rebuilt.differing else 0,
    )
