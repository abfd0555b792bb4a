"""The ``datetime`` of a ``<time>``, for readers who see only text; pure."""

import re

_DATED = re.compile(
    r"(?P<day>(?P<year>\d{4})-\d\d-\d\d)(?:[T ](?P<clock>\d\d:\d\d)(?::\d\d(?:\.\d{1,9})?)?"
    r"\s?(?P<zone>Z|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))?)?"
)  # HTML, section 2.3.5: dates, local and global dates and times; others say no day
_CLOCK = re.compile(r"\d[:.h]\d\d|\d ?[ap]\.?m\b", re.IGNORECASE)
_MAX_WRITTEN = 200  # characters


def is_dated(stated: str) -> bool:
    """Whether a ``datetime`` says a day."""
    return _DATED.fullmatch(stated) is not None


def with_its_date(stated: str, written: str) -> str:
    """What to add to the words of a time, so that they say the year, time of day and zone: " (2026-03-05 18:00 UTC)".

    Args:
        stated: its ``datetime``.
        written: its words; what says its year needs no more, but the zone of a time of day.
    """
    match = _DATED.fullmatch(stated)
    if match is None or not written.strip() or len(written) > _MAX_WRITTEN:
        return ""
    if match["year"] in written and not (match["zone"] and _CLOCK.search(written)):
        return ""
    clock = f" {match['clock']}" if match["clock"] else ""
    return f" ({match['day']}{clock}{_zone(match)})"


def _zone(match: re.Match[str]) -> str:
    if match["sign"] is None:
        return " UTC" if match["zone"] else ""
    hours, minutes = int(match["hours"]), match["minutes"]
    if not hours and minutes == "00":
        return " UTC"
    return f" UTC{match['sign']}{hours}" + (f":{minutes}" if minutes != "00" else "")
