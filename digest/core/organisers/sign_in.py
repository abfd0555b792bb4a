"""Signing in: a link that is mailed, used once within minutes, by the browser that asked for it.

What is asked is answered alike for every address, before anybody is looked up. Link and cookies are kept by their
hash: who reads the store cannot sign in by what stands there.
"""

from asyncio import to_thread
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from hashlib import sha256
from secrets import token_urlsafe

import structlog
from sqlalchemy import Connection

from digest.app import App
from digest.config.addresses import address_key
from digest.core.mail.letters import send_letter
from digest.core.organisers.roles import known, organiser_of
from digest.errors import DigestError, UsageError
from digest.model import By, Organiser, Recipient
from digest.render import SignIn
from digest.store.organisers import activity, sessions, sign_ins
from digest.store.organisers.sign_ins import SignInLink

log = structlog.get_logger("digest.organisers")

VALID = timedelta(minutes=15)
"""So long a link may be used."""

_SESSION = timedelta(days=30)  # however often it is used
_FROM_ONE_NETWORK = 5  # links to one address within an hour
_FROM_ONE_NETWORK_A_DAY = 10
_IN_ALL = 30  # links to one address within a day, from networks in which its organiser never signed in
_SIGNED_IN = 200  # times that somebody signed in, by which their networks are known
_LONGEST = 200  # characters of a page's address


class Refusal(Enum):
    """Why a link lets nobody in."""

    OVER = auto()  # used, too old, or never one of ours
    OTHER_BROWSER = auto()  # it was asked for in another; it may still be used there


@dataclass(frozen=True, kw_only=True, slots=True)
class Redeemed:
    """Somebody is signed in."""

    organiser: Organiser
    cookie: str  # for the browser; only its hash is kept
    lasts: timedelta
    page: str  # of the console, that they wanted to see; "" where none


def hashed(secret: str) -> str:
    """What is kept of a link or a cookie, which are random enough to need no salt."""
    return sha256(secret.encode()).hexdigest()


def sign_in_link(app: App, address: str, now: datetime, *, by: By) -> str:
    """A link for an organiser to be handed over by another way than mail; any browser may use it, once.

    Raises:
        UsageError: when the address is no organiser's, naming those there are.
    """
    organiser = organiser_of(app, address)
    if organiser is None:
        told = ", ".join(one.email for one in known(app.config)) or "none yet; add [[organisers]] to config.toml"
        raise UsageError(f"{address} is no organiser's; known: {told}")
    token, link = _made(organiser, now)
    with app.store.write() as connection:
        sign_ins.ask(connection, link, now)
        activity.record(connection, at=now, by=by, verb="make sign-in link", subject=organiser.email)
    return _url(app, token)


async def mail_sign_in(app: App, address: str, now: datetime, *, browser: str, network: str, page: str = "") -> None:
    """Mail a link to an organiser; nothing comes of it for any other address, and of too many.

    Args:
        app: what to work with.
        address: as somebody typed it.
        now: the present.
        browser: the cookie of the browser that asks; no other can use the link.
        network: where it comes from; "" where that is not known.
        page: of the console, that it is to lead to.
    """
    organiser = organiser_of(app, address)
    if organiser is None:
        log.info("a sign-in link was asked for an address that is no organiser's", network=network)
        return
    key = address_key(organiser.email)
    token, link = _made(organiser, now, browser=hashed(browser), network=network, page=page[:_LONGEST])

    def ask() -> int | None:
        """How many were asked for within a day; None where it is one too many."""
        with app.store.write() as connection:
            in_all = sign_ins.count(connection, key, since=now - sign_ins.COUNTED)
            if _is_too_many(connection, organiser, network, now, in_all=in_all):
                return None
            sign_ins.ask(connection, link, now)
        return in_all

    in_all = await to_thread(ask)  # so that nobody else waits, which would tell that the address is known
    if in_all is None:
        log.warning("too many sign-in links are asked for", organiser=organiser.email, network=network)
        return
    letter = SignIn(url=_url(app, token), valid=VALID)
    person = Recipient(address=organiser.email, name=organiser.name)
    try:
        await send_letter(app.in_language(organiser.language), person, letter, now, number=in_all)
    except DigestError as error:
        log.error("a sign-in link could not be mailed", organiser=organiser.email, error=str(error))  # noqa: TRY400


def redeem(app: App, token: str, now: datetime, *, browser: str, agent: str, network: str) -> Redeemed | Refusal:
    """Sign in whoever has a link.

    Args:
        app: what to work with.
        token: the end of the link.
        now: the present.
        browser: its cookie from when the link was asked for; "" where it has none.
        agent: what the browser is, such as "Firefox, Linux".
        network: where it comes from.
    """
    with app.store.write() as connection:
        link = sign_ins.find(connection, hashed(token), now)
        organiser = None if link is None else organiser_of(app, link.address_key)
        if link is None or organiser is None:
            return Refusal.OVER
        if link.browser is not None and link.browser != hashed(browser):
            return Refusal.OTHER_BROWSER
        if not sign_ins.use(connection, link, now):
            return Refusal.OVER
        cookie = token_urlsafe(32)
        sessions.start(
            connection,
            cookie_hash=hashed(cookie),
            address_key=link.address_key,
            now=now,
            expires_at=now + _SESSION,
            agent=agent,
            network=network,
        )
        told = ", ".join(filter(None, (agent, network)))
        activity.record(connection, at=now, by=organiser.by, verb="sign in", subject=organiser.email, detail=told)
    return Redeemed(organiser=organiser, cookie=cookie, lasts=_SESSION, page=link.page)


def _is_too_many(connection: Connection, organiser: Organiser, network: str, now: datetime, *, in_all: int) -> bool:
    """Whether an organiser gets no further link; who asks from elsewhere keeps none from their own networks."""
    key = address_key(organiser.email)
    if sign_ins.count(connection, key, since=now - timedelta(hours=1), network=network) >= _FROM_ONE_NETWORK:
        return True
    today = sign_ins.count(connection, key, since=now - sign_ins.COUNTED, network=network)
    if today < _FROM_ONE_NETWORK_A_DAY and in_all < _IN_ALL:
        return False
    signed_in = activity.Filter(verb="sign in", subject=organiser.email)
    told = activity.latest(connection, limit=_SIGNED_IN, which=signed_in)
    return not network or all(one.detail.rpartition(", ")[2] != network for one in told)


def _made(
    organiser: Organiser, now: datetime, *, browser: str | None = None, network: str = "", page: str = ""
) -> tuple[str, SignInLink]:
    token = token_urlsafe(32)
    link = SignInLink(
        hash=hashed(token),
        address_key=address_key(organiser.email),
        browser=browser,
        network=network,
        page=page,
        expires_at=now + VALID,
    )
    return token, link


def _url(app: App, token: str) -> str:
    return f"{app.config.web.base_url}/console/sign-in/{token}"
