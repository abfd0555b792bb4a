"""A zone that stands behind a date and not behind its time: "until 9 October, Anywhere on Earth (23:59)"; pure."""

from dataclasses import replace

from digest.collect.dates import WrittenTime, find_zones
from digest.collect.evidence import Candidate

_NEAR = 12  # characters between a date, or its time, and the zone


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
