"""Checks: everything a Monday morning depends on, looked at in advance."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.collect import Fetched
from digest.collect.fetch import fetch
from digest.collect.reading.task import Read
from digest.compose import as_of
from digest.config import DigestConfig, RelayConfig, Smtp
from digest.config.subscribers import read_lists
from digest.core.announcements.drafts import draft
from digest.core.campaigns.carriers import of_relay
from digest.core.campaigns.preflight import findings_in
from digest.core.campaigns.seen import otherwise_configured, outdated, seen_relays, seen_workers
from digest.core.content.reading import read
from digest.core.content.stopping import unless_stopped
from digest.core.editions.previews import preview
from digest.core.health.categories import unnamed_categories
from digest.core.health.permissions import look_at_permissions
from digest.core.mail.links import render_edition
from digest.core.people.lists import plan_lists
from digest.deliver import SmtpCourier
from digest.deliver.check import Check, Level
from digest.deliver.sender_dns import look_up
from digest.errors import ConfigError, DeliveryError, ReturnsError, SourceError, without_source
from digest.render.own_templates import catalogue
from digest.render.preflight import Finding
from digest.render.rehearsal import template_problems

__all__ = ["Check", "CheckedEmail", "check_announcement", "check_edition", "look_over"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedEmail:
    """A mail as it would go out, and what preflight found in it; nothing was stored for it."""

    subject: str
    findings: tuple[Finding, ...]
    nothing: str = ""  # why no mail would go out at all


async def check_edition(app: App, digest: DigestConfig, now: datetime) -> CheckedEmail:
    """Look at the edition of the period that `now` falls in; changes nothing."""
    shown = await preview(app, digest, now)
    edition, rendered = as_of(shown.edition, now), shown.rendered
    if not edition.entries:
        nothing = "everything in it is over" if shown.edition.entries else "nothing new"
        return CheckedEmail(subject=rendered.subject, findings=(), nothing=nothing)
    if edition != shown.edition:  # as it will be sent: without what closed, and days counted from then
        rendered = render_edition(app, edition)
    findings = findings_in(app, rendered, edition, now)
    return CheckedEmail(subject=rendered.subject, findings=findings)


async def check_announcement(app: App, text: str, now: datetime, *, name: str) -> CheckedEmail:
    """Look at an announcement's file; changes nothing.

    Raises:
        ConfigError: when the file cannot be taken, with its line.
    """
    notice = await draft(app, text, name=name, list_names=(), now=now)
    findings = findings_in(app, notice.rendered, notice.announcement, now, unshown=notice.unshown)
    return CheckedEmail(subject=notice.rendered.subject, findings=findings)


async def look_over(app: App, now: datetime) -> AsyncIterator[Check]:
    """Look at store, lists, templates, sources, the SMTP login, the mailbox for returns and the sender's DNS."""
    for hint in app.config.hints:
        yield Check(what="config", level="warn", detail=hint)
    yield Check(what="store", level="ok", detail=app.store.place)
    for one in (*_workers(app), *look_at_permissions(app)):
        yield one
    for one in _lists(app):
        yield one
    for one in _templates(app, now):
        yield one
    for one in _languages(app):
        yield one
    looking = asyncio.gather(*(_source(app, source.name, now) for source in app.config.sources))
    looked_at = await unless_stopped(app, looking, "sources were looked at")
    for result, _ in looked_at:
        yield result
    for one in unnamed_categories(app.config, (item for _, held in looked_at for item in held.items)):
        yield one
    for result in (*await _servers(app), *await _returns(app), *await _sender_dns(app)):
        yield result
    for one in _mail(app):
        yield one


def _workers(app: App) -> Iterator[Check]:
    seen = seen_workers(app)
    for told in filter(None, (outdated(seen), otherwise_configured(app, seen))):
        yield Check(what="workers", level="warn", detail=told)


