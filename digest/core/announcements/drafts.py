"""Drafts: an announcement read from its file and rendered, not yet anybody's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from digest.app import App
from digest.compose import (
    Attachment,
    attach,
    expired,
    read_attachments,
    read_audience,
    read_notice,
    read_pictures,
    read_time,
)
from digest.core.announcements.own_pictures import shown_pictures
from digest.core.campaigns.lookup import campaign_named
from digest.core.content.collection import collect, items_now
from digest.core.content.pictures import with_pictures
from digest.core.content.stock import Stock, find_among, thing_of, whole_stock
from digest.core.mail.letters import as_test, send_one
from digest.core.mail.links import render_announcement
from digest.core.mail.personal import Mail
from digest.core.people.audience import check_condition, known_fields
from digest.errors import ConfigError, Problem, UsageError
from digest.model import Announcement, Audience, By, CampaignStatus, Item, ItemSkip, Told, Unshown, said
from digest.render import Compiled
from digest.render.preflight.images import unshown
from digest.store import campaigns, outbox
from digest.store.campaigns import ANNOUNCEMENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """An announcement read and rendered, not yet anybody's."""

    announcement: Announcement
    rendered: Compiled
    audience: Audience
    correcting: str | None = None  # the campaign whose readers get it
    send_at: datetime | None = None  # when its author wants it to go
    unshown: tuple[Unshown, ...] = ()  # pictures of it that we do not have


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownMail:
    """A mail as it would arrive."""

    html: str
    text: str
    eml: bytes


async def draft(
    app: App,
    text: str,
    *,
    name: str,
    list_names: Sequence[str],
    now: datetime,
    by: By | None = None,
    correcting: str | None = None,
    without: Sequence[str] = (),
    where: str = "",
    fresh: bool = True,
    readers: Audience | None = None,
) -> Notice:
    """Read an announcement's file and render it, with a card for each item that it attaches.

    An announcement that is a campaign already goes on as it was frozen: what it attaches is not looked at again.

    Args:
        app: what to work with.
        text: the file's content.
        name: the file's name.
        list_names: who is to get it; those that the file says unless given.
        now: decides what is over, and is what days are counted from.
        by: who is about to send it: then what the sources hold is collected; else it is only looked at.
        correcting: the campaign that it corrects; corrections of two campaigns are two announcements.
        without: lists whose people do not get it, besides those that the file says.
        where: a condition over people's fields that they meet, as well as that of the file.
        fresh: what is only looked at attaches what the sources hold now; else what is stored.
        readers: who gets it, whatever the file says.

    Raises:
        ConfigError: when the file, or what it attaches, cannot be taken, with its line.
        UsageError: when a list or a field is not configured, naming those there are.
    """
    shown, missing = shown_pictures(app, text, name, elsewhere=read_pictures(text, name=name))
    announcement = read_notice(text, name=name, pictures=shown)
    _check_fields(app, announcement, text, name)
    _check_sender(app, announcement, text, name)
    audience = readers or _audience(app, list_names, without, where, told=read_audience(text, name=name))
    if correcting is not None:
        identity = sha256(f"{announcement.identity} correcting {correcting}".encode()).hexdigest()[:16]
        announcement = replace(announcement, identity=identity)
    attachments = read_attachments(text, name=name)
    if attachments and not (by and _is_campaign(app, announcement)):
        if by is not None:
            await collect(app, now, by=by)
        held = whole_stock(app) if by is not None or not fresh else await items_now(app, now)
        items = _attached(app, held, attachments, now)
        announcement = attach(announcement, items, now=now.astimezone(app.config.network.zone))
        if announcement.attached is not None:
            announcement = replace(announcement, attached=with_pictures(app, announcement.attached, None))
    return Notice(
        announcement=announcement,
        rendered=render_announcement(app, announcement, audience.list_names),
        audience=audience,
        send_at=read_time(text, app.config.network.zone),
        unshown=missing,
    )


def _check_sender(app: App, announcement: Announcement, text: str, name: str) -> None:
    """Let through addresses of the sender's own domain: what is sent as another's is refused or filtered (RFC 9989).

    Raises:
        ConfigError: with the line.
    """
    own, domain = announcement.sent_as.email, app.config.sender.email.rpartition("@")[2]
    if own and own.rpartition("@")[2].casefold() != domain.casefold():
        lines = enumerate(text.splitlines(), 1)
        number = next((number for number, line in lines if line.startswith("from")), 1)
        where, what = Told("line_of", name=name, number=str(number)), Told("notice_domain", address=own, domain=domain)
        raise ConfigError([Problem(where=where, what=what, fix=Told("notice_domain_fix"))])


