"""The dates of one event that is told on several: "3, 10 and 17 March", or lines that each begin with one; pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from digest.collect.evidence import Candidate, Part, Sentence, Words
from digest.collect.facts.place_words import place_words

_MOST = 12  # dates of a series
_DAY = timedelta(days=1)
_PLACED = re.compile(r", |,? ?(?:at|in|@|yn|ym|yng) ")


def dates_together(start: Candidate, dates: Sequence[Candidate], words: Words) -> list[Candidate]:
    """The dates to come of a series that the start of an event is one of, by day; alone where it is one of none.

    Days in a row are one event that lasts. A date of no year that comes after the one written behind it is over. Lines
    of other hours or places are other events.

    Args:
        start: the likeliest start.
        dates: of the whole post.
        words: of the post.
    """
    for found in (_listed(start, dates), _in_lines(start, dates, words)):
        later = [*(one.read.first for one in found[1:]), date.max]
        coming = [one for one, behind in zip(found, later, strict=False) if words.reference <= one.read.first <= behind]
        days = {one.read.first: one for one in reversed(coming)}
        several = [days[day] for day in sorted(days)][:_MOST]
        if start in several and _apart([one.read.first for one in several]) and _alike(several):
            return several
    return [start]


def _listed(start: Candidate, dates: Sequence[Candidate]) -> list[Candidate]:
    """Those of the same expression."""
    return [one for one in dates if one.sentence is start.sentence and one.written.text == start.written.text]


def _in_lines(start: Candidate, dates: Sequence[Candidate], words: Words) -> list[Candidate]:
    """Those of the lines around that begin with a date, too."""
    if not _begins_line(start):
        return []
    first_of = {id(one.sentence): one for one in reversed(dates) if _begins_line(one)}
    lines = [one for one in words.spoken if one.opens and one.part is not Part.TITLE]
    run: list[Candidate] = []
    for line in (*lines, None):
        if line is not None and (one := first_of.get(id(line))) is not None:
            run.append(one)
        elif start in run:
            break
        else:
            run = []
    return run if len({(_place(one), *_clocks(one.sentence)) for one in run}) == 1 else []


def _begins_line(one: Candidate) -> bool:
    return one.sentence.opens and "begins its sentence" in one.signs and len(one.sentence.dates) == 1


def _place(one: Candidate) -> str:
    """What stands behind a date as a place does, or names one; a topic is none."""
    behind = one.sentence.text[one.written.span[1] :]
    return behind if _PLACED.match(behind) or place_words().spot.search(behind) else ""


def _clocks(sentence: Sentence) -> Iterator[str]:
    return (sentence.text[slice(*one.span)].lower() for one in sentence.times)


def _apart(days: Sequence[date]) -> bool:
    return len(days) > 1 and all(later - earlier > _DAY for earlier, later in pairwise(days))


def _alike(several: Sequence[Candidate]) -> bool:
    """Whether each lasts as many days as the others, and is told with its weekday as they are."""
    lasts = {one.read.last - one.read.first for one in several}
    named = {one.written.weekday is not None for one in several}
    return len(lasts) == 1 and (len(named) == 1 or len({one.sentence.text for one in several}) == 1)
