"""What a post says of a vacancy or an event: cue words, then dates and facts near them; pure.

A date alone means nothing. A vacancy needs a closing cue and signs of a job; an event needs an event's name and a
date in the title, or a sentence that announces. Whatever only mentions, reports or thanks stays a post.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.collect.dates import MIDNIGHT, MONTH, WEEKDAY, ReadDate, WrittenDate, find_dates, find_times, read_date
from digest.markup import bare_url, one_line


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


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFacts:
    """What a post says of an event."""

    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    location: str | None
    url: str | None
    doubts: tuple[str, ...]


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")\b", re.IGNORECASE)


_CLOSING = _words(
    r"closing (?:date|time)(?! (?:was|has|had|passed))",
    r"clos(?:es|ing) (?:on|at)",
    r"apply (?:by|before|no later than|online by)",
    r"applications?\s+(?:will\s+)?(?:close|closes|closing)(?! when)",
    r"applications?\b[^.!?\n]{0,40}\b(?:by|until|before|no later than)",
    r"deadline(?: for (?:all )?applications?)?(?! (?:was|has|had|passed))",
    r"last (?:date|day) (?:for applications?|to apply)",
    r"(?:send|submit|e-?mail|return)\b[^.!?\n]{0,60}\b(?:cv|application|covering letter)\b[^.!?\n]{0,60}\bby",
)
_ROLE = _words(
    r"(?:co-?ordinator|officer|assistant|manager|worker|director|administrator|apprentice|facilitator|advis[eo]r)s?",
    r"(?:gardener|ranger|warden|researcher|trainer|tutor|intern|internship|secretary|treasurer|caretaker|clerk|cook)s?",
    r"(?:team|project|programme|development|communications?) lead",
    r"(?:vacancy|vacancies|job|recruiting|hiring)",
)
_JOB = (
    _words(r"per annum", r"pro rata", r"per hour", r"an hour", r"p\.a\.", r"a year", r"salary", r"real living wage"),
    _words(r"fixed[- ]term", r"full[- ]time", r"part[- ]time", r"permanent", r"maternity cover", r"secondment"),
    _words(r"\d+(?:\.\d+)? hours (?:per|a) week", r"\d+(?:\.\d+)? days (?:per|a) week", r"fte"),
    _words(r"vacanc(?:y|ies)", r"job description", r"person specification", r"application (?:pack|form|materials)"),
    _words(r"(?:recruiting|recruit|hiring|appoint)", r"the (?:role|post ?holder|successful (?:candidate|applicant))"),
)
_NO_JOB = _words(
    r"grants?|funds?|funding|awards?|bursar(?:y|ies)|prizes?|competition|survey|consultation|tenders?",
    r"call for (?:papers|proposals|abstracts|stories|photos|contributions|evidence|workshops|speakers)|abstracts?",
    r"volunteers?|conference|webinar|plots?|thanks|thank you|congratulations|welcome to",
)
_MONEY = r"£\s?\d[\d,]*(?:\.\d+)?k?\b"
_UNIT = (
    r"(?:\s*\(?(?:per annum|p\.a\.|pa\b|a year|per year|per hour|an hour|per day|a day|per week|pro rata|fte\b"
    r"|full[- ]time equivalent)\)?,?)"
)
_SALARY = re.compile(rf"{_MONEY}(?:\s*(?:-|–|—|to)\s*{_MONEY})?{_UNIT}+", re.IGNORECASE)
_AMOUNT = re.compile(rf"{_MONEY}(?:\s*(?:-|–|—|to)\s*{_MONEY})?", re.IGNORECASE)

_EVENT_NAME = (
    r"(?:conference|meeting|workshop|seminar|webinar|gathering|practice exchange|open day|open evening|agm|"
    r"annual general meeting|training(?: day| session| course)?|event|forum|festival|fair|walk|study visit|site visit|"
    r"visit|session|course|symposium|summit|launch|meet-?up|picnic|supper|lunch|ceilidh|(?:seed|plant) swap|work ?day|"
    r"work party|plant sale|talk|lecture|drop-in|celebration|party|assembly|roundtable|market|tour|class|screening|"
    r"exhibition|show|apple day|wassail)"
)
_EVENT = _words(_EVENT_NAME)
_INVITING = _words(
    r"join us|save the date|(?:you(?:'|’)?re|you are|all|everyone(?: is| are)?|members are) (?:all )?invited",
    r"(?:you are|all|everyone(?: is)?|members are) (?:all )?welcome",
    r"register (?:now|here|today|online|for|your)|book (?:now|here|your|a place|online)|sign up (?:now|here|today|for)",
    r"come along|come and join|tickets? (?:are|is|from|cost|now)|rsvp|hold the date|put it in your diar(?:y|ies)",
)
_HAPPENING = _words(
    r"(?:will be|is being|is to be|are being) (?:held|hosted)|(?:will )?takes? place|will (?:meet|gather)",
    r"will (?:host|run|hold)|(?:we|we(?:'|’)re|we are|network is) (?:will be )?(?:holding|hosting|running)",
    r"next (?:meeting|gathering|workshop)",
    r"our (?:next|annual|first|second|third|spring|summer|autumn|winter)\b[^.!?\n]{0,60}\b(?:is|will be) (?:on|at|in)",
)
_WHEN_LABEL = re.compile(r"(?:date|dates|when|date and time)\s*:", re.IGNORECASE)
_PAST = _words(
    r"took place|was held|were held|held last|last (?:week|month|year|night|mon|tues|wednes|thurs|fri|satur|sun)\w*",
    r"thank(?:s| you)|attended|met (?:at|in|on)|was|were|had|yesterday|report (?:from|of|on)|notes (?:from|of)",
    r"minutes (?:from|of)|photos (?:from|of)|reflections|looking back|what we learned|highlights (?:from|of)|follow",
    r"postponed|recording",
)
_NOT_THE_DATE = re.compile(
    r"(?:\bby|deadline\b.{0,30}|\buntil|\bbefore|\bclos(?:es|ed|ing)\b.{0,30}|\bsince"
    r"|\b(?:published|posted)(?: on)?|\bupdated(?: on)?|\bafter|\bno later than|\blast)\s*:?\s*"
    r"(?:the\s+|noon on\s+|midnight on\s+|\d{1,2}(?:[:.]\d\d)?\s*[ap]m on\s+)?\(?$",
    re.IGNORECASE,
)
_PROPER = r"(?:St\.|[^\W\d_a-z][\w'’&-]*)"
_PLACE = rf"{_PROPER}(?:,?[ ](?:(?:of|the|upon|on|and|in|le|y|yr|new)[ ]){{0,3}}{_PROPER}){{0,9}}"
_PLACE_LABEL = re.compile(
    r"^\W*(?:where|venue|location|place|based)\s*:\s*(?P<place>\S.{1,118})$", re.IGNORECASE | re.MULTILINE
)
_PLACE_HELD = re.compile(
    r"\b(?:held|hosted|place|meet|gather|us|be|is|meeting|here|again)\s+(?:at|in)\s+(?:the\s+|our\s+)?"
    rf"(?P<place>{_PLACE})"
)
_PLACE_AFTER = re.compile(rf"\b(?:at|in)\s+(?:the\s+|our\s+)?(?P<place>{_PLACE})")
_PLACE_WORK = re.compile(
    rf"\b(?:office|offices|team|garden|base|hub|centre|based|working|work)\s+(?:is\s+)?(?:in|at)\s+(?:central\s+)?"
    rf"(?P<place>{_PROPER}(?:[ ](?:upon |on |of |le )?{_PROPER}){{0,3}})"
)
_DATED = re.compile(rf",?\s(?:(?:on|from|this|next)\s)?(?:{WEEKDAY}|{MONTH})(?=\W|$)", re.IGNORECASE)
_CALENDAR_WORD = re.compile(rf"(?:{MONTH}|{WEEKDAY}|we\b|please\b|i\b|this\b)", re.IGNORECASE)
_MORE = rf"(?:[ ](?:(?:of|the|and|for) ){{0,2}}{_PROPER}){{0,6}}"
_EMPLOYER_LABEL = re.compile(r"^\W*(?:employer|organisation)\s*:\s*(?P<name>\S.{1,98})$", re.IGNORECASE | re.MULTILINE)
_EMPLOYER_AT = re.compile(rf"\b(?:at|with|for)\s+(?:the\s+)?(?P<name>{_PROPER}{_MORE})$")
_EMPLOYER_IS = re.compile(
    rf"^(?:The\s+)?(?P<name>{_PROPER}{_MORE})\s+(?:is|are)\s+(?:an?|the)\s"
    r"[^.\n]{0,80}\b(?:charity|organisation|trust|network|company|co-?operative|enterprise|partnership|association)",
    re.MULTILINE,
)
_CONDITIONS = re.compile(
    r"\d|£|\b(?:fixed|part|full|term|time|hours?|maternity|cover|permanent|temporary|vacancy|job|closing|apply)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"]{1,2000}|\bwww\.[^\s<>\"]{1,2000}")
_APPLY = _words(
    r"(?:more|further|full|all) (?:details|information)|details|apply|application",
    r"job (?:pack|description)|find out more",
)
_BOOK = _words(r"register|registration|book|booking|sign up|details|programme|tickets?|information|join|find out more")
_SENTENCE = re.compile(r"(?<=[.!?])(?<!a\.m\.)(?<!p\.m\.)\s+(?=[^\W\d_a-z])")


def find_vacancy(title: str, text: str, *, reference: date, zone: ZoneInfo) -> VacancyFacts | None:
    """The facts of a vacancy, or nothing where the post does not advertise one."""
    whole = f"{title}\n{text}"
    signs = sum(bool(sign.search(whole)) for sign in _JOB) + bool(_ROLE.search(title))
    if signs < 2 or _NO_JOB.search(title) or _PAST.search(title) or not (_ROLE.search(title) or _JOB[3].search(whole)):
        return None
    closing = _closing(whole, reference)
    if closing is None:
        return None
    read, clock, midnight = closing
    doubts: tuple[str, ...] = ("no closing date could be read",)
    closes_at = None
    if read is not None:
        closes_at, doubts = _closing_instant(read.last, clock, zone, midnight=midnight), read.doubts
    return VacancyFacts(
        closes_at=closes_at,
        all_day=closes_at is not None and (clock is None or midnight),
        employer=_employer(title, text),
        salary=_salary(title, text),
        location=_location(text, (_PLACE_LABEL, _PLACE_WORK)),
        url=_link(text, _APPLY),
        doubts=doubts,
    )


def _closing_instant(day: date, clock: time | None, zone: ZoneInfo, *, midnight: bool) -> datetime:
    if clock is None or midnight:
        return datetime.combine(day + timedelta(days=1), MIDNIGHT, zone)
    return datetime.combine(day, clock, zone)


def _closing(text: str, reference: date) -> tuple[ReadDate | None, time | None, bool] | None:
    """The date a closing cue speaks of, with its time of day; nothing where there is no such cue."""
    cue_seen = False
    lines = [line for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines):
        for sentence in _SENTENCE.split(line):
            cue = _CLOSING.search(sentence)
            if cue is None:
                continue
            cue_seen = True
            said = sentence
            if (
                cue.end() >= len(sentence.rstrip(" :-–"))
                and number + 1 < len(lines)
                and not find_dates(said, numeric=True)
            ):
                said = f"{sentence} {lines[number + 1]}"
            written = _nearest(find_dates(said, numeric=True), cue.end(), said)
            if written is None:
                continue
            read = read_date(written, reference=reference)
            if read is not None:
                clock, midnight = _time_beside(said, written)
                return read, clock, midnight
    return (None, None, False) if cue_seen else None


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
        (min(abs(start - span[1]), abs(span[0] - end)), clock, midnight)
        for clock, span, midnight in find_times(sentence)
        if span[1] <= start or span[0] >= end
    ]
    near = [entry for entry in times if entry[0] <= 40]
    return min(near)[1:] if near else (None, False)


def find_event(title: str, text: str, *, reference: date, zone: ZoneInfo) -> EventFacts | None:
    """The facts of an event, or nothing where the post does not announce one."""
    if _PAST.search(title):
        return None
    for sentence in _announcing(title, text):
        for written in find_dates(sentence, numeric=bool(_WHEN_LABEL.match(sentence))):
            if _NOT_THE_DATE.search(sentence[: written.span[0]]):
                continue
            read = read_date(written, reference=reference)
            if read is None or (read.last < reference and _PAST.search(text)):
                continue
            telling = (sentence, *_speaking_of(read.first, text, reference))
            return _event(title, text, telling, read, zone)
    return None


def _speaking_of(day: date, text: str, reference: date) -> Iterator[str]:
    """The sentences that name the same day: a title gives the date, the first line the time and the place."""
    for line in text.split("\n"):
        for sentence in _SENTENCE.split(line):
            for written in find_dates(sentence):
                read = read_date(written, reference=reference)
                if read is not None and read.first == day:
                    yield sentence


def _announcing(title: str, text: str) -> Iterator[str]:
    """The sentences in which an event's date may stand: the title, then those that announce or invite."""
    named = _EVENT.search(title) is not None
    inviting = _INVITING.search(title) is not None
    if named:
        yield title
    for line in text.split("\n"):
        for sentence in _SENTENCE.split(line):
            if _PAST.search(sentence):
                continue
            names_one = named or _EVENT.search(sentence) is not None
            announces = (
                _INVITING.search(sentence)
                or ((named or inviting) and _HAPPENING.search(sentence))
                or (named and _WHEN_LABEL.match(sentence))
            )
            if names_one and announces:
                yield sentence


