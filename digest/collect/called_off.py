"""What a title says of an event that will not be, or not yet: cancelled, or postponed; pure.

Only a title that says so plainly counts. A body speaks of many things, among them of other events.
"""

import re
from dataclasses import dataclass

from digest.model import Doubt
from digest.text.markup import one_line

_OF_IT = r"wedi(?:\s+e[iu]|['’][iu])\s+"  # Welsh
_WORD = (
    rf"(?:cancell?ed|called[ -]off|canslwyd|{_OF_IT}(?:c|g|ch|ngh)anslo"
    rf"|(?P<later>postponed|gohiriwyd|{_OF_IT}(?:g|h)?ohirio))"
)
_OPEN, _CLOSE = r"[^\w\"'?]*", r"[\])}*!\s]*"
_BEFORE = re.compile(rf"{_OPEN}(?:event\s+)?\b{_WORD}\b(?:{_CLOSE}[:\-–—|,]+\s*|\s*[\])}}*!]+\s*)(?=\w)", re.IGNORECASE)
_SHOUTED = re.compile(
    rf"{_OPEN}(?:CANCELL?ED|CALLED OFF|(?P<later>POSTPONED)|WEDI(?: EI|['’]I) (?:GANSLO|CHANSLO))\s+(?=\w*[a-z])"
)
_AFTER = re.compile(
    r"[\s:\-–—|~,]*[\[({*]*\s*(?:\b(?:is|are|has been|have been)\s+)?(?:\b(?:now|sadly|unfortunately)\s+)?"
    rf"\b{_WORD}\b(?:\s+(?:due to|owing to|because|on account)\b[^?:]{{1,60}}|\s+until further notice)?[\])}}*.!\s]*$",
    re.IGNORECASE,
)
_NEW_DATE = re.compile(r"(?:new|revised|changed)\s+(?:date|day|time)s?\b[\s:\-–—|,]*", re.IGNORECASE)
_OPEN_BRACKET = re.compile(r"[(\[{][^)\]}]*$")
_TO_A_DATE = re.compile(
    r"[\s:\-–—|,(\[]*(?:\b(?:is|has been)\s+)?(?:\bnow\s+)?\b(?P<later>postponed)\s+(?:to|until|till)\b", re.IGNORECASE
)
_NOT_PLAIN = re.compile(
    r"^(?:what|why|when|how|who|if|whether)\b|\?|\b(?:not|never|was|were|nearly|almost|being|be|got|if|no\s+longer)\s*$",
    re.IGNORECASE,
)
_VERB = re.compile(r"\b(?:is|are|has been|have been)\b", re.IGNORECASE)
_SOME_OF_IT = re.compile(
    r"\b(?:one|two|three|some|several|others?|another|part|half|each|it|this|that|these|those|they|which)\s*$",
    re.IGNORECASE,
)
_IN_PROSE = re.compile(
    r"\b(?:is|are|has been|have been|had to be|will be|must be)\s+(?:(?:now|sadly|unfortunately|therefore)\s+)?"
    r"(?:cancell?ed|called off|postponed)\b",
    re.IGNORECASE,
)
_LATER = Doubt("title_later")
_MOVED = Doubt("title_moved")
_UNCLEAR = Doubt("title_unclear")


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a title says of whether its event takes place."""

    title: str  # without the words that say it
    cancelled: bool = False
    doubts: tuple[Doubt, ...] = ()


def standing(title: str) -> Standing:
    """Whether a title says plainly that its event is cancelled or postponed."""
    match = _BEFORE.match(title) or _SHOUTED.match(title) or _TO_A_DATE.search(title) or _AFTER.search(title)
    if match is None:
        return Standing(title=title)
    before, after = title[: match.start()], one_line(title[match.end() :])
    bare = f"on {after}: {before}" if before and after else before or after  # the new date before the old one
    if not bare or _NOT_PLAIN.search(before):
        return Standing(title=title)
    if _OPEN_BRACKET.search(before) or (_VERB.search(match[0]) and _SOME_OF_IT.search(before)):
        return Standing(title=title, doubts=(_UNCLEAR,))
    if not before and (new := _NEW_DATE.match(after)):
        return Standing(title=after[new.end() :] or title, doubts=(_MOVED,))
    later = match["later"] is not None
    return Standing(title=bare, cancelled=not later, doubts=(_LATER,) if later else ())


def as_it_was_announced(text: str) -> str:
    """A body in which what is called off takes place, so that its date is found by the words that announce one."""
    return _IN_PROSE.sub("will be held", text)
