"""Links by which organisers sign in: kept by their hash, used once, and only by the browser that asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from digest.store.tables import sign_ins

COUNTED = timedelta(days=1)
"""So long a link that was asked for is kept, used or not, since it counts against the limits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignInLink:
    """One link."""

    hash: str
    address_key: str
    browser: str | None  # the hash of the cookie of who asked; None where any browser may use it
    network: str
    page: str
    expires_at: datetime


def ask(connection: Connection, link: SignInLink, now: datetime) -> None:
    """Keep a link; those that count no more are erased."""
    connection.execute(delete(sign_ins).where(sign_ins.c.asked_at < now - COUNTED))
    values = {
        "hash": link.hash,
        "address_key": link.address_key,
        "browser": link.browser,
        "network": link.network,
        "page": link.page,
        "asked_at": now,
        "expires_at": link.expires_at,
    }
    connection.execute(insert(sign_ins).values(**values))


def count(connection: Connection, address_key: str, *, since: datetime, network: str | None = None) -> int:
    """How many were asked for an address since then: from one network, or from anywhere."""
    query = (
        select(func.count())
        .select_from(sign_ins)
        .where(sign_ins.c.address_key == address_key, sign_ins.c.asked_at > since, sign_ins.c.browser.is_not(None))
    )
    return connection.execute(query if network is None else query.where(sign_ins.c.network == network)).scalar_one()


def find(connection: Connection, token_hash: str, now: datetime) -> SignInLink | None:
    """A link that may still be used."""
    fresh = (sign_ins.c.hash == token_hash) & (sign_ins.c.expires_at > now) & sign_ins.c.used_at.is_(None)
    row = connection.execute(select(sign_ins).where(fresh)).one_or_none()
    if row is None:
        return None
    return SignInLink(
        hash=row.hash,
        address_key=row.address_key,
        browser=row.browser,
        network=row.network,
        page=row.page,
        expires_at=row.expires_at,
    )


def use(connection: Connection, link: SignInLink, now: datetime) -> bool:
    """Write down that it is used; False where somebody was quicker."""
    own = update(sign_ins).where(sign_ins.c.hash == link.hash, sign_ins.c.used_at.is_(None))
    return connection.execute(own.values(used_at=now)).rowcount > 0


def withdraw(connection: Connection, address_key: str, now: datetime) -> None:
    """Let no link to an address be used any more."""
    own = update(sign_ins).where(sign_ins.c.address_key == address_key, sign_ins.c.used_at.is_(None))
    connection.execute(own.values(used_at=now))


def forget_all(connection: Connection) -> None:
    """Erase every link there is."""
    connection.execute(delete(sign_ins))
