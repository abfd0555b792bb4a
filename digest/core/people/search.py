"""People looked for, and one of them found by the number that pages have for them."""

from collections.abc import Collection, Sequence

from digest.app import App
from digest.model import Recipient
from digest.store import people
from digest.store.people.search import FoundPerson, catch_up, is_behind, search

__all__ = ["FoundPerson", "find_people", "number_of", "person_numbered"]


def find_people(
    app: App,
    needle: str,
    *,
    limit: int = 50,
    list_names: Sequence[str] | None = None,
    fields: Collection[str] | None = None,
) -> Sequence[FoundPerson]:
    """People in whose address, name or fields every word of the needle stands; the latest where it is empty.

    Args:
        app: what to work with.
        needle: what is looked for.
        limit: how many at most.
        list_names: only who is or was on one of these, and no other list is told; whoever it is unless given.
        fields: only these are searched and told; all unless given.
    """
    with app.store.read() as connection:
        behind = needle.strip() and is_behind(connection)
    if behind:
        with app.store.write() as connection:
            catch_up(connection)
    with app.store.read() as connection:
        return search(connection, needle, limit=limit, list_names=list_names, fields=fields)


def person_numbered(app: App, subscriber_id: int) -> Recipient | None:
    """Somebody by the number that pages have for them; None where they are not known, or are forgotten."""
    with app.store.read() as connection:
        return people.subscriber(connection, subscriber_id)


def number_of(app: App, address: str) -> int | None:
    """The number that pages have for whoever has an address; None where nobody is known by it."""
    with app.store.read() as connection:
        found = people.find(connection, address)
    return found[0] if found else None
