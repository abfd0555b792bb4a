"""Until when an event wants to be booked: "Register by 17 March", "RSVP: 5 May", "booking closes on ..."; pure.

The words are those of ``[booking]`` in the files of the post's languages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect.dates import MIDNIGHT, read_time
from digest.collect.evidence import Candidate, Lexicon, Words, lexicon_of
from digest.collect.hours import time_beside

_BEFORE = 110  # characters before a date that say what it is of
_STOP = re.compile(r"[;.!?](?=\s)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """The last moment to book."""

    book_by: datetime  # the midnight that ends the last day where no time of day is given
    one: Candidate  # the date that says it


def booking_of(dates: Sequence[Candidate], words: Words, *, start: date, zone: ZoneInfo) -> Booking | None:
    """The first booking deadline that is told between publication and the event; not that of a lower price."""
    lexicon = lexicon_of(words.languages)
    for one in dates:
        day = one.read.last
        if not words.reference <= day <= start or one.read.first != day or not _is_deadline(one, lexicon):
            continue
        beside = time_beside(one)
        clock = read_time(beside, day=day, zone=zone) if beside and not beside.midnight else None
        if day == start and clock is None:
            continue
        ends = clock.starts.astimezone(zone) if clock else datetime.combine(day + timedelta(days=1), MIDNIGHT, zone)
        return Booking(book_by=ends, one=one)
    return None


def _is_deadline(one: Candidate, lexicon: Lexicon) -> bool:
    sentence, start = one.sentence, one.written.span[0]
    place = next((n for n, span in enumerate(sentence.spans) if span[0] >= start), len(sentence.spans))
    found = list(lexicon.booking.find(lexicon.heard(sentence)))
    said = [(match, sentence.spans[match.start][0]) for match in found]
    near = max(0, start - _BEFORE, *(other.span[1] for other in sentence.dates if other.span[1] <= start))
    before = [(match.name, at) for match, at in said if match.end <= place and at >= near]
    stops = [near, *(stop.end() for stop in _STOP.finditer(sentence.text, near, start))]
    stops += [at for name, at in before if name == "then" and sentence.text[:at].endswith(", ")]
    if any(name == "other" and at >= max(stops) for name, at in before):
        return False
    if any(match.name == "whole" and match.start <= place < match.end for match in found):
        return True
    if any(match.name == "by" and match.end == place + 1 for match in found):
        return any(name == "speaks" for name, _ in before) or _labelled(one, lexicon)
    return _labelled(one, lexicon)


def _labelled(one: Candidate, lexicon: Lexicon) -> bool:
    tokens = re.findall(r"[^\W\d_]+", one.sentence.label)
    return any(
        match.name == "labels" and match.start == 0 and match.end == len(tokens)
        for match in lexicon.booking.find(tokens)
    )