def _check_fields(app: App, announcement: Announcement, text: str, name: str) -> None:
    """Let through what is kept of people.

    Raises:
        ConfigError: with every field that no list keeps, each with its line.
    """
    known = ("name", *known_fields(app))
    lines = list(enumerate(text.splitlines(), 1))

    def where(field: str) -> Told:
        number = next((number for number, line in lines if f"member.{field}" in line), 1)
        return Told("line_of", name=name, number=str(number))

    problems = [
        Problem(
            where=where(field),
            what=Told("no_field", field=field),
            fix=Told("notice_fields", names=", ".join(known)),
        )
        for field in dict.fromkeys(place.name for place in announcement.places.values())
        if field not in known
    ]
    if problems:
        raise ConfigError(problems)


def _audience(app: App, list_names: Sequence[str], without: Sequence[str], where: str, *, told: Audience) -> Audience:
    """Whom it is for: what the command says and what the file says both hold.

    Raises:
        UsageError: when a list or field is not configured, or the condition cannot be read.
    """
    conditions = [one for one in (told.where, where) if one.strip()]
    for one in conditions:
        check_condition(app, one)
    left_out, names = (*told.without, *without), (*list_names,) or told.list_names
    for name in (*names, *left_out):
        app.list_named(name)
    return Audience(
        list_names=tuple(dict.fromkeys(names)),
        without=tuple(dict.fromkeys(left_out)),
        where=" and ".join(f"({one})" for one in conditions),
    )


def _is_campaign(app: App, announcement: Announcement) -> bool:
    with app.store.read() as connection:
        return campaigns.find(connection, ANNOUNCEMENT, announcement.identity) is not None


def _attached(app: App, held: Stock, attachments: Sequence[Attachment], now: datetime) -> tuple[Item, ...]:
    """The things that are named, as an edition would show them.

    Raises:
        ConfigError: with everything that is not there or must not be shown, each with its line.
    """
    copies, items, problems = held.copies(app), [], []
    for one in attachments:
        try:
            item = thing_of(app, held, find_among(app, copies, one.wanted)).item
        except UsageError as error:
            problems.append(Problem(where=one.where, what=said(error)))
            continue
        if reason := _why_not(item, now, app):
            why = Told.of(reason, f"desk_skip_{reason.name.lower()}")
            what = Told("notice_attached", title=item.title, why=why)
            problems.append(Problem(where=one.where, what=what, fix=Told("notice_attached_fix")))
        items.append(item)
    if problems:
        raise ConfigError(problems)
    return tuple(dict.fromkeys(items))


def _why_not(item: Item, now: datetime, app: App) -> ItemSkip | None:
    if item.hidden:
        return ItemSkip.HIDDEN
    return ItemSkip.WITHDRAWN if item.withdrawn else expired(item, now, app.config.network.zone)


async def correction(
    app: App, text: str, *, name: str, of: str, now: datetime, by: By | None = None, fresh: bool = True
) -> Notice:
    """Read an announcement's file as a correction, for those who perhaps received a faulty mail.

    Args and errors are those of `draft`; moreover:

    Raises:
        UsageError: when there is no such campaign, or its faulty mail still goes out.
    """
    with app.store.read() as connection:
        corrected = campaign_named(connection, of)
        earlier = outbox.has_earlier_version(connection, corrected)
        begun_with = not outbox.has_unbegun(connection, corrected)
    if corrected.status is CampaignStatus.SENDING and not (earlier or begun_with):
        raise UsageError(f"{of} is still being sent; stop it with `digest pause {of}` or `digest cancel {of}` first")
    notice = await draft(
        app,
        text,
        name=name,
        list_names=(),
        now=now,
        by=by,
        correcting=of,
        fresh=fresh,
        readers=corrected.audience,
    )
    return replace(notice, correcting=of)


def told_of_pictures(notice: Notice) -> tuple[str, ...]:
    """Which pictures it goes without, with the way out."""
    return tuple(f"{one.what}: {one.detail}" for one in unshown(notice.unshown))


def look_at(app: App, notice: Notice) -> ShownMail:
    """Show the announcement as it would arrive with nobody in particular; nothing is recorded."""
    mail = Mail.prepare(app, notice.rendered)
    nobody = mail.sample()
    return ShownMail(html=mail.html(nobody), text=mail.text(nobody), eml=mail.eml(nobody))


async def send_test(app: App, notice: Notice, address: str) -> None:
    """Send the announcement to one address, with every header that it will have; nothing is recorded."""
    await send_one(app, address, Mail.prepare(app, as_test(notice.rendered), every_header=True))