def _event(title: str, text: str, telling: tuple[str, ...], read: ReadDate, zone: ZoneInfo) -> EventFacts:
    clock, until = _event_times(title, text, telling)
    several_days = read.last > read.first
    starts_at = datetime.combine(read.first, clock or MIDNIGHT, zone)
    ends_at = None
    if clock is None:
        ends_at = datetime.combine(read.last + timedelta(days=1), MIDNIGHT, zone) if several_days else None
    elif until is not None and (several_days or until > clock):
        ends_at = datetime.combine(read.last, until, zone)
    elif several_days:
        ends_at = datetime.combine(read.last + timedelta(days=1), MIDNIGHT, zone)
    return EventFacts(
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=clock is None,
        location=_location(text, (_PLACE_LABEL,)) or _location("\n".join(telling), (_PLACE_HELD, _PLACE_AFTER)),
        url=_link(text, _BOOK),
        doubts=read.doubts,
    )


def _event_times(title: str, text: str, telling: tuple[str, ...]) -> tuple[time | None, time | None]:
    labelled = re.findall(r"^\W*(?:time|when|doors)\s*:.*$", text, re.IGNORECASE | re.MULTILINE)
    for place in (*telling, *labelled, title):
        times = [clock for clock, _, midnight in find_times(place) if not midnight]
        if times:
            return times[0], times[1] if len(times) > 1 else None
    return None, None


