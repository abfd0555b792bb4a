"""How a kept draft goes: at once, or at its time; once, whoever asks for it however often."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from digest.app import App
from digest.compose import as_text, read_written
from digest.core.announcements.drafts import Notice, send_test
from digest.core.announcements.kept import OutdatedError, changed, create_draft, file_name, found_draft, kept_draft
from digest.core.announcements.looks import check_number, notice_of
from digest.core.announcements.mailing import indented, plan, reach
from digest.core.announcements.own_pictures import have_pictures
from digest.core.campaigns import sending as campaign_sending
from digest.core.campaigns.preflight import errors_in
from digest.core.campaigns.reports import Sent
from digest.core.people.lists import apply_lists_unattended
from digest.errors import DigestError, StoppedError, StoreError, TakenError, UsageError
from digest.model import ITSELF, By, Draft, Organiser, Told
from digest.store import campaigns
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.store.organisers import drafts

log = structlog.get_logger("digest.announcements")

_LATENESS = timedelta(days=1)  # what was missed for longer does not go by itself


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """What came of a draft whose time had come."""

    draft: Draft
    campaign: str | None = None
    trouble: str = ""  # why it did not go


async def send_draft_test(
    app: App, draft_id: int, address: str, now: datetime, *, organiser: Organiser | None = None
) -> str:
    """Send a draft to one address as it would arrive, with every header; returns the subject. Nothing is recorded.

    Raises:
        DigestError: when it cannot be rendered, or is not accepted.
    """
    draft = kept_draft(app, draft_id, organiser=organiser, verb="write")
    await have_pictures(app, draft.text, now, name=file_name(draft))
    notice = await notice_of(app, draft, now)
    await send_test(app, notice, address)
    return notice.rendered.subject


async def schedule_draft(
    app: App,
    draft_id: int,
    at: datetime | None,
    *,
    version: int,
    by: By,
    now: datetime,
    typed: int | None = None,
    organiser: Organiser | None = None,
    force: bool = False,
) -> Draft:
    """Have a draft go by itself at a time; one that was scheduled goes at this time instead.

    Args:
        app: what to work with.
        draft_id: which.
        at: when; as its text says unless given.
        version: as whoever schedules it saw it.
        by: who does.
        now: when.
        typed: the number of people, as they typed it.
        organiser: who is signed in.
        force: in spite of errors that preflight finds.

    Raises:
        UsageError: when the time is past or none is said, or nobody is named who gets it.
        NumberError: when so many get it that the number has to be typed.
        DigestError: when preflight finds errors.
        OutdatedError: when it is of another version by now.
    """
    draft = kept_draft(app, draft_id, organiser=organiser, verb="send")
    _fresh(draft, version)
    await have_pictures(app, draft.text, now, name=file_name(draft))
    notice = await notice_of(app, draft, now)
    moment = at or notice.send_at
    if moment is None:
        raise UsageError(Told("time_missing"))
    if moment <= now:
        raise UsageError(Told("time_past", moment=moment))
    _check(app, notice, now, typed=typed, force=force)
    local = moment.astimezone(app.config.network.zone)
    with app.store.write() as connection:
        current = found_draft(connection, draft_id, organiser, "send")
        values = {"send_at": moment, "trouble": ""}
        told = Told("for_moment", moment=local)
        return changed(connection, current, version, by=by, now=now, verb="schedule", values=values, detail=told)


def unschedule_draft(
    app: App, draft_id: int, *, version: int, by: By, now: datetime, organiser: Organiser | None = None
) -> Draft:
    """Keep a scheduled draft back; it stays as it is written.

    Raises:
        UsageError: when it is not scheduled.
        OutdatedError: when it is of another version by now, or sent.
    """
    with app.store.write() as connection:
        draft = found_draft(connection, draft_id, organiser, "send")
        if draft.send_at is None and draft.campaign is None:
            raise UsageError(Told("draft_unscheduled", number=str(draft_id)))
        return changed(connection, draft, version, by=by, now=now, verb="unschedule", values={"send_at": None})


async def release_draft(
    app: App,
    draft_id: int,
    *,
    version: int,
    by: By,
    now: datetime,
    typed: int | None = None,
    organiser: Organiser | None = None,
    force: bool = False,
) -> Campaign:
    """Make a draft a campaign that the running service, or whoever asks, sends at once.

    Args and errors are those of `schedule_draft`; moreover:

    Raises:
        DigestError: when nobody would get it.
        UsageError: when the same text was sent before.
    """
    draft = kept_draft(app, draft_id, organiser=organiser, verb="send")
    _fresh(draft, version)
    await have_pictures(app, draft.text, now, name=file_name(draft))
    notice = await notice_of(app, draft, now, by=by)
    _check(app, notice, now, typed=typed, force=force)
    return _go(app, draft, notice, by=by, now=now, force=force, organiser=organiser)


async def send_draft(
    app: App, draft_id: int, *, version: int, by: By, now: datetime, typed: int | None = None, force: bool = False
) -> Sent:
    """Send a draft at once, by this process. Args and errors are those of `release_draft`, and of `campaigns.send`."""
    campaign = await release_draft(app, draft_id, version=version, by=by, now=now, typed=typed, force=force)
    return await campaign_sending.send(app, campaign, now)


async def keep_for_later(
    app: App, text: str, notice: Notice, *, name: str, by: By, now: datetime, typed: int | None, force: bool = False
) -> Draft:
    """Keep a file that says when it is to go as a draft that goes then; said again, it is the same draft.

    Args:
        app: what to work with.
        text: the file's content.
        notice: what was read of it, and whom the command wants it to go to.
        name: the file's.
        by: who schedules it.
        now: when.
        typed: the number of people, as for `schedule_draft`.
        force: likewise.

    Raises:
        DigestError: as `schedule_draft`.
    """
    if notice.correcting is None:
        told = notice.audience
        whole = replace(read_written(text, name=name), to=told.list_names, without=told.without, where=told.where)
        text = as_text(whole)
    with app.store.read() as connection:
        same = [one for one in drafts.scheduled(connection) if one.text == text and one.correcting == notice.correcting]
    draft = same[0] if same else create_draft(app, text, name=name, correcting=notice.correcting, by=by, now=now)
    if draft.send_at is not None and draft.send_at == notice.send_at:
        return draft
    return await schedule_draft(app, draft.id, None, version=draft.version, by=by, now=now, typed=typed, force=force)


async def release_due(app: App, now: datetime, *, by: By) -> Sequence[Gone]:
    """Make campaigns of the drafts whose time has come; what cannot go waits for a person, and says why.

    What may pass is waited for until it is too late: the store's trouble, list changes that somebody has to confirm.
    """
    with app.store.read() as connection:
        waiting = drafts.due(connection, now)
    gone = []
    for draft in waiting:
        try:
            _in_time(draft, now)
            if not _lists_are_applied(app, now, by):
                continue
            await have_pictures(app, draft.text, now, name=file_name(draft))
            notice = await notice_of(app, draft, now, by=by)
            campaign = _go(app, draft, notice, by=by, now=now, lists_applied=True)
        except (StoppedError, TakenError, OutdatedError):
            continue  # the next tick looks again
        except StoreError as error:
            log.warning("an announcement waits for the store", draft=draft.id, error=str(error))
        except DigestError as error:
            gone.append(Gone(draft=draft, trouble=Told.by(error)))
            with app.store.write() as connection:
                if drafts.find(connection, draft.id) == draft:
                    _keep_back(connection, draft, Told.by(error), by=ITSELF, now=now)
        else:
            gone.append(Gone(draft=draft, campaign=campaign.name))
    return gone


def _lists_are_applied(app: App, now: datetime, by: By) -> bool:
    try:
        apply_lists_unattended(app, now, by=by)
    except DigestError as error:
        log.warning("announcements wait until the lists can be applied", error=str(error))
        return False
    return True


def keep_all_back(connection: Connection, why: str, *, by: By, now: datetime) -> tuple[Draft, ...]:
    """No scheduled draft goes by itself any more, within the caller's transaction; each says why. Those that were."""
    waiting = drafts.scheduled(connection)
    for draft in waiting:
        _keep_back(connection, draft, why, by=by, now=now)
    return waiting


