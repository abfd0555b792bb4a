"""The journal of consent: who agreed to what mail or took it back, when, how, and what they were shown."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, literal, select

from digest.config.addresses import address_key
from digest.model import Told, kept
from digest.store.people.subscribers import known_among
from digest.store.tables import journal, subscribers


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """One line of the journal."""

    at: datetime
    verb: str  # "subscribe", "unsubscribe"
    list_name: str = ""  # "" where it is about all mail
    how: str = ""  # "paper form, 3 May", "link"; a `Told` where it is in our words
    wording: str = ""  # what was shown to who agreed
    network: str = ""  # the prefix of the address that it came from, such as "192.0.2.0/24"


def record(connection: Connection, address: str, consent: Consent) -> None:
    """Put down what a person agreed to or took back."""
    record_all(connection, [(address, consent)])


def record_all(connection: Connection, told: Iterable[tuple[str, Consent]]) -> None:
    """Put down what people agreed to or took back, by address."""
    rows = [{"address_key": address_key(address), **_columns(consent)} for address, consent in told]
    if rows:
        connection.execute(insert(journal), rows)


def record_of_each(connection: Connection, subscriber_ids: Collection[int], consent: Consent) -> None:
    """Put down the same about each of these people, but for who is forgotten."""
    people = known_among(connection, subscriber_ids)
    columns = _columns(consent)
    told = [literal(value, journal.c[name].type) for name, value in columns.items()]
    row = people.with_only_columns(subscribers.c.address_key, *told)
    connection.execute(insert(journal).from_select(["address_key", *columns], row))


def count_since(connection: Connection, address: str, verb: str, after: datetime) -> int:
    """How often something is put down about a person after a moment."""
    own = (journal.c.address_key == address_key(address)) & (journal.c.verb == verb) & (journal.c.at > after)
    return connection.execute(select(func.count()).select_from(journal).where(own)).scalar_one()


def happened_since(connection: Connection, verb: str, after: datetime) -> Sequence[tuple[datetime, str, str]]:
    """What of a kind is put down after a moment, of all people: when, the key of whose address, and of which list."""
    query = select(journal.c.at, journal.c.address_key, journal.c.list_name)
    late = query.where(journal.c.at > after, journal.c.verb == verb)
    return [(row.at, row.address_key, row.list_name) for row in connection.execute(late)]


def journal_of(connection: Connection, address: str) -> Sequence[Consent]:
    """What is put down about a person, the oldest first."""
    query = select(journal).where(journal.c.address_key == address_key(address)).order_by(journal.c.id)
    return [
        Consent(
            at=row.at,
            verb=row.verb,
            list_name=row.list_name,
            how=Told.read(row.how, row.how_told),
            wording=row.wording,
            network=row.network,
        )
        for row in connection.execute(query)
    ]


def _columns(consent: Consent) -> dict[str, object]:
    return {
        "at": consent.at,
        "verb": consent.verb,
        "list_name": consent.list_name,
        "how": str(consent.how),
        "how_told": kept(consent.how),
        "wording": consent.wording,
        "network": consent.network,
    }
