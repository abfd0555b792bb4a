"""People from elsewhere: what other programs export, read into one form; pure."""

from typing import Literal

from digest.config.exports.lines import read_mailman, read_sympa
from digest.config.exports.person import Exported, Stood, once_each
from digest.config.exports.tables import read_mailchimp, read_table
from digest.config.lists import ListConfig
from digest.config.spoken import Spoken

Tool = Literal["mailchimp", "mailman", "listmonk", "buttondown", "sympa", "csv"]

__all__ = ["Exported", "Stood", "Tool", "read_export"]


def read_export(
    content: bytes,
    *,
    tool: Tool,
    place: str,
    entry: ListConfig,
    stood: Stood | None = None,
    spoken: Spoken | None = None,
) -> tuple[Exported, ...]:
    """Everybody that a file tells of, each address once.

    Args:
        content: the file.
        tool: what wrote it.
        place: its name, for messages.
        entry: the list that it is for: its columns and fields.
        stood: how everybody in it stood, where the file itself does not tell.
        spoken: finds what the file calls a language; None where people have none to choose.

    Raises:
        ConfigError: with everything in it that cannot be taken; then nothing of it is to be used.
    """
    named, fields = entry.columns, entry.fields
    match tool:
        case "mailman":
            found = read_mailman(content, place=place, stood=stood)
        case "sympa":
            found = read_sympa(content, place=place, stood=stood, spoken=spoken)
        case "mailchimp":
            found = read_mailchimp(content, place=place, named=named, fields=fields, stood=stood, spoken=spoken)
        case _:
            found = read_table(content, place=place, named=named, fields=fields, stood=stood, spoken=spoken, tool=tool)
    return once_each(found)
