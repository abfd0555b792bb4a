"""What a title says of an event that will not be, or not yet: cancelled, or postponed; pure.

Only a title that says so plainly counts. A body speaks of many things, among them of other events.
"""

import re
from dataclasses import dataclass

from digest.markup import one_line

_WORD = r"(?:cancell?ed|called[ -]off|(?P<{0}>postponed))"
_OPEN, _CLOSE = r"[\[({*!\s]*", r"[\])}*!\s]*"
_BEFORE = re.compile(
    rf"{_OPEN}(?:event\s+)?\b{_WORD.format('later')}\b(?:{_CLOSE}[:\-–—|,]+\s*|\s*[\])}}*!]+\s*)(?=\w)", re.IGNORECASE
)
_SHOUTED = re.compile(r"(?:CANCELL?ED|CALLED OFF|(?P<later>POSTPONED))\s+(?=\w*[a-z])")
_AFTER = re.compile(
    r"[\s:\-–—|,]*[\[({*]*\s*(?:\b(?:is|are|has been|have been)\s+)?(?:\b(?:now|sadly|unfortunately)\s+)?"
    rf"\b{_WORD.format('later')}\b[\])}}*.!\s]*$",
    re.IGNORECASE,
)
_TO_A_DATE = re.compile(
    r"[\s:\-–—|,(\[]*(?:\b(?:is|has been)\s+)?(?:\bnow\s+)?\b(?P<later>postponed)\s+(?:to|until|till)\b", re.IGNORECASE
)
_NOT_PLAIN = re.compile(
    r"^(?:what|why|when|how|who|if|whether)\b|\?|\b(?:not|never|was|were|nearly|almost|being|be|got|if)\s*$",
    re.IGNORECASE,
)
_IN_PROSE = re.compile(
    r"\b(?:is|are|has been|have been|had to be|will be|must be)\s+(?:(?:now|sadly|unfortunately|therefore)\s+)?"
    r"(?:cancell?ed|called off|postponed)\b",
    re.IGNORECASE,
)
_DOUBT = "its title says that it is postponed; the date may be the old one"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a title says of whether its event takes place."""

    title: str  # without the words that say it
    cancelled: bool = False
    doubts: tuple[str, ...] = ()


def standing(title: str) -> Standing:
    """Whether a title says plainly that its event is cancelled or postponed."""
    match = _BEFORE.match(title) or _SHOUTED.match(title) or _TO_A_DATE.search(title) or _AFTER.search(title)
    if match is None:
        return Standing(title=title)
    before, after = title[: match.start()], one_line(title[match.end() :])
    bare = f"on {after}: {before}" if before and after else before or after  # the new date before the old one
    if not bare or _NOT_PLAIN.search(before):
        return Standing(title=title)
    later = match["later"] is not None
    return Standing(title=bare, cancelled=not later, doubts=(_DOUBT,) if later else ())


def as_it_was_announced(text: str) -> str:
    """A body in which what is called off takes place, so that its date is found by the words that announce one."""
    return _IN_PROSE.sub("will be held", text)
