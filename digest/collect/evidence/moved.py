"""Which of two dates of a post stands in the place of the other: "moved from 3 May to 10 May"; pure."""

import re
from dataclasses import dataclass

from digest.collect.languages import of_all_languages, tables

_BETWEEN = 90  # characters between the two dates, and before the first

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Patterns:
    moved: re.Pattern[str]  # right before the new date: "moved to", "is now on"
    left: re.Pattern[str]  # right before the old one: "moved from"
    to: re.Pattern[str]  # all that stands between the two then
    instead: re.Pattern[str]  # behind the new one


@of_all_languages
def _patterns() -> _Patterns:
    """The words of all languages, each pattern anchored at its end or start and no longer than what is looked at."""
    verb, now = rf"\b{_any_of('dates', 'moved')}\b", rf"\b{_any_of('dates', 'now')}\b"
    to, from_ = _any_of("dates", "to"), _any_of("beside", "from")
    day = rf"(?:{_any_of('dates', 'the')} |[^.;,]{{1,20}} {_any_of('beside', 'on')} )?"  # "5pm on" as well
    return _Patterns(
        moved=re.compile(rf"(?:{verb}|{now})[^.;]{{0,40}}$", re.IGNORECASE),
        left=re.compile(rf"{verb}[^.;]{{0,50}}\b{from_} {day}$", re.IGNORECASE),
        to=re.compile(rf"(?:[^.;]{{0,20}},)? {to} {day}", re.IGNORECASE),
        instead=re.compile(rf"[^.;]{{0,20}}\b{_any_of('dates', 'instead')}\b(?! of)", re.IGNORECASE),
    )


def is_moved(text: str, old: Span, new: Span) -> bool:
    """Whether a date takes the place of the one before it in a sentence.

    Args:
        text: the sentence.
        old: where the first of the dates stands.
        new: where the second does.
    """
    between = text[old[1] : new[0]]
    if len(between) > _BETWEEN:
        return False
    words = _patterns()
    left = words.left.search(text[max(0, old[0] - _BETWEEN) : old[0]]) and words.to.fullmatch(between)
    return bool(left or words.moved.search(between))


def stands_instead(text: str, date: Span) -> bool:
    """Whether a date is told to stand instead of another: "6 June clashes with the fair. We walk on 7 June instead"."""
    return bool(_patterns().instead.match(text[date[1] :][:_BETWEEN]))


def _any_of(section: str, key: str) -> str:
    words = {word for table in tables().values() for word in table.get(section, {}).get(key, ())}
    return "(?:" + "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) + ")"
