"""What was written down, told in a language; pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent

from digest.model import By, Fact, Quoted, Told
from digest.render.phrases import PHRASES, Phrases

_UNITS: tuple[tuple[Literal["day", "hour", "minute", "second"], timedelta], ...] = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(microseconds=1)),
)
_FOR_GOOD = 1e12  # of a unit: none is rounded up to the next


def tell(
    fact: Fact, by: Phrases, *, when: Callable[[datetime], str], quote: Callable[[str], str] = lambda words: words
) -> str:
    """A sentence or a fact in a language; what no phrase tells, as it was written down.

    Args:
        fact: a share is a float.
        by: the wordings of the language.
        when: how a moment is written.
        quote: how words of another program are.
    """
    match fact:
        case Told():
            return _said(fact, by, when, quote)
        case Quoted():
            return quote(str(fact))
        case datetime():
            return when(fact)
        case str() | timedelta():
            return fact if isinstance(fact, str) else lasting(fact, by)
        case float():
            return format_percent(fact, "0.#%", by.locale)
        case _:
            return format_decimal(fact, locale=by.locale)


def who(by: By, phrases: Phrases) -> str:
    """Who did something, in a language."""
    phrase = f"by_{by.via}"
    return phrases.say(phrase, name=by.name).strip() if "{" in PHRASES[phrase] or not by.name else str(by)


def lasting(length: timedelta, by: Phrases) -> str:
    """How long something lasts: "6 hours"; in days, hours or minutes, whichever is exact."""
    unit = next(name for name, size in _UNITS if not length % size)
    return format_timedelta(length, granularity=unit, threshold=_FOR_GOOD, locale=by.locale)


def _said(sentence: Told, by: Phrases, when: Callable[[datetime], str], quote: Callable[[str], str]) -> str:
    if sentence.parts:
        return sentence.joint.join(_said(one, by, when, quote) for one in sentence.parts)
    phrase = PHRASES.get(sentence.phrase)
    if phrase is None:
        return str(sentence)
    facts = {name: tell(value, by, when=when, quote=quote) for name, value in sentence.facts.items()}
    count = sentence.facts.get("count")
    try:
        if isinstance(phrase, str):
            return by.say(sentence.phrase, **facts)
        return by.say(sentence.phrase, int(str(count)), **{name: one for name, one in facts.items() if name != "count"})
    except (KeyError, ValueError):  # it was written down by another version of ours
        return str(sentence)
