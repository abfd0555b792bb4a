"""An edition as JSON, the form in which a prepared campaign keeps it."""

from dataclasses import dataclass, replace
from functools import cache
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from digest.model import Edition


@dataclass(frozen=True, kw_only=True, slots=True)
class _Frozen:
    zone: str | None  # IANA name of composed_at's zone, which an ISO 8601 offset alone would lose
    edition: Edition


@cache
def _codec() -> TypeAdapter[_Frozen]:
    return TypeAdapter(_Frozen)


def edition_to_json(edition: Edition) -> str:
    """One line of JSON; the same edition always gives the same text."""
    zone = edition.composed_at.tzinfo
    name = zone.key if isinstance(zone, ZoneInfo) else None
    return _codec().dump_json(_Frozen(zone=name, edition=edition)).decode()


def edition_from_json(text: str) -> Edition:
    """Read what `edition_to_json` wrote.

    Every time is the same instant as before. `composed_at` is in the network's zone again, so that days and
    weekdays are still counted there; the items' times carry a fixed offset and are to be shown through that zone.

    Raises:
        ValueError: where the text is no edition.
    """
    frozen = _codec().validate_json(text)
    if frozen.zone is None:
        return frozen.edition
    composed_at = frozen.edition.composed_at.astimezone(ZoneInfo(frozen.zone))
    return replace(frozen.edition, composed_at=composed_at)
