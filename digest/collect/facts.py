"""Facts that stand in a post by themselves: place, employer, salary, link; pure."""

import re

from digest.collect import cues
from digest.text.markup import bare_url, one_line


def location(text: str, patterns: tuple[re.Pattern[str], ...]) -> str | None:
    """The first place that stands where one of the patterns has it."""
    for pattern in patterns:
        for match in pattern.finditer(text):
            place = cues.DATED.split(one_line(match["place"]))[0].rstrip(" .,;:!")
            if place and not cues.CALENDAR_WORD.match(place):
                return place[:120]
    return None


def salary(title: str, text: str) -> str | None:
    """What is paid, as written."""
    labelled = cues.SALARY_LABEL.search(text)
    match = cues.SALARY.search(text) or cues.SALARY.search(title)
    if match:
        return one_line(match[0]).rstrip(" ,").removesuffix(")" if "(" not in match[0] else "\0")
    if labelled:
        return one_line(labelled["salary"]).rstrip(".")
    match = cues.AMOUNT.search(title)
    return one_line(match[0]) if match else None


def employer(title: str, text: str) -> str | None:
    """Who advertises."""
    if label := cues.EMPLOYER_LABEL.search(text):
        return one_line(label["name"]).rstrip(".")
    parts = re.split(" [-–—|] ", title)
    if len(parts) > 1 and not cues.CONDITIONS.search(parts[-1]) and not cues.ROLE.search(parts[-1]):
        return parts[-1]
    if at := cues.EMPLOYER_AT.search(parts[0].split(" (")[0].split(",")[0]):
        return at["name"]
    if said := cues.EMPLOYER_IS.search(text):
        return said["name"]
    return None


def link(text: str, cue: re.Pattern[str]) -> str | None:
    """The first address in a line that speaks of details, else the first of all."""
    first = None
    for line in text.split("\n"):
        for match in cues.URL.finditer(line):
            url = bare_url(match[0])
            url = url if "://" in url else f"http://{url}"
            first = first or url
            if cue.search(line[max(0, match.start() - 80) : match.start()]) or cue.search(
                line[match.end() : match.end() + 40]
            ):
                return url
    return first
