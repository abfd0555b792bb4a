"""Check: everything a Monday morning depends on, looked at in advance."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import dns.asyncresolver
import dns.exception
import dns.resolver

from digest.app import App
from digest.collect import Fetched, fetch, parse
from digest.config.subscribers import read_lists
from digest.deliver import SmtpCourier
from digest.errors import ConfigError, DeliveryError, SourceError, TemplateError, without_source
from digest.model import Announcement, Edition
from digest.pipeline.audience import plan_lists

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing looked at."""

    what: str
    level: Level
    detail: str


async def look_over(app: App, now: datetime) -> AsyncIterator[Check]:
    """Look at store, lists, templates, sources, the SMTP login and the sender's DNS; changes nothing."""
    yield Check(what="store", level="ok", detail=app.store.engine.url.render_as_string(hide_password=True))
    for one in _lists(app):
        yield one
    yield _templates(app, now)
    for result in await asyncio.gather(*(_source(app, source.name, now) for source in app.config.sources)):
        yield result
    yield await _smtp(app)
    for result in await _sender_dns(app):
        yield result
    for one in _mail(app):
        yield one


def _lists(app: App) -> Iterator[Check]:
    try:
        listed = read_lists(app.config)
    except ConfigError as error:
        for problem in error.problems:
            yield Check(what="lists", level="fail", detail=str(problem))
        return
    for plan, one in zip(plan_lists(app, listed), listed, strict=False):
        level: Level = "fail" if plan.removes_too_many else "warn" if one.repeated or not one.subscribers else "ok"
        repeated = f"; {len(one.repeated)} listed twice" if one.repeated else ""
        guard = "; more than the guard allows" if plan.removes_too_many else ""
        changes = f"{len(plan.added)} to add, {len(plan.removed)} to remove"
        detail = f"{len(one.subscribers)} listed; {changes}{repeated}{guard}"
        yield Check(what=f"list {one.name}", level=level, detail=detail)


def _templates(app: App, now: datetime) -> Check:
    local = now.astimezone(app.config.network.zone)
    try:
        for digest in app.config.digests:
            empty = Edition(
                digest=digest.name, title=digest.title or digest.name, period="check", composed_at=local, sections=()
            )
            app.renderer.edition(empty, item_url=lambda _: None)
        app.renderer.announcement(Announcement(name="check", subject="Check", html="<p>.</p>", text=".", identity="-"))
    except TemplateError as error:
        return Check(what="templates", level="fail", detail=str(error))
    return Check(what="templates", level="ok", detail=f"hash {app.renderer.template_hash}")


async def _source(app: App, name: str, now: datetime) -> Check:
    source = next(source for source in app.config.sources if source.name == name)
    try:
        fetched = await fetch(source, app.config)
        around = now.astimezone(app.config.network.zone)
        found = parse(source, fetched, around=around) if isinstance(fetched, Fetched) else ()
    except SourceError as error:
        return Check(what=f"source {name}", level="fail", detail=without_source(str(error), name))
    level: Level = "ok" if found else "warn"
    return Check(what=f"source {name}", level=level, detail=f"{len(found)} items")


async def _smtp(app: App) -> Check:
    smtp = app.config.smtp
    if smtp.embedded:
        return Check(what="smtp", level="ok", detail="embedded mailbox; nothing leaves this machine")
    try:
        courier = await SmtpCourier.connect(smtp)
    except DeliveryError as error:
        return Check(what="smtp", level="fail", detail=str(error))
    await courier.close()
    return Check(
        what="smtp", level="ok", detail=f"{smtp.host} answers" + (" and takes the login" if smtp.username else "")
    )


async def _sender_dns(app: App) -> list[Check]:
    """SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489) records of the sender's domain."""
    if app.config.smtp.embedded:
        return []
    domain = app.config.sender.email.rpartition("@")[2]
    return list(
        await asyncio.gather(
            _txt("SPF", domain, "v=spf1"),
            _txt("DMARC", f"_dmarc.{domain}", "v=DMARC1"),
            _txt("DKIM", f"_domainkey.{domain}", ""),
        )
    )


async def _txt(what: str, name: str, starts: str) -> Check:
    resolver = dns.asyncresolver.Resolver()
    try:
        answer = await resolver.resolve(name, "TXT", lifetime=5)
        records = [b"".join(record.strings).decode("ascii", "replace") for record in answer]
    except dns.resolver.NoAnswer:
        records = [""]  # the name exists: for _domainkey that says that selectors are published below it
    except dns.resolver.NXDOMAIN:
        records = []
    except (dns.exception.DNSException, OSError) as error:
        return Check(what=what, level="warn", detail=f"{name} could not be looked up: {type(error).__name__}")
    for record in records:
        if record.startswith(starts) and (record or not starts):
            return Check(what=what, level="ok", detail=record or f"keys are published under {name}")
    return Check(
        what=what, level="warn", detail=f"no {what} record at {name}; large providers refuse or hide such mail"
    )


def _mail(app: App) -> Iterator[Check]:
    if not app.config.network.postal_address:
        detail = "network.postal_address is empty; many countries ask for one in mail to a list"
        yield Check(what="postal address", level="warn", detail=detail)
    if not app.config.smtp.embedded and not app.config.web.base_url.startswith("https://"):
        detail = f"{app.config.web.base_url} is not https; one-click unsubscribing (RFC 8058) needs https"
        yield Check(what="web", level="warn", detail=detail)
