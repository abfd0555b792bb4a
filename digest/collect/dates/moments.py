"""What a written time of day is, and which moment it is on a day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from digest.collect.dates.zones import WrittenZone, zone_on
from digest.model import Doubt

MIDNIGHT = time(0)
_SMALL_HOURS = time(6)  # an end by then is of the night that began the day before
_NEXT_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenTime:
    """A time of day as written, with its end where one is said of it."""

    text: str
    span: tuple[int, int]
    clock: time
    until: time | None = None
    midnight: bool = False  # by name: the end of the day it is said of
    end_only: bool = False  # "until 4": when something ends of which no beginning is said
    assumed: bool = False  # the half of the day is not written: "from 9 to 5"
    zone: WrittenZone | None = None
    elsewhere: tuple[tuple[time, WrittenZone], ...] = ()  # the same moment as other zones have it


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadTime:
    """A written time on its day: aware, with what is doubtful about it."""

    starts: datetime
    ends: datetime | None
    doubts: tuple[Doubt, ...] = ()


def read_time(written: WrittenTime, *, day: date, zone: ZoneInfo) -> ReadTime:
    """The moment that is meant; "midnight" is the end of the day, an end in the small hours is of the next.

    Of several zones the one that is UTC tells the moment, else the first; the day is the first one's.

    Args:
        written: what `find_times` found.
        day: the day it is said of, in the zone written beside it.
        zone: the network's, where none is written.

    Raises:
        OverflowError: for a day at the end of the calendar.
    """
    local = datetime.combine(day, written.clock) + (_NEXT_DAY if written.midnight else timedelta(0))
    meant, doubts = zone_on(written.zone, local, zone) if written.zone else (zone, ())
    starts = local.replace(tzinfo=meant)
    told = [(clock, other, zone_on(other, local, zone)[0]) for clock, other in written.elsewhere]
    surest = next(((clock, there) for clock, other, there in told if other.offset is not None), None)
    if surest is not None and written.zone and written.zone.offset is None:
        starts = _nearest(starts, *surest).astimezone(meant)
        told.insert(0, (written.clock, written.zone, meant))
    for clock, other, there in told:
        moment = starts.astimezone(there)
        if moment.time() != clock:
            doubts += (
                Doubt(
                    "other_time", words=written.text, clock=f"{clock:%H:%M}", zone=other.text, meant=f"{moment:%H:%M}"
                ),
            )
    if written.until is None:
        return ReadTime(starts=starts, ends=None, doubts=doubts)
    ends = datetime.combine(local.date(), written.until, meant)
    if ends <= starts and written.until <= _SMALL_HOURS:
        ends += _NEXT_DAY
    if ends <= starts:
        return ReadTime(starts=starts, ends=None, doubts=(*doubts, Doubt("ends_before", words=written.text)))
    return ReadTime(starts=starts, ends=ends, doubts=doubts)


def _nearest(moment: datetime, clock: time, zone: tzinfo) -> datetime:
    """The moment nearest to another that a clock elsewhere tells, a day before or behind it maybe."""
    there = moment.astimezone(zone)
    around = (datetime.combine(there.date() + days * _NEXT_DAY, clock, zone) for days in (-1, 0, 1))
    return min(around, key=lambda one: abs(one - moment))
