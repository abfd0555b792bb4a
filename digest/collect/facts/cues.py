"""The words beside which addresses and open ends stand in vacancies and events; patterns only."""

import re
from typing import NamedTuple

from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of

URL = re.compile(r"https?://[^\s<>\"]{1,2000}|\bwww\.[^\s<>\"]{1,2000}")


class Cues(NamedTuple):
    """Patterns."""

    apply: re.Pattern[str]
    book: re.Pattern[str]
    rolling: re.Pattern[str]


@of_all_languages
def cues() -> Cues:
    """Of all languages."""
    return Cues(*(re.compile(rf"\b{any_of(name)}\b", re.IGNORECASE) for name in Cues._fields))
