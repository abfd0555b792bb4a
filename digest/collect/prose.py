"""What a post says of a vacancy or an event: cue words, then dates and facts near them; pure.

A date alone means nothing. A vacancy needs a closing cue and signs of a job; an event needs an event's name and a
date in the title, or a sentence that announces. Whatever only mentions, reports or thanks stays a post.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.collect import cues
from digest.collect.dates import MIDNIGHT, ReadDate, WrittenDate, find_dates, find_times, read_date
from digest.model import Certainty, Reading
from digest.text.markup import bare_url, excerpt, one_line


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


_WEIGHT = {Certainty.CONTRADICTED: 0, Certainty.CERTAIN: 1, Certainty.ASSUMED: 2}
_WORDS = 160  # characters of what was written that a reading keeps
_BEFORE = 200  # characters before a date in which a word may say what it is the date of
_SMALL_HOURS = time(6)  # an end by then is of the night that began the day before


def find_vacancy(
    title: str, text: str, *, reference: date, zone: ZoneInfo, month_first: bool = False
) -> VacancyFacts | None:
    """The facts of a vacancy, or nothing where the post does not advertise one."""
    whole = f"{title}\n{text}"
    signs = sum(bool(sign.search(whole)) for sign in cues.JOB) + bool(cues.ROLE.search(title))
    signs += cues.CLOSING_LABEL.search(text) is not None
    if (
        signs < 2
        or cues.NO_JOB.search(title)
        or (cues.UNPAID.search(whole) and not cues.SALARY.search(whole))
        or cues.PAST.search(title)
        or not (cues.ROLE.search(title) or cues.JOB[3].search(whole))
    ):
        return None
    closing = _closing(whole, reference, month_first=month_first)
    if closing is None:
        return None
    read, clock, midnight, words = closing
    doubts: tuple[str, ...] = ("no closing date could be read",)
    closes_at = reading = None
    if read is not None:
        closes_at, doubts = _closing_instant(read.last, clock, zone, midnight=midnight), read.doubts
        value = read.last.isoformat() if clock is None or midnight else closes_at.isoformat()
        reading = Reading(field="closes_at", value=value, words=excerpt(words, _WORDS), certainty=read.certainty)
    return VacancyFacts(
        closes_at=closes_at,
        all_day=closes_at is not None and (clock is None or midnight),
        employer=_employer(title, text),
        salary=_salary(title, text),
        location=_location(text, (cues.PLACE_LABEL, cues.PLACE_WORK)),
        url=_link(text, cues.APPLY),
        doubts=doubts,
        reading=reading,
    )


def _closing_instant(day: date, clock: time | None, zone: ZoneInfo, *, midnight: bool) -> datetime:
    if clock is None or midnight:
        return datetime.combine(day + timedelta(days=1), MIDNIGHT, zone)
    return datetime.combine(day, clock, zone)


def _closing(text: str, reference: date, *, month_first: bool) -> tuple[ReadDate | None, time | None, bool, str] | None:
    """The date a closing cue speaks of, with its time of day and its sentence; nothing where there is no cue."""
    cue_seen = False
    lines = [line for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines):
        for sentence in cues.SENTENCE.split(line):
            cue = cues.CLOSING.search(sentence)
            if cue is None or cues.ANOTHER_CLOSING.search(sentence[: cue.start()]):
                continue
            cue_seen = cue_seen or cues.PROMISED.search(sentence) is not None
            said = sentence
            if (
                cue.end() >= len(sentence.rstrip(" :-–"))
                and number + 1 < len(lines)
                and not find_dates(said, numeric=True)
            ):
                said = f"{sentence} {lines[number + 1]}"
            written = _nearest(find_dates(said, numeric=True, month_first=month_first), cue.end(), said)
            if written is None:
                continue
            read = read_date(written, reference=reference)
            if read is not None:
                clock, midnight = _time_beside(said, written)
                return read, clock, midnight, said
    return (None, None, False, "") if cue_seen else None


def _nearest(dates: list[WrittenDate], place: int, sentence: str) -> WrittenDate | None:
    """The first date after a cue unless an interview is spoken of in between; else the last one before it."""
    for written in dates:
        if written.span[0] >= place:
            interview = re.search(r"interview|shortlist|start", sentence[place : written.span[0]], re.IGNORECASE)
            return None if interview else written
    return dates[-1] if dates else None


def _time_beside(sentence: str, written: WrittenDate) -> tuple[time | None, bool]:
    """The time of day nearest to a date in its sentence."""
    start, end = written.span
    times = [
        (min(abs(start - one.span[1]), abs(one.span[0] - end)), one.clock, one.midnight)
        for one in find_times(sentence)
        if one.span[1] <= start or one.span[0] >= end
    ]
    near = [entry for entry in times if entry[0] <= 40]
    return min(near)[1:] if near else (None, False)


def find_event(
    title: str, text: str, *, reference: date, zone: ZoneInfo, month_first: bool = False
) -> EventFacts | None:
    """The facts of an event, or nothing where the post does not announce one."""
    if cues.PAST.search(title):
        return None
    reported = cues.PAST.search(text) is not None
    for sentence in _announcing(title, text):
        past = reported or not _announces(title, sentence)  # a date gone by may be an announcement's, seen late
        labelled = bool(cues.WHEN_LABEL.match(sentence))
        for written in find_dates(sentence, numeric=True, month_first=month_first):
            start = written.span[0]
            before = sentence[max(0, start - _BEFORE) : start]
            if written.numeric and not (labelled or written.weekday is not None or cues.ON_A_DAY.search(before)):
                continue  # numbers are many things
            if cues.NOT_THE_DATE.search(before):
                continue
            read = read_date(written, reference=reference)
            if read is None or (read.last < reference and past):
                continue
            telling = ((sentence, read), *_speaking_of(read.first, text, reference))
            return _event(title, text, telling, zone)
    return None


def _announces(title: str, sentence: str) -> bool:
    return bool(sentence == title or cues.INVITING.search(sentence) or cues.HAPPENING.search(sentence))


def _speaking_of(day: date, text: str, reference: date) -> Iterator[tuple[str, ReadDate]]:
    """The sentences that name the same day: a title gives the date, the first line the time and the place."""
    for line in text.split("\n"):
        for sentence in cues.SENTENCE.split(line):
            reads = (read_date(written, reference=reference) for written in find_dates(sentence))
            same = next((read for read in reads if read is not None and read.first == day), None)
            if same is not None:
                yield sentence, same


def _announcing(title: str, text: str) -> Iterator[str]:
    """The sentences in which an event's date may stand: the title, then those that announce or invite."""
    named = cues.EVENT.search(title) is not None
    inviting = cues.INVITING.search(title) is not None
    if named:
        yield title
    welcoming = named or inviting or cues.INVITING.search(text) is not None
    for line in text.split("\n"):
        if welcoming and _only_says_when(line):
            yield line
        for sentence in cues.SENTENCE.split(line):
            if cues.PAST.search(sentence):
                continue
            hours = _hours(sentence)
            invites = cues.INVITING.search(sentence) is not None
            names_one = named or cues.EVENT.search(sentence) is not None
            if (
                (names_one and (invites or ((named or inviting) and cues.HAPPENING.search(sentence))))
                or (named and (cues.WHEN_LABEL.match(sentence) or (hours and hours[1])))
                or (hours and cues.COMING.search(sentence))
            ):
                yield sentence


