"""What a post that is an event says of itself: when, where and until when to book or to send abstracts; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect.dates import MIDNIGHT, read_time
from digest.collect.evidence import Candidate, Words, candidates, lexicon_of, starting_weights
from digest.collect.facts.cues import cues
from digest.collect.facts.deadlines import deadline_of
from digest.collect.facts.further import dates_together
from digest.collect.facts.likeliest import likeliest, reading_of, said_alone
from digest.collect.facts.links import link
from digest.collect.facts.places import place_of
from digest.collect.hours import end_apart, hours_of
from digest.model import Certainty, Doubt, Reading

_WEIGHT = {Certainty.CONTRADICTED: 0, Certainty.CERTAIN: 1, Certainty.ASSUMED: 2}
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFacts:
    """What a post says of an event."""

    starts_at: datetime
    dates: tuple[datetime, ...]  # each start, where it takes place on several
    ends_at: datetime | None
    book_by: datetime | None
    abstracts_by: datetime | None
    all_day: bool
    location: str | None
    url: str | None
    doubts: tuple[Doubt, ...]
    readings: tuple[Reading, ...]  # the start, and the deadlines before it
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
    reading = reading_of("starts_at", first.isoformat() if hours is None else starts_at.isoformat(), surest)
    deadlines = {one.field: one for one in _deadlines(dates, words, first, zone)}
    return EventFacts(
        starts_at=starts_at,
        dates=tuple(starts_at + (one.read.first - first) for one in (start, *further)) if further else (),
        ends_at=ends_at,
        book_by=moment_of(deadlines.get("book_by")),
        abstracts_by=moment_of(deadlines.get("abstracts_by")),
        all_day=hours is None,
        location=place_of(words.spoken, [one.sentence for one in telling]),
        url=link(text, cues().book),
        doubts=doubts,
        readings=(reading, *deadlines.values()),
        alone=said_alone(start),
    )


def deadline_readings(words: Words, start: date, *, zone: ZoneInfo) -> Iterator[Reading]:
    """Until when an event that starts on a day can be booked and abstracts sent, as far as told, as instants."""
    yield from _deadlines(candidates(words), words, start, zone)


def moment_of(reading: Reading | None) -> datetime | None:
    """The instant of a deadline."""
    return datetime.fromisoformat(reading.value) if reading else None


def _deadlines(dates: Sequence[Candidate], words: Words, start: date, zone: ZoneInfo) -> Iterator[Reading]:
    lexicon = lexicon_of(words.languages)
    for field, wanted in (("book_by", lexicon.booking), ("abstracts_by", lexicon.abstracts)):
        deadline = deadline_of(dates, words, wanted, start=start, zone=zone)
        if deadline is not None:
            yield reading_of(field, deadline.ends.isoformat(), deadline.one)
