"""Doubts: what was read of an item with less than certainty, as a name and facts, and how that reads in English."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Self

from digest.model.kinds import Kind

A = {kind: f"{'an' if kind is Kind.EVENT else 'a'} {kind}" for kind in Kind}
"""Each kind with its article."""

DOUBTS: Mapping[str, str] = {
    # what it is
    "perhaps_post": "perhaps a post",
    "perhaps_event": "perhaps an event",
    "perhaps_vacancy": "perhaps a vacancy",
    "unknown_language": "in a language that is not known here",
    "undated": "announced as an event, but no date could be read",
    "unlike_words": "its markup says {its_kind} ({marked}), but its words are those of {other_kind}",
    # whether it takes place
    "title_later": "its title says that it is postponed; the date may be the old one",
    "title_moved": "its title says that it has a new date; the date may be the old one",
    "title_unclear": "its title says that something of it is cancelled",
    "postponed": "postponed without a new date",
    "tentative": "its calendar marks it as tentative",
    "dropped": "taken out of its series in the calendar",
    "unlisted": "where it was announced it is no longer listed",
    # when
    "no_closing_date": "no closing date could be read",
    "vague_closing": "the closing date is vague: '{words}'",
    "vague_date": "its date is vague: '{words}'",
    "year_assumed": "year assumed: '{words}' read as {first_day}",
    "no_day": "no day is named: '{words}' is from {first_day} to {last_day}",
    "counted": "'{words}' read as {read_date}, counted from {from_month}",
    "counted_either": "'{words}' read as {read_date}, counted from {from_month}; it may be {other_date}",
    "weekday": "weekday contradicts date: '{words}', but {first_day} is a {first_weekday}",
    "ends_before": "'{words}' ends before it begins",
    "other_time": "'{words}' contradicts itself: {clock} {zone} would be {meant}",
    "in_the_morning": "'{words}' is read as of the morning",
    "in_the_evening": "'{words}' is read as of the evening",
    "gmt_in_summer": "'GMT' on a day of {name}: read as GMT, an hour behind {name}",
    "zone_of_several": "'{words}' may be the time of {places}; read as the network's own",
    "zone_out_of_season": "'{words}' does not hold on {on_day}, when it is {name} there; read as {name}",
    "zone_unknown": 'its time zone "{zone}" is not known; read in the network\'s',
    "markup_day": "its markup says {stated}, but its text {written}",
    "markup_clock": "its markup says {stated} here, but its text {written}",
    "unread_closes": 'its closing date "{words}" cannot be read',
    "unread_start": 'its start "{words}" cannot be read',
    "unread_end": 'its end "{words}" cannot be read',
    "unread": 'its date "{words}" cannot be read',
    # how it recurs
    "no_exceptions": "its rule of exceptions (EXRULE) is not understood",
    "end_left_out": "its end contradicts its start and is left out",
    "no_rule": "its rule of recurrence is empty; only its stated dates are read",
    "endless": "the negative COUNT of its rule is left out",
    "unfollowed": "{why}; only its stated dates are followed",
    # what an editor set
    "unfitting_edit": "what was set by hand no longer fits: {why}",
}
"""Every doubt: what stands in braces are its facts. How one is written follows from the end of its name: ``_day`` and
``_date`` (with its weekday), ``_month`` (without its year) and ``_weekday`` are ISO dates, ``_kind`` is a `Kind`."""

_FORMS: Mapping[str, Callable[[str], str]] = {
    "day": lambda value: f"{(day := date.fromisoformat(value)).day} {day:%B %Y}",
    "date": lambda value: f"{(day := date.fromisoformat(value)):%A} {day.day} {day:%B %Y}",
    "month": lambda value: f"{(day := date.fromisoformat(value)).day} {day:%B}",
    "weekday": lambda value: f"{date.fromisoformat(value):%A}",
    "kind": lambda value: A[Kind(value)],
}
_OF_ALL_TIMES = {sentence: name for name, sentence in DOUBTS.items() if "{" not in sentence}


class Doubt(str):
    """A doubt as it reads in English, which knows its name and its facts.

    What an earlier version of ours kept as a sentence is a doubt without a name, unless that sentence has no facts.
    Two are the same where sentence and name are, so that an item whose doubts got names is kept anew.
    """

    __slots__ = ("facts", "name")
    name: str  # of `DOUBTS`; "" where only the sentence is known
    facts: Mapping[str, str]

    def __new__(cls, name: str, /, **facts: object) -> Self:
        """The doubt of this name; its facts as `DOUBTS` has them, a date as such."""
        told = {key: value.isoformat() if isinstance(value, date) else str(value) for key, value in facts.items()}
        return cls.of(DOUBTS[name].format(**worded(told, _FORMS)), name, told)

    @classmethod
    def of(cls, sentence: str, name: str, facts: Mapping[str, str]) -> Self:
        """A doubt whose sentence is known."""
        doubt = str.__new__(cls, sentence)
        doubt.name, doubt.facts = name, facts
        return doubt

    @classmethod
    def read(cls, kept: object) -> Self:
        """What `kept` gave, or a sentence."""
        if isinstance(kept, cls):
            return kept
        if isinstance(kept, str):
            return cls.of(str(kept), _OF_ALL_TIMES.get(kept, ""), {})
        says = kept.get("says") if isinstance(kept, Mapping) else None
        if not isinstance(kept, Mapping) or not isinstance(says, str):
            raise ValueError("a doubt is a sentence, or has one")  # noqa: TRY004  (as codecs want it)
        try:  # what cannot be told again, be it of a later version, keeps its sentence
            made = cls(str(kept.get("name")), **dict(kept.get("facts") or {}))
        except (KeyError, ValueError, TypeError, AttributeError):
            return cls.of(says, "", {})
        return cls.of(says, made.name, made.facts)

    @property
    def kept(self) -> dict[str, Any] | str:
        """As it is kept: with its name and facts, where there are facts."""
        return {"says": str(self), "name": self.name, "facts": dict(self.facts)} if self.facts else str(self)

    @property
    def kinds(self) -> frozenset[Kind]:
        """What the item perhaps is by this doubt."""
        if self.name == "unlike_words":
            return frozenset(Kind(self.facts[key]) for key in ("its_kind", "other_kind"))
        return _KINDS.get(self.name, frozenset())

    def __eq__(self, other: object) -> bool:
        alike = str.__eq__(self, other) if isinstance(other, str) else False
        return alike and (not isinstance(other, Doubt) or self.name == other.name)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).of, (str(self), self.name, self.facts)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> Any:
        """How codecs read and write it; only they ask, so only then is pydantic there."""
        from pydantic_core import core_schema  # noqa: PLC0415

        written = core_schema.plain_serializer_function_ser_schema(lambda one: cls.read(one).kept)
        return core_schema.no_info_plain_validator_function(cls.read, serialization=written)


def worded(facts: Mapping[str, str], forms: Mapping[str, Callable[[str], str]]) -> dict[str, str]:
    """Facts as a sentence tells them, each by the form that the end of its name asks for."""
    return {name: forms.get(name.rpartition("_")[2], str)(value) for name, value in facts.items()}


PERHAPS = {kind: Doubt(f"perhaps_{kind.value}") for kind in Kind}
"""The doubts of an item that may be of this other kind."""

UNKNOWN_LANGUAGE = Doubt("unknown_language")
"""The doubt of a post whose words tell nothing."""

UNDATED = Doubt("undated")
"""The doubt of a post that would else be an event."""

OF_THE_KIND = frozenset({*(one.name for one in PERHAPS.values()), UNKNOWN_LANGUAGE.name, UNDATED.name})
"""The names of the doubts that are over once an editor says of which kind it is."""

_KINDS = {one.name: frozenset({kind}) for kind, one in PERHAPS.items()} | {UNDATED.name: frozenset({Kind.EVENT})}
