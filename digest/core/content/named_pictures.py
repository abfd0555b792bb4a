"""Pictures that announcements and notes name by their addresses: fetched once, made anew, shown as ours or not at all.

Whoever writes may make this machine ask for an address, so it goes where anybody on the internet may go, and what
became of it is told in the log alone: they learn that a picture could not be had, and never what is there instead.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from digest.app import App
from digest.collect.fetch.urls import without_secrets
from digest.collect.pictures import Made
from digest.config import SourceConfig
from digest.core.content.pictures import Wanted, have, is_address, keep_made, picture_files
from digest.model import Picture, Unshown
from digest.store.content import pictures as picture_store
from digest.text.pictures import OUR_PICTURES

log = structlog.get_logger("digest.pictures")

AT_MOST = 30
"""Pictures that one text may have fetched."""

SECONDS = 12.0
"""After which no further one of a text is asked for: somebody waits."""

SOON_AGAIN = timedelta(seconds=10)
"""What failed is not asked for again before that, however often somebody presses a button."""

_TIMEOUT = timedelta(seconds=8)
_NAMED = "named:"  # before the addresses in the store: what a source gave is nobody's to name
_ANY = SourceConfig(name="pictures", kind="feed", url="https://example.org/")  # how its bytes are fetched
_PORTS = {"http": 80, "https": 443}


async def have_named(app: App, addresses: Iterable[str], now: datetime, *, again: timedelta = SOON_AGAIN) -> None:
    """Have the pictures of these addresses that are not kept yet; what fails is written down.

    Args:
        app: what to work with.
        addresses: as a text names them.
        now: when.
        again: what failed is not asked for before that.

    Raises:
        StoppedError: when the process is told to stop meanwhile.
    """
    wanted = [_wanted(app, one) for one in _missing(app, addresses, now, again)[:AT_MOST]]

    def had(one: Wanted, outcome: Made | str, version: str) -> None:
        address = f"{_NAMED}{one.address}"
        trouble = outcome if isinstance(outcome, str) else keep_made(app, address, outcome, version, now)
        if trouble:
            log.warning("a picture could not be had", address=without_secrets(one.address), cause=trouble)
            with app.store.write() as connection:
                failures = picture_store.failures(connection, address) + 1
                picture_store.record_trouble(connection, address, trouble, version="", failures=failures, now=now)

    if wanted:
        await have(app, wanted, had, seconds=SECONDS)


def named_kept(app: App, addresses: Iterable[str]) -> Mapping[str, Picture]:
    """The pictures that we have of these addresses, or of these names of ours."""
    files, ours = picture_files(app), f"{app.config.web.base_url}{OUR_PICTURES}"
    wanted = list(addresses)
    names = {one: one.removeprefix(ours).removeprefix(OUR_PICTURES) for one in wanted}
    with app.store.read() as connection:
        own = picture_store.named(connection, names.values())
        fetched = picture_store.pictures_at(connection, [f"{_NAMED}{one}" for one in wanted])
    found = {one: fetched.get(f"{_NAMED}{one}") or own.get(names[one]) for one in wanted}
    return {
        one: picture
        for one, picture in found.items()
        if picture is not None and files.has(picture.large.name) and files.has(picture.small.name)
    }


def unshown(app: App, named: Mapping[str, str]) -> tuple[Unshown, ...]:
    """Which of these pictures we do not have, of what a text names with the places where it does."""
    missing = set(named) - set(named_kept(app, named))
    with app.store.read() as connection:
        known = picture_store.asked(connection, [f"{_NAMED}{one}" for one in missing])
    return tuple(
        Unshown(named=one, where=where, asked=f"{_NAMED}{one}" in known or not _may_be_asked(one))
        for one, where in named.items()
        if one in missing
    )


def _missing(app: App, addresses: Iterable[str], now: datetime, again: timedelta) -> list[str]:
    wanted = [one for one in dict.fromkeys(addresses) if _may_be_asked(one)]
    kept = named_kept(app, wanted)
    with app.store.read() as connection:
        known = picture_store.asked(connection, [f"{_NAMED}{one}" for one in wanted])
    if kept:
        with app.store.write() as connection:
            picture_store.touch(connection, [one.large.name for one in kept.values()], now)

    def rests(address: str) -> bool:
        before = known.get(f"{_NAMED}{address}")
        return before is not None and before.failures > 0 and timedelta() <= now - before.asked_at < again

    return [one for one in wanted if one not in kept and not rests(one)]


def _may_be_asked(address: str) -> bool:
    """Whether it is one address on the web, the same for everybody."""
    try:
        named = urlsplit(address).hostname
    except ValueError:  # brackets of no IPv6 address
        return False
    on_the_web = address.startswith(("http://", "https://"))
    return bool(named) and on_the_web and is_address(address) and "{{" not in address


def _wanted(app: App, address: str) -> Wanted:
    allowed = _is_allowed(address, app.config.brand.private_picture_hosts)
    source = _ANY.model_copy(update={"url": address, "allow_private": allowed})
    return Wanted(address=address, source=source, timeout=_TIMEOUT)


def _is_allowed(address: str, hosts: Iterable[str]) -> bool:
    """Whether config.toml names the very host and port, though it may be a private one."""
    try:
        asked = urlsplit(address)
        default = _PORTS[asked.scheme.lower()]
        told = [urlsplit(f"{asked.scheme}://{one}") for one in hosts]
        return (asked.hostname, asked.port or default) in [(one.hostname, one.port or default) for one in told]
    except (ValueError, KeyError):
        return False
