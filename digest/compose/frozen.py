"""An edition or announcement as JSON, the form in which a campaign keeps it, to be rendered again when it changes."""

from dataclasses import dataclass, replace
from functools import cache
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from digest.model import Announcement, Edition


@dataclass(frozen=True, kw_only=True, slots=True)
class _Frozen:
    zone: str | None  # IANA name of composed_at's zone, which an ISO 8601 offset alone would lose
    edition: Edition


@dataclass(frozen=True, kw_only=True, slots=True)
class _FrozenAnnouncement:
    zone: str | None  # of what is attached
    announcement: Announcement


@cache
def _codec() -> TypeAdapter[_Frozen]:
    return TypeAdapter(_Frozen)


@cache
def _announcement_codec() -> TypeAdapter[_FrozenAnnouncement]:
    return TypeAdapter(_FrozenAnnouncement)


def edition_to_json(edition: Edition) -> str:
    """One line of JSON; the same edition always gives the same text."""
    return _codec().dump_json(_Frozen(zone=_zone_of(edition), edition=edition)).decode()


def edition_from_json(text: str) -> Edition:
    """Read what `edition_to_json` wrote.

    Every time is the same instant as before. `composed_at` is in the network's zone again, so that days and
    weekdays are still counted there; the items' times carry a fixed offset and are to be shown through that zone.

    Raises:
        ValueError: where the text is no edition.
    """
    frozen = _codec().validate_json(text)
    return _in_zone(frozen.edition, frozen.zone)


def announcement_to_json(announcement: Announcement) -> str:
    """One line of JSON; the same announcement always gives the same text."""
    zone = _zone_of(announcement.attached) if announcement.attached else None
    return _announcement_codec().dump_json(_FrozenAnnouncement(zone=zone, announcement=announcement)).decode()


def announcement_from_json(text: str) -> Announcement:
    """Read what `announcement_to_json` wrote; times as `edition_from_json` reads them.

    Raises:
        ValueError: where the text is no announcement.
    """
    frozen = _announcement_codec().validate_json(text)
    attached = frozen.announcement.attached
    return replace(frozen.announcement, attached=_in_zone(attached, frozen.zone) if attached else None)


def _zone_of(edition: Edition) -> str | None:
    zone = edition.composed_at.tzinfo
    return zone.key if isinstance(zone, ZoneInfo) else None


def _in_zone(edition: Edition, zone: str | None) -> Edition:
    return edition if zone is None else replace(edition, composed_at=edition.composed_at.astimezone(ZoneInfo(zone)))
