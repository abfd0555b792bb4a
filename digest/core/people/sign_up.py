"""Sign-up: asked for by a form or an organiser's invitation, and nothing until who has the mailbox confirms it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto

from sqlalchemy import Connection

from digest.app import App
from digest.config import ListConfig
from digest.core.mail.languages import language_of_lists
from digest.core.people.person import hindrance
from digest.errors import DigestError
from digest.model import By, Fact, Recipient, Told, suppressed_as
from digest.store import people
from digest.store.organisers import activity
from digest.store.people import BroughtBy, Consent, SignUp, Status, Wish, journal, sign_ups
from digest.tokens import Scope


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """What a link to confirm is about."""

    lists: tuple[str, ...]  # titles
    wording: str  # what whoever presses the button agrees to
    language: str  # of that, and so of the page
    is_done: bool  # the link was used before, or is by now
    is_on: bool  # the person is on all of these lists


def open_lists(app: App) -> tuple[ListConfig, ...]:
    """The lists that anybody may ask for."""
    return tuple(one for one in app.config.lists if one.signup == "open")


class Asked(Enum):
    """What came of asking; never by whose address it is."""

    TAKEN = auto()
    TOO_MANY = auto()  # the site or the network has had its share
    USED = auto()  # the proof of work has served before


def ask(
    app: App,
    address: str,
    now: datetime,
    *,
    lists: Sequence[str],
    name: str = "",
    network: str = "",
    language: str | None = None,
    proof: str | None = None,
) -> Asked:
    """Write down that somebody wants to be written to; a letter asks whoever has the address.

    Nothing here looks at whom the address belongs to, and every address takes the same statements, so neither the
    answer nor its time tells who is known. It changes nothing of anybody, and is no activity.

    Args:
        app: what to work with.
        address: checked.
        now: the present.
        lists: names; of lists that are closed nothing comes.
        name: one line, or "".
        network: where it comes from, such as "192.0.2.0/24"; "" where that is not known.
        language: one of the network's, that they wanted to read; None where they wanted none.
        proof: of work, 64 characters, where one is asked for; it is kept, and serves once.

    Returns:
        Whether it was taken; else nothing is written down.
    """
    limits = app.config.limits
    wish = Wish(address=address, name=name, list_names=tuple(lists), network=network, language=language, proof=proof)
    with app.store.write() as connection:
        counts = sign_ups.count(connection, wish, now)
        if counts.site >= limits.sign_ups or counts.network >= limits.sign_ups_per_network:
            return Asked.TOO_MANY
        letter = counts.address < limits.sign_ups_per_address and counts.domain < limits.sign_ups_per_domain
        written = sign_ups.ask(connection, wish, now, letter=letter)
    return Asked.TAKEN if written is not None else Asked.USED


def invite(app: App, person: Recipient, now: datetime, *, by: By, name: str) -> int | None:
    """Invite somebody to a list by mail; they are on it once they confirm.

    Returns:
        What `send_letters` takes to send it at once; None when they are on the list already.

    Raises:
        UsageError: when the list is not configured, naming those there are.
        DigestError: when the address is suppressed.
    """
    app.list_named(name)
    suppressed = hindrance(app, person.address, name).suppressed
    if suppressed is not None:
        why = suppressed_as(suppressed.reason)
        raise DigestError(Told("person_suppressed", address=person.address, reason=why))
    wish = Wish(address=person.address, name=person.name, list_names=(name,), invited=True)
    with app.store.write() as connection:
        if not missing(app, connection, wish):
            return None
        activity.record(connection, at=now, by=by, verb="invite", subject=person.address, detail=name)
        return sign_ups.ask(connection, wish, now, letter=True)


def confirmation(
    app: App, numbers: tuple[int, ...], now: datetime, *, language: str | None = None
) -> Confirmation | None:
    """What the link with these numbers is about; None when it is expired, or none of its lists is offered any more.

    It is told in this language, else in the one that was asked in.
    """
    with app.store.read() as connection:
        sign_up = _valid(connection, numbers, now)
        return _told(app, connection, _read_in(sign_up, language)) if sign_up is not None else None


def confirm(
    app: App, numbers: tuple[int, ...], now: datetime, *, by: By, network: str = "", language: str | None = None
) -> Confirmation | None:
    """Put on the lists who confirms, and write down how they agreed; a second time changes nothing.

    Who left comes back by this, and who was forgotten is remembered. A suppression stays. A name that is held stays,
    since somebody else may have typed the new one. Mail comes in the language that they confirmed in, unless they get
    some already, or chose one before.

    Returns:
        As `confirmation`.
    """
    with app.store.write() as connection:
        found_sign_up = _valid(connection, numbers, now)
        if found_sign_up is None:
            return None
        sign_up = _read_in(found_sign_up, language)
        if not (offered := _offered(app, sign_up)):
            return None
        told = _told(app, connection, sign_up)
        if not sign_ups.confirm(connection, sign_up, now):
            return told
        people.remember(connection, sign_up.address)
        found = people.find(connection, sign_up.address)
        gets_mail = found is not None and _is_on_any(connection, found[0])
        person = Recipient(address=sign_up.address, name="" if found and found[1].name else sign_up.name)
        origin = BroughtBy.ORGANISER if sign_up.invited else BroughtBy.SIGN_UP
        for one in offered:
            list_id = people.ensure_list(connection, one.name, one.title or one.name)
            people.subscribe(connection, list_id, [person], now, origin=origin, agreed=True)
            journal.record(connection, sign_up.address, _consent(sign_up, one, told, now, network))
        if not gets_mail and (wanted := app.config.spoken(sign_up.language)) is not None:
            people.set_first_language(connection, sign_up.address, wanted)
        names = ", ".join(one.name for one in offered)
        activity.record(connection, at=now, by=by, verb="subscribe", subject=sign_up.address, detail=names)
    return told and replace(told, is_done=True, is_on=True)


def confirm_link(app: App, sign_up: SignUp) -> str:
    """Where whoever has the mailbox confirms."""
    return app.link(Scope.CONFIRM, sign_up.id, int(sign_up.asked_at.timestamp()))


def missing(app: App, connection: Connection, wish: SignUp | Wish) -> tuple[ListConfig, ...]:
    """The lists that are wanted and offered, and that the person is not on."""
    found = people.find(connection, wish.address)
    stands = people.memberships(connection, found[0]) if found else {}
    return tuple(one for one in _offered(app, wish) if stands.get(one.name, (None,))[0] is not Status.ACTIVE)


def language_asked(app: App, sign_up: SignUp) -> str:
    """In which language a sign-up is answered: as it was asked, else that of its lists."""
    return app.config.spoken(sign_up.language) or language_of_lists(app, sign_up.list_names)


def _read_in(sign_up: SignUp, language: str | None) -> SignUp:
    """The same as if it had been asked in this language, where one is given."""
    return replace(sign_up, language=language) if language else sign_up


def _is_on_any(connection: Connection, subscriber_id: int) -> bool:
    return any(status is Status.ACTIVE for status, _ in people.memberships(connection, subscriber_id).values())


def _offered(app: App, wish: SignUp | Wish) -> tuple[ListConfig, ...]:
    """Of what is wanted the lists that still are there; an invitation holds also for one that is closed."""
    offered = app.config.lists if wish.invited else open_lists(app)
    return tuple(one for one in offered if one.name in wish.list_names)


def _valid(connection: Connection, numbers: tuple[int, ...], now: datetime) -> SignUp | None:
    sign_up_id, asked_at = numbers
    found = sign_ups.find(connection, sign_up_id, datetime.fromtimestamp(asked_at, UTC))
    return found if found is not None and now < found.expires_at else None


def _told(app: App, connection: Connection, sign_up: SignUp) -> Confirmation | None:
    titles = tuple(one.title or one.name for one in _offered(app, sign_up))
    if not titles:
        return None
    language = language_asked(app, sign_up)
    phrases = app.in_language(language).renderer.phrases
    wording = phrases.say("confirm_page_text", network=app.config.network.name, lists=phrases.listed(titles))
    return Confirmation(
        lists=titles,
        wording=wording,
        language=language,
        is_done=sign_up.confirmed_at is not None,
        is_on=not missing(app, connection, sign_up),
    )


def _how(sign_up: SignUp) -> Told:
    """How they came to agree, to the second: it may have to be shown."""
    came, name = ("invited", "invited") if sign_up.invited else ("asked by the form", "asked")
    whence, facts = "", dict[str, Fact](moment=sign_up.asked_at)
    if sign_up.network:
        whence, name, facts = f" from {sign_up.network}", f"{name}_from", {**facts, "network": sign_up.network}
    how = f"{came} {sign_up.asked_at.isoformat()}{whence}; confirmed by the link in the mail"
    return Told.of(how, f"reason_consent_{name}", facts)


def _consent(sign_up: SignUp, one: ListConfig, told: Confirmation | None, now: datetime, network: str) -> Consent:
    return Consent(
        at=now,
        verb="subscribe",
        list_name=one.name,
        how=_how(sign_up),
        wording=told.wording if told else "",
        network=network,
    )
