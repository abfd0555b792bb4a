"""Announce: a one-off mailing. The same announcement reaches a person once, however often it is sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from digest.app import App
from digest.compose import Attachment, announcement_to_json, attach, expired, read_attachments, read_notice
from digest.errors import ConfigError, DigestError, Problem, UsageError
from digest.model import Announcement, CampaignStatus, Item, ItemSkip
from digest.pipeline.audience import apply_lists, audience_size
from digest.pipeline.collecting import SourceResult, collect, items_now
from digest.pipeline.editing import find_among, thing_of
from digest.pipeline.known import campaign_named
from digest.pipeline.mailing import Mail, render_announcement
from digest.pipeline.preflighting import errors_in
from digest.pipeline.sending import Sent, as_test, deliver, send_one
from digest.pipeline.stock import Stock, stock
from digest.render import Compiled, compiled_to_json
from digest.store import campaigns, outbox, settling
from digest.store.campaigns import ANNOUNCEMENT, Campaign


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """An announcement read and rendered, not yet anybody's."""

    announcement: Announcement
    rendered: Compiled
    list_names: tuple[str, ...]
    sources: tuple[SourceResult, ...] = ()  # what collecting came to, for what is attached
    correcting: str | None = None  # the campaign whose readers get it


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
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
    keep: bool = False,
    correcting: str | None = None,
) -> Notice:
    """Read an announcement's file and render it, with a card for each item that it attaches.

    An announcement that is a campaign already goes on as it was frozen: what it attaches is not looked at again.

    Args:
        app: what to work with.
        text: the file's content.
        name: the file's name.
        list_names: who is to get it.
        now: decides what is over, and is what days are counted from.
        keep: whether it is about to be sent: then what the sources hold is collected, else only looked at.
        correcting: the campaign that it corrects; corrections of two campaigns are two announcements.

    Raises:
        ConfigError: when the file, or what it attaches, cannot be taken, with its line.
        UsageError: when a list is not configured, naming those there are.
    """
    known = [entry.name for entry in app.config.lists]
    for wanted in list_names:
        if wanted not in known:
            raise UsageError(f'There is no list "{wanted}" in config.toml; known: {", ".join(known) or "none yet"}')
    announcement = read_notice(text, name=name)
    if correcting is not None:
        identity = sha256(f"{announcement.identity} correcting {correcting}".encode()).hexdigest()[:16]
        announcement = replace(announcement, identity=identity)
    attachments = read_attachments(text, name=name)
    sources: tuple[SourceResult, ...] = ()
    if attachments and not (keep and _is_campaign(app, announcement)):
        held, sources = (None, await collect(app, now)) if keep else await items_now(app, now)
        items = _attached(app, held or stock(app), attachments, now)
        announcement = attach(announcement, items, now=now.astimezone(app.config.network.zone))
    return Notice(
        announcement=announcement,
        rendered=render_announcement(app, announcement),
        list_names=tuple(dict.fromkeys(list_names)),
        sources=sources,
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
            problems.append(Problem(where=one.where, what=str(error)))
            continue
        if reason := _why_not(item, now, app):
            what = f'"{item.title}" cannot be attached: {reason}'
            problems.append(Problem(where=one.where, what=what, fix="take it out, or mend it with `digest items edit`"))
        items.append(item)
    if problems:
        raise ConfigError(problems)
    return tuple(dict.fromkeys(items))


def _why_not(item: Item, now: datetime, app: App) -> ItemSkip | None:
    if item.hidden:
        return ItemSkip.HIDDEN
    return ItemSkip.WITHDRAWN if item.withdrawn else expired(item, now, app.config.network.zone)


async def correction(app: App, text: str, *, name: str, of: str, now: datetime, keep: bool = False) -> Notice:
    """Read an announcement's file as a correction, for those who perhaps received a faulty mail.

    Args and errors are those of `draft`; moreover:

    Raises:
        UsageError: when there is no such campaign, or its faulty mail still goes out.
    """
    with app.store.read() as connection:
        corrected = campaign_named(connection, of)
        earlier = settling.has_earlier_version(connection, corrected)
    if corrected.status is CampaignStatus.SENDING and not earlier:
        raise UsageError(f"{of} is still being sent; stop it with `digest pause {of}` or `digest cancel {of}` first")
    notice = await draft(app, text, name=name, list_names=(), now=now, keep=keep, correcting=of)
    return replace(notice, list_names=corrected.list_names, correcting=of)


def reach(app: App, notice: Notice) -> int:
    """How many people a notice goes to, as things stand; writes nothing."""
    if notice.correcting is None:
        return audience_size(app, notice.list_names)
    with app.store.read() as connection:
        return settling.count_correctable(connection, campaign_named(connection, notice.correcting))


def plan_announcement(app: App, notice: Notice, now: datetime, *, force: bool = False) -> Campaign:
    """Freeze the announcement as a campaign and plan it.

    Where it is a campaign already, lists that are new to it are added: only people who have no delivery
    yet are planned. A correction goes to whomever the faulty mail reached meanwhile.

    Raises:
        DigestError: when preflight finds errors in it, naming them, unless forced.
    """
    identity = notice.announcement.identity
    errors = () if force else errors_in(app, notice.rendered, notice.announcement, now)
    apply_lists(app, now)
    with app.store.write() as connection:
        existing = campaigns.find(connection, ANNOUNCEMENT, identity)
        if existing is None:
            if errors:
                told = "\n".join(f"  {one}" for one in errors)
                raise DigestError(f"It is not sent; mend this, or send it all the same with --force:\n{told}")
            existing = campaigns.create(
                connection,
                name=f"{re.sub(r'[^a-z0-9]+', '-', notice.announcement.name.lower()).strip('-')}-{identity[:6]}",
                digest=ANNOUNCEMENT,
                period=identity,
                status=CampaignStatus.SENDING,
                list_names=notice.list_names,
                now=now,
                edition=announcement_to_json(notice.announcement) if notice.announcement.attached else None,
                rendered=compiled_to_json(notice.rendered),
                config_hash=app.config.hash,
                template_hash=app.renderer.template_hash,
            )
            if existing is None:
                raise DigestError("Another process is preparing this announcement; run the command again.")
            _plan(connection, existing, notice)
            if not outbox.has_pending(connection, existing):
                whom = (
                    f"who received {notice.correcting}" if notice.correcting else f"on {', '.join(existing.list_names)}"
                )
                raise DigestError(f"Nobody {whom} to send it to; nothing was recorded.")
            return existing
        added = [name for name in notice.list_names if name not in existing.list_names]
        if notice.correcting and existing.status in (CampaignStatus.SENT, CampaignStatus.SENDING):
            if _plan(connection, existing, notice) and outbox.has_pending(connection, existing):
                existing = replace(existing, status=CampaignStatus.SENDING)
                campaigns.set_status(connection, existing.id, existing.status)
        elif added and existing.status in (CampaignStatus.SENT, CampaignStatus.SENDING):
            existing = replace(existing, list_names=(*existing.list_names, *added), status=CampaignStatus.SENDING)
            campaigns.set_lists(connection, existing.id, existing.list_names)
            campaigns.set_status(connection, existing.id, existing.status)
            outbox.plan(connection, existing)
        return existing


def _plan(connection: Connection, campaign: Campaign, notice: Notice) -> int:
    if notice.correcting is None:
        return outbox.plan(connection, campaign)
    return settling.plan_correction(connection, campaign, campaign_named(connection, notice.correcting))


async def announce(app: App, notice: Notice, now: datetime, *, force: bool = False) -> Sent:
    """Send an announcement to its lists; run again, it goes on where it stopped."""
    sent = await deliver(app, plan_announcement(app, notice, now, force=force), now)
    if sent.accepted_now == 0 and sent.report.status is CampaignStatus.SENT:
        hint = f"{sent.note}; to send the same text again, give it another `id:` in its front matter"
        return replace(sent, note=hint)
    return sent


def look_at(app: App, notice: Notice) -> Look:
    """Show the announcement as it would arrive with nobody in particular; nothing is recorded."""
    mail = Mail.prepare(app, notice.rendered)
    nobody = mail.sample()
    return Look(html=mail.html(nobody), text=mail.text(nobody), eml=mail.eml(nobody))


async def announce_test(app: App, notice: Notice, address: str) -> None:
    """Send the announcement to one address; nothing is recorded."""
    await send_one(app, address, Mail.prepare(app, as_test(notice.rendered)))
