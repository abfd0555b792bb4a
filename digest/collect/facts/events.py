"""What a post that is an event says of itself: when, where and until when to book; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect.dates import MIDNIGHT, read_time
from digest.collect.evidence import Candidate, Words, candidates, starting_weights
from digest.collect.facts.booking import booking_of
from digest.collect.facts.cues import cues
from digest.collect.facts.further import dates_together
from digest.collect.facts.likeliest import likeliest, reading_of, said_alone
from digest.collect.facts.links import link
from digest.collect.facts.places import place_of
from digest.collect.hours import end_apart, hours_of
from digest.model import Certainty, Reading

_WEIGHT = {Certainty.CONTRADICTED: 0, Certainty.CERTAIN: 1, Certainty.ASSUMED: 2}
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFacts:
    """What a post says of an event."""

    starts_at: datetime
    dates: tuple[datetime, ...]  # each start, where it takes place on several
    ends_at: datetime | None
    book_by: datetime | None
    all_day: bool
    location: str | None
    url: str | None
    doubts: tuple[str, ...]
    readings: tuple[Reading, ...]  # the start, and until when to book
    alone: str  # what a label says of the start, if that and nothing else


def event_facts(text: str, words: Words, *, zone: ZoneInfo) -> EventFacts | None:
    """The facts of an event; nothing where no date of it could be read."""
    dates = candidates(words)
    start = likeliest(dates, starting_weights())
    if start is None:
        return None
    start, *further = dates_together(start, dates, words)
    same = (one for one in dates if one is not start and one.read.first == start.read.first)
    telling = (start, *same)  # all that is said of its day
    surest = min(telling, key=lambda one: _WEIGHT[one.read.certainty])
    first, last = start.read.first, max(start.read.last, surest.read.last)
    apart = next(filter(None, (end_apart(one, dates) for one in telling)), None) if last == first else None
    last = apart[0].read.last if apart else last
    hours = hours_of(telling, words, zone, last)
    ends_at = None
    doubts = surest.read.doubts
    if hours is not None:
        starts_at = hours.starts.astimezone(zone)
        ends_at = hours.ends.astimezone(zone) if hours.ends else None
        if ends_at is None and last > first:
            ends_at = datetime.combine(last + _DAY, MIDNIGHT, zone)
        if apart is not None and apart[1] is not None:
            ends_at = read_time(replace(apart[1], until=None), day=last, zone=zone).starts.astimezone(zone)
        doubts += hours.doubts
    else:
        starts_at = datetime.combine(first, MIDNIGHT, zone)
        ends_at = datetime.combine(last + _DAY, MIDNIGHT, zone) if last > first else None
    readings = [reading_of("starts_at", first.isoformat() if hours is None else starts_at.isoformat(), surest)]
    booking = _booking(dates, words, first, zone)
    if booking is not None:
        readings.append(booking)
    return EventFacts(
        starts_at=starts_at,
        dates=tuple(starts_at + (one.read.first - first) for one in (start, *further)) if further else (),
        ends_at=ends_at,
        book_by=datetime.fromisoformat(booking.value) if booking else None,
        all_day=hours is None,
        location=place_of(words.spoken, [one.sentence for one in telling]),
        url=link(text, cues().book),
        doubts=doubts,
        readings=tuple(readings),
        alone=said_alone(start),
    )


def booking_reading(words: Words, start: date, *, zone: ZoneInfo) -> Reading | None:
    """Until when an event that starts on a day can be booked; its value is the instant."""
    return _booking(candidates(words), words, start, zone)


def _booking(dates: Sequence[Candidate], words: Words, start: date, zone: ZoneInfo) -> Reading | None:
    booking = booking_of(dates, words, start=start, zone=zone)
    return reading_of("book_by", booking.book_by.isoformat(), booking.one) if booking else None
