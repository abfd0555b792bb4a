"""Arrangement: what an editor does to one edition that waits; each change is taken over, with its mail, at once.

A change names the version that it was made on. Where another was made since, it is refused with what that was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from digest.app import App
from digest.compose import MAY_COME, group_of, pair_of, told_of
from digest.core.campaigns import moves
from digest.core.campaigns.frozen import freeze, remember
from digest.core.campaigns.lookup import campaign_named
from digest.core.campaigns.moves import Move
from digest.core.content.edits import edit_item
from digest.core.content.stock import whole_stock
from digest.core.editions.recomposition import composed_afresh, is_another
from digest.core.editions.versions import Current, as_frozen, current, must_be, same
from digest.core.mail.links import render_edition
from digest.core.organisers.roles import let_by
from digest.errors import UsageError
from digest.model import Arrangement, By, Edit, Edition, Entry, Group, ItemSkip, Step, Told
from digest.store import campaigns, outbox
from digest.store.organisers import activity
from digest.text.markup import one_line

Pair = tuple[str, str]

_LONGEST_LINE = 200  # characters of a subject or preheader
_LONGEST_NOTE = 20_000  # of an editor's note


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    """What is to be done, as the activity tells it."""

    verb: str
    detail: str
    arrangement: Arrangement


def drop(app: App, name: str, pair: Pair, *, by: By, now: datetime, version: str | None = None) -> Current:
    """Leave something out of this edition; it stays new for the next.

    Args:
        app: what to work with.
        name: of the campaign.
        pair: the item's source and key, of any copy; of a series all that the edition tells of it.
        by: who does it.
        now: when.
        version: that it is done on; whatever there is now, unless given.

    Returns:
        The edition as it is then.

    Raises:
        UsageError: when there is no such campaign or item, the edition waits no more, or nothing would be left in it.
        OutdatedError: when it was changed since that version.
        TemplateError: when it cannot be rendered; nothing is changed.
    """

    def change(edition: Edition, before: Arrangement) -> _Change:
        _, entry = _standing(edition, name, pair)
        told = told_of(entry)
        arrangement = replace(
            before,
            dropped=(*before.dropped, *(pair_of(one.item) for one in entry.occurrences)),
            brought=tuple(one for one in before.brought if one not in told),
        )
        return _Change(verb="drop", detail=_title(entry.item.title), arrangement=arrangement)

    return _arrange(app, name, change, by=by, now=now, version=version)


def restore(app: App, name: str, pair: Pair, *, by: By, now: datetime, version: str | None = None) -> Current:
    """Take back that something was dropped, of a series one date; args, answer and errors as for `drop`."""
    copies = _copies(app, [pair])

    def change(edition: Edition, before: Arrangement) -> _Change:
        if pair not in {(one.source, one.key) for one in edition.skipped if one.reason is ItemSkip.DROPPED}:
            raise UsageError(Told("arranged_not_dropped", item="/".join(pair), name=name))
        left = tuple(one for one in before.dropped if one not in copies)
        return _Change(verb="restore", detail="/".join(pair), arrangement=replace(before, dropped=left))

    return _arrange(app, name, change, by=by, now=now, version=version)


def bring_in(
    app: App, name: str, pairs: Sequence[Pair], *, by: By, now: datetime, version: str | None = None
) -> Current:
    """Show what would be left out, or what came since the draft; args, answer and errors as for `drop`."""
    copies = _copies(app, pairs)

    def change(edition: Edition, before: Arrangement) -> _Change:
        reasons = {(one.source, one.key): one.reason for one in edition.skipped}
        for pair in pairs:
            if group_of(edition, pair):
                raise UsageError(Told("arranged_there", item="/".join(pair), name=name))
            reason = reasons.get(pair)
            if reason is not None and reason not in MAY_COME and reason is not ItemSkip.DROPPED:
                raise UsageError(f"{'/'.join(pair)} cannot be brought into {name}: {reason}")
        left = tuple(one for one in before.dropped if one not in copies)
        return _Change(
            verb="bring in",
            detail=", ".join("/".join(pair) for pair in pairs),
            arrangement=replace(before, dropped=left, brought=tuple(dict.fromkeys((*before.brought, *pairs)))),
        )

    return _arrange(app, name, change, by=by, now=now, version=version, wanted=pairs)


def move(app: App, name: str, pair: Pair, step: Step, *, by: By, now: datetime, version: str | None = None) -> Current:
    """Put something elsewhere within its group; what is pinned stays first. Args, answer and errors as for `drop`."""

    def change(edition: Edition, before: Arrangement) -> _Change:
        group, entry = _standing(edition, name, pair)
        row = [one for one in group.entries if one.item.pinned == entry.item.pinned]
        at = row.index(entry)
        to = {Step.UP: max(at - 1, 0), Step.DOWN: at + 1, Step.FIRST: 0, Step.LAST: len(row)}[step]
        row.insert(to, row.pop(at))
        moved = [pair_of(one.item) for one in (*(one for one in group.entries if one not in row), *row)]
        others = tuple(one for one in before.order if one not in moved)
        return _Change(
            verb=f"move {step}", detail=_title(entry.item.title), arrangement=replace(before, order=(*others, *moved))
        )

    return _arrange(app, name, change, by=by, now=now, version=version)


def word(
    app: App,
    name: str,
    *,
    by: By,
    now: datetime,
    subject: str | None = None,
    preheader: str | None = None,
    note: str | None = None,
    version: str | None = None,
) -> Current:
    """Word the lines that lists of mail show, and the editor's note; answer and errors as for `drop`.

    Args:
        app: what to work with.
        name: of the campaign.
        by: who does it.
        now: when.
        subject: in place of the template's; "" takes that again, None leaves it.
        preheader: likewise.
        note: in place of the digest's, in Markdown; "" for none, None leaves it. Its pictures are those that we have,
            see `digest.core.content.have_note_pictures`.
        version: as for `drop`.
    """
    given = {"subject": subject, "preheader": preheader}
    lines: dict[str, Any] = {key: one_line(line) for key, line in given.items() if line is not None}
    for key, line in lines.items():
        if len(line) > _LONGEST_LINE:
            raise UsageError(Told("arranged_long", line=Told(f"line_{key}"), number=len(line), most=_LONGEST_LINE))
    if note is not None:
        note = note.replace("\r\n", "\n").strip()
        if len(note) > _LONGEST_NOTE:
            raise UsageError(Told("arranged_note", number=f"{len(note):,}", most=f"{_LONGEST_NOTE:,}"))

    def change(_: Edition, before: Arrangement) -> _Change:
        worded = replace(before, **lines, note=before.note if note is None else note)
        told = [
            Told("worded", line=Told(f"line_{key}"), words=line)
            for key, line in lines.items()
            if getattr(before, key) != line
        ]
        told += [Told("line_note")] if worded.note != before.note else []
        return _Change(verb="word", detail=Told.joined(told, ", "), arrangement=worded)

    return _arrange(app, name, change, by=by, now=now, version=version)


def edit_within(app: App, name: str, edit: Edit, *, by: By, now: datetime, version: str | None = None) -> Current:
    """Set something on an item by hand, as `digest.core.content.edit_item` does, and take it over into an edition.

    Answer and errors as for `drop`; `UsageError` also where the item cannot be so.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    let_by(app, by, "arrange", campaign.list_names)
    found = current(app, campaign)
    _must_wait(app, found)
    if version is not None:
        must_be(app, found, version)
    edit_item(app, edit, now, by=by)
    return _arrange(app, name, lambda _, before: _Change(verb="", detail="", arrangement=before), by=by, now=now)


