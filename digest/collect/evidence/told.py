"""The evidence in words, as an editor reads it, by the catalogs of whoever shows it."""

import re
from collections.abc import Sequence
from typing import Protocol

from digest.collect.evidence.answers import Alike
from digest.collect.evidence.otherwise import Otherwise
from digest.collect.evidence.verdict import Evidence
from digest.model import Kind

_TOKENS = re.compile(r"\{(date|time|money|number|link)\}")
_WHOLE = ("shape", "dates", "category", "label")  # what is told by a sentence of its own
_OF_TITLE = ("length", "question", "colon", "comma", "brackets", "capitals")
_PARTS = ("title", "lead", "body", "any")
_MOST_TITLES = 3


class Wording(Protocol):
    """How things are said in a language: `digest.render.phrases.Phrases`."""

    def say(self, name: str, count: int | None = None, /, **values: object) -> str:
        """The phrase of that name, filled in."""
        ...

    def listed(self, parts: Sequence[str]) -> str:
        """Several things in a sentence."""
        ...


def in_words(evidence: Evidence, by: Wording) -> str:
    """One piece as a line: ``+1.3 the title names a role ("Assistant")``."""
    words = f" ({', '.join(f'“{word}”' for word in evidence.words)})" if evidence.words else ""
    return f"{evidence.weight:+.1f} {_told(evidence.sign, by)}{words}"


def _told(sign: str, by: Wording) -> str:
    part, _, name = sign.partition(": ")
    if sign.startswith('"'):
        word = _TOKENS.sub(lambda token: by.say(f"token_{token[1]}"), sign.strip('"'))
        is_title = word.startswith("title: ")
        return by.say("evidence_title_word" if is_title else "evidence_word", word=word.removeprefix("title: "))
    if part in _WHOLE or (part == "title" and name in _OF_TITLE):
        return _named("of", sign, by)
    for how in ("begins", "ends"):
        if name.startswith(f"{how} with "):
            return by.say(f"evidence_title_{how}", said=_said(name.removeprefix(f"{how} with "), by))
    one, both, other = (name if part in _PARTS else sign).partition(" with ")
    if both:
        how = "title_and_post" if part == "title" else "both"
        return by.say(f"evidence_{how}", one=_said(one, by), other=_said(other, by))
    return by.say(f"evidence_{part}", said=_said(name, by))


def alike_in_words(alike: Alike, by: Wording) -> str:
    """What editors called others like it as a line: ``+0.8 3 like it were called a vacancy here``."""
    count, kind = len(alike.titles), a_kind(alike.kind, by)
    if count:
        said = by.say("alike_own_and_others" if alike.own else "alike_others", count, kind=kind)
    else:
        said = by.say("alike_own" if alike.own else "alike_something", kind=kind)
    titles = ", ".join(f"“{title}”" for title in alike.titles[:_MOST_TITLES])
    return f"{alike.weight:+.1f} {said}{f' ({titles})' if titles else ''}"


def change_in_words(change: Otherwise, kind: Kind, by: Wording) -> str:
    """What would change the verdict that it is of this kind, as a clause."""
    said = by.listed([by.say(f"would_{_slug(name)}") for name in change.signs])
    name = "change_enough" if change.enough else "change_nearer"
    return by.say(name, kind=a_kind(change.kind, by), read=a_kind(kind, by), said=said)


def a_kind(kind: Kind, by: Wording) -> str:
    """A kind with its article: "an event"."""
    return by.say(f"a_{kind.value}")


def _said(name: str, by: Wording) -> str:
    plain = name.removesuffix("_hint")
    said = _named("sign", plain, by)
    return by.say("evidence_perhaps", said=said) if plain != name else said


def _named(what: str, name: str, by: Wording) -> str:
    """The phrase of a sign; a sign that has none yet by its name, which says enough for an editor to go on."""
    try:
        return by.say(f"{what}_{_slug(name)}")
    except KeyError:
        return name


def _slug(name: str) -> str:
    return "_".join(re.findall(r"[a-z]+", name.lower()))
