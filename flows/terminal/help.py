"""Help pages in the reader's language: what the parser itself would say in English is said here."""

from typing import TYPE_CHECKING, Any

from flows.terminal.wording import explain

if TYPE_CHECKING:
    from cyclopts import App
    from cyclopts.help import HelpPanel
    from rich.console import Console, ConsoleOptions


def titled(app: "App") -> "App":
    """The same application or group of commands, with our headings over its lists."""
    from cyclopts import Group

    app.group_commands = Group(explain("usage.commands"))
    app.group_arguments = Group(explain("usage.arguments"))
    app.group_parameters = Group(explain("usage.parameters"))
    return app


class Page:
    """Draws a help page as the parser's own formatter does, in our words."""

    def render_usage(self, console: "Console", options: "ConsoleOptions", usage: Any) -> None:
        """The line that shows how a command is written."""
        from rich.text import Text

        line = str(usage)
        for english, key in (("COMMAND", "command"), ("[OPTIONS]", "options"), ("[ARGS]", "more")):
            line = line.replace(english, explain(f"usage.{key}"))
        console.print(Text(f"{explain('usage.usage')} {line}", style="bold"))

    def render_description(self, console: "Console", options: "ConsoleOptions", description: Any) -> None:
        """What the command does."""
        console.print(description)

    def __call__(self, console: "Console", options: "ConsoleOptions", panel: "HelpPanel") -> None:
        """A list of commands or parameters; the usage line tells already which ones must be given."""
        from attrs import evolve
        from cyclopts.help.formatters import DefaultFormatter

        entries = [evolve(entry, required=False) for entry in panel.entries]
        DefaultFormatter()(console, options, evolve(panel, entries=entries))
