"""What a look at a mail found: a phrase and its facts, which are put into words last; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from babel.numbers import format_decimal

from digest.model import Told
from digest.render.phrases import IN_ENGLISH, Phrases

_NAMED = 3  # places that one finding names; of the rest it tells how many


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A part of a finding that is a phrase itself."""

    phrase: str
    facts: "Mapping[str, Fact]" = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.phrase, *self.facts.values()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """The first different places of one finding, and how many more there are."""

    named: "tuple[str | Words, ...]"
    more: int = 0


Fact = str | int | Words | Places


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing wrong with a mail; an error keeps it from being sent."""

    level: Literal["error", "warning"]
    what: str  # a short code that stays the same: "budget", "link"
    phrase: str  # that says it
    facts: Mapping[str, Fact] = field(default_factory=dict)
    language: str = ""  # of the mail that has it, where that of the network's own language has not

    @property
    def detail(self) -> str:
        """Where it is, and the way out; in English."""
        return self.told(IN_ENGLISH)

    def told(self, by: Phrases) -> str:
        """Where it is, and the way out, in a language."""
        told = _told(Words(phrase=self.phrase, facts=self.facts), by)
        return by.say("finding_in", language=self.language, told=told) if self.language else told

    @property
    def noted(self) -> Told:
        """What is looked at and what is told of it, as it is written down."""
        detail = _noted(Words(phrase=self.phrase, facts=self.facts))
        if self.language:
            detail = Told.of(self.detail, "finding_in", {"language": self.language, "told": detail})
        looked_at = Told.of(self.what, f"finding_of_{self.what}")
        return Told.of(f"{self.what}: {detail}", "reason_found", {"what": looked_at, "detail": detail})

    def named(self, by: Phrases) -> str:
        """What is looked at, in a language."""
        return by.say(f"finding_of_{self.what}")


def error(what: str, phrase: str, **facts: Fact) -> Finding:
    """A finding that keeps the mail from being sent."""
    return Finding(level="error", what=what, phrase=f"finding_{phrase}", facts=facts)


def warning(what: str, phrase: str, **facts: Fact) -> Finding:
    """A finding to look at."""
    return Finding(level="warning", what=what, phrase=f"finding_{phrase}", facts=facts)


def place(phrase: str, **facts: Fact) -> Words:
    """A place that has no name of its own."""
    return Words(phrase=f"finding_place_{phrase}", facts=facts)


def listed(places: Iterable[str | Words]) -> Places:
    """The first different places, and how many more there are."""
    different = list(dict.fromkeys(places))
    return Places(named=tuple(different[:_NAMED]), more=max(0, len(different) - _NAMED))


def _noted(fact: Fact) -> Told:
    match fact:
        case Words():
            facts = {name: one if isinstance(one, int) else _noted(one) for name, one in fact.facts.items()}
            return Told.of(_told(fact, IN_ENGLISH), fact.phrase, facts)
        case Places():
            named = Told.joined((_noted(one) for one in fact.named), ", ")
            facts = {"places": named, "number": fact.more}
            return Told.of(_told(fact, IN_ENGLISH), "finding_more", facts) if fact.more else named
        case _:
            return Told.of(str(fact))


def _told(fact: Fact, by: Phrases) -> str:
    match fact:
        case Words():
            return by.say(fact.phrase, **{name: _told(one, by) for name, one in fact.facts.items()})
        case Places():
            told = ", ".join(_told(one, by) for one in fact.named)
            return by.say("finding_more", places=told, number=fact.more) if fact.more else told
        case int():
            return format_decimal(fact, locale=by.locale)
        case str():
            return fact
