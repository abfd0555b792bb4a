"""What a person gets, as their own page of preferences shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.app import App
from digest.config import DigestConfig
from digest.config.addresses import masked
from digest.core.mail.languages import language_of
from digest.core.people.preferences import alternatives
from digest.model import SECTIONS, Kind, Preferences
from digest.store import people
from digest.store.people import EVERYTHING, Status


class Place(StrEnum):
    """Where a person is, of a list that their page shows."""

    ON = "on"
    LEFT = "left"
    OPEN = "open"  # never on it, and it is open to everybody


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnList:
    """A list as a person's page shows it."""

    name: str
    title: str
    description: str
    place: Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a mail is made of and a person may do without: posts, events, vacancies, or a category."""

    name: str  # as it is muted
    title: str  # of a category; "" of posts, events and vacancies
    wanted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What a person wants of one digest, or of all mail."""

    digest: str  # "" is all mail
    title: str
    parts: tuple[Part, ...]
    paused_until: datetime | None  # None where that is over


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Digests that stand for each other."""

    head: str  # the one that goes to whoever chose none
    options: tuple[tuple[str, str], ...]  # name and title, that one first
    chosen: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnMail:
    """A person's lists and preferences."""

    address: str  # masked
    lists: tuple[OwnList, ...]
    everything: Wishes
    digests: tuple[Wishes, ...]  # of each digest that they get, where there are several
    choices: tuple[Choice, ...]
    unmailed_since: datetime | None  # the address is suppressed
    language: str  # of what surrounds the posts, whoever chose it


def own_mail(app: App, subscriber_id: int, now: datetime) -> OwnMail | None:
    """What a person gets; None when they are not known any more."""
    with app.store.read() as connection:
        person = people.subscriber(connection, subscriber_id)
        if person is None:
            return None
        stands = {name: status for name, (status, _) in people.memberships(connection, subscriber_id).items()}
        kept = people.preferences_of(connection, subscriber_id)
        suppressed = people.suppression_of(connection, person.address)
        language = language_of(app, connection, subscriber_id, person)
    on = {name for name, status in stands.items() if status is Status.ACTIVE}
    reached = [digest for digest in app.config.digests if on.intersection(digest.lists)]
    choices = tuple(_choices(app, reached, kept))
    chosen = {choice.head: choice.chosen for choice in choices}
    gets = [digest for digest in reached if chosen.get(digest.instead_of or digest.name, digest.name) == digest.name]
    several: tuple[Wishes, ...] = ()
    if len(gets) > 1:
        several = tuple(_wishes(app, [one], kept, now, scope=one.name, title=title_of(one)) for one in gets)
    return OwnMail(
        address=masked(person.address),
        lists=tuple(_lists(app, stands)),
        everything=_wishes(app, reached, kept, now),
        digests=several,
        choices=choices,
        unmailed_since=suppressed.since if suppressed else None,
        language=language,
    )


def title_of(digest: DigestConfig) -> str:
    """A digest's title, or its name where it has none."""
    return digest.title or digest.name


def _lists(app: App, stands: Mapping[str, Status]) -> Iterator[OwnList]:
    for entry in app.config.lists:
        match stands.get(entry.name):
            case Status.ACTIVE:
                place = Place.ON
            case Status.UNSUBSCRIBED:
                place = Place.LEFT
            case _ if entry.signup == "open":
                place = Place.OPEN
            case _:
                continue
        yield OwnList(name=entry.name, title=entry.title or entry.name, description=entry.description, place=place)


def _choices(app: App, reached: Sequence[DigestConfig], kept: Mapping[str, Preferences]) -> Iterator[Choice]:
    instead = alternatives(app)
    for head in reached:
        if others := instead.get(head.name):
            options = (head.name, *others)
            chosen = kept[head.name].chosen if head.name in kept else None
            yield Choice(
                head=head.name,
                options=tuple((name, title_of(app.digest(name))) for name in options),
                chosen=chosen if chosen in others else head.name,
            )


def _wishes(
    app: App,
    digests: Sequence[DigestConfig],
    kept: Mapping[str, Preferences],
    now: datetime,
    *,
    scope: str = EVERYTHING,
    title: str = "",
) -> Wishes:
    own = kept.get(scope, Preferences())
    until = own.paused_until
    return Wishes(
        digest=scope,
        title=title,
        parts=tuple(Part(name=name, title=title, wanted=name not in own.muted) for name, title in _parts(app, digests)),
        paused_until=until if until is not None and until > now else None,
    )


def _parts(app: App, digests: Sequence[DigestConfig]) -> Iterator[tuple[str, str]]:
    """Name and title of all that these digests may hold; a category that is named like a section goes with it."""
    kinds = {section.kind for digest in digests for section in digest.sections}
    sections = [SECTIONS[Kind(kind)] for kind in ("post", "event", "vacancy") if kind in kinds]
    yield from ((name, "") for name in sections)
    if digests:
        for category in app.config.categories:
            if category.name.casefold() not in SECTIONS.values():
                yield category.name.casefold(), category.title or category.name
