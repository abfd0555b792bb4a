"""One person by hand: suppress and lift, subscribe and unsubscribe; each is written down."""

from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.core.people.lists import unsubscribe
from digest.errors import DigestError, UsageError
from digest.model import BY_HAND, By, Recipient, Told, suppressed_as
from digest.store import outbox, people
from digest.store.organisers import activity
from digest.store.people import BroughtBy, Consent, Status, Suppression, journal, returns

REASON_LENGTH = 60
"""Characters that the reason of a suppression may take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hindrance:
    """What stands between a person and a list."""

    suppressed: Suppression | None
    left: datetime | None  # since when they have left it
    forgotten: bool  # they asked for it


def suppress(app: App, address: str, now: datetime, *, by: By, reason: str = BY_HAND) -> bool:
    """Mail an address no more, whether it is on a list or not; what is planned for it is taken back.

    Returns:
        False when it was suppressed already; the first reason stays.

    Raises:
        UsageError: when the reason is empty or too long.
        DigestError: when the address is forgotten, and stays unmailed anyway.
    """
    if not 0 < len(reason.strip()) <= REASON_LENGTH:
        raise UsageError(f"A reason takes 1 to {REASON_LENGTH} characters, such as --reason 'asked by telephone'")
    with app.store.write() as connection:
        if people.known_again(connection)(address):
            raise DigestError(Told("person_forgotten"))
        new = people.suppress(connection, address, reason=reason.strip(), detail="", now=now)
        found = people.find(connection, address)
        if found is not None:
            outbox.skip_person(connection, found[0], now)
        if new:
            activity.record(
                connection, at=now, by=by, verb="suppress", subject=address, detail=suppressed_as(reason.strip())
            )
    return new


def lift(app: App, address: str, now: datetime, *, by: By) -> tuple[str, ...]:
    """Let an address be mailed again, by the lists that its owner did not leave.

    Returns:
        The lists that the person left: they come back to these by confirming, never by this.

    Raises:
        DigestError: when the address is not suppressed.
    """
    with app.store.write() as connection:
        found = people.find(connection, address)
        stands = people.memberships(connection, found[0]) if found else {}
        left = tuple(name for name, (status, _) in stands.items() if status is Status.UNSUBSCRIBED)
        was = people.suppression_of(connection, address)
        if was is None:
            why = {"lists": ", ".join(left)} if left else {}
            raise DigestError(Told("not_suppressed_left" if left else "not_suppressed", address=address, **why))
        people.lift(connection, address)
        if found is not None:
            returns.lift_returns(connection, found[0])
            outbox.queue_person(connection, found[0], now)
        activity.record(
            connection,
            at=now,
            by=by,
            verb="lift",
            subject=address,
            detail=Told("was", reason=suppressed_as(was.reason)),
        )
    return left


def leave(app: App, address: str, now: datetime, *, by: By, name: str | None = None) -> bool:
    """Take a person off one list, or off all they were ever on, for good: no file brings them back.

    Returns:
        False when they had left already.

    Raises:
        UsageError: when nobody is known by that address, or they were never on that list.
    """
    with app.store.read() as connection:
        found = people.find(connection, address)
        stands = people.memberships(connection, found[0]) if found else {}
        known = people.known_lists(connection)
    if found is None:
        way_out = f"`digest suppress {address}` keeps it unmailed whatever a file says"
        raise UsageError(f"{address} is on no list that was applied; {way_out}")
    if name is not None and name not in stands:
        raise UsageError(f'{address} was never on "{name}"; they are or were on: {", ".join(stands) or "none"}')
    wanted = [name] if name is not None else list(stands)
    return unsubscribe(app, found[0], [known[one] for one in wanted], now, by=by)


def hindrance(app: App, address: str, name: str) -> Hindrance:
    """What to ask before a person is put on a list."""
    with app.store.read() as connection:
        found = people.find(connection, address)
        status, since = people.memberships(connection, found[0]).get(name, (None, None)) if found else (None, None)
        suppressed = people.suppression_of(connection, address)
        forgotten = people.known_again(connection)(address)
    left = since if status is Status.UNSUBSCRIBED else None
    return Hindrance(suppressed=suppressed, left=left, forgotten=forgotten)


def subscribe(app: App, person: Recipient, now: datetime, *, by: By, name: str, consent: str) -> bool:
    """Put a person on a list who agreed to it elsewhere, as on a paper form; how is put down in the journal.

    Args:
        app: what to work with.
        person: their name is kept where it is not empty.
        now: since when.
        by: who vouches for it.
        name: the list's.
        consent: how it was given, "paper form, 3 May".

    Returns:
        False when they are on it already.

    Raises:
        UsageError: when the list is not configured, naming those there are, or the consent says nothing.
        DigestError: when the address is suppressed.
    """
    configured = app.list_named(name)
    if not consent.strip():
        raise UsageError("--consent is empty; say how it was given, such as --consent 'paper form, 3 May'")
    with app.store.write() as connection:
        suppressed = people.suppression(connection, person.address)
        if suppressed is not None:
            why = suppressed_as(suppressed)
            raise DigestError(Told("person_suppressed", address=person.address, reason=why))
        found = people.find(connection, person.address)
        if found and people.memberships(connection, found[0]).get(name, (None,))[0] is Status.ACTIVE:
            return False
        people.remember(connection, person.address)
        list_id = people.ensure_list(connection, name, configured.title or name)
        people.subscribe(connection, list_id, [person], now, origin=BroughtBy.ORGANISER, agreed=True)
        how = consent.strip()
        journal.record(connection, person.address, Consent(at=now, verb="subscribe", list_name=name, how=how))
        told = f"{name}: {how}"
        activity.record(connection, at=now, by=by, verb="subscribe", subject=person.address, detail=told)
    return True
