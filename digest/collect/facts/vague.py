"""Vague dates, which are no date and worth a doubt: "apply by the end of May", "early June"; pure."""

import re
from datetime import timedelta

from digest.collect.dates import find_dates, read_date
from digest.collect.evidence import Words
from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of

_NEAR = 80  # characters before a vague date that say what it is of
_AHEAD = timedelta(days=400)


@of_all_languages
def _closing() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of('closing')}\b", re.IGNORECASE)


def vague_closing(words: Words) -> str | None:
    """What is said of when a vacancy closes, where that names no day."""
    return _vague(words, _closing())


def vague_start(words: Words) -> str | None:
    """What is said of when an event is, where that names no day."""
    return _vague(words, None)


def _vague(words: Words, cue: re.Pattern[str] | None) -> str | None:
    for sentence in words.spoken:
        for written in find_dates(sentence.text, vague=True):
            read = read_date(written, reference=words.reference) if written.vague else None
            if read is None or not words.reference <= read.last <= words.reference + _AHEAD:
                continue
            start, end = written.span
            around = sentence.text[max(0, start - _NEAR) : start] + sentence.text[end : end + _NEAR // 2]
            if cue is None or cue.search(around):
                return written.text
    return None
