"""What a post that is a vacancy or an event says of when and where it is; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect import cues, facts
from digest.collect.dates import MIDNIGHT, ReadTime, WrittenTime, read_time
from digest.collect.evidence import Candidate, Words, candidates, chance, closing_weights, starting_weights
from digest.model import Certainty, Reading
from digest.text.markup import excerpt

ENOUGH = 0.25  # chance of a date from which it is the one
_WEIGHT = {Certainty.CONTRADICTED: 0, Certainty.CERTAIN: 1, Certainty.ASSUMED: 2}
_WORDS = 160  # characters of what was written that a reading keeps
_DAY = timedelta(days=1)
_BESIDE = 60  # characters between a date and its time of day


@dataclass(frozen=True, kw_only=True, slots=True)
class VacancyFacts:
    """What a post says of a vacancy."""

    closes_at: datetime | None
    all_day: bool
    employer: str | None
    salary: str | None
    location: str | None
    url: str | None
    doubts: tuple[str, ...]
    reading: Reading | None  # the closing date; None where none could be read


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFacts:
    """What a post says of an event."""

    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    location: str | None
    url: str | None
    doubts: tuple[str, ...]
    reading: Reading  # the start


def vacancy_facts(title: str, text: str, words: Words, *, zone: ZoneInfo) -> VacancyFacts:
    """The facts of a vacancy, whether or not it has a closing date that can be read."""
    closing = _likeliest(candidates(words), closing_weights())
    closes_at = reading = None
    all_day = False
    doubts: tuple[str, ...] = () if cues.ROLLING.search(text) else ("no closing date could be read",)
    if closing is not None:
        day, read = closing.read.last, closing.read
        doubts = read.doubts
        beside = _time_beside(closing)
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
        employer=facts.employer(title, text),
        salary=facts.salary(title, text),
        location=facts.location(text, (cues.PLACE_LABEL, cues.PLACE_WORK)),
        url=facts.link(text, cues.APPLY),
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
    hours = _hours(telling, words, zone)
    first, last = start.read.first, max(start.read.last, surest.read.last)
    ends_at = None
    doubts = surest.read.doubts
    if hours is not None:
        starts_at = hours.starts.astimezone(zone)
        ends_at = hours.ends and (hours.ends + (last - first)).astimezone(zone)
        if ends_at is None and last > first:
            ends_at = datetime.combine(last + _DAY, MIDNIGHT, zone)
        doubts += hours.doubts
    else:
        starts_at = datetime.combine(first, MIDNIGHT, zone)
        ends_at = datetime.combine(last + _DAY, MIDNIGHT, zone) if last > first else None
    sentences = "\n".join(one.sentence.text for one in telling)
    return EventFacts(
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=hours is None,
        location=facts.location(text, (cues.PLACE_LABEL,))
        or facts.location(sentences, (cues.PLACE_HELD, cues.PLACE_AFTER)),
        url=facts.link(text, cues.BOOK),
        doubts=doubts,
        reading=_reading("starts_at", first.isoformat() if hours is None else starts_at.isoformat(), surest),
    )


def _likeliest(dates: Sequence[Candidate], weights: Mapping[str, float]) -> Candidate | None:
    """The date that is most likely the one; of equals the first."""
    found = [(chance(one, weights), one) for one in dates]
    best = max(found, key=lambda one: one[0], default=None)
    return best[1] if best is not None and best[0] >= ENOUGH else None


def _time_beside(one: Candidate) -> WrittenTime | None:
    """The time of day nearest to a date in its sentence."""
    start, end = one.written.span
    near = [
        (max(start - told.span[1], told.span[0] - end), number, told)
        for number, told in enumerate(one.sentence.times)
        if told.span[1] <= start or told.span[0] >= end
    ]
    best = min(near, default=None)
    return best[2] if best is not None and best[0] <= _BESIDE else None


def _hours(telling: Sequence[Candidate], words: Words, zone: ZoneInfo) -> ReadTime | None:
    """When on its day an event begins and ends: beside the date, on a labelled line, or where it is said to begin."""
    day = telling[0].read.first
    told = [time for one in telling if (time := _time_beside(one)) is not None]
    told += [time for sentence in words.spoken if sentence.label in cues.TIME_LABELS for time in sentence.times]
    told += [
        time
        for sentence in words.spoken
        if not sentence.dates
        for time in sentence.times
        if time.until is not None or cues.STARTING.search(sentence.text[: time.span[0]])
    ]
    starting = [time for time in told if not time.end_only and not time.midnight]
    if not starting:
        return None
    best = next((time for time in starting if time.until is not None and time.clock == starting[0].clock), starting[0])
    return read_time(best, day=day, zone=zone)


def _reading(field: str, value: str, one: Candidate) -> Reading:
    words = excerpt(one.sentence.text, _WORDS)
    return Reading(field=field, value=value, words=words, certainty=one.read.certainty)
