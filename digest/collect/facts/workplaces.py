"""Where a vacancy is: what a label says, where it is "based", or that it is done from home; pure."""

import re
from typing import NamedTuple

from digest.collect.facts.place_words import LONGEST, PIN, place_in, place_words
from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of
from digest.text.markup import one_line

_LINE = 1_000  # characters of a line that are looked at
_FROM_HOME = re.compile(
    r"\b(?:fully remote|remote(?=[,.;|\n)]|$)|home[- ]based|home[- ]working|work(?:ing)? from (?:home|anywhere)"
    r"|hybrid(?! (?:event|meeting|session)))(?: within \S{2,20}| in \S{2,20})?",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r" \(|;|[.!?](?=\s|$)| [–—-] | \||, (?:with|plus|mostly|mainly|but|which|where|gyda|yn bennaf)\b", re.IGNORECASE
)


class _Patterns(NamedTuple):
    label: re.Pattern[str]
    based: re.Pattern[str]


@of_all_languages
def _patterns() -> _Patterns:
    part = place_words().part
    label = rf"[^\w\n]{{0,8}}{any_of('workplace')}\W{{0,3}}(?::|\||\t| [-–—] )\W{{0,4}}(?P<place>\S.{{1,200}})$"
    based = (
        r"\b(?:(?:is|be|are|post|role|job|you['’]ll|team|office|offices|home|we['’]re|,|and|\(|\.) |^\W{0,4})(?:based"
        r"|Based) (?:in|at|out of|from) (?:central |our )?"
        rf"(?P<place>(?:the )?{part}(?:, {part})?(?: (?:or|and) {part})?)"
        rf"|\b(?:office|team|base|hub) (?:is )?in (?:central )?(?P<office>{part})"
    )
    return _Patterns(label=re.compile(label, re.IGNORECASE), based=re.compile(based))


def workplace(text: str) -> str | None:
    """The place of work as written; nothing where none is told."""
    lines = [line[:_LINE] for line in text.split("\n")]
    for line in lines:
        if label := _patterns().label.match(line) or PIN.match(line):
            place = one_line(_ENDS.split(label["place"], maxsplit=1)[0]).strip(" .,;:*|")
            if place and not place_words().none.match(place):
                return place[:LONGEST]
    told = (place_in(match["place"] or match["office"]) for line in lines for match in _patterns().based.finditer(line))
    based = next(filter(None, told), None)
    return based or next((one_line(match[0]) for line in lines if (match := _FROM_HOME.search(line))), None)
