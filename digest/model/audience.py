"""Whom a mailing is for: lists, all but those on others, and a condition over what is known of people."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Is:
    """A field is one of these values; a person of whom it is not known has the value ""."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Not:
    """The other holds not."""

    what: "Condition"


@dataclass(frozen=True, kw_only=True, slots=True)
class All:
    """Each holds."""

    of: "tuple[Condition, ...]"


@dataclass(frozen=True, kw_only=True, slots=True)
class Any:
    """One of them holds."""

    of: "tuple[Condition, ...]"


Condition = Is | Not | All | Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Lists, without whoever is on another list or does not meet a condition."""

    list_names: tuple[str, ...]
    without: tuple[str, ...] = ()  # lists whose people are left out
    where: str = ""  # a condition as `text.conditions` reads it
