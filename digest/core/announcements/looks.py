"""A draft looked at: as it would arrive, whom it would reach, and what is wrong with it. Nothing is recorded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.compose import read_written
from digest.core.announcements.drafts import Notice, ShownMail, correction, draft, look_at
from digest.core.announcements.kept import may_write
from digest.core.announcements.mailing import reach
from digest.core.campaigns.preflight import findings_in
from digest.core.people.audience import Reach
from digest.errors import ConfigError, DigestError, UsageError
from digest.model import By, Draft, Organiser, Told
from digest.render.preflight import Finding
from digest.store.people import ListPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What is to be known before it goes."""

    problems: tuple[Told, ...]  # why there is no mail yet, one sentence each
    mail: ShownMail | None = None
    subject: str = ""
    findings: tuple[Finding, ...] = ()
    reach: Reach | None = None  # None while nobody is named who gets it
    asks: bool = False  # whether the number of people is to be typed


async def notice_of(app: App, kept: Draft, now: datetime, *, by: By | None = None) -> Notice:
    """Read a kept draft; args and errors as those of `draft`, and of `correction` for one."""
    name = kept.name or _slug(read_written(kept.text, name="draft.md").subject)
    if kept.correcting is not None:
        return await correction(app, kept.text, name=f"{name}.md", of=kept.correcting, now=now, by=by, fresh=False)
    return await draft(app, kept.text, name=f"{name}.md", list_names=(), now=now, by=by, fresh=False)


async def look_at_text(app: App, text: str, now: datetime, *, correcting: str | None, organiser: Organiser) -> Look:
    """What is being written, as it would go now; nobody else's lists are counted for anybody.

    Lists are counted as they were last applied: this is asked at every pause in typing.

    Raises:
        NotAllowedError: when it is for lists that are none of theirs.
    """
    with app.store.read() as connection:
        may_write(connection, organiser, text, correcting)
    nobodys = Draft(
        id=0,
        name="",
        text=text,
        version=0,
        created_at=now,
        created_by=organiser.by,
        changed_at=now,
        changed_by=organiser.by,
        correcting=correcting,
    )
    return await look(app, nobodys, now, pending=False)


async def shown(app: App, kept: Draft, now: datetime) -> Look:
    """A draft as it would arrive now, without who gets it."""
    try:
        notice = await notice_of(app, kept, now)
    except DigestError as error:
        return Look(problems=problems_in(error))
    return Look(problems=(), mail=look_at(app, notice), subject=notice.rendered.subject)


async def look(
    app: App, kept: Draft, now: datetime, *, pending: bool = True, plans: Sequence[ListPlan] | None = None
) -> Look:
    """A draft as it would go now, with what is stored; `pending` and `plans`: as `reach_of`."""
    try:
        notice = await notice_of(app, kept, now)
    except DigestError as error:
        return Look(problems=problems_in(error))
    findings = findings_in(app, notice.rendered, notice.announcement, now, unshown=notice.unshown)
    named = notice.correcting or notice.audience.list_names
    found = reach(app, notice, now, pending=pending, plans=plans) if named else None
    return Look(
        problems=(),
        mail=look_at(app, notice),
        subject=notice.rendered.subject,
        findings=findings,
        reach=found,
        asks=found is not None and asks(app, found.people),
    )


def problems_in(error: DigestError) -> tuple[Told, ...]:
    """What an error says, one sentence each."""
    if isinstance(error, ConfigError):
        return tuple(one.told for one in error.problems)
    said = Told.by(error)
    return (said,) if said.is_known else tuple(Told.of(line) for line in said.splitlines())


def asks(app: App, people: int) -> bool:
    """Whether so many people are to be typed by whoever sends it to them."""
    return people > app.config.limits.ask_above


class NumberError(UsageError):
    """So many get it that who sends it has to type the number, and did not."""

    def __init__(self, people: int) -> None:
        self.people = people
        super().__init__(Told("type_number", number=people))


def check_number(app: App, people: int, typed: int | None) -> None:
    """Let pass what reaches few, or of which the number was typed.

    Raises:
        NumberError: with the number.
    """
    if asks(app, people) and typed != people:
        raise NumberError(people)


def _slug(subject: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", subject.lower())[:40].strip("-") or "announcement"
