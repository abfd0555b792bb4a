"""A person's story: lists, suppression, what was sent, and why a digest reaches them or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.model import Audience, PersonSkip
from digest.store import outbox, people
from digest.store.people.subscribers import Status


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonStory:
    """One person: lists, suppression, what was sent, and whether each digest would reach them now."""

    address: str
    name: str
    lists: Mapping[str, tuple[Status, datetime]]
    suppressed: str | None
    digests: Mapping[str, PersonSkip | None]  # why each does not reach them; None where it does
    deliveries: tuple[tuple[str, str, str, datetime | None], ...]  # (campaign, state, why, when)


def person_story(app: App, address: str) -> PersonStory | None:
    """What is known of a person by address; None when nothing is."""
    with app.store.read() as connection:
        found = people.find(connection, address)
        if found is None:
            return None
        subscriber_id, recipient = found
        return PersonStory(
            address=recipient.address,
            name=recipient.name,
            lists=people.memberships(connection, subscriber_id),
            suppressed=people.suppression(connection, recipient.address),
            digests={
                digest.name: people.standing_of(connection, subscriber_id, Audience(list_names=digest.lists))
                for digest in app.config.digests
            },
            deliveries=tuple(outbox.history(connection, subscriber_id)),
        )
