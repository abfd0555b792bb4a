"""The date that is most likely the one asked for, and what is kept of how it was read; pure."""

import re
from collections.abc import Mapping, Sequence

from digest.collect.evidence import Candidate, chance
from digest.collect.hours import moved_to
from digest.model import Reading
from digest.text.markup import excerpt

ENOUGH = 0.25  # chance of a date from which it is the one
_WORDS = 160  # characters of what was written that a reading keeps


def likeliest(dates: Sequence[Candidate], weights: Mapping[str, float]) -> Candidate | None:
    """The date that is most likely the one; of equals the first."""
    found = [(chance(one, weights), one) for one in dates]
    best = max(found, key=lambda one: one[0], default=None)
    return moved_to(best[1], dates) if best is not None and best[0] >= ENOUGH else None


def reading_of(field: str, value: str, one: Candidate) -> Reading:
    """How a field's value was read from a date."""
    words = excerpt(one.sentence.text, _WORDS)
    return Reading(field=field, value=value, words=words, certainty=one.read.certainty)


def said_alone(one: Candidate) -> str:
    """What stands behind the label of a date that has nothing but the day and the time beside it; "" for any other."""
    sentence = one.sentence
    text, _, said = sentence.text.partition(":")
    if not sentence.label or one.read.doubts:
        return ""
    spans = sorted({one.written.span, *(told.span for told in sentence.times)})
    left, place = [], len(text) + 1
    for start, end in spans:
        left.append(sentence.text[place:start])
        place = max(place, end)
    left.append(sentence.text[place:])
    return said.strip() if not re.search(r"\w{3}", "".join(left)) else ""
