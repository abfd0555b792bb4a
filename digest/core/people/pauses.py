"""Pauses that are over: whoever comes back is told once where to read what they missed."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core.mail.languages import language_of
from digest.core.mail.letters import send_letter
from digest.core.mail.links import archive_link, view_link
from digest.errors import DeliveryError
from digest.model import By, Recipient, Told
from digest.render import WelcomeBack, compiled_from_json
from digest.store import outbox, people
from digest.store.organisers import activity

_REMEMBERED = timedelta(days=120)  # what was missed before belongs to an earlier pause
_TOLD = 5  # mails

log = structlog.get_logger("digest.pauses")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Back:
    """Somebody whose pause is over."""

    subscriber_id: int
    person: Recipient
    language: str
    letter: WelcomeBack | None  # None: they missed nothing, or get no mail now either


async def welcome_back(app: App, now: datetime, *, by: By) -> int:
    """End the pauses of all mail that are over, and write to who missed something; how many were written to.

    A pause ends once its letter is accepted; till then the next tick tries again. A process that dies in between may
    send one letter twice.
    """
    told = 0
    with app.store.exclusive("pauses") as free:
        while free and not app.stopping.is_set() and (back := await asyncio.to_thread(_next, app, now)) is not None:
            if back.letter is not None:
                try:
                    said = app.in_language(back.language)
                    await send_letter(said, back.person, back.letter, now, number=back.subscriber_id)
                except DeliveryError as error:
                    log.warning("a letter after a pause is put off", error=type(error).__name__)
                    break
                told += 1
            await asyncio.to_thread(_end, app, back, now, by)
    return told


def _end(app: App, back: _Back, now: datetime, by: By) -> None:
    with app.store.write() as connection:
        people.pause(connection, back.subscriber_id, None)
        detail = Told("missed_told") if back.letter else ""
        activity.record(connection, at=now, by=by, verb="end pause", subject=back.person.address, detail=detail)


def _next(app: App, now: datetime) -> _Back | None:
    """The next who is back; None at the end."""
    with app.store.read() as connection:
        found = people.next_back(connection, now)
        if found is None:
            return None
        subscriber_id, person = found
        language = language_of(app, connection, subscriber_id, person)
        missed = outbox.missed_by_pausing(connection, person.address, since=now - _REMEMBERED, limit=_TOLD)
        stands = people.memberships(connection, subscriber_id).values()
        is_mailed = any(status is people.Status.ACTIVE for status, _ in stands)
        if not is_mailed or not missed or people.suppression(connection, person.address) is not None:
            return _Back(subscriber_id=subscriber_id, person=person, language=language, letter=None)
    mails = [(one, compiled_from_json(one.rendered).in_language(language)) for one in missed if one.rendered]
    read = [(mail.subject, view_link(app, one, language)) for one, mail in mails]
    letter = WelcomeBack(missed=tuple(read), archive_url=archive_link(app) if app.config.web.archive else None)
    return _Back(subscriber_id=subscriber_id, person=person, language=language, letter=letter)
