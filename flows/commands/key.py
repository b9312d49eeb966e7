"""`nguon key create`: the two secrets outside the database, made once and never overwritten."""

from typing import Annotated

from cyclopts import App, Parameter

from flows.terminal.answer import Answer
from flows.terminal.help import titled
from flows.terminal.wording import explain, say

app = titled(App(name="key"))

NAME = "nguon"


@app.command(help=explain("key_create"))
def create(*, name: Annotated[str, Parameter(help=explain("key_name"))] = NAME) -> Answer:
    """Make both keys under the home folder; raises what `events.keys.create` does."""
    from events import keys
    from flows.settings import settings

    folder = settings().home / "keys"
    public = str(keys.create(folder, name))
    data = {"keys": folder, "public_key": public}
    return Answer(data, [say("key.made", folder=folder), say("key.public", key=public), say("key.keep")])
