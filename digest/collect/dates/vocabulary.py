"""The words of dates and times of all languages together, made from their tables once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from digest.collect.dates.scan import Meanings
from digest.collect.languages import of_all_languages, tables


@dataclass(frozen=True, kw_only=True, slots=True)
class DateWords:
    """What dates are made of."""

    months: Meanings[int]
    weekdays: Meanings[int]  # Monday is 0
    many_weekdays: frozenset[str]  # "Saturdays"
    ordinals: Meanings[int]
    suffixes: frozenset[str]  # written behind a number
    of_clock: frozenset[str]  # which, behind a number, make it an hour
    also_words: frozenset[str]  # which mean something else in small letters
    the: Meanings[bool]
    of: Meanings[bool]
    joins: Meanings[str]  # "to" or "and"
    between: frozenset[str]
    moved: Meanings[bool]  # before "from 3 March to 10 March", which then is no range
    last: frozenset[str]  # "the last Friday in May"
    beside: frozenset[str]  # before which a date stands: "until", "on"
    origin: frozenset[str]  # "from"
    before_time: frozenset[str]  # between a date and a time of day
    within: Meanings[bool]
    after_day: frozenset[str]
    parts: Meanings[tuple[int, int]]  # of a month: from which day to which
    week: Meanings[bool]
    seasons: Meanings[tuple[int, int]]  # from which month to which
    from_today: Meanings[int]  # days
    this_or_next: Meanings[str]
    behind: Meanings[str]  # "this" or "next" behind a weekday
    a_week_later: frozenset[str]
    not_after: frozenset[str]

    @property
    def certain_starts(self) -> frozenset[str]:
        """Every word with which a day may begin, but numbers."""
        return self.months.first_words | self.weekdays.first_words | self.ordinals.first_words

    @property
    def vague_starts(self) -> frozenset[str]:
        """Every word with which a vague date may begin."""
        phrases = (self.parts, self.week, self.seasons, self.months)
        return frozenset().union(*(one.first_words for one in phrases))

    @property
    def relative_starts(self) -> frozenset[str]:
        """Every word with which a date may begin that is counted from the day of publication."""
        counted = (self.from_today, self.this_or_next, self.weekdays, self.ordinals)
        return self.last.union(*(one.first_words for one in counted))


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockWords:
    """What times of day are made of."""

    numbers: Meanings[int]
    halves: Meanings[str]  # "am" or "pm"
    parts_of_day: Meanings[str]
    named: Meanings[str]  # "noon" or "midnight"
    oclock: Meanings[bool]
    hours: frozenset[str]
    beside_hour: Meanings[int]  # minutes to add to the hour that follows: "quarter to" is -15
    half: frozenset[str]  # "half six"
    minutes: Meanings[int]  # the sign of minutes: "past" is 1
    joins: Meanings[str]  # "to", "and" or "for"
    until: Meanings[bool]
    roughly: Meanings[bool]
    coming: frozenset[str]  # "come for 6.15"
    late: Meanings[bool]  # "8 till late"
    on_the_dot: Meanings[bool]  # "7.30 sharp"
    lasting: Meanings[int]  # minutes of the unit that stands behind a number
    an_hour: Meanings[bool]
    dawn: frozenset[str]  # what tells the half of the day
    morning: frozenset[str]
    evening: frozenset[str]
    between: frozenset[str]
    cues: Meanings[bool]
    follows: frozenset[str]
    units: frozenset[str]

    @property
    def starts(self) -> frozenset[str]:
        """Every word with which a time of day may begin, but numbers."""
        phrases = (self.numbers, self.named, self.beside_hour)
        return self.half.union(*(one.first_words for one in phrases))


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneWords:
    """What zones are called in words."""

    time: Meanings[bool]
    before: frozenset[str]
    places: Meanings[str]  # the IANA name


def _sections(name: str) -> Iterator[Mapping[str, Any]]:
    return (table[name] for table in tables().values() if name in table)


def _listed(section: str, *keys: str) -> Iterator[str]:
    return (word for one in _sections(section) for key in keys for word in one.get(key, ()))


def _numbered(section: str, add: int = 0) -> Iterator[tuple[str, int]]:
    for one in _sections(section):
        yield from ((word, int(key) + add) for key, words in one.items() if key.isdecimal() for word in words)


def _spans(section: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for one in _sections(section):
        for key, words in one.items():
            first, _, last = key.partition("-")
            if last:
                yield from ((word, (int(first), int(last))) for word in words)


def _phrases(words: Iterable[str]) -> Meanings[bool]:
    return Meanings((word, True) for word in words)


def _meaning(section: str, **keys: str) -> Meanings[str]:
    """Meanings of several lists of a section, each with what its list is called here."""
    return Meanings((word, meaning) for key, meaning in keys.items() for word in _listed(section, key))


@of_all_languages
def date_words() -> DateWords:
    """The words of dates of all languages."""
    weekdays = tuple(_numbered("weekdays", -1))
    signs = (*((sign, "to") for sign in "-–—"), *((sign, "and") for sign in "&+/"), (",", ","))
    joins = (*((word, "to") for word in _listed("dates", "to")), *((word, "and") for word in _listed("dates", "and")))
    return DateWords(
        months=Meanings(_numbered("months")),
        weekdays=Meanings(weekdays),
        many_weekdays=frozenset(f"{word}s" for word, _ in weekdays),
        ordinals=Meanings(_numbered("ordinals")),
        suffixes=frozenset(_listed("ordinals", "suffixes")),
        of_clock=frozenset(_listed("clock", "am", "pm", "oclock")),
        also_words=frozenset(_listed("dates", "also_words")),
        the=_phrases(_listed("dates", "the")),
        of=_phrases(_listed("dates", "of")),
        joins=Meanings((*signs, *joins)),
        between=frozenset(_listed("dates", "between")),
        moved=_phrases(_listed("dates", "moved")),
        last=frozenset(_listed("dates", "last")),
        beside=frozenset(_listed("beside", "by", "on", "until", "from", "before", "since", "after")),
        origin=frozenset(_listed("beside", "from")),
        before_time=frozenset(_listed("beside", "at", "from")),
        within=_phrases(_listed("dates", "within")),
        after_day=frozenset(_listed("dates", "after_day")),
        parts=Meanings((*_spans("vague"), *((word, (1, 31)) for word in _listed("vague", "whole")))),
        week=_phrases(_listed("vague", "week")),
        seasons=Meanings(_spans("seasons")),
        from_today=Meanings(_numbered("relative")),
        this_or_next=_meaning("relative", this="this", next="next", on="on"),
        behind=_meaning("relative", after_this="this", after_next="next"),
        a_week_later=frozenset(_listed("relative", "week")),
        not_after=frozenset(_listed("relative", "not_after")),
    )


@of_all_languages
def clock_words() -> ClockWords:
    """The words of times of day of all languages."""
    beside = {"half_past": 30, "quarter_past": 15, "quarter_to": -15}
    joined = {"to": "to", "and": "and", "for": "for"}
    return ClockWords(
        numbers=Meanings(_numbered("numbers")),
        halves=_meaning("clock", am="am", pm="pm"),
        parts_of_day=_meaning("clock", of_am="am", of_pm="pm"),
        named=_meaning("clock", noon="noon", midnight="midnight"),
        oclock=_phrases(_listed("clock", "oclock")),
        hours=frozenset(_listed("clock", "hours")),
        beside_hour=Meanings((word, add) for key, add in beside.items() for word in _listed("clock", key)),
        half=frozenset(_listed("clock", "half")),
        minutes=Meanings((word, add) for key, add in (("past", 1), ("before", -1)) for word in _listed("clock", key)),
        joins=Meanings(
            (
                *((sign, "to") for sign in "-–—"),
                *((sign, "and") for sign in ",&"),
                *((sign, "same") for sign in "/|=("),
                *((word, meaning) for key, meaning in joined.items() for word in _listed("clock", key)),
            )
        ),
        until=_phrases(_listed("clock", "until")),
        roughly=_phrases(_listed("clock", "roughly")),
        coming=frozenset(_listed("clock", "for")),
        late=_phrases(_listed("clock", "late")),
        on_the_dot=_phrases(_listed("clock", "on_the_dot")),
        lasting=Meanings((word, unit) for key, unit in (("hour", 60), ("minute", 1)) for word in _listed("clock", key)),
        an_hour=_phrases(_listed("clock", "an_hour")),
        dawn=frozenset(_listed("clock", "dawn")),
        morning=frozenset(_listed("clock", "morning")),
        evening=frozenset(_listed("clock", "evening")),
        between=frozenset(_listed("clock", "between")),
        cues=_phrases((*_listed("clock", "cues"), "@")),
        follows=frozenset(_listed("clock", "follows")),
        units=frozenset(_listed("clock", "units")),
    )


@of_all_languages
def zone_words() -> ZoneWords:
    """The words of zones of all languages."""
    places = ((word, key) for one in _sections("zones") for key, words in one.items() for word in words)
    return ZoneWords(
        time=_phrases(_listed("zones", "time")),
        before=frozenset(_listed("zones", "before")),
        places=Meanings((word, key) for word, key in places if "/" in key or key in {"UTC", "AOE"}),
    )


def _any_of(section: str) -> str:
    """A pattern for every word of a section, the longest first."""
    words = sorted({word for word, _ in _numbered(section)}, key=lambda word: (-len(word), word))
    return rf"(?:{'|'.join(re.escape(word) for word in words)})\b"


MONTH = _any_of("months") + r"\.?"
WEEKDAY = _any_of("weekdays")
