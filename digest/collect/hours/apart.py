"""A zone that stands behind a date and not behind its time: "by 5 July, anywhere on Earth", "5 June (AoE), 23:59"; pure."""

from dataclasses import replace
from datetime import time

from digest.collect.dates import WrittenTime, find_zones
from digest.collect.evidence import Candidate

_NEAR = 12  # characters between a date, or its time, and the zone
_LAST = time(23, 59)
_ON_EARTH = -12  # hours


def with_zone_apart(one: Candidate, beside: WrittenTime | None) -> WrittenTime | None:
    """The time of day of a date with the zone that stands apart from it.

    A day that ends "anywhere on Earth" ends at 23:59 there, also where no time of day is written.

    Args:
        one: the date.
        beside: its time of day, if it has one.
    """
    if beside is not None and (beside.zone is not None or beside.midnight):
        return beside
    begins, ends = one.written.span[1], max(one.written.span[1], beside.span[1] if beside else 0)
    for zone in find_zones(one.sentence.text):
        start, end = zone.span
        if not any(0 <= start - place <= _NEAR for place in (begins, ends)):
            continue
        if beside is not None:
            return replace(beside, zone=zone)
        if zone.offset is not None and zone.offset.total_seconds() == _ON_EARTH * 3600:
            return WrittenTime(text=zone.text, span=(start, end), clock=_LAST, zone=zone)
    return beside