def _go(
    app: App,
    draft: Draft,
    notice: Notice,
    *,
    by: By,
    now: datetime,
    force: bool = False,
    organiser: Organiser | None = None,
    lists_applied: bool = False,
) -> Campaign:
    with app.store.read() as connection:
        same = campaigns.find(connection, ANNOUNCEMENT, notice.announcement.identity)
    if same is not None:
        raise UsageError(Told("draft_sent", campaign=same.name))

    def mark(connection: Connection, campaign: Campaign) -> None:
        current = found_draft(connection, draft.id, organiser, "send")
        values = {"campaign": campaign.name, "trouble": ""}
        changed(connection, current, draft.version, by=by, now=now, verb="send", values=values, detail=campaign.name)

    return plan(app, notice, now, by=by, force=force, lists_applied=lists_applied, also=mark)


def _in_time(draft: Draft, now: datetime) -> None:
    if draft.send_at is not None and now - draft.send_at > _LATENESS:
        raise DigestError(Told("draft_late"))


def _keep_back(connection: Connection, draft: Draft, why: str, *, by: By, now: datetime) -> None:
    values = {"send_at": None, "trouble": why}
    changed(connection, draft, draft.version, by=by, now=now, verb="keep back", values=values, detail=why)


def _check(app: App, notice: Notice, now: datetime, *, typed: int | None, force: bool) -> None:
    if notice.correcting is None and not notice.audience.list_names:
        raise UsageError(Told("draft_no_lists"))
    if not force and (errors := errors_in(app, notice.rendered, notice.announcement, now)):
        raise DigestError(Told("draft_mend_first", found=indented(errors)))
    check_number(app, reach(app, notice, now).people, typed)


def _fresh(draft: Draft, version: int) -> None:
    if draft.version != version or draft.campaign is not None:
        raise OutdatedError(draft)
