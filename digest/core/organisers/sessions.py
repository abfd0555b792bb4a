"""Who is signed in, and where: looked up at every request, listed, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.config.addresses import address_key
from digest.core.organisers.roles import organiser_of
from digest.core.organisers.sign_in import hashed
from digest.errors import UsageError
from digest.model import By, Organiser
from digest.store.organisers import activity, sessions, sign_ins
from digest.store.organisers.sessions import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """Somebody who is signed in, and by which session."""

    organiser: Organiser
    session: Session


def present(app: App, cookie: str, now: datetime) -> Present | None:
    """Who has this cookie; None where their session is over, or they are no organiser any more."""
    with app.store.read() as connection:
        session = sessions.find(connection, hashed(cookie), now)
    organiser = None if session is None else organiser_of(app, session.address_key)
    if session is None or organiser is None:
        return None
    if sessions.is_to_be_noted(session, now):
        with app.store.write() as connection:
            sessions.note_use(connection, session, now)
    return Present(organiser=organiser, session=session)


def sessions_of(app: App, now: datetime, organiser: Organiser | None = None) -> Sequence[Session]:
    """Where somebody is signed in, or everybody; the one used last first."""
    key = None if organiser is None else address_key(organiser.email)
    with app.store.read() as connection:
        return sessions.alive(connection, now, address_key=key)


def end_session(app: App, organiser: Organiser, session_id: int, now: datetime, *, by: By) -> bool:
    """End one of somebody's own sessions; False where they have none of that id."""
    with app.store.write() as connection:
        ended = sessions.end(connection, address_key(organiser.email), only=session_id)
        if ended:
            activity.record(connection, at=now, by=by, verb="sign out", subject=organiser.email)
    return bool(ended)


def end_sessions(app: App, address: str, now: datetime, *, by: By) -> int:
    """End all sessions of an address, and let no link to it be used any more; how many sessions that were.

    Raises:
        UsageError: when the address is no organiser's and has no session.
    """
    with app.store.write() as connection:
        ended = sessions.end(connection, address_key(address))
        if not ended and organiser_of(app, address) is None:
            raise UsageError(f"{address} is no organiser's, and signed in nowhere; `digest organisers` lists them")
        sign_ins.withdraw(connection, address_key(address), now)
        activity.record(connection, at=now, by=by, verb="sign out everywhere", subject=address, detail=str(ended))
    return ended
