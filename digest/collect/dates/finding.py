"""All dates of a text."""

import re
from datetime import date
from functools import cache

from babel import Locale
from babel.dates import get_date_format

from digest.collect.dates.loose import LooseReader
from digest.collect.dates.pieces import PieceReader
from digest.collect.dates.scan import Scan, scan_of
from digest.collect.dates.series import SeriesReader
from digest.collect.dates.vocabulary import date_words
from digest.collect.dates.written import WrittenDate
from digest.collect.languages import of_all_languages

_HEADING_YEAR = re.compile(r"(?<![\w/.,:£$€'’+-])(?:19|20)[0-9]{2}(?![\w/]|[-–.:,][0-9])")


@cache
def writes_month_first(language: str | None) -> bool:
    """Whether 4/5/2026 is the fifth of April there, by the language's own short date (CLDR).

    English of no country is British: only en-US, and whoever else says so, begins with the month.
    """
    locale = Locale.parse((language or "en-GB").replace("_", "-"), sep="-")
    if locale.language == "en" and locale.territory is None:
        return False
    return str(get_date_format("short", locale=locale).pattern).lower().startswith("m")


@of_all_languages
def _starts() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """The words with which certain, vague and relative dates may begin, and all of them."""
    words = date_words()
    kinds = (words.certain_starts, words.vague_starts, words.relative_starts)
    return *kinds, frozenset().union(*kinds)


def find_dates(
    text: str,
    *,
    numeric: bool = False,
    month_first: bool = False,
    vague: bool = False,
    published: date | None = None,
) -> list[WrittenDate]:
    """All dates in the order they stand, none within another.

    Args:
        text: what people wrote.
        numeric: take 15/11/2026 too; only where a cue word promises a date.
        month_first: 4/5/2026 and 4-5-2026 begin with the month, as in the United States; 4.5.2026 never does. What
            makes a date in one order alone is read in that.
        vague: take "end of May" and "the week of 4 May" too; without it they are passed over, and no day in them is
            taken for a date.
        published: the day from which "tomorrow" and "this Friday" are counted; without it they are passed over.
    """
    return [
        written
        for written in scan_dates(scan_of(text), numeric=numeric, month_first=month_first, published=published)
        if vague or not written.vague
    ]


def scan_dates(
    scan: Scan, *, numeric: bool, month_first: bool = False, published: date | None = None
) -> list[WrittenDate]:
    """All dates of a text that is cut into words, vague ones among them."""
    pieces = PieceReader(scan, date_words(), numeric=numeric, month_first=month_first)
    series = SeriesReader(pieces)
    loose = LooseReader(pieces, series, published)
    certain, vague, relative, starting = _starts()
    found: list[WrittenDate] = []
    place = 0
    while place < scan.size:
        word = scan.words[place]
        if not (word in starting or word.isdecimal()):
            place += 1
            continue
        if word in vague and (one := loose.vague(place)):
            found.append(one[0])
            place = one[1]
            continue
        dates, end = series.read(place) if word in certain or word.isdecimal() else ((), place + 1)
        if not dates and found and found[-1].vague and (told := loose.day_within(place, found[-1])):
            found.append(told[0])
            place = told[1]
            continue
        if not dates and (word in relative or word.isdecimal()) and (counted := loose.relative(place)):
            written, end = counted
            if not (found and _close(scan, found[-1], end)):
                found.append(written)
        found += dates
        place = end
    return found


def _close(scan: Scan, before: WrittenDate, place: int) -> bool:
    """Whether a relative date that ends before a place only repeats the date before it."""
    start = scan.starts[place - 1]
    return not before.vague and scan.text[before.span[1] : start].strip(" ,(–-").count(" ") < 1


def heading_year(text: str) -> int | None:
    """The one year that a heading names, as "Spring programme 2026"; nothing where it names none or several."""
    years = {int(match[0]) for match in _HEADING_YEAR.finditer(text)}
    return years.pop() if len(years) == 1 else None
