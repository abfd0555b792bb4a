"""The letters of sign-up: whether one goes is found when it is made, never while somebody waits for a page."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from digest.app import App
from digest.compose import as_of, edition_from_json, next_due
from digest.core.mail.languages import language_of
from digest.core.mail.letters import LetterMail
from digest.core.mail.links import view_link
from digest.core.people.sign_up import confirm_link, language_asked, missing
from digest.deliver import open_any
from digest.model import Accepted, Deferred, Edition, Event, Outcome, Vacancy
from digest.render import Confirm, Welcome
from digest.store import campaigns, people
from digest.store.people import SignUp, sign_ups
from digest.tokens import Scope

log = structlog.get_logger("digest.letters")

_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)
_COMING = 5  # things that are told to who is new


@dataclass(frozen=True, kw_only=True, slots=True)
class _Due:
    """A letter that is to go, and to whom."""

    sign_up: SignUp
    letter: Confirm | Welcome
    language: str
    goes: bool = True  # else it is made all the same: how busy we are tells nobody whom an address belongs to
    leave_url: str | None = None


async def send_letters(app: App, now: datetime, *, only: int | None = None) -> int:
    """Send the letters of sign-up that are due, one process at a time; how many were accepted.

    What is put off, or meets no server, is tried again later, and no more once the sign-up is expired. A process
    that dies in between may send one twice.

    Args:
        app: what to work with.
        now: which are due.
        only: as `invite` returned it: that one alone.

    Raises:
        DeliveryError: when no server can be reached.
    """
    if not await asyncio.to_thread(_is_any_due, app, now, only):
        return 0
    with app.store.exclusive("letters") as free:
        return await _send(app, now, only) if free else 0


async def _send(app: App, now: datetime, only: int | None) -> int:
    accepted = 0
    async with open_any(app.config.letter_servers, app.mailbox) as courier:
        while not app.stopping.is_set() and (due := await asyncio.to_thread(_take, app, now, only)) is not None:
            mail = await asyncio.to_thread(
                LetterMail.prepare, app.in_language(due.language), due.letter, now, number=due.sign_up.id
            )
            if not due.goes:
                continue
            outcome = await courier.send(mail.envelope(due.sign_up.address, leave_url=due.leave_url))
            accepted += await asyncio.to_thread(_settle, app, due.sign_up, outcome)
    return accepted


def _is_any_due(app: App, now: datetime, only: int | None) -> bool:
    with app.store.read() as connection:
        return sign_ups.next_letter(connection, now, only=only) is not None


def _take(app: App, now: datetime, only: int | None) -> _Due | None:
    """The next letter that is to go, put off already, so that nothing makes it go again at once; None at the end."""
    with app.store.write() as connection:
        while (sign_up := sign_ups.next_letter(connection, now, only=only)) is not None:
            due = _due(app, connection, sign_up, now)
            if due is not None and due.goes:
                sign_ups.put_letter_off(
                    connection, sign_up, now + min(_FIRST_WAIT * 2**sign_up.attempts, _LONGEST_WAIT)
                )
            else:
                sign_ups.end_letter(connection, sign_up)
            if due is not None:
                return due
    return None


def _settle(app: App, sign_up: SignUp, outcome: Outcome) -> bool:
    """Whether it was accepted; only what is put off is tried again."""
    if isinstance(outcome, Deferred):
        log.warning("a letter is put off", code=outcome.code, stage=outcome.stage)
        return False
    with app.store.write() as connection:
        sign_ups.end_letter(connection, sign_up)
    return isinstance(outcome, Accepted)


def _due(app: App, connection: Connection, sign_up: SignUp, now: datetime) -> _Due | None:
    """The letter, which does not go to who is on these lists, nor to who is suppressed; None where there is none."""
    suppressed = people.suppression(connection, sign_up.address) is not None
    if now >= sign_up.expires_at:
        return None
    if sign_up.confirmed_at is not None:
        return None if suppressed else _welcome(app, connection, sign_up, now)
    wanted = missing(app, connection, sign_up)
    titles = tuple(one.title or one.name for one in wanted)
    url = confirm_link(app, sign_up)
    letter = Confirm(lists=titles, url=url, valid=sign_ups.VALID, invited=sign_up.invited)
    language = language_asked(app, sign_up)
    return _Due(sign_up=sign_up, letter=letter, language=language, goes=bool(wanted) and not suppressed)


def _welcome(app: App, connection: Connection, sign_up: SignUp, now: datetime) -> _Due | None:
    found = people.find(connection, sign_up.address)
    if found is None or missing(app, connection, sign_up):
        return None
    known = people.known_lists(connection)
    lists = [one for one in app.config.lists if one.name in sign_up.list_names and one.name in known]
    names = [one.name for one in lists]
    digests = [one for one in app.config.digests if not one.instead_of and set(names).intersection(one.lists)]
    latest = campaigns.latest_sent(connection, [one.name for one in digests])
    edition = as_of(edition_from_json(latest.edition), now) if latest and latest.edition else None
    zone = app.config.network.zone
    soonest = min(((next_due(one, now, zone), one.title or one.name) for one in digests), default=None)
    language = language_of(app, connection, *found)
    leave_url = app.link(Scope.UNSUBSCRIBE, found[0], *(known[name] for name in names))
    letter = Welcome(
        lists=tuple(one.title or one.name for one in lists),
        written_at=now,
        next_at=soonest,
        latest_url=view_link(app, latest, language) if latest else None,
        coming=_coming(edition) if edition else (),
        leave_url=leave_url,
    )
    return _Due(sign_up=sign_up, letter=letter, language=language, leave_url=leave_url)


def _coming(edition: Edition) -> tuple[Event | Vacancy, ...]:
    """What of the latest edition is still ahead: it was looked over, and everybody else has seen it."""
    dated = [item for entry in edition.entries if isinstance(item := entry.item, Event | Vacancy)]
    return tuple(item for item in dated if isinstance(item, Event) or item.closes_at is not None)[:_COMING]
