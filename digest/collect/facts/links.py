"""The address in a post that leads on: where to apply or to book; pure."""

import re

from digest.collect.facts.cues import URL
from digest.text.markup import bare_url


def link(text: str, cue: re.Pattern[str]) -> str | None:
    """The first address in a line that speaks of details, else the first of all."""
    first = None
    for line in text.split("\n"):
        for match in URL.finditer(line):
            url = bare_url(match[0])
            url = url if "://" in url else f"http://{url}"
            first = first or url
            if cue.search(line[max(0, match.start() - 80) : match.start()]) or cue.search(
                line[match.end() : match.end() + 40]
            ):
                return url
    return first
