"""Until when an event wants to be booked: "Register by 17 March", "RSVP: 5 May", "booking closes on ..."; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect.dates import MIDNIGHT, read_time
from digest.collect.evidence import Candidate
from digest.collect.hours import time_beside

_BEFORE, _AFTER = 110, 70  # characters around a date that say what it is of
_PLACES = (
    r"(?:book(?:ed|ing|ings)?|regist(?:er|ered|ration|rations|rar)|sign(?:ing)?[- ]?(?:up|ups)|rsvps?|repl(?:y|ies)"
    r"|respond|responses|tickets?"
    r"|places?|spaces?|seats?|numbers|names?|enrol(?:ment|l?ing)?|apply|applications?|confirm|(?:let"
    r"|tell) \S{1,20}(?: know)?|(?:email|e-mail|contact)"
    r"|say you|if you(?:'d|’d| would)? (?:want|like|are coming|can come|plan)|order|pay(?:ment)?|sales?"
    r"|cofrestr\w{1,6}|archeb\w{1,6})"
)
_UNTIL = re.compile(
    rf"\b{_PLACES}\b.{{0,80}}\b(?:by|before|until|till|closes?|shuts?|closing|deadline|no later than|not later than"
    rf"|latest|ends?|cyn|erbyn)"
    r"\b(?: (?:date|is|on|at|for (?:booking|registration|bookings|registrations)|the end of|close of play on"
    r"|midnight on|noon on|midday on))?[\s:–—(-]{0,4}"
    r"(?:(?:at |by )?(?:¦|\d{1,2}(?:[.:]\d\d)?\s?(?:[ap]\.?m\.?)?|noon|midday|midnight)[\s,]{1,2}(?:on )?)?$",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"(?:please )?(?:rsvp|register|registration|book|booking|bookings|reply|sign[- ]?up|tickets?)(?: (?:by|before"
    r"|deadline|closes|close|until))?"
    r"|(?:deadline|closing date)(?: (?:for|to) (?:registrations?|register|bookings?|book))?|last (?:day|date) (?:to"
    r"|for) (?:book(?:ings?)?|register|registration)",
    re.IGNORECASE,
)
_LAST_DAY = re.compile(
    r"\W{0,4}(?:\w{1,12} ){0,3}(?:the )?(?:deadline|last day|closing date|cut-?off)\b.{0,12}\b(?:book|regist|rsvp"
    r"|repl|sign)",
    re.IGNORECASE,
)
_NOT_BOOKING = re.compile(
    r"\b(?:early[- ]?birds?|discount\w{0,3}|cheaper|reduced|abstracts?|papers?|posters?|proposals?|submi\w{1,10}"
    r"|pitch\w{0,3}|speak(?:er)?s? slots?|refund\w{0,3}"
    r"|cancel\w{0,6}|opens|open(?:ed)? (?:on|from|in)|opening|on sale|early|access needs|free places|£\d+ places"
    r"|dine|dinner|blue badge|scholarships?|stalls?|stallholders?|volunteers?|nominat\w{1,5}|motions?|entries"
    r"|bursar\w{1,3}|questions?|agenda items?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """The last moment to book."""

    book_by: datetime  # the midnight that ends the last day where no time of day is given
    one: Candidate  # the date that says it


def booking_of(dates: Sequence[Candidate], *, start: date, published: date, zone: ZoneInfo) -> Booking | None:
    """The first booking deadline that is told between publication and the event; not that of a lower price."""
    for one in dates:
        day = one.read.last
        if not published <= day <= start or one.read.first != day or not _is_deadline(one):
            continue
        beside = time_beside(one)
        clock = read_time(beside, day=day, zone=zone) if beside and not beside.midnight else None
        if day == start and clock is None:
            continue
        ends = clock.starts.astimezone(zone) if clock else datetime.combine(day + timedelta(days=1), MIDNIGHT, zone)
        return Booking(book_by=ends, one=one)
    return None


def _is_deadline(one: Candidate) -> bool:
    text, (start, end) = one.sentence.text, one.written.span
    others = [written.span[1] for written in one.sentence.dates if written.span[1] <= start]
    before = text[max(0, start - _BEFORE, *others) : start]
    after = text[end : end + _AFTER]
    clause = re.split(r"[;.!?](?=\s)|, (?:but|and|then)\b", before)[-1]
    if _NOT_BOOKING.search(clause):
        return False
    label = one.sentence.label
    return bool(_UNTIL.search(before) or (label and _LABELS.fullmatch(label)) or _LAST_DAY.match(after))
