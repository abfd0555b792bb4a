"""When on its day an event begins and ends: the time beside its date, else the first that is near; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from digest.collect.dates import ReadTime, WrittenTime, WrittenZone, find_zones, read_time
from digest.collect.evidence import Candidate, Sentence, Words
from digest.collect.hours.half_of_day import with_half
from digest.collect.hours.programmes import programme_of
from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of

_AND = re.compile(r"\s?(?:,|&|/|and|or|a|ac|neu)\s?", re.IGNORECASE)
_JOINED = 8  # characters between two times of a list
_TO = re.compile(r"\W*(?:-|–|—|to|till|until)\W*(?:(?:c|ca|about|around|approx|roughly|late)\b\W*)?", re.IGNORECASE)
_LEAVING = re.compile(
    r"\b(?:(?:we|we['’]ll|and|all|it|meeting|everything|event)?\s?(?:finish(?:es|ing)?|stops?|ends?|be done|done"
    r"|over)|home|breaking up|carriages"
    r"|closing|close|pack(?:ing)? up|back in bed)\s(?:by|at|around|about|before)?\s?(?:about |around )?$",
    re.IGNORECASE,
)
_ALL_TIMES = re.compile(
    r"\b(?:all times|times (?:are|given|shown|in|below|listed)|time zone:?|timezone:?)\b",
    re.IGNORECASE,
)
_DAWN = time(7)
_IS_OVER = re.compile(
    r"[\s|:–-]{1,5}(?:ends?|finish(?:es)?|close|done|depart(?:ures?)?|home|carriages)\b", re.IGNORECASE
)  # "16:30 Ends"
_FOLLOWING = 10  # sentences after the beginning in which the end may be told
_BESIDE = 60  # characters between a date and its time of day
_AFTER, _BEFORE = 4, 4  # sentences around the date
_NEAR = 45  # characters before a time that say what it is the time of


class _Patterns(NamedTuple):
    earlier: re.Pattern[str]  # before a time: it is before the beginning
    over: re.Pattern[str]
    comes_first: re.Pattern[str]  # "09:15 Arrival, badges": the line of a programme before it begins
    label: re.Pattern[str]
    end_label: re.Pattern[str]


@of_all_languages
def _patterns() -> _Patterns:
    return _Patterns(
        earlier=re.compile(rf"\b{any_of('earlier')}\b[^.;,\d]{{0,25}}$", re.IGNORECASE),
        over=re.compile(rf"\b{any_of('over')}\b[^.;,\d]{{0,20}}$", re.IGNORECASE),
        comes_first=re.compile(rf"[^\w(]{{1,4}}{any_of('first')}\b", re.IGNORECASE),
        label=re.compile(any_of("time"), re.IGNORECASE),
        end_label=re.compile(any_of("ends"), re.IGNORECASE),
    )


def labels_the_end(sentence: Sentence) -> bool:
    """Whether a sentence has a label such as "Ends"."""
    return bool(_patterns().end_label.fullmatch(sentence.label))


def time_beside(one: Candidate) -> WrittenTime | None:
    """The time of day nearest to a date in its sentence; not one before the beginning, nor the end alone."""
    start, end = one.written.span
    near = [
        (max(start - told.span[1], told.span[0] - end), number, told)
        for number, told in enumerate(one.sentence.times)
        if told.span[1] <= start or told.span[0] >= end
    ]
    fitting = [entry for entry in near if not entry[2].end_only and not _side(one.sentence, entry[2])] or near
    best = min(fitting, default=None)
    if best is None or best[0] > _BESIDE:
        return None
    first = best[2]
    for _, _, told in reversed([entry for entry in fitting if entry[1] < best[1]]):
        if not _AND.fullmatch(one.sentence.text[told.span[1] : first.span[0]][:_JOINED]):
            break
        first = told  # "at 10am and 2pm on 5 May"
    return first


def hours_of(telling: Sequence[Candidate], words: Words, zone: ZoneInfo, last: date) -> ReadTime | None:
    """The beginning and, where it is said, the end.

    Args:
        telling: the dates that are the event's, the surest first.
        words: of its post.
        zone: the network's.
        last: the event's last day.
    """
    day = telling[0].read.first
    found = _beginning(telling, words)
    if found is None:
        return None
    sentence, start = found
    if start.zone is None:
        start = replace(start, zone=common_zone(words))
    until = start.until or _end(sentence, start, words)
    if start.assumed and until is not None and last == day:
        start = _in_the_morning(start, until)
    start, until, doubts = with_half(start, until, heard=(words.spoken[0], sentence, telling[0].sentence))
    if last == day or until is None:
        read = read_time(replace(start, until=until), day=day, zone=zone)
    else:
        ends = read_time(replace(start, clock=until, until=None, elsewhere=()), day=last, zone=zone).starts
        read = replace(read_time(replace(start, until=None), day=day, zone=zone), ends=ends)
    return replace(read, doubts=(*read.doubts, *doubts))


def common_zone(words: Words) -> WrittenZone | None:
    """The one zone that stands once for all times: "All times are in CET"."""
    zones = [
        zone for sentence in words.spoken if _ALL_TIMES.search(sentence.text) for zone in find_zones(sentence.text)
    ]
    return zones[0] if zones and len({zone.text for zone in zones}) == 1 else None


def _beginning(telling: Sequence[Candidate], words: Words) -> tuple[Sentence, WrittenTime] | None:
    """Where it is said, and when; where only the doors are spoken of, they are it."""
    days = {one.sentence: one for one in telling}
    order = list(_in_order(telling, words))
    for sentence in order:
        start = time_beside(days[sentence]) if sentence in days else None
        start = start or next((told for told in sentence.times if not _side(sentence, told)), None)
        if start is None or start.midnight or start.end_only:
            continue
        lines = () if sentence in days else programme_of(sentence, words.spoken)
        return next(((line, line.times[0]) for line in lines if not _side(line, line.times[0])), (sentence, start))
    doors = (
        (sentence, told)
        for sentence in order
        for told in sentence.times
        if _patterns().earlier.search(_before(sentence, told)) and not told.midnight
    )
    return next(doors, None)


def _in_order(telling: Sequence[Candidate], words: Words) -> Iterator[Sentence]:
    """Where the beginning may be said, the likeliest first."""
    yield from dict.fromkeys(one.sentence for one in telling)
    spoken = words.spoken
    yield from (sentence for sentence in spoken if _patterns().label.fullmatch(sentence.label))
    places = [*dict.fromkeys(spoken.index(one.sentence) for one in telling)]
    free = [sentence if _tells_of(telling[0], sentence) else None for sentence in spoken]
    for place in places:
        yield from filter(None, free[place + 1 : place + 1 + _AFTER])
        yield from filter(None, free[max(0, place - _BEFORE) : place])
    yield from (sentence for sentence in filter(None, free) if any(told.until for told in sentence.times))
    timed = [sentence for sentence in filter(None, free) if sentence.times]
    yield from timed[:1] if len(timed) == 1 else ()


def _tells_of(one: Candidate, sentence: Sentence) -> bool:
    """Whether a sentence has no date, or the event's weekday alone: "Start on Friday at 8:30"."""
    first, last = one.read.first, one.read.last
    days = {(first + timedelta(days=day)).weekday() for day in range(min(7, (last - first).days + 1))}
    return all(
        written.counted_from is not None and date(written.year or 1, written.month, written.day).weekday() in days
        for written in sentence.dates
    )


