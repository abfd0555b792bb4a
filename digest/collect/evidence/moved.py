"""Which of two dates of a post stands in the place of the other: "moved from 3 May to 10 May"; pure."""

import re

_BETWEEN = 90  # characters between the two dates, and before the first
_VERB = (
    r"\b(?:moved?|moves|moving|postponed|rescheduled|re-?arranged|changed?|changes|switched|shifted|put (?:back|off)"
    r"|brought forward|pushed back|delayed|extended)\b"
)
_MOVED = re.compile(rf"(?:{_VERB}|\b(?:is|are) now\b)[^.;]{{0,40}}$", re.IGNORECASE)
_LEFT = re.compile(rf"{_VERB}[^.;]{{0,50}}\bfrom (?:the )?$", re.IGNORECASE)
_TO = re.compile(r"(?:[^.;]{0,20},)? (?:to|until|till) (?:the |[^.;,]{1,20} on )?", re.IGNORECASE)
_INSTEAD = re.compile(r"[^.;]{0,20}\binstead\b(?! of)", re.IGNORECASE)

Span = tuple[int, int]


def is_moved(text: str, old: Span, new: Span) -> bool:
    """Whether a date takes the place of the one before it in a sentence.

    Args:
        text: the sentence.
        old: where the first of the dates stands.
        new: where the second does.
    """
    between = text[old[1] : new[0]]
    if len(between) > _BETWEEN:
        return False
    left = _LEFT.search(text[max(0, old[0] - _BETWEEN) : old[0]]) and _TO.fullmatch(between)
    return bool(left or _MOVED.search(between))


def stands_instead(text: str, date: Span) -> bool:
    """Whether a date is told to stand instead of another: "6 June clashes with the fair. We walk on 7 June instead"."""
    return bool(_INSTEAD.match(text[date[1] :][:_BETWEEN]))
