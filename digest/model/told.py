"""What is written down for people to read: in English, with what tells it in another language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from digest.model.answers import ANSWERS
from digest.model.organisers import By
from digest.model.reasons import REASONS

Fact = str | int | float | datetime | timedelta
"""A share is a float; a `Told` among the strings is told in the reader's language, too."""

_AT, _LASTS, _QUOTED = "at", "seconds", "quoted"
BY_HAND = "by hand"
"""Why an address is suppressed, where an organiser does not say."""
_SUPPRESSED = {BY_HAND: "by_hand_only", "bounced": "bounced", "complained": "complained", "blocked": "blocked"}
_DEEPEST = 8  # of what tells something within something else


class Quoted(str):
    """Words of another program, which are English whatever the reader's language is."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self),)


class Told(str):
    """A sentence as it reads in English, which knows its phrase and its facts, or the parts it is made of.

    What an earlier version of ours wrote down, or a server said, is told as it is: it has neither. Nothing is decided
    by it.
    """

    __slots__ = ("facts", "joint", "parts", "phrase")
    phrase: str  # of `digest.render.phrases`; "" where only the sentence is known, or its parts are
    facts: Mapping[str, Fact]
    parts: "tuple[Told, ...]"
    joint: str  # between the parts

    def __new__(cls, name: str, /, **facts: Fact) -> Self:
        """The sentence of this name among `REASONS`, with its facts."""
        return cls.of(_english(REASONS[name], facts), f"reason_{name}", facts)

    @classmethod
    def of(cls, sentence: str, phrase: str = "", facts: Mapping[str, Fact] | None = None) -> Self:
        """A sentence whose English is known."""
        one = str.__new__(cls, sentence)
        one.phrase, one.facts, one.parts, one.joint = phrase, facts or {}, (), ""
        return one

    @classmethod
    def joined(cls, parts: Iterable[str], joint: str = "; ") -> Self:
        """Several in a row, of which those that are empty are left out."""
        given = [one if isinstance(one, Told) else cls.of(one) for one in parts if one]
        if len(given) == 1 and isinstance(given[0], cls):
            return given[0]
        one = cls.of(joint.join(given))
        one.parts, one.joint = tuple(given), joint
        return one

    @classmethod
    def by(cls, error: Exception) -> Self:
        """What an error says."""
        said = error.args[0] if len(error.args) == 1 else None
        return said if isinstance(said, cls) else cls.of(str(error))

    @property
    def is_known(self) -> bool:
        """Whether something tells it in other languages, too."""
        return bool(self.phrase or self.parts)

    @classmethod
    def read(cls, sentence: str, kept: object) -> Self:
        """What `kept` gave for a sentence, or the sentence alone where that is not to be had."""
        try:
            one = _read(cls, kept, 0)
        except (KeyError, ValueError, TypeError, AttributeError):  # be it of a later version
            return cls.of(sentence)
        if one != sentence:  # an earlier version of ours wrote the sentence since, and knows nothing of this
            return cls.of(sentence)
        whole = cls.of(sentence, one.phrase, one.facts)
        whole.parts, whole.joint = one.parts, one.joint
        return whole

    def through(self, change: Callable[[str], str]) -> Self:
        """With its words, and those of its facts, changed, as where what is secret is taken out."""
        facts: dict[str, Fact] = {}
        for name, value in self.facts.items():
            words = change(value) if isinstance(value, str) else value
            words = Quoted(words) if isinstance(value, Quoted) else words
            facts[name] = value.through(change) if isinstance(value, Told) else words
        one = self.of(change(str(self)), self.phrase, facts)
        one.parts, one.joint = tuple(part.through(change) for part in self.parts), self.joint
        return one

    @property
    def kept(self) -> Any:
        """What is kept beside the sentence, as JSON has it; None where there is nothing but that."""
        return _kept(self) if self.phrase or self.parts else None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).read, (str(self), self.kept)


def said(error: Exception) -> str:
    """What an error says: told in the reader's language where it is ours, else quoted."""
    words = error.args[0] if len(error.args) == 1 else None
    return words if isinstance(words, Told | Quoted) else Quoted(str(error))


def kept(sentence: str) -> Any:
    """As `Told.kept`; None of a sentence that is no more than that."""
    return sentence.kept if isinstance(sentence, Told) else None


def verb(done: str) -> Told:
    """What was done, by the word that the activity has for it."""
    return Told.of(done, f"verb_{done.replace('-', ' ').replace(' ', '_')}")


def suppressed_as(reason: str) -> str:
    """Why an address must not be mailed; what an organiser wrote, as they wrote it."""
    return Told(_SUPPRESSED[reason]) if reason in _SUPPRESSED else reason


def done_by(by: By) -> Told:
    """Who did something: "organiser ada@example.org"."""
    return Told.of(str(by), f"by_{by.via}", {"name": by.name})


def answered(name: str) -> Told:
    """What a server answered, by its name among `ANSWERS`."""
    return Told.of(ANSWERS[name], f"answer_{name.replace('.', '_')}")


def _english(template: str | Sequence[str], facts: Mapping[str, Fact]) -> str:
    if not isinstance(template, str):
        template = template[0] if facts["count"] == 1 else template[1]
    return template.format(**{name: _written(value) for name, value in facts.items()})


def _written(fact: Fact) -> str:
    match fact:
        case datetime():
            return f"{fact:%Y-%m-%d %H:%M}"
        case float():
            return f"{fact * 100:.3g}%"
        case _:
            return str(fact)


def _kept(fact: Fact) -> Any:
    match fact:
        case Told() if fact.parts:
            return {"says": str(fact), "parts": [_kept(one) for one in fact.parts], "joint": fact.joint}
        case Told() if fact.phrase:
            facts = {name: _kept(value) for name, value in fact.facts.items()}
            return {"says": str(fact), "phrase": fact.phrase, **({"facts": facts} if facts else {})}
        case datetime():
            return {_AT: fact.isoformat()}
        case timedelta():
            return {_LASTS: fact.total_seconds()}
        case str():
            return {_QUOTED: str(fact)} if isinstance(fact, Quoted) else str(fact)
        case _:
            return fact


def _read(cls: type[Told], kept: Any, depth: int) -> Any:
    """A fact, as `_kept` made it."""
    if depth > _DEEPEST:
        raise ValueError("it is too deep")
    match kept:
        case {"says": str(says), "phrase": str(phrase), **more}:
            facts: Any = more.get("facts") or {}
            return cls.of(says, phrase, {str(name): _read(cls, value, depth + 1) for name, value in facts.items()})
        case {"says": str(says), "parts": list(parts), "joint": str(joint)}:
            one = cls.of(says)
            one.parts, one.joint = tuple(_as_told(cls, _read(cls, part, depth + 1)) for part in parts), joint
            return one
        case {"at": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"seconds": int(seconds) | float(seconds)}:
            return timedelta(seconds=seconds)
        case {"quoted": str(words)}:
            return Quoted(words)
        case str() | int() | float():
            return kept
    raise ValueError("nothing tells it")


def _as_told(cls: type[Told], part: Any) -> Told:
    return part if isinstance(part, Told) else cls.of(str(part))
