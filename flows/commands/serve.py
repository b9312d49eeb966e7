"""`nguon serve`: the scheduled flows, until it is told to stop."""

from typing import TYPE_CHECKING

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.context import Context
    from flows.orchestration.served import Served


def serve() -> None:
    """Define the scheduled flows and run each when its time comes. Ends with Ctrl-C or SIGTERM, exit code 0.

    Raises RefusedError `serve_running`; TransientError `prefect_unavailable`, `database_unavailable`, `schedule_stuck`,
    `flow_stuck`, where waiting did not help.
    """
    from flows.orchestration import prefect_home
    from flows.orchestration.single import the_only_one
    from flows.ready import ready
    from flows.terminal.screen import waiting

    # Asked here, so that the embedded server is up for as long as this process is.
    context = ready()
    with the_only_one(context.settings):
        with waiting(say("serve.starting")):
            prefect_home.start(context.settings, scheduling=True)
            from flows.orchestration import serving
        serving.serve(context, lambda flows: _tell(context, flows))


def _tell(context: "Context", flows: "Sequence[Served]") -> None:
    from flows.calendar import zone
    from flows.orchestration import prefect_home
    from flows.orchestration.served import inbox_folder
    from flows.terminal.screen import show

    settings, clock = context.settings, zone(context).key
    inbox = inbox_folder(settings)
    times = [(one.name, one.cron) for one in flows]
    parts: list[Part] = [
        say("serve.ready", count=len(flows), timezone=clock, inbox=inbox),
        Table((say("serve.name"), say("serve.times")), times),
        say("serve.stop", log=prefect_home.log_file(settings)),
    ]
    show(Answer({"inbox": inbox, "timezone": clock, "flows": dict(times)}, parts), as_json=False)
