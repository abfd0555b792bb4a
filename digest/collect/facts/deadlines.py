"""Until when something for an event is wanted: "Register by 17 March", "RSVP: 5 May", "abstracts by 3 March"; pure.

The words are those of ``[booking]`` and ``[abstracts]`` in the files of the post's languages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect.dates import MIDNIGHT, read_time
from digest.collect.evidence import Candidate, Phrases, Words, lexicon_of
from digest.collect.hours import time_beside

_BEFORE = 110  # characters before a date that say what it is of
_STOP = re.compile(r"[;.!?](?=\s)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """The last moment."""

    ends: datetime  # the midnight that ends the last day where no time of day is given
    one: Candidate  # the date that says it


def deadline_of(
    dates: Sequence[Candidate], words: Words, wanted: Phrases, *, start: date, zone: ZoneInfo
) -> Deadline | None:
    """The first deadline that is told between publication and the event.

    Args:
        dates: of the post.
        words: of the post.
        wanted: what says of a date that it is this deadline, or that of something else, such as of a lower price.
        start: the day of the event.
        zone: the network's.
    """
    for one in dates:
        day = one.read.last
        if not words.reference <= day <= start or one.read.first != day or not _is_deadline(one, words, wanted):
            continue
        beside = time_beside(one)
        clock = read_time(beside, day=day, zone=zone) if beside and not beside.midnight else None
        if day == start and clock is None:
            continue
        ends = clock.starts.astimezone(zone) if clock else datetime.combine(day + timedelta(days=1), MIDNIGHT, zone)
        return Deadline(ends=ends, one=one)
    return None


def _is_deadline(one: Candidate, words: Words, wanted: Phrases) -> bool:
    sentence, start = one.sentence, one.written.span[0]
    place = next((n for n, span in enumerate(sentence.spans) if span[1] > start), len(sentence.spans))
    found = list(wanted.find(lexicon_of(words.languages).heard(sentence)))
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
        return any(name == "speaks" for name, _ in before) or _labelled(one, wanted)
    return _labelled(one, wanted)


def _labelled(one: Candidate, wanted: Phrases) -> bool:
    tokens = re.findall(r"[^\W\d_]+", one.sentence.label)
    return any(
        match.name == "labels" and match.start == 0 and match.end == len(tokens) for match in wanted.find(tokens)
    )
