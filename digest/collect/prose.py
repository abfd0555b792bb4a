"""What a post that is a vacancy or an event says of when and where it is; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect import cues
from digest.collect.booking import booking_of
from digest.collect.dates import MIDNIGHT, read_time
from digest.collect.employers import employer
from digest.collect.evidence import Candidate, Words, candidates, chance, closing_weights, starting_weights
from digest.collect.hours import hours_of, time_beside
from digest.collect.links import link
from digest.collect.openings import openings
from digest.collect.pay import salary
from digest.collect.places import place_of
from digest.collect.spans import end_apart, moved_to
from digest.collect.vague import vague_closing
from digest.collect.workplaces import workplace
from digest.model import Certainty, Reading
from digest.text.markup import excerpt

ENOUGH = 0.25  # chance of a date from which it is the one
_WEIGHT = {Certainty.CONTRADICTED: 0, Certainty.CERTAIN: 1, Certainty.ASSUMED: 2}
_WORDS = 160  # characters of what was written that a reading keeps
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class VacancyFacts:
    """What a post says of a vacancy."""

    closes_at: datetime | None
    all_day: bool
    employer: str | None
    salary: str | None
    openings: int | None
    location: str | None
    url: str | None
    doubts: tuple[str, ...]
    reading: Reading | None  # the closing date; None where none could be read


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFacts:
    """What a post says of an event."""

    starts_at: datetime
    ends_at: datetime | None
    book_by: datetime | None
    all_day: bool
    location: str | None
    url: str | None
    doubts: tuple[str, ...]
    readings: tuple[Reading, ...]  # the start, and until when to book


def vacancy_facts(title: str, text: str, words: Words, *, zone: ZoneInfo, author: str = "") -> VacancyFacts:
    """The facts of a vacancy, whether or not it has a closing date that can be read."""
    closing = _likeliest(candidates(words), closing_weights())
    closes_at = reading = None
    all_day = False
    doubts: tuple[str, ...] = () if cues.ROLLING.search(text) else ("no closing date could be read",)
    if closing is None and (vague := vague_closing(words)) is not None:
        doubts = (f"the closing date is vague: '{vague}'",)
    if closing is not None:
        day, read = closing.read.last, closing.read
        doubts = read.doubts
        beside = time_beside(closing)
        clock = read_time(beside, day=day, zone=zone) if beside else None
        all_day = clock is None or beside is None or beside.midnight
        closes_at = (
            datetime.combine(day + _DAY, MIDNIGHT, zone) if all_day or clock is None else clock.starts.astimezone(zone)
        )
        doubts += () if all_day or clock is None else clock.doubts
        reading = _reading("closes_at", day.isoformat() if all_day else closes_at.isoformat(), closing)
    return VacancyFacts(
        closes_at=closes_at,
        all_day=all_day,
        employer=employer(title, text, author),
        salary=salary(title, text),
        openings=openings(title, text),
        location=workplace(text),
        url=link(text, cues.APPLY),
        doubts=doubts,
        reading=reading,
    )


def event_facts(text: str, words: Words, *, zone: ZoneInfo) -> EventFacts | None:
    """The facts of an event; nothing where no date of it could be read."""
    dates = candidates(words)
    start = _likeliest(dates, starting_weights())
    if start is None:
        return None
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
    readings = [_reading("starts_at", first.isoformat() if hours is None else starts_at.isoformat(), surest)]
    booking = booking_reading(words, first, zone=zone)
    if booking is not None:
        readings.append(booking)
    return EventFacts(
        starts_at=starts_at,
        ends_at=ends_at,
        book_by=datetime.fromisoformat(booking.value) if booking else None,
        all_day=hours is None,
        location=place_of(words.spoken, [one.sentence for one in telling]),
        url=link(text, cues.BOOK),
        doubts=doubts,
        readings=tuple(readings),
    )


def booking_reading(words: Words, start: date, *, zone: ZoneInfo) -> Reading | None:
    """Until when an event that starts on a day can be booked; its value is the instant."""
    booking = booking_of(candidates(words), start=start, published=words.reference, zone=zone)
    return _reading("book_by", booking.book_by.isoformat(), booking.one) if booking else None


def _likeliest(dates: Sequence[Candidate], weights: Mapping[str, float]) -> Candidate | None:
    """The date that is most likely the one; of equals the first."""
    found = [(chance(one, weights), one) for one in dates]
    best = max(found, key=lambda one: one[0], default=None)
    return moved_to(best[1], dates) if best is not None and best[0] >= ENOUGH else None


def _reading(field: str, value: str, one: Candidate) -> Reading:
    words = excerpt(one.sentence.text, _WORDS)
    return Reading(field=field, value=value, words=words, certainty=one.read.certainty)
