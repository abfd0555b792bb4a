"""The date that is most likely the one asked for, and what is kept of how it was read; pure."""

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
