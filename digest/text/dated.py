"""What a ``<time>`` states beside its words; pure."""

import re

_DATED = re.compile(
    r"(?P<day>(?P<year>\d{4})-\d\d-\d\d)(?:[T ](?P<clock>\d\d:\d\d)(?::\d\d(?:\.\d{1,9})?)?"
    r"\s?(?P<zone>Z|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))?)?"
)  # HTML, section 2.3.5: dates, local and global dates and times; others say no day
_CLOCK = re.compile(r"\d[:.h]\d\d|\d ?[ap]\.?m\b", re.IGNORECASE)
_TIME = re.compile(r"<time\b[^<>]{0,500}>", re.IGNORECASE)
_PUBLICATION = re.compile(
    r"\b(?:dt-(?:published|updated)|published|updated|entry-date|pubdate|date(?:Published|Modified|Posted))\b",
    re.IGNORECASE,
)
_MAX_WRITTEN = 200  # characters


def is_dated(stated: str) -> bool:
    """Whether a ``datetime`` says a day."""
    return _DATED.fullmatch(stated) is not None


def without_publication(html: str) -> str:
    """HTML in which the times of publication, which are no time of what is written, have no ``datetime``."""
    return _TIME.sub(lambda tag: "<time>" if _PUBLICATION.search(tag[0]) else tag[0], html)


def with_its_date(stated: str, written: str) -> str:
    """A time in words that say its year, time of day and zone: "2026-03-05 18:00 UTC (Thursday at six)".

    Args:
        stated: its ``datetime``.
        written: its words; what says its year needs no more, but the zone of a time of day.
    """
    match = _DATED.fullmatch(stated)
    if match is None or len(written) > _MAX_WRITTEN:
        return written
    if match["year"] in written and not (match["zone"] and _CLOCK.search(written)):
        return written
    clock = f" {match['clock']}" if match["clock"] else ""
    beside = f" ({written.strip()})" if written.strip() else ""
    return f"{match['day']}{clock}{_zone(match)}{beside}"


def _zone(match: re.Match[str]) -> str:
    if match["sign"] is None:
        return " UTC" if match["zone"] else ""
    hours, minutes = int(match["hours"]), match["minutes"]
    if not hours and minutes == "00":
        return " UTC"
    return f" UTC{match['sign']}{hours}" + (f":{minutes}" if minutes != "00" else "")
