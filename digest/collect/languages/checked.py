"""Whether a network's file of a language can be taken: its sections, names, phrases and size; pure."""

import difflib
import re
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any
from zoneinfo import available_timezones

from digest.collect.languages import tables
from digest.collect.languages.mutation import with_mutations
from digest.errors import Problem

LARGEST = 200_000
"""Bytes of a file."""

_MOST_PHRASES = 5_000  # of a file
_LONGEST = 600  # characters of a phrase
_LONGEST_WORDS, _MOST_FACTS = 60, 200  # characters of what [facts] has, and words of one of its lists
_MOST_WORDS = 12  # of a phrase
_MOST_WAYS = 1_000  # to say one phrase, by its alternatives
_MOST_WAYS_IN_ALL = 40_000
_MOST_GAPS = 2
_OF_PHRASES = ("phrases", "which_date", "booking", "abstracts", "categories")
_FACT = re.compile(r"[^\W_][\w '’.&-]*+\*?")
_ONE = r"(?:\{(?:date|time|money|number|link)\}|~?[^\W_]+\*?|[?!])"
_STEP = re.compile(rf"\.\.|{_ONE}(?:\|{_ONE})*")
_BETWEEN = re.compile(r"[\s'’:-]*")
_NUMBERED = {"months": 12, "weekdays": 7, "ordinals": 31, "numbers": 59, "relative": 31}
_SPANS = {"vague": 31, "seasons": 12}


def problems_of(table: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Everything wrong with a file that was read as TOML.

    Args:
        table: all of it.
        where: the file, as messages name it.
    """
    english = tables()["en"]
    for name, section in table.items():
        if name not in english and name != "mutations":
            yield _unknown(f"{where}: [{name}]", "there is no such section", name, (*english, "mutations"))
        elif not isinstance(section, dict):
            yield Problem(where=f"{where}: {name}", what="is no section", fix=f"write [{name}] and its lists below it")
        else:
            for key, several in section.items():
                yield from _of_list(name, key, several, f"{where}: {name}.{key}", english.get(name, {}))
    language = table.get("language", {})
    if isinstance(language, dict) and not language.get("common"):
        what = "there are no common words, by which a text is known to be in this language"
        fix = 'give fifty or more, as in common = ["the", "and"]'
        yield Problem(where=f"{where}: language.common", what=what, fix=fix)


def size_problems(table: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Whether a file that is sound otherwise is too much to look for."""
    spelt = with_mutations(table)
    ways = 0
    count = sum(len(several) for section in table.values() for several in section.values())
    if count > _MOST_PHRASES:
        fix = f"{_MOST_PHRASES:,} are the most; keep what is frequent"
        yield Problem(where=where, what=f"has {count:,} phrases", fix=fix)
    for name in _OF_PHRASES:
        for key, several in spelt.get(name, {}).items():
            for number, phrase in enumerate(several, 1):
                own = prod(len(step.split("|")) for step in _STEP.findall(phrase))
                ways += own
                if own > _MOST_WAYS:
                    what = f"phrase {number} can be said in {own:,} ways"
                    fix = f"{_MOST_WAYS:,} are the most; make two of it"
                    yield Problem(where=f"{where}: {name}.{key}", what=what, fix=fix)
    if ways > _MOST_WAYS_IN_ALL:
        fix = f"{_MOST_WAYS_IN_ALL:,} are the most; keep what is frequent"
        yield Problem(where=where, what=f"its phrases can be said in {ways:,} ways", fix=fix)


def _of_list(section: str, key: str, several: Any, where: str, english: Mapping[str, Any]) -> Iterator[Problem]:
    if not _fits(section, key, english):
        what = "there is no such sign" if section in _OF_PHRASES else "there is no such list"
        yield _unknown(where, what, key, tuple(english))
    elif not isinstance(several, list) or not all(isinstance(one, str) for one in several):
        yield Problem(where=where, what="is no list of words", fix=f'write {key} = ["...", "..."]')
    else:
        if section == "facts" and len(several) > _MOST_FACTS:
            fix = f"{_MOST_FACTS} are the most; keep what is frequent"
            yield Problem(where=where, what=f"has {len(several):,} words", fix=fix)
        for number, phrase in enumerate(several, 1):
            if wrong := _wrong(section, phrase):
                yield Problem(where=where, what=f"phrase {number}, {phrase[:60]!r}: {wrong}")


def _fits(section: str, key: str, english: Mapping[str, Any]) -> bool:
    """Whether a section may have a list of this name."""
    if section == "mutations":
        return key.isalpha() and len(key) <= 3
    if section == "zones" and key in available_timezones():
        return True
    if (most := _NUMBERED.get(section)) and key.isdecimal():
        return 0 <= int(key[:4]) <= most
    if most := _SPANS.get(section):
        first, dash, last = key.partition("-")
        if dash:
            return all(one.isdecimal() and 1 <= int(one[:4]) <= most for one in (first, last))
    return key in english


def _wrong(section: str, phrase: str) -> str:
    """What is wrong with a phrase; "" where nothing."""
    if section == "mutations":
        return "" if len(phrase) <= 3 and (phrase.isalpha() or not phrase) else "is no beginning of a word"
    if not phrase.strip():
        return "is empty"
    if len(phrase) > _LONGEST:
        return f"is longer than {_LONGEST} characters; make two of it"
    if section == "facts":
        fits = len(phrase) <= _LONGEST_WORDS and _FACT.fullmatch(phrase)
        return "" if fits else f"is no word, nor a few of {_LONGEST_WORDS} characters at most; only its end may be *"
    return _wrong_steps(phrase) if section in _OF_PHRASES else ""


def _wrong_steps(phrase: str) -> str:
    steps = _STEP.findall(phrase)
    if not _BETWEEN.fullmatch(_STEP.sub("", phrase)):
        return "has characters that stand for nothing; a phrase has words, a|b, word*, .. and {date} and the like"
    if not steps or ".." in (steps[0], steps[-1]):
        return "begins or ends with no word"
    if len(steps) > _MOST_WORDS or steps.count("..") > _MOST_GAPS:
        return f"has more than {_MOST_WORDS} words or {_MOST_GAPS} gaps"
    return ""


def _unknown(where: str, what: str, name: str, known: tuple[str, ...]) -> Problem:
    nearest = difflib.get_close_matches(name, known, n=1)
    fix = f"did you mean {nearest[0]}?" if nearest else f"known here: {', '.join(known)}"
    return Problem(where=where, what=what, fix=fix)
