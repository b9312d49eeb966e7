"""`nguon serve`: the scheduled flows, until it is told to stop."""

from typing import TYPE_CHECKING

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.orchestration.deployments import Served


def serve() -> None:
    """Define the scheduled flows and run each when its time comes. Ends with Ctrl-C or SIGTERM, exit code 0.

    Raises TransientError `prefect_unavailable`, `database_unavailable`.
    """
    from flows.orchestration import prefect_home
    from flows.ready import ready
    from flows.terminal.screen import show, waiting

    # Asked here, so that the embedded server is up for as long as this process is.
    context = ready()
    with waiting(say("serve.starting")):
        prefect_home.start(context.settings, scheduling=True)
        from flows.orchestration import deployments

    def tell(flows: "Sequence[Served]") -> None:
        found = context.settings
        inbox = deployments.inbox_folder(found)
        times = [(one.name, one.cron) for one in flows]
        parts: list[Part] = [
            say("serve.ready", count=len(flows), timezone=found.timezone, inbox=inbox),
            Table((say("serve.name"), say("serve.times")), times),
            say("serve.stop", log=prefect_home.log_file(found)),
        ]
        show(Answer({"inbox": inbox, "timezone": found.timezone, "flows": dict(times)}, parts), as_json=False)

    deployments.serve(context, tell)
