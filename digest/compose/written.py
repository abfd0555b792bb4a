"""An announcement in the parts that a form has, and as the text of its file; pure."""

from dataclasses import dataclass

import yaml


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What an organiser wrote, as they wrote it: complete or not."""

    subject: str = ""
    preheader: str = ""
    id: str = ""
    to: tuple[str, ...] = ()  # names of lists
    without: tuple[str, ...] = ()  # likewise: whose people are left out
    where: str = ""  # a condition over people's fields
    at: str = ""  # when it is to go, an ISO time
    sender: str = ""  # "NAME", "ADDRESS" or "NAME <ADDRESS>"
    reply_to: str = ""
    attach: tuple[str, ...] = ()  # keys, SOURCE/KEY or titles of items
    urgent: bool = False
    public: bool = False
    body: str = ""  # Markdown


def as_text(written: Written) -> str:
    """The file that says it: `digest.compose.read_written` reads it back as it was."""
    values = {
        "subject": written.subject,
        "preheader": written.preheader,
        "id": written.id,
        "to": list(written.to),
        "except": list(written.without),
        "where": written.where,
        "at": written.at,
        "from": written.sender,
        "reply_to": written.reply_to,
        "attach": list(written.attach),
        "urgent": "yes" if written.urgent else "",
        "public": "yes" if written.public else "",
    }
    lines = (f"{key}: {_yaml(value)}\n" for key, value in values.items() if value)
    return f"---\n{''.join(lines)}---\n{written.body.strip(chr(10))}\n"


def _yaml(value: object) -> str:
    written = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, width=1_000_000, default_flow_style=True)
    return written.removesuffix("...\n").strip()


class _Dumper(yaml.SafeDumper):
    """Writes words that are no text to other readers of YAML, such as yes, without quotes: this product's are text."""


_Dumper.yaml_implicit_resolvers = {}
