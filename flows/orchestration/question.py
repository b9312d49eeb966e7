"""Asking the database whether it is well, without ever having to wait for it."""

from threading import Thread

from sqlalchemy import text

from events import server
from events.errors import NguonError
from events.server.cluster import Cluster
from flows.context import Context
from flows.orchestration import alarm


class Question(Thread):
    """Asks the database something, and starts the embedded one if it has ended; `reason` is why there is no answer.

    A thread of its own, which nobody has to wait for: a server that hangs answers never.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(name="question", daemon=True)
        self.reason: str | None = None
        self._context = context
        self.start()

    def run(self) -> None:
        """Ask."""
        try:
            if not (settings := self._context.settings).database_url:
                gone = Cluster(settings.home / "postgres").url() is None
                server.embedded(settings.home)
                if gone:
                    alarm.tell(settings, "database_renewed")
            with self._context.engine.connect() as connection:
                connection.execute(text("select 1"))
        except Exception as failure:
            known = failure if isinstance(failure, NguonError) else None
            self.reason = str(known.details.get("reason", known.key)) if known else type(failure).__name__
