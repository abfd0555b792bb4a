"""The list of commands in `--help`: a whole sentence for each, wrapped where the line ends."""

from typing import Any

from typer.core import TyperGroup

_LONGEST = 1_000  # characters of a sentence; Typer's own limit is the rest of one line


class Commands(TyperGroup):
    """A group of commands that tells in full what each of them does."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the list, in the order in which they were added."""
        shown = [(name, one.get_short_help_str(_LONGEST)) for name, one in self.commands.items() if not one.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(shown)