def _lists(app: App) -> Iterator[Check]:
    try:
        listed = read_lists(app.config)
    except ConfigError as error:
        for problem in error.problems:
            yield Check(what="lists", level="fail", detail=str(problem))
        return
    for plan, one in zip(plan_lists(app, listed), listed, strict=False):
        doubtful = one.repeated or one.astray or not one.subscribers
        level: Level = "fail" if plan.removes_too_many else "warn" if doubtful else "ok"
        repeated = f"; {len(one.repeated)} listed twice" if one.repeated else ""
        guard = "; more than the guard allows" if plan.removes_too_many else ""
        changes = f"{len(plan.added)} to add, {len(plan.removed)} to remove"
        detail = f"{len(one.subscribers)} listed; {changes}{repeated}{guard}"
        yield Check(what=f"list {one.name}", level=level, detail="; ".join([detail, *map(str, one.astray)]))


def _languages(app: App) -> Iterator[Check]:
    for language in app.config.languages:
        for gap in app.renderer.in_language(language).phrases.gaps():
            yield Check(what="language", level="warn", detail=gap)


def _templates(app: App, now: datetime) -> Iterator[Check]:
    problems = template_problems(app.renderer, app.config, now)
    for problem in problems:
        yield Check(what="templates", level="fail", detail=problem)
    if not problems:
        yield Check(what="templates", level="ok", detail=f"hash {app.renderer.template_hash}")
    for one in catalogue(app.config):
        if one.note:
            yield Check(what="templates", level="warn", detail=f"{one.path}: {one.note}")


async def _source(app: App, name: str, now: datetime) -> tuple[Check, Read]:
    source = app.source(name)
    try:
        fetched = await fetch(source, app.config)
        held = await read(app, source, fetched, (), now) if isinstance(fetched, Fetched) else Read(items=())
    except SourceError as error:
        return Check(what=f"source {name}", level="fail", detail=without_source(str(error), name)), Read(items=())
    level: Level = "ok" if held.items and not held.unreadable else "warn"
    detail = "\n".join((f"{len(held.items)} items", *held.unreadable))
    return Check(what=f"source {name}", level=level, detail=detail), held


async def _servers(app: App) -> Sequence[Check]:
    seen = {one.name: one for one in seen_relays(app, app.now)}
    found = [await _server(name, smtp, seen[name].today_told) for name, smtp in app.config.servers.items()]
    for one in app.config.relays:
        if one.name not in app.config.servers:
            detail = f"carries nothing: {app.config.sender.email} is of none of its from_domains"
            found.append(Check(what=f"relay {one.name}", level="warn", detail=detail))
    return found


async def _server(name: str, smtp: Smtp, today: str) -> Check:
    what = f"relay {name}" if isinstance(smtp, RelayConfig) else name
    if smtp.embedded:
        return Check(what=what, level="ok", detail="embedded mailbox; nothing leaves this machine")
    try:
        courier = await SmtpCourier.connect(smtp)
    except DeliveryError as error:
        told = str(error) if what == name else of_relay(str(error), name)
        return Check(what=what, level="fail", detail=told)
    await courier.close()
    takes = f"{smtp.host} answers{' and takes the login' if smtp.username else ''}"
    return Check(what=what, level="ok", detail=f"{takes}; {today}" if today else takes)


async def _returns(app: App) -> Sequence[Check]:
    from digest.returns.mailbox import count_unseen  # noqa: PLC0415  (slow to import)

    returns = app.config.returns
    if returns.host is None:
        return ()
    try:
        waiting = await asyncio.to_thread(count_unseen, returns)
    except ReturnsError as error:
        return (Check(what="returns", level="fail", detail=str(error)),)
    return (Check(what="returns", level="ok", detail=f"{returns.host} opens {returns.folder}; {waiting} unread"),)


async def _sender_dns(app: App) -> Sequence[Check]:
    return () if app.config.embedded else await look_up(app.config.sender)


def _mail(app: App) -> Iterator[Check]:
    if not app.config.network.postal_address:
        detail = "network.postal_address is empty; many countries ask for one in mail to a list"
        yield Check(what="postal address", level="warn", detail=detail)
    if app.config.wants_pictures and not app.config.shows_pictures:
        detail = (
            f"{app.config.web.base_url} cannot be reached from outside, so mails go without pictures; give [web] url"
        )
        yield Check(what="pictures", level="warn", detail=detail)
    if not app.config.embedded and not app.config.web.base_url.startswith("https://"):
        detail = f"{app.config.web.base_url} is not https; one-click unsubscribing (RFC 8058) needs https"
        yield Check(what="web", level="warn", detail=detail)
