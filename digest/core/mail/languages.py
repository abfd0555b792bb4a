"""In which language each person reads what surrounds the posts: their choice, else their list's, else the network's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from digest.app import App
from digest.errors import UsageError
from digest.model import Recipient
from digest.store import people
from digest.store.people import Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Languages:
    """What tells of any person which of the network's languages they read."""

    offered: tuple[str, ...]  # the network's own first
    by_list: Mapping[int, str]  # those of lists that have one of their own, in the order of the configuration

    @classmethod
    def of(cls, app: App, connection: Connection) -> Self:
        """Those of the configuration; the store is asked only where a list has one of its own."""
        own = {one.name: language for one in app.config.lists if (language := app.config.spoken(one.language))}
        ids = people.known_lists(connection) if own else {}
        return cls(offered=app.config.languages, by_list={ids[name]: tag for name, tag in own.items() if name in ids})

    def read_by(self, person: Recipient, list_ids: Collection[int]) -> str:
        """The language of a person who is on these lists."""
        if person.language in self.offered:
            return person.language
        return next((tag for list_id, tag in self.by_list.items() if list_id in list_ids), self.offered[0])


def language_named(app: App, tag: str) -> str:
    """The one of the network's languages that has this tag, in whatever way that is written.

    Raises:
        UsageError: when it is none of them, naming those.
    """
    if (known := app.config.spoken(tag)) is not None:
        return known
    told = ", ".join(app.config.languages)
    way_out = "further ones are named in [network] languages of config.toml"
    raise UsageError(f'"{tag}" is no language of this network; known: {told}; {way_out}')


def language_of(app: App, connection: Connection, subscriber_id: int, person: Recipient) -> str:
    """The language of a person, by all lists that they are on; of who has left all of them, by those they were on."""
    languages = Languages.of(app, connection)
    on: list[int] = []
    if languages.by_list and person.language not in languages.offered:
        known = people.known_lists(connection)
        stands = people.memberships(connection, subscriber_id)
        active = [name for name, (status, _) in stands.items() if status is Status.ACTIVE]
        on = [known[name] for name in active or stands]
    return languages.read_by(person, on)


def in_language_of(app: App, subscriber_id: int) -> App:
    """The same, saying everything as a person reads it; as the network does where they are not known any more."""
    if len(app.config.languages) == 1:
        return app
    with app.store.read() as connection:
        person = people.subscriber(connection, subscriber_id)
        language = language_of(app, connection, subscriber_id, person) if person else app.config.network.language
    return app.in_language(language)


def language_of_lists(app: App, list_names: Collection[str]) -> str:
    """The language in which somebody is spoken to who is on none of these lists yet."""
    own = (app.config.spoken(one.language) for one in app.config.lists if one.name in list_names)
    return next(filter(None, own), app.config.network.language)


def read_on(app: App, list_names: Sequence[str]) -> tuple[str, ...]:
    """The languages besides the network's own that somebody on these lists reads, in the order of the configuration."""
    others = app.config.languages[1:]
    if not others:
        return ()
    of_lists = {app.config.spoken(one.language) for one in app.config.lists if one.name in list_names}
    with app.store.read() as connection:
        chosen = people.chosen_languages(connection, list_names, [tag for tag in others if tag not in of_lists])
    return tuple(tag for tag in others if tag in of_lists or tag in chosen)
