"""A person's story: all that is held about them, and why a digest reaches them or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.config import DigestConfig
from digest.core.people.terms import terms_of
from digest.model import Audience, PersonSkip, Preferences
from digest.store import outbox, people
from digest.store.people import Consent, Mailing, SignUp, Status, Suppression, returns, sign_ups
from digest.store.people.returns import KeptReturn


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonStory:
    """One person: lists, suppression, consent, what was sent, and whether each digest would reach them now."""

    address: str
    name: str = ""
    language: str | None = None  # that they chose
    lists: Mapping[str, tuple[Status, datetime]]
    suppression: Suppression | None
    digests: Mapping[str, PersonSkip | None]  # why each does not reach them; None where it does
    deliveries: Sequence[tuple[str, str, str, datetime | None]]  # (campaign, state, why, when)
    journal: Sequence[Consent]
    sign_ups: Sequence[SignUp] = ()  # that can still be confirmed, or were lately
    preferences: Mapping[str, Preferences] = field(default_factory=dict)  # by digest; "" is all mail
    returns: Sequence[KeptReturn] = ()  # the latest first

    @property
    def suppressed(self) -> str | None:
        """Why they are not mailed by anything, or None."""
        return self.suppression.reason if self.suppression else None


def person_story(app: App, address: str, now: datetime) -> PersonStory | None:
    """All that is held about a person, by address, and how they stand now; None when nothing is."""
    with app.store.read() as connection:
        found = people.find(connection, address)
        suppression = people.suppression_of(connection, address)
        journal = people.journal_of(connection, address)
        asked = sign_ups.of_address(connection, address)
        if found is None:
            if suppression is None and not journal and not asked:
                return None
            return PersonStory(
                address=address,
                lists={},
                suppression=suppression,
                digests={},
                deliveries=(),
                journal=journal,
                sign_ups=asked,
            )
        subscriber_id, recipient = found
        return PersonStory(
            address=recipient.address,
            name=recipient.name,
            language=recipient.language,
            lists=people.memberships(connection, subscriber_id),
            suppression=suppression,
            digests={
                digest.name: people.standing_of(connection, subscriber_id, _mailing(app, connection, digest, now))
                for digest in app.config.digests
            },
            preferences=people.preferences_of(connection, subscriber_id),
            returns=returns.returns_of(connection, subscriber_id),
            deliveries=tuple(outbox.history(connection, subscriber_id)),
            journal=journal,
            sign_ups=asked,
        )


def _mailing(app: App, connection: Connection, digest: DigestConfig, now: datetime) -> Mailing:
    audience, terms = Audience(list_names=digest.lists), terms_of(app.config, digest)
    return people.mailing(connection, audience, now, digest=digest.name, terms=terms)
