"""Where a vacancy is: what a label says, where it is "based", or that it is done from home; pure."""

import re
from typing import NamedTuple

from digest.collect.facts.place_words import LONGEST, PIN, place_in, place_words
from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of
from digest.text.markup import one_line

_LINE = 1_000  # characters of a line that are looked at
_ENDS = re.compile(
    r" \(|;|[.!?](?=\s|$)| [–—-] | \||, (?:with|plus|mostly|mainly|but|which|where|gyda|yn bennaf)\b", re.IGNORECASE
)


class _Patterns(NamedTuple):
    label: re.Pattern[str]
    based: re.Pattern[str]
    from_home: re.Pattern[str]


@of_all_languages
def _patterns() -> _Patterns:
    part = place_words().part
    label = rf"[^\w\n]{{0,8}}{any_of('workplace')}\W{{0,3}}(?::|\||\t| [-–—] )\W{{0,4}}(?P<place>\S.{{1,200}})$"
    based = (
        rf"(?<![\w-])(?i:{any_of('based')}) (?:central |our )?"
        rf"(?P<place>(?:the )?{part}(?:, {part})?(?: (?:or|and|neu|a) {part})?)"
    )
    somewhere = rf"(?:{any_of('from_home')})(?: within \S{{2,20}}| in \S{{2,20}})?"
    anywhere = rf"(?i:{any_of('anywhere')}) (?:the )?[^\W\d_a-z][^,.;?!|()\n]{{1,50}}"
    from_home = (
        rf"\b(?:[^\W\d_][\w-]{{1,30}} (?i:{any_of('or_remote')})|(?i:{somewhere})"
        rf"|(?i:{any_of('remote')})(?=[,.;|·\n)]| ·|$)|{anywhere})"
    )
    return _Patterns(label=re.compile(label, re.IGNORECASE), based=re.compile(based), from_home=re.compile(from_home))


def workplace(text: str) -> str | None:
    """The place of work as written; nothing where none is told."""
    lines = [line[:_LINE] for line in text.split("\n")]
    for line in lines:
        if label := _patterns().label.match(line) or PIN.match(line):
            place = one_line(_ENDS.split(label["place"], maxsplit=1)[0]).strip(" .,;:*|")
            if place and not place_words().none.match(place):
                return place[:LONGEST]
    told = (place_in(match["place"]) for line in lines for match in _patterns().based.finditer(line))
    based = next(filter(None, told), None)
    return based or next((one_line(match[0]) for line in lines if (match := _patterns().from_home.search(line))), None)
