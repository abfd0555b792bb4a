"""What people want less of, and what a campaign asks of that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.model.kinds import Kind

SECTIONS = {Kind.POST: "posts", Kind.EVENT: "events", Kind.VACANCY: "vacancies"}
"""What a reader calls the parts of an edition; a category of that name is muted with it."""


def is_muted(muted: frozenset[str], section: str, categories: Sequence[str]) -> bool:
    """Whether a reader wants nothing of an item: they muted what it is, or all its categories.

    Args:
        muted: names, casefolded.
        section: one of `SECTIONS`, or "" where it is not known.
        categories: of the item, as they are written.
    """
    return section in muted or (bool(categories) and muted.issuperset(name.casefold() for name in categories))


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What a mail has for whoever muted neither its section nor all its categories."""

    section: str
    categories: tuple[str, ...]  # casefolded and sorted


def fewest_offers(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Those that say as much as all: who sees another of them sees one of these, too."""
    distinct = sorted(set(offers), key=lambda one: (one.section, one.categories))
    return tuple(one for one in distinct if not any(_covers(other, one) for other in distinct if other != one))


def _covers(other: Offer, one: Offer) -> bool:
    if other.section != one.section or not one.categories:
        return False
    return not other.categories or set(other.categories) > set(one.categories)


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a campaign asks of people's preferences, frozen with it."""

    instead_of: str | None = None  # it is for those who chose it in the place of this digest
    alternatives: tuple[str, ...] = ()  # it is not for those who chose one of these in its place
    per_week: int | None = None  # it is not for those who got so many mails within a week
    offers: tuple[Offer, ...] = ()  # it is not for those who want none of these; empty: it is for everybody


NO_TERMS = Terms()


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferences:
    """What one person wants less of, of one digest or of all mail."""

    muted: tuple[str, ...] = ()  # categories, or posts, events, vacancies; casefolded
    paused_until: datetime | None = None
    chosen: str | None = None  # the digest wanted in the place of this one