def _only_says_when(line: str) -> bool:
    """Whether a line is a date and a time of day and nothing else, as under the title of a notice."""
    dates, times = find_dates(line, numeric=True), find_times(line)
    if not dates or not times:
        return False
    rest, place = [], 0
    for start, end in sorted((*(written.span for written in dates), *(one.span for one in times))):
        rest.append(line[place:start])
        place = max(place, end)
    return cues.BARE_WHEN.fullmatch(" ".join((*rest, line[place:]))) is not None


def _event(title: str, text: str, told: tuple[tuple[str, ReadDate], ...], zone: ZoneInfo) -> EventFacts:
    """The facts of an event that one or more sentences speak of, the one that announces it first."""
    telling = tuple(sentence for sentence, _ in told)
    # One sentence may contradict itself, or give the year that another leaves out.
    words, surest = min(told, key=lambda one: _WEIGHT[one[1].certainty])
    read = told[0][1]
    clock, until = _event_times(title, text, telling)
    ends_at = None
    if clock is not None and until is not None:
        last = read.last
        if last == read.first and until < clock and until <= _SMALL_HOURS:
            last += timedelta(days=1)
        ends_at = datetime.combine(last, until, zone) if (last, until) > (read.first, clock) else None
    elif read.last > read.first:
        ends_at = datetime.combine(read.last + timedelta(days=1), MIDNIGHT, zone)
    starts_at = datetime.combine(read.first, clock or MIDNIGHT, zone)
    return EventFacts(
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=clock is None,
        location=_location(text, (cues.PLACE_LABEL,))
        or _location("\n".join(telling), (cues.PLACE_HELD, cues.PLACE_AFTER)),
        url=_link(text, cues.BOOK),
        doubts=surest.doubts,
        reading=Reading(
            field="starts_at",
            value=read.first.isoformat() if clock is None else starts_at.isoformat(),
            words=excerpt(words, _WORDS),
            certainty=surest.certainty,
        ),
    )


