"""The command line's front door: `nguon`, a table of its commands, and nothing that is slow to import."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from events.files import keep_private
from flows.terminal import edge

if TYPE_CHECKING:
    from cyclopts import App

    from flows.terminal.answer import Answer

COMMANDS = {
    "demo": "flows.commands.demo:demo",
    "init": "flows.commands.init:init",
    "key": "flows.commands.key:app",
    "units": "flows.commands.units:app",
    "template": "flows.commands.template:template",
    "submit": "flows.commands.submit:submit",
    "status": "flows.commands.status:status",
    "pending": "flows.commands.pending:pending",
    "nominees": "flows.commands.nominees:nominees",
    "setaside": "flows.commands.setaside:setaside",
    "accept": "flows.commands.accept:accept",
    "return": "flows.commands.give_back:give_back",
    "withdraw": "flows.commands.give_back:withdraw",
    "policy": "flows.commands.policy:app",
    "quality": "flows.commands.quality:quality",
    "close": "flows.commands.close:close",
    "report": "flows.commands.report:report",
    "indicators": "flows.commands.indicators:indicators",
    "changes": "flows.commands.changes:changes",
    "trace": "flows.commands.trace:trace",
    "verify": "flows.commands.verify:verify",
    "receipt": "flows.commands.receipt:receipt",
    "log": "flows.commands.log:app",
    "witness": "flows.commands.witness:app",
    "subject": "flows.commands.subject:subject",
    "erase": "flows.commands.erase:erase",
    "readmit": "flows.commands.readmit:readmit",
    "hold": "flows.commands.hold:app",
    "consent": "flows.commands.consent:consent",
    "quarantine": "flows.commands.quarantine:quarantine",
    "views": "flows.commands.views:app",
    "projections": "flows.commands.projections:projections",
    "dictionary": "flows.commands.dictionary:dictionary",
    "rebuild": "flows.commands.rebuild:rebuild",
    "serve": "flows.commands.serve:serve",
}
"""Name to what is behind it, a function or a group of commands, in the order in which people meet them.

A new one is a file in `flows/commands`, a line here, and a line under `[help]` in both languages.
"""

RECORDING = {"accept", "close", "consent", "erase", "hold", "nominees", "policy", "quarantine", "readmit", "return"}
RECORDING |= {"setaside", "submit", "trace", "units", "withdraw"}
"""Commands that may record something: what they recorded is signed when they end."""


def main() -> None:
    """Run what the command line asks for and leave with the exit code."""
    keep_private()
    edge.leave(edge.run(_answer, sys.argv[1:], tuple(COMMANDS)))


def _answer(words: Sequence[str]) -> "Answer | None":
    answer: Answer | None = _app()(words, print_error=False, exit_on_error=False, result_action="return_value")
    if answer is not None and RECORDING.intersection(words[:1]):
        from flows.ready import signed_off

        return signed_off(answer)
    return answer


def _app() -> "App":
    from importlib.metadata import version

    from cyclopts import App

    from flows.terminal.help import Page, titled
    from flows.terminal.wording import explain

    app = titled(
        App(
            name="nguon",
            help=explain("nguon"),
            help_epilogue=explain("json"),
            help_format="plaintext",
            help_formatter=Page(),
            version=lambda: version("nguon"),
            suppress_keyboard_interrupt=False,
        )
    )
    app["--help"].help, app["--version"].help = explain("help"), explain("version")
    for order, (name, place) in enumerate(COMMANDS.items()):
        app.command(place, name=name, help=explain(name), sort_key=order)
    return app


if __name__ == "__main__":
    main()
