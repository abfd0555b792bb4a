"""Of the morning or of the evening: an hour whose half of the day is not written, by what is spoken of; pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from digest.collect.dates import WrittenTime
from digest.collect.dates.vocabulary import clock_words
from digest.collect.evidence import Sentence
from digest.model import Doubt

_DAWN = range(3, 9)
_MORNING = range(6, 9)
_EITHER = 8  # the hour that is as often of the morning as of the evening
_HALF = 12  # hours


def with_half(
    start: WrittenTime, until: time | None, *, heard: Sequence[Sentence]
) -> tuple[WrittenTime, time | None, tuple[Doubt, ...]]:
    """A beginning and its end in the half of the day that is meant, and doubts about it.

    "We begin at 5" is of the morning where the sun rises, "half past eight" of the evening in a pub.

    Args:
        start: as found.
        until: when it is said to be over.
        heard: the sentences that tell: the title, and those of the date and the time.
    """
    if not start.assumed:
        return start, until, ()
    tokens = {token for one in heard for token in one.tokens}
    words = clock_words()
    hour = start.clock.hour % _HALF
    dawn = hour in _DAWN and not tokens.isdisjoint(words.dawn)
    morning = dawn or (hour in _MORNING and not tokens.isdisjoint(words.morning))
    by_day = until is not None and start.clock < until and until.hour >= _HALF  # "8.30 to 4"
    evening = hour == _EITHER and not by_day and not tokens.isdisjoint(words.evening)
    if morning is not evening:
        clock = start.clock.replace(hour=hour if morning else hour + _HALF)
        moved = clock != start.clock
        return replace(start, clock=clock), _behind(clock, until) if moved else until, ()
    doubtful = hour == _EITHER and until is None
    half = "morning" if start.clock.hour < _HALF else "evening"
    return start, until, (Doubt(f"in_the_{half}", words=start.text),) if doubtful else ()


def _behind(start: time, until: time | None) -> time | None:
    """The end in the half of the day that makes it the shorter, where its own would be long after."""
    if until is None or until.hour == 0:
        return until
    other = until.replace(hour=(until.hour + _HALF) % 24)
    turned = until <= start < other or (start < other < until)
    return other if turned else until