def _event_times(title: str, text: str, telling: tuple[str, ...]) -> tuple[time | None, time | None]:
    labelled = cues.TIME_LABEL.findall(text)
    for place in (*telling, *labelled, title):
        if hours := _hours(place):
            return hours
    for line in text.split("\n"):
        for sentence in cues.SENTENCE.split(line):
            if not find_dates(sentence) and (hours := _hours(sentence, cue=cues.STARTING)):
                return hours
    return None, None


def _hours(sentence: str, cue: re.Pattern[str] | None = None) -> tuple[time, time | None] | None:
    """The first time of day in a sentence, with the end where one is said of it."""
    times = find_times(sentence)
    if not times or times[0].midnight or (cue is not None and not cue.search(sentence[: times[0].span[0]])):
        return None
    clock, span = times[0].clock, times[0].span
    if len(times) == 1 or times[0].until is not None:
        return clock, times[0].until
    until = cues.UNTIL.fullmatch(sentence[span[1] : times[1].span[0]])
    return clock, times[1].clock if until else None


def _location(text: str, patterns: tuple[re.Pattern[str], ...]) -> str | None:
    for pattern in patterns:
        for match in pattern.finditer(text):
            place = cues.DATED.split(one_line(match["place"]))[0].rstrip(" .,;:!")
            if place and not cues.CALENDAR_WORD.match(place):
                return place[:120]
    return None


def _salary(title: str, text: str) -> str | None:
    labelled = cues.SALARY_LABEL.search(text)
    match = cues.SALARY.search(text) or cues.SALARY.search(title)
    if match:
        return one_line(match[0]).rstrip(" ,").removesuffix(")" if "(" not in match[0] else "\0")
    if labelled:
        return one_line(labelled["salary"]).rstrip(".")
    match = cues.AMOUNT.search(title)
    return one_line(match[0]) if match else None


def _employer(title: str, text: str) -> str | None:
    if label := cues.EMPLOYER_LABEL.search(text):
        return one_line(label["name"]).rstrip(".")
    parts = re.split(" [-–—|] ", title)
    if len(parts) > 1 and not cues.CONDITIONS.search(parts[-1]) and not cues.ROLE.search(parts[-1]):
        return parts[-1]
    if at := cues.EMPLOYER_AT.search(parts[0].split(" (")[0].split(",")[0]):
        return at["name"]
    if said := cues.EMPLOYER_IS.search(text):
        return said["name"]
    return None


def _link(text: str, cue: re.Pattern[str]) -> str | None:
    """The first address in a line that speaks of details, else the first of all."""
    first = None
    for line in text.split("\n"):
        for match in cues.URL.finditer(line):
            url = bare_url(match[0])
            url = url if "://" in url else f"http://{url}"
            first = first or url
            if cue.search(line[max(0, match.start() - 80) : match.start()]) or cue.search(
                line[match.end() : match.end() + 40]
            ):
                return url
    return first
