"""Places as written: "the Scout hut, Painswick", "Queen Street engine house", "Room 2.14, Long Building"; pure."""

import re
from typing import NamedTuple

from digest.collect.dates import MONTH, WEEKDAY
from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import all_of, any_of
from digest.text.markup import one_line

CUT = "¦"  # stands where a date or a time of day was
LONGEST = 120  # characters of a place
_PROPER = (
    r"(?:St\.|[^\W\d_a-z][\w'’&.-]{0,40}\w(?:['’](?=[ ]))?|[^\W\d_a-z]|\d{1,4}(?=[ ](?:[^\W\d_a-z]|[ap]\b))"
    r"|[A-Z]?\d{1,3}(?:\.\d{1,3})?(?=[,.)\s¦|]|$))"
)
_LINK = r"(?:of|the|upon|on|and|&|in|le|la|de|del|des|y|yr|am|at|by|opposite|above|for|with|behind|near|an?)"
_LOWER = r"(?:[a-z]{3,14}(?:['’]s?)?[ ]){0,2}"  # "Queen Street engine house", "the former ladies' waiting room"
PIN = re.compile(r"[ \t]{0,4}📍[ \t]{0,4}(?P<place>\S.{1,200})$")
_COUNTED = re.compile(r"\d{1,2}[.:]\d\d\b|(?:two|three|four|five|six|\w{2,6}teen|twenty)\b", re.IGNORECASE)
_FIGURE = re.compile(r"[\d.:–-]{1,12}")


class PlaceWords(NamedTuple):
    """Of all languages."""

    spot: re.Pattern[str]  # what a place is
    none: re.Pattern[str]  # what a text that is none begins with
    never_first: frozenset[str]
    never_alone: frozenset[str]
    part: str  # pattern of a name of a place
    place: str  # of several with commas, and an article


@of_all_languages
def place_words() -> PlaceWords:
    """What places are called."""
    noun = f"(?:{any_of('spot')}|{any_of('called')})"
    part = (
        rf"(?:(?:{_PROPER}|\b{noun}\b)(?:[ ](?:(?:{_LINK})[ ]){{0,2}}(?:{_PROPER}|{noun}\b)){{0,9}}"
        rf"(?:[ ]{_LOWER}{noun}\b)?)"
    )
    place = (
        rf"(?:(?:the|The|our|Yr|y)[ ]{_LOWER})?{part}"
        rf"(?:,[ ](?:the[ ])?(?:{part}|\d(?:st|nd|rd|th) floor|platform \d)){{0,3}}"
    )
    none = rf"(?:the )?(?:{MONTH}|{WEEKDAY}|\w{{3,6}}days|{any_of('no_place')})\b"
    return PlaceWords(
        spot=re.compile(rf"\b{any_of('spot')}\b", re.IGNORECASE),
        none=re.compile(none, re.IGNORECASE),
        never_first=all_of("never_first"),
        never_alone=all_of("never_first") | all_of("never_alone"),
        part=part,
        place=place,
    )


def place_in(written: str) -> str:
    """A place without what is none before it ("Meet at") and behind it (", 7.45"); "" where nothing is left."""
    known = place_words()
    place = one_line(written.split(CUT, maxsplit=1)[0])[:LONGEST].rstrip(" .,;:")
    left, at, right = place.partition(" at ")
    place = right if at and not known.spot.search(left) else place
    parts = place.split(", ")
    bad = [bool(known.none.match(part) or _FIGURE.fullmatch(part)) for part in parts]
    first = bad.index(False) if False in bad else len(parts)
    last = bad.index(True, first) if True in bad[first:] else len(parts)
    place = ", ".join(parts[first:last])
    words = place.lower().replace("’", "'").split()
    if not words or words[0] in known.never_first or words[-1] == "day" or _COUNTED.match(place):
        return ""
    general = len(words) == 1 and place.islower()  # "in libraries"
    return "" if general or all(word in known.never_alone for word in words) else place
