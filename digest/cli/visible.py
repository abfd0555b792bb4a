"""JSON and logs for a terminal: without the characters that steer it."""

import json
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

from digest.text.visible import STEERING, visible

__all__ = ["json_text", "only_visible", "visible"]


def json_text(document: object, *, indent: int | None = None) -> str:
    """A document as JSON that loses nothing: what steers is escaped (RFC 8259 section 7), other letters are not.

    Times are told to the second.
    """
    written = json.dumps(document, ensure_ascii=False, indent=indent, default=_plain)
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def only_visible(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For a log on a terminal (a processor of structlog)."""
    return {key: visible(value) if isinstance(value, str) else value for key, value in event.items()}


def _plain(value: object) -> object:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
