"""The zones that people write beside a time of day: "EDT", "UTC+2", "Sydney time", "amser Llundain"; pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import get_global

from digest.collect.dates.scan import Scan, scan_of
from digest.collect.dates.vocabulary import date_words, zone_words
from digest.model import Doubt

_PLACES = {  # IANA's names; the first unless the network is in another
    **dict.fromkeys(("ET", "EST", "EDT"), ("America/New_York",)),
    **dict.fromkeys(("CT", "CST", "CDT"), ("America/Chicago", "Asia/Shanghai")),
    **dict.fromkeys(("MT", "MST", "MDT"), ("America/Denver",)),
    **dict.fromkeys(("PT", "PST", "PDT"), ("America/Los_Angeles",)),
    **dict.fromkeys(("BST",), ("Europe/London",)),
    **dict.fromkeys(("WET", "WEST"), ("Europe/Lisbon",)),
    **dict.fromkeys(("CET", "CEST"), ("Europe/Paris",)),
    **dict.fromkeys(("EET", "EEST"), ("Europe/Athens",)),
    "IST": ("Europe/Dublin", "Asia/Kolkata", "Asia/Jerusalem"),
    "SAST": ("Africa/Johannesburg",),
    "EAT": ("Africa/Nairobi",),
    "WAT": ("Africa/Lagos",),
    "JST": ("Asia/Tokyo",),
    "KST": ("Asia/Seoul",),
    "HKT": ("Asia/Hong_Kong",),
    "SGT": ("Asia/Singapore",),
    "PKT": ("Asia/Karachi",),
    **dict.fromkeys(("AEST", "AEDT", "AET"), ("Australia/Sydney",)),
    **dict.fromkeys(("ACST", "ACDT"), ("Australia/Adelaide",)),
    "AWST": ("Australia/Perth",),
    **dict.fromkeys(("NZST", "NZDT", "NZT"), ("Pacific/Auckland",)),
}
_OFFSETS = {"UTC": 0, "GMT": 0, "Z": 0, "AOE": -12}  # hours
_WHOLE_YEAR = frozenset({"ET", "CT", "MT", "PT", "AET", "NZT", "SGT"})  # summer or winter, as the day has it
_ALSO_WORDS = frozenset({"EAT"})  # a zone behind a time of day alone: "COME AND EAT"
_ANY_OF_THEM = frozenset({"IST"})  # as likely the one as the other
_ANY_CASE = frozenset({"UTC", "AOE"})
_MAX_OFFSET = timedelta(hours=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenZone:
    """A zone as written; what it is on a day, `zone_on` tells."""

    text: str
    span: tuple[int, int]
    offset: timedelta | None = None  # from UTC, where it is said
    places: tuple[str, ...] = ()  # IANA's names of what it may be, likeliest first
    abbreviation: str | None = None  # which holds in summer or in winter alone


def zone_on(written: WrittenZone, local: datetime, network: ZoneInfo) -> tuple[tzinfo, tuple[Doubt, ...]]:
    """The zone that is meant at a local time, and doubts about it.

    Args:
        written: as found.
        local: the day and the time of day beside the zone, without a zone.
        network: the network's own zone; of several it decides, and it is taken where nothing else is known.
    """
    own = network.utcoffset(local)
    if written.offset is not None:
        fixed = timezone(written.offset) if written.offset else UTC
        summer = written.text.upper() == "GMT" and own and network.key in {"Europe/London", "Europe/Dublin"}
        name = network.tzname(local)
        return fixed, (Doubt("gmt_in_summer", name=name),) if summer else ()
    if network.key in written.places or (written.abbreviation and network.tzname(local) == written.abbreviation):
        return network, _season_doubt(written, local, network)
    if written.abbreviation in _ANY_OF_THEM:
        told = " or ".join(place.split("/")[-1] for place in written.places)
        return network, (Doubt("zone_of_several", words=written.text, places=told),)
    zone = ZoneInfo(written.places[0])
    return zone, _season_doubt(written, local, zone)


def _season_doubt(written: WrittenZone, local: datetime, zone: ZoneInfo) -> tuple[Doubt, ...]:
    name = zone.tzname(local)
    if written.abbreviation is None or written.abbreviation in _WHOLE_YEAR or written.abbreviation == name:
        return ()
    return (Doubt("zone_out_of_season", words=written.text, on_day=local.date(), name=name),)


def find_zones(text: str) -> list[WrittenZone]:
    """All zones in the order they stand, as in "All times are in BST"."""
    scan = scan_of(text)
    found, place = [], 0
    while place < scan.size:
        one = read_zone(scan, place)
        if one is not None:
            found.append(one[0])
        place = one[1] if one is not None else place + 1
    return found


def read_zone(scan: Scan, place: int, *, bare: bool = False, iso: bool = False) -> tuple[WrittenZone, int] | None:
    """The zone that begins at a place, also in brackets, and the place behind it.

    Args:
        scan: the text.
        place: a word of it.
        bare: take "+01:00" too, as behind a time of day.
        iso: the time of day is one of ISO 8601, where "-05:00" is no end.
    """
    bracket = scan.words[place] == "("
    at = place + bracket
    found = _short(scan, at, bare=bare) or _place(scan, at)
    if found is None and bare and (scan.words[at] == "+" or iso):
        found = _offset(scan, at)
        found = found if found is None or found[3] > at + 2 or len(scan.words[at + 1]) == 4 else None
    if found is None:
        return None
    offset, places, abbreviation, end = found
    if bracket and scan.words[end] == ")":
        end += 1
    elif bracket and abbreviation is None and offset is None:
        return None
    start, stop = scan.starts[at], scan.ends[end - 1]
    text = scan.text[start:stop].rstrip(")") if bracket else scan.text[start:stop]
    return WrittenZone(text=text, span=(start, stop), offset=offset, places=places, abbreviation=abbreviation), end


def read_city(scan: Scan, place: int) -> tuple[WrittenZone, int] | None:
    """The zone of a city whose name alone stands at a place, and the place behind it."""
    found = _city(scan, place) if scan.capital(place) else None
    if found is None:
        return None
    start, stop = scan.span(place, found[1])
    return WrittenZone(text=scan.text[start:stop], span=(start, stop), places=(found[0],)), found[1]


def zone_of_place(scan: Scan, place: int, places: tuple[str, ...]) -> tuple[str, int] | None:
    """Which of the zones that an abbreviation may be a bracket behind it names, "IST (India)", and the place behind."""
    if scan.words[place] != "(" or len(places) < 2:
        return None
    named = zone_words().places.match(scan, place + 1) or _city(scan, place + 1)
    fits = named is not None and named[0] in places and scan.words[named[1]] == ")"
    return (named[0], named[1] + 1) if named is not None and fits else None


_Found = tuple[timedelta | None, tuple[str, ...], str | None, int]


def _short(scan: Scan, place: int, *, bare: bool) -> _Found | None:
    """An abbreviation in capitals, with the offset behind it where there is one; also "EST/EDT"."""
    written = scan.text[scan.starts[place] : scan.ends[place]]
    name = written.upper()
    if not (written.isupper() or name in _ANY_CASE):
        return None
    if name in _OFFSETS and (name != "Z" or scan.glued[place]):
        further = _offset(scan, place + 1) if name in {"UTC", "GMT"} else None
        return further or (timedelta(hours=_OFFSETS[name]), (), None, place + 1)
    places = _PLACES.get(name)
    if places is None or (name in _ALSO_WORDS and not bare):
        return None
    if scan.glued[place + 1] and scan.words[place + 1][:1].isalnum():
        return None
    if scan.words[place + 1] == "/" and _PLACES.get(scan.words[place + 2].upper()) == places:
        return None, places, None, place + 3
    return None, places, name, place + 1


def _offset(scan: Scan, place: int) -> _Found | None:
    """The offset of "+2", "-05:00" and "+0530"."""
    sign, digits, end = scan.words[place], scan.words[place + 1], place + 2
    if sign not in {"+", "-", "−", "–"} or not scan.glued[place + 1] or not digits.isdecimal():
        return None
    minutes: int | None = 0
    if len(digits) == 4:
        digits, minutes = digits[:2], int(digits[2:])
    elif scan.words[end] == ":" and scan.glued[end] and scan.glued[end + 1]:
        minutes, end = scan.number(end + 1), end + 2
    hours = int(digits) if len(digits) <= 2 else None
    if hours is None or minutes is None or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return (offset if sign == "+" else -offset, (), None, end) if offset <= _MAX_OFFSET else None


def _place(scan: Scan, place: int) -> _Found | None:
    """The zone of "Sydney time", "US Eastern", "Eastern Standard Time", "Europe/London" or "amser Llundain"."""
    words = zone_words()
    before = scan.words[place] in words.before
    at = place + before
    earth = words.places.match(scan, at)
    if earth is not None and earth[0] == "AOE":
        return timedelta(hours=_OFFSETS["AOE"]), (), None, earth[1]
    if not before and not scan.capital(place):
        return None
    if scan.words[at + 1] == "/" and scan.glued[at + 1] and scan.glued[at + 2]:
        found = _city(scan, at + 2)
        fits = found is not None and found[0].lower().startswith(f"{scan.words[at]}/")
        return (None, (found[0],), None, found[1]) if found and fits else None
    named = words.places.match(scan, at)
    name, end = named or _city(scan, at) or (None, at)
    behind = words.time.skip(scan, end)
    if name is None or not (before or behind > end or (named and _alone(scan, name, place, end))):
        return None
    return (timedelta(0), (), None, behind) if name == "UTC" else (None, (name,), None, behind)


def _alone(scan: Scan, name: str, place: int, end: int) -> bool:
    """Whether "Eastern" is a zone without "time" behind it: in "7pm Central Hall" there is none."""
    if date_words().the.match(scan, place - 1):
        return False  # "our friends in the Pacific"
    behind = scan.words[end]
    dated = behind in date_words().months or behind in date_words().weekdays
    return name.startswith("America/") and (dated or not scan.capital(end))


def _city(scan: Scan, place: int) -> tuple[str, int] | None:
    """The zone that is named after a city, and the place behind it."""
    for length in (3, 2, 1):
        city = " ".join(scan.words[place : place + length]).replace(" _ ", " ")
        if city in _cities():
            return _cities()[city], place + length
    return None


@cache
def _cities() -> dict[str, str]:
    """The cities after which IANA's zones are named, in small letters (CLDR's list of zones)."""
    return {name.rsplit("/", 1)[1].replace("_", " ").lower(): name for name in get_global("zone_territories")}
