"""What a person does about lists by the links in their own mail: a mistake, why they left, coming back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.app import App
from digest.model import By, Told, done_by
from digest.store import outbox, people
from digest.store.organisers import activity
from digest.store.people import Consent, Status, journal

RIGHT_AFTER = timedelta(hours=1)
"""So long after leaving it can be taken back, and its reason be told."""

REASON_LENGTH = 500
"""Characters of a reason that are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """How somebody asked to be on a list, for the journal."""

    wording: str  # what they were shown
    network: str = ""  # the prefix of the address they came from


def list_ids_of(app: App, subscriber_id: int, names: Sequence[str] | None = None) -> tuple[int, ...]:
    """The lists of these names that a person was ever on; all of them unless named."""
    with app.store.read() as connection:
        stands, known = people.memberships(connection, subscriber_id), people.known_lists(connection)
    return tuple(known[name] for name in stands if names is None or name in names)


def has_just_left(app: App, subscriber_id: int, list_ids: Sequence[int], now: datetime) -> bool:
    """Whether a person left any of these lists so lately that it can be taken back."""
    with app.store.read() as connection:
        return bool(people.just_left(connection, subscriber_id, list_ids, after=now - RIGHT_AFTER))


def take_back(app: App, subscriber_id: int, list_ids: Sequence[int], now: datetime, *, by: By) -> tuple[str, ...]:
    """It was a mistake: a person stands on the lists that they just left as they did before.

    Mails that were taken back when they left are queued again, where their campaigns still run.

    Returns:
        The titles of these lists; none where nothing was left lately.
    """
    with app.store.write() as connection:
        person = people.subscriber(connection, subscriber_id)
        left = people.just_left(connection, subscriber_id, list_ids, after=now - RIGHT_AFTER)
        if person is None or not left:
            return ()
        people.put_back(connection, subscriber_id, left, now)
        titles = people.list_titles(connection, left)
        for name in people.names_of(connection, left):
            how = Told("consent_mistake", by=done_by(by))
            journal.record(connection, person.address, Consent(at=now, verb="subscribe", list_name=name, how=how))
        told = ", ".join(titles)
        activity.record(connection, at=now, by=by, verb="take-back", subject=person.address, detail=told)
        outbox.queue_person(connection, subscriber_id, now)
    return titles


def tell_why(app: App, subscriber_id: int, list_ids: Sequence[int], why: str, now: datetime, *, by: By) -> bool:
    """Put down in the journal why a person has just left: once, so much of it as is kept, in one line.

    Returns:
        Whether it was put down; not what is empty, or comes late, or a second time.
    """
    shown = "".join(character if character.isprintable() else " " for character in why)
    told = " ".join(shown.split())[:REASON_LENGTH]
    with app.store.write() as connection:
        person = people.subscriber(connection, subscriber_id)
        lately = now - RIGHT_AFTER
        left = people.just_left(connection, subscriber_id, list_ids, after=lately)
        if not told or person is None or not left:
            return False
        if journal.count_since(connection, person.address, "reason", lately):
            return False
        journal.record(connection, person.address, Consent(at=now, verb="reason", how=told))
        activity.record(connection, at=now, by=by, verb="tell why", subject=person.address, detail=told)
    return True


def come_back(
    app: App, subscriber_id: int, names: Sequence[str], now: datetime, *, by: By, asked: Agreement
) -> tuple[str, ...]:
    """Put a person on lists who has shown that the address is theirs.

    Only lists that they left, or that are open to everybody; others, and those they are on, are passed over.

    Returns:
        The names of the lists that they came onto.
    """
    with app.store.write() as connection:
        person = people.subscriber(connection, subscriber_id)
        if person is None:
            return ()
        stands = people.memberships(connection, subscriber_id)
        came = []
        for entry in app.config.lists:
            left = stands.get(entry.name, (None,))[0] is Status.UNSUBSCRIBED
            if entry.name not in names or not (left or entry.signup == "open"):
                continue
            list_id = people.ensure_list(connection, entry.name, entry.title or entry.name)
            if people.come_back(connection, subscriber_id, list_id, now):
                came.append(entry.name)
                how = Told("consent_mailed", by=done_by(by))
                consent = Consent(
                    at=now,
                    verb="subscribe",
                    list_name=entry.name,
                    how=how,
                    wording=asked.wording,
                    network=asked.network,
                )
                journal.record(connection, person.address, consent)
        if came:
            told = ", ".join(came)
            activity.record(connection, at=now, by=by, verb="subscribe", subject=person.address, detail=told)
            outbox.queue_person(connection, subscriber_id, now)
    return tuple(came)