def _location(text: str, patterns: tuple[re.Pattern[str], ...]) -> str | None:
    for pattern in patterns:
        for match in pattern.finditer(text):
            place = _DATED.split(one_line(match["place"]))[0].rstrip(" .,;:!")
            if place and not _CALENDAR_WORD.match(place):
                return place[:120]
    return None


def _salary(title: str, text: str) -> str | None:
    labelled = re.search(r"^\W*(?:salary|pay|rate of pay)\s*:\s*(\S.{1,98})$", text, re.IGNORECASE | re.MULTILINE)
    match = _SALARY.search(text) or _SALARY.search(title)
    if match:
        return one_line(match[0]).rstrip(" ,").removesuffix(")" if "(" not in match[0] else "\0")
    if labelled:
        return one_line(labelled[1]).rstrip(".")
    match = _AMOUNT.search(title)
    return one_line(match[0]) if match else None


def _employer(title: str, text: str) -> str | None:
    if label := _EMPLOYER_LABEL.search(text):
        return one_line(label["name"]).rstrip(".")
    parts = re.split(r"\s+[-–—|]\s+", title)
    if len(parts) > 1 and not _CONDITIONS.search(parts[-1]) and not _ROLE.search(parts[-1]):
        return parts[-1]
    if at := _EMPLOYER_AT.search(parts[0].split(" (")[0].split(",")[0]):
        return at["name"]
    if said := _EMPLOYER_IS.search(text):
        return said["name"]
    return None


def _link(text: str, cue: re.Pattern[str]) -> str | None:
    """The first address in a line that speaks of details, else the first of all."""
    first = None
    for line in text.split("\n"):
        for match in _URL.finditer(line):
            url = bare_url(match[0])
            url = url if "://" in url else f"http://{url}"
            first = first or url
            if cue.search(line[: match.start()][-80:]) or cue.search(line[match.end() : match.end() + 40]):
                return url
    return first
