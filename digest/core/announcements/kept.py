"""Kept drafts: announcements that are being written, in the store. Nobody's change is lost to another's.

Who is signed in at the console reaches the drafts of their own lists only; the command line reaches all.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection

from digest.app import App
from digest.compose import Written, as_text, read_written
from digest.core.campaigns.lookup import campaign_named
from digest.core.organisers.roles import may, role_allows
from digest.errors import ConfigError, NotAllowedError, UsageError
from digest.model import By, Draft, Organiser, Told, done_by
from digest.store import campaigns
from digest.store.organisers import activity, drafts

_LONGEST = 100_000  # characters of a draft; a mail of half of that is clipped
_SHOWN = 200


class UnknownDraftError(UsageError):
    """There is no such draft."""


class OutdatedError(UsageError):
    """Somebody else changed or sent the draft since it was read; nothing was changed now, and both texts are there."""

    def __init__(self, current: Draft) -> None:
        self.current = current
        sent = {"campaign": current.campaign} if current.campaign else {}
        super().__init__(
            Told(
                "draft_gone" if current.campaign else "draft_changed",
                number=str(current.id),
                by=done_by(current.changed_by),
                moment=current.changed_at,
                version=str(current.version),
                **sent,
            )
        )


def written_of(draft: Draft) -> Written:
    """The parts of a draft, as its author wrote them."""
    return read_written(draft.text, name=file_name(draft))


def file_name(draft: Draft) -> str:
    """What a draft is called as a file."""
    return f"{draft.name or f'draft-{draft.id}'}.md"


def kept_drafts(app: App, *, organiser: Organiser | None = None) -> tuple[Draft, ...]:
    """The drafts that somebody has to do with, changed last first."""
    with app.store.read() as connection:
        found = drafts.latest(connection, _SHOWN)
        return tuple(one for one in found if _reaches(connection, organiser, one))


def kept_draft(app: App, draft_id: int, *, organiser: Organiser | None = None, verb: str = "see") -> Draft:
    """One draft.

    Raises:
        UnknownDraftError: when there is none of this number.
        NotAllowedError: when it is for lists that are none of theirs.
    """
    with app.store.read() as connection:
        return found_draft(connection, draft_id, organiser, verb)


def create_draft(
    app: App,
    text: str,
    *,
    by: By,
    now: datetime,
    name: str = "",
    correcting: str | None = None,
    organiser: Organiser | None = None,
) -> Draft:
    """Keep a new draft.

    Args:
        app: what to work with.
        text: Markdown with front matter; it may be incomplete.
        by: who writes it.
        now: when.
        name: of its file, if it has one.
        correcting: the campaign whose readers are to get it.
        organiser: who is signed in.

    Raises:
        ConfigError: when its front matter cannot be read, with the line.
        UsageError: when it is too long, or there is no such campaign.
        NotAllowedError: when it is for lists that are none of theirs.
    """
    _check(text, name)
    with app.store.write() as connection:
        if organiser is not None:
            may_write(connection, organiser, text, correcting)
        elif correcting is not None:
            campaign_named(connection, correcting)
        stem = PurePath(name).stem
        made = drafts.create(connection, name=stem, text=text, by=by, now=now, correcting=correcting)
        activity.record(
            connection, at=now, by=by, verb="write", subject=_subject(made), detail=written_of(made).subject
        )
    return made


def change_draft(
    app: App, draft_id: int, text: str, *, version: int, by: By, now: datetime, organiser: Organiser | None = None
) -> Draft:
    """Put another text in the place of a draft's.

    One that is scheduled stays so, unless other people get it now: then it waits until it is scheduled again.

    Raises:
        OutdatedError: when it is of another version by now; with what it says.
        UnknownDraftError: when there is none of this number.
        NotAllowedError: when the old or the new text is for lists that are none of theirs.
        ConfigError: when its front matter cannot be read.
    """
    _check(text, "")
    with app.store.write() as connection:
        before = found_draft(connection, draft_id, organiser, "write")
        _may(connection, organiser, "write", text, before.correcting, own=before.created_by == by)
        if before.text == text and before.version == version:
            return before
        values: dict[str, Any] = {"text": text, "trouble": ""}
        if before.send_at is not None and _audience(before.text) != _audience(text):
            values |= {"send_at": None, "trouble": Told("draft_other_people")}
        return changed(connection, before, version, by=by, now=now, verb="write", values=values)


def discard_draft(
    app: App, draft_id: int, *, version: int, by: By, now: datetime, organiser: Organiser | None = None
) -> Draft:
    """Throw a draft away; returns it as it was. Errors are those of `change_draft`."""
    with app.store.write() as connection:
        before = found_draft(connection, draft_id, organiser, "write")
        if not drafts.discard(connection, replace(before, version=version)):
            raise OutdatedError(before)
        activity.record(
            connection, at=now, by=by, verb="discard", subject=_subject(before), detail=written_of(before).subject
        )
    return before


def exported(draft: Draft) -> str:
    """A draft as a file; what is scheduled says so."""
    if draft.send_at is None:
        return draft.text
    return as_text(replace(written_of(draft), at=draft.send_at.isoformat(timespec="minutes")))


def found_draft(connection: Connection, draft_id: int, organiser: Organiser | None, verb: str) -> Draft:
    """The draft, for who may do this to it; raises as `kept_draft`."""
    draft = drafts.find(connection, draft_id)
    if draft is None and organiser is not None:
        raise NotAllowedError(f"{organiser.email} may not {verb} this.")
    if draft is None:
        known = ", ".join(str(one.id) for one in drafts.latest(connection, 10)) or "none yet"
        raise UnknownDraftError(f"There is no draft {draft_id}; the latest are: {known}")
    own = organiser is not None and draft.created_by == organiser.by
    _may(connection, organiser, verb, draft.text, draft.correcting, own=own)
    return draft


def may_write(connection: Connection, organiser: Organiser, text: str, correcting: str | None) -> None:
    """Let pass who may write this; raises as `kept_draft`."""
    if correcting is not None and campaigns.by_name(connection, correcting) is None:
        raise NotAllowedError(f"{organiser.email} may not write this.")
    _may(connection, organiser, "write", text, correcting, own=True)


def changed(
    connection: Connection,
    draft: Draft,
    version: int,
    *,
    by: By,
    now: datetime,
    verb: str,
    values: dict[str, Any],
    detail: str = "",
) -> Draft:
    """Change a draft within the caller's transaction, with its activity.

    Raises:
        OutdatedError: when it is of another version by now, or sent.
    """
    if not drafts.change(connection, replace(draft, version=version), by=by, now=now, **values):
        raise OutdatedError(drafts.find(connection, draft.id) or draft)
    activity.record(connection, at=now, by=by, verb=verb, subject=_subject(draft), detail=detail)
    return drafts.find(connection, draft.id) or draft


def _subject(draft: Draft) -> str:
    return f"draft {draft.id}"


def _check(text: str, name: str) -> None:
    if len(text) > _LONGEST:
        raise UsageError(Told("notice_long", most=f"{_LONGEST:,}", number=f"{len(text):,}"))
    read_written(text, name=name or "draft.md")


def _audience(text: str) -> tuple[frozenset[str], frozenset[str], str]:
    written = read_written(text, name="draft.md")
    return frozenset(written.to), frozenset(written.without), written.where


def _lists_of(connection: Connection, text: str, correcting: str | None) -> Sequence[str]:
    """All lists that a draft is about: whoever is left out tells of a list, too."""
    if correcting is not None:
        corrected = campaign_named(connection, correcting)
        return (*corrected.list_names, *corrected.without_lists)
    try:
        written = read_written(text, name="draft.md")
    except ConfigError:
        return ()
    return (*written.to, *written.without)


def _may(
    connection: Connection, organiser: Organiser | None, verb: str, text: str, correcting: str | None, *, own: bool
) -> None:
    """Let pass who may; what is for no list yet is their own affair who wrote it."""
    if organiser is None:
        return
    lists = _lists_of(connection, text, correcting)
    if not lists and own and role_allows(organiser, verb):
        return
    may(organiser, verb, lists)


def _reaches(connection: Connection, organiser: Organiser | None, draft: Draft) -> bool:
    own = organiser is not None and draft.created_by == organiser.by
    try:
        _may(connection, organiser, "see", draft.text, draft.correcting, own=own)
    except NotAllowedError:
        return False
    return True
