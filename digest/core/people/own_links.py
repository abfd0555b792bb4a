"""The link by which a person reaches their preferences, and what it grants.

Every mail carries one that never grows old, and may be passed on with the mail: it leaves, mutes and pauses, and
nothing else. One that was asked for is mailed to the address itself and dated; while it is fresh, whoever has it has
shown that the address is theirs, and comes back onto lists. Both lead to one page: an old link loses only what it
granted more.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from digest.app import App
from digest.core.mail.languages import in_language_of
from digest.core.mail.letters import send_letter
from digest.core.people.person import lift
from digest.errors import DigestError, TokenError
from digest.model import By, Recipient, Told
from digest.render import PreferencesLink
from digest.store import people
from digest.store.people import Consent, journal
from digest.tokens import Scope

log = structlog.get_logger("digest.people")

FRESH_FOR = timedelta(days=1)
"""So long a link that was asked for grants more than one in a mail."""

_LETTERS = 3  # to one address within a day, whoever asks
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """Whose page a link opens, and how much it may do there."""

    subscriber_id: int
    fresh: bool  # whoever has it reads the mail of that address, and may come back


def preferences_link(app: App, subscriber_id: int) -> str:
    """The link in every mail: it leaves, mutes and pauses."""
    return app.link(Scope.PREFERENCES, subscriber_id)


def read_link(app: App, token: str, now: datetime) -> Grant:
    """What a link to preferences grants now.

    Raises:
        TokenError: when it is not ours.
    """
    match app.numbers_in(Scope.PREFERENCES, token):
        case (subscriber_id,):
            return Grant(subscriber_id=subscriber_id, fresh=False)
        case (subscriber_id, minute):
            age = now - datetime.fromtimestamp(minute * 60, UTC)
            return Grant(subscriber_id=subscriber_id, fresh=age < FRESH_FOR)
    raise TokenError("This link is incomplete or not ours; copy it whole from the mail.")


async def mail_link(app: App, address: str, now: datetime, *, network: str = "") -> bool:
    """Mail a fresh link to an address, if anybody is known by it, also where it is suppressed; so often a day at most.

    Args:
        app: what to work with.
        address: as somebody typed it; the letter goes to the address that is held.
        now: from which the link is fresh.
        network: the prefix of the address that it was asked from.

    Returns:
        Whether a letter went; not to be told to who asked.
    """
    if (letter := await asyncio.to_thread(_letter, app, address, now, network)) is None:
        return False
    person, told, subscriber_id = letter
    try:
        await send_letter(in_language_of(app, subscriber_id), person, told, now, number=subscriber_id)
    except DigestError as error:
        log.error("a letter with a link to preferences was not accepted", error=type(error).__name__)  # noqa: TRY400
        return False
    return True


async def mail_own_link(app: App, subscriber_id: int, now: datetime, *, network: str = "") -> bool:
    """As `mail_link`, for who has an older link."""
    person = await asyncio.to_thread(_person, app, subscriber_id)
    return person is not None and await mail_link(app, person.address, now, network=network)


def lift_own(app: App, subscriber_id: int, now: datetime, *, by: By) -> bool:
    """Let an address be mailed again whose owner has shown that mail reaches it; False where it was not suppressed."""
    person = _person(app, subscriber_id)
    if person is None:
        return False
    try:
        lift(app, person.address, now, by=by)
    except DigestError:
        return False
    return True


def _person(app: App, subscriber_id: int) -> Recipient | None:
    with app.store.read() as connection:
        return people.subscriber(connection, subscriber_id)


def _letter(app: App, address: str, now: datetime, network: str) -> tuple[Recipient, PreferencesLink, int] | None:
    with app.store.read() as connection:
        if people.find(connection, address) is None:
            return None
    with app.store.write() as connection:
        found = people.find(connection, address)
        if found is None or journal.count_since(connection, address, "link", now - _DAY) >= _LETTERS:
            return None
        subscriber_id, person = found
        how = Told("consent_link")
        journal.record(connection, person.address, Consent(at=now, verb="link", how=how, network=network))
    url = app.link(Scope.PREFERENCES, subscriber_id, int(now.timestamp()) // 60)
    return person, PreferencesLink(url=url, valid=FRESH_FOR), subscriber_id
