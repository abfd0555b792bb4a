"""What others wrote, on its way to a terminal or a spreadsheet: without the characters that steer these.

A title, a server's reply or a name may hold an escape sequence (ECMA-48, whose C1 controls some terminals obey too) or
an override that makes text read backwards (UAX 9, CVE-2021-42574). One character stands in for each, so that
whoever reads sees that something was there. Joiners and directional marks stay: names are written with them.
"""

import json
import re
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with a replacement character for each that steers; line ends and tabs stay."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def json_text(document: object, *, indent: int | None = None) -> str:
    """A document as JSON that loses nothing: what steers is escaped (RFC 8259 section 7), other letters are not.

    Times are told to the second.
    """
    written = json.dumps(document, ensure_ascii=False, indent=indent, default=_plain)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def only_visible(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For a log on a terminal (a processor of structlog)."""
    return {key: visible(value) if isinstance(value, str) else value for key, value in event.items()}


def _plain(value: object) -> object:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
