"""What a post that is a vacancy says of itself: until when, who, where and for how much; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect.dates import MIDNIGHT, read_time
from digest.collect.evidence import Words, candidates, closing_weights
from digest.collect.facts.cues import cues
from digest.collect.facts.employers import employer
from digest.collect.facts.likeliest import likeliest, reading_of, said_alone
from digest.collect.facts.links import link
from digest.collect.facts.openings import openings
from digest.collect.facts.pay import salary
from digest.collect.facts.vague import vague_closing
from digest.collect.facts.workplaces import workplace
from digest.collect.hours import time_beside, time_on_closing_date, with_zone_apart
from digest.model import Doubt, Reading

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
    doubts: tuple[Doubt, ...]
    reading: Reading | None  # the closing date; None where none could be read
    alone: str  # what a label says of the closing date, if that and nothing else


def vacancy_facts(title: str, text: str, words: Words, *, zone: ZoneInfo, author: str = "") -> VacancyFacts:
    """The facts of a vacancy, whether or not it has a closing date that can be read."""
    closing = likeliest(candidates(words), closing_weights())
    closes_at = reading = None
    all_day = False
    doubts: tuple[Doubt, ...] = () if cues().rolling.search(text) else (Doubt("no_closing_date"),)
    if closing is None and (vague := vague_closing(words)) is not None:
        doubts = (Doubt("vague_closing", words=vague),)
    if closing is not None:
        day, read = closing.read.last, closing.read
        doubts = read.doubts
        beside = with_zone_apart(closing, time_beside(closing) or time_on_closing_date(words))
        clock = read_time(beside, day=day, zone=zone) if beside else None
        all_day = clock is None or beside is None or beside.midnight
        closes_at = (
            datetime.combine(day + _DAY, MIDNIGHT, zone) if all_day or clock is None else clock.starts.astimezone(zone)
        )
        doubts += () if all_day or clock is None else clock.doubts
        reading = reading_of("closes_at", day.isoformat() if all_day else closes_at.isoformat(), closing)
    return VacancyFacts(
        closes_at=closes_at,
        all_day=all_day,
        employer=employer(title, text, author),
        salary=salary(title, text),
        openings=openings(title, text),
        location=workplace(text),
        url=link(text, cues().apply),
        doubts=doubts,
        reading=reading,
        alone=said_alone(closing) if closing else "",
    )
