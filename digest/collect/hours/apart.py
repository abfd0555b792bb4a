"""What stands apart from a date and belongs to it; pure.

A zone behind a date and not behind its time: "until 9 October, Anywhere on Earth (23:59)". A time of day that names its
day by what it is: "by 5pm on the closing date".
"""

import re
from dataclasses import replace

from digest.collect.dates import WrittenTime, find_zones
from digest.collect.evidence import Candidate, Words
from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of

_NEAR = 12  # characters between a date, or its time, and the zone


@of_all_languages
def _on_closing_date() -> re.Pattern[str]:
    return re.compile(rf"\s{{1,3}}{any_of('on_closing_date')}\b", re.IGNORECASE)


def time_on_closing_date(words: Words) -> WrittenTime | None:
    """The time of day that a post says to be that of its closing date, in a sentence that has no date."""
    apart = (
        told
        for sentence in words.spoken
        if not sentence.dates
        for told in sentence.times
        if _on_closing_date().match(sentence.text, told.span[1])
    )
    return next(apart, None)


def with_zone_apart(one: Candidate, beside: WrittenTime | None) -> WrittenTime | None:
    """The time of day of a date with the zone that stands apart from it; a day without a time stays one.

    Args:
        one: the date.
        beside: its time of day, if it has one.
    """
    if beside is None or beside.zone is not None or beside.midnight:
        return beside
    behind = (one.written.span[1], max(one.written.span[1], beside.span[1]))
    zones = find_zones(one.sentence.text)
    near = (zone for zone in zones if any(0 <= zone.span[0] - place <= _NEAR for place in behind))
    return replace(beside, zone=next(near, None))
