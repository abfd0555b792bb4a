"""What the dates to come of a post say of what it is: how they are told, and what each looks like; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

from digest.collect.evidence.dated import Candidate, chance
from digest.collect.evidence.words import Part

_NEAR = 60  # characters beside a date in which a place is looked for
_FEW = 6  # words of a line that tells little more than a day
_PLACE = re.compile(r"(?:\b(?:at|in|yn|ym)|,) (?:the |y |yr )?[^\W\d_a-z]")  # "at Moss", "in the Old", ", Leeds"


def signs_of_days(
    dates: Sequence[Candidate], closes: Mapping[str, float], starts: Mapping[str, float]
) -> Iterator[tuple[str, float]]:
    """Each sign with how much there is of it.

    Args:
        dates: of the post.
        closes: what speaks for the date that a vacancy closes on.
        starts: the same for the one that an event starts on.
    """
    ahead = [one for one in dates if "past" not in one.signs]
    if not ahead:
        return
    start = max(chance(one, starts) for one in ahead)
    closing = max(chance(one, closes) for one in ahead)
    yield "dates: like a start", start
    yield "dates: like a closing date", closing
    yield "dates: like a start alone", start * (1 - closing)
    yield from ((f"dates: {name}", 1.0) for name in dict.fromkeys(name for one in ahead for name in _told(one)))


def _told(one: Candidate) -> Iterator[str]:
    sentence, (start, end) = one.sentence, one.written.span
    if one.written.weekday is not None:
        yield "with a weekday"
        if sentence.times:
            yield "with a weekday and a time"
    if one.read.last > one.read.first:
        yield "of several days"
    if _PLACE.search(sentence.text, end, end + _NEAR):
        yield "before a place"
    if _PLACE.search(sentence.text, max(0, start - _NEAR), start):
        yield "behind a place"
    if sentence.opens and len(sentence.tokens) <= _FEW:
        yield "nearly alone in a line"
    if sentence.opens and sentence.part is not Part.TITLE and "begins its sentence" in one.signs:
        yield "at the beginning of a line"
