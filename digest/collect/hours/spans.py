"""Two dates of one sentence: where the second ends what the first begins, and where it stands in its place; pure."""

import re
from collections.abc import Sequence
from datetime import timedelta

from digest.collect.dates import WrittenTime
from digest.collect.evidence import Candidate, is_moved, stands_instead
from digest.collect.hours.of_day import labels_the_end

_LONGEST = timedelta(days=14)
_BETWEEN = 90  # characters between the two dates
_NEAR = 25  # characters between a date and its time of day
_UNTIL = re.compile(
    r"(?:\b(?:until|till?|to|through|thru|finish(?:es|ing)?|ends?|ending|breaking up)\b|[–—→-])[^;!?]{0,45}$",
    re.IGNORECASE,
)


def end_apart(start: Candidate, dates: Sequence[Candidate]) -> tuple[Candidate, WrittenTime | None] | None:
    """The date behind the start in its sentence that ends it, and the time of day beside that; nothing without one.

    As in "from 10am on Tuesday 24 November to 4pm on Wednesday 25 November"; also one with the label "Ends".
    """
    text, begins = start.sentence.text, start.written.span[1]
    for one in dates:
        if labels_the_end(one.sentence) and timedelta(0) < one.read.last - start.read.first <= _LONGEST:
            return one, _time_of(one, 0)
        if one.sentence is not start.sentence or one.written.span[0] < begins:
            continue
        between = text[begins : one.written.span[0]]
        days = one.read.last - start.read.first
        if (
            timedelta(0) < days <= _LONGEST
            and len(between) <= _BETWEEN
            and _UNTIL.search(between)
            and not is_moved(text, start.written.span, one.written.span)
        ):
            return one, _time_of(one, begins)
        return None
    return None


def moved_to(old: Candidate, dates: Sequence[Candidate]) -> Candidate:
    """The new date behind an old one: "planned for 5 December, it has been moved to 12 December"; else the same."""
    behind = dates[next((place for place, one in enumerate(dates) if one is old), len(dates)) + 1 :][:1]
    for one in behind:
        same = one.sentence is old.sentence
        if stands_instead(one.sentence.text, one.written.span):
            return one
        if same and is_moved(old.sentence.text, old.written.span, one.written.span):
            return one
    return old


def _time_of(end: Candidate, begins: int) -> WrittenTime | None:
    """The time of day next to the last date, behind the first."""
    first, last = end.written.span
    near = [
        (max(first - told.span[1], told.span[0] - last), place)
        for place, told in enumerate(end.sentence.times)
        if told.span[0] >= begins
    ]
    distance, place = min(near, default=(_NEAR + 1, 0))
    return end.sentence.times[place] if distance <= _NEAR else None