def _arrange(
    app: App,
    name: str,
    change: Callable[[Edition, Arrangement], _Change],
    *,
    by: By,
    now: datetime,
    version: str | None = None,
    wanted: Sequence[Pair] = (),
) -> Current:
    """Make a change, in the transaction that sees that what it was made on is still so."""
    while True:
        with app.store.read() as connection:
            campaign = campaign_named(connection, name)
        let_by(app, by, "arrange", campaign.list_names)
        found = current(app, campaign)
        edition = _must_wait(app, found)
        if version is not None:
            must_be(app, found, version)
        made = change(edition, campaign.arrangement)
        after = composed_afresh(app, replace(campaign, arrangement=made.arrangement)) or edition
        for pair in wanted:
            if not group_of(after, pair):
                raise UsageError(_why_not(after, name, pair))
        if not after.entries:
            raise UsageError(Told("arranged_empty", name=name))
        mail = render_edition(app, after) if is_another(campaign, after) else None
        with app.store.write() as connection:
            if not same(campaigns.locked(connection, campaign.id), campaign):
                continue
            if made.verb and made.arrangement != campaign.arrangement:
                campaigns.set_arrangement(connection, campaign.id, made.arrangement)
                activity.record(connection, at=now, by=by, verb=made.verb, subject=name, detail=made.detail)
            if mail is not None:
                remember(connection, campaign, after)
                freeze(app, connection, campaign, after, mail)
            stored = campaigns.by_id(connection, campaign.id) or campaign
        return as_frozen(app, stored)


def may_be_arranged(app: App, found: Current) -> bool:
    """Whether an edition waits, and nobody has it."""
    try:
        _must_wait(app, found)
    except UsageError:
        return False
    return True


def _must_wait(app: App, found: Current) -> Edition:
    """The edition, while it can still be changed."""
    campaign = found.campaign
    if found.edition is None or campaign.rendered is None:
        raise UsageError(f"{campaign.name} has no items to arrange")
    with app.store.read() as connection:
        begun = outbox.was_tried(connection, campaign)
    if begun or not moves.may_be(campaign, Move.APPROVE):
        status = Told.of(campaign.status.value, f"console_status_{campaign.status}")
        raise UsageError(Told("arranged_stands", name=campaign.name, status=status))
    return found.edition


def _standing(edition: Edition, name: str, pair: Pair) -> tuple[Group, Entry]:
    """Something in an edition, with the group that it stands in."""
    found = group_of(edition, pair)
    if found is None:
        raise UsageError(Told("arranged_not_there", item="/".join(pair), name=name))
    _, group, entry = found
    return group, entry


def _copies(app: App, pairs: Sequence[Pair]) -> frozenset[Pair]:
    """These and every copy of the same things, by whatever keys they had."""
    things = whole_stock(app).things(app)
    same_things = (thing for thing in things if not {*thing.keys, *thing.former}.isdisjoint(pairs))
    return frozenset((*pairs, *(pair for thing in same_things for pair in (*thing.keys, *thing.former))))


def _why_not(edition: Edition, name: str, pair: Pair) -> str:
    reason = next((one.reason for one in edition.skipped if (one.source, one.key) == pair), "it is not known")
    return f"{'/'.join(pair)} cannot be brought into {name}: {reason}"


def _title(text: str) -> str:
    return f'"{one_line(text)[:100]}"'