def _before(sentence: Sentence, told: WrittenTime) -> str:
    return sentence.text[max(0, told.span[0] - _NEAR) : told.span[0]]


def _side(sentence: Sentence, told: WrittenTime) -> bool:
    """Whether a time is of doors or of the end."""
    before = _before(sentence, told)
    programme = not before.strip(" |*-–•") and _patterns().comes_first.match(sentence.text[told.span[1] :][:40])
    aside = (
        programme or _patterns().earlier.search(before) or _patterns().over.search(before) or labels_the_end(sentence)
    )
    return bool(aside) or told.midnight or told.end_only


def _end(sentence: Sentence, start: WrittenTime, words: Words) -> time | None:
    """The time at which it is said to be over, after its beginning."""
    place = start.span[1]
    for told in sentence.times:
        if told.span[0] <= start.span[0]:
            continue
        before = sentence.text[max(place, told.span[0] - _NEAR) : told.span[0]]
        joined = told.span[0] - place < _NEAR and _TO.fullmatch(before)
        if told.end_only or joined or _patterns().over.search(before):
            return told.clock
    following = words.spoken[words.spoken.index(sentence) + 1 :][:_FOLLOWING]
    for other in following:
        for told in () if other.dates else other.times:
            before, after = _before(other, told), other.text[told.span[1] :][:20]
            last = not before.strip(" |*-–•") and _IS_OVER.match(after)
            if told.until is None and (told.end_only or last or _LEAVING.search(before)):
                return _later(told, start)
    labelled = [one for other in words.spoken if labels_the_end(other) for one in other.times]
    return labelled[0].clock if labelled else None


def _in_the_morning(start: WrittenTime, until: time) -> WrittenTime:
    """A beginning whose half of the day is not written, before its end: "Bacon rolls at 8, done by 9.30"."""
    morning = start.clock.replace(hour=start.clock.hour % 12)
    early = _DAWN <= morning < until < start.clock and until.hour < 12
    return replace(start, clock=morning) if early else start


def _later(told: WrittenTime, start: WrittenTime) -> time:
    """An end whose half of the day is not written, behind its beginning: "7.30pm ... we finish at nine"."""
    if told.assumed and told.clock <= start.clock and told.clock.hour < 12:
        return told.clock.replace(hour=told.clock.hour + 12)
    return told.clock
