"""Importing people from another program: who comes, who stays away, and why; all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.config.addresses import address_key
from digest.config.exports import Exported, Stood, Tool, read_export
from digest.config.spoken import Spoken
from digest.errors import Problem
from digest.model import By, PersonSkip, Recipient, Told
from digest.store import campaigns, outbox, people
from digest.store.organisers import activity
from digest.store.people import BroughtBy, Change, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPlan:
    """What an import would change on one list; everybody in it is in one of these."""

    name: str
    tool: str
    added: tuple[Recipient, ...]
    left: tuple[Recipient, ...]  # there; kept as having left the list here
    suppressed: tuple[tuple[Recipient, str], ...]  # there, with the reason; never mailed from here
    kept_out: tuple[tuple[Recipient, str], ...]  # not brought back here, with why
    unchanged: tuple[Recipient, ...]  # as they stand here already
    unconfirmed: tuple[Recipient, ...]  # never said yes there; not taken over
    languages: tuple[Change, ...] = ()  # of the unchanged: whose language the file tells otherwise, and who chose none

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each kind."""
        kinds = ("added", "left", "suppressed", "kept_out", "unchanged", "unconfirmed")
        return {kind: len(getattr(self, kind)) for kind in kinds}


def read_people(
    app: App, content: bytes, *, tool: Tool, place: str, list_name: str, stood: Stood | None = None
) -> tuple[Exported, ...]:
    """Everybody that an export tells of; arguments and errors as of `read_export`.

    Raises:
        ConfigError: with everything in the file that cannot be taken.
        UsageError: when the list is not configured.
    """
    entry, spoken = app.list_named(list_name), _spoken(app)
    return read_export(content, tool=tool, place=place, entry=entry, stood=stood, spoken=spoken)


def unknown_languages(app: App, exported: Sequence[Exported]) -> tuple[Problem, ...]:
    """What to say of languages that an export tells and the network has not; nobody is left out for them."""
    spoken = _spoken(app)
    return tuple(spoken.astray((one.where, one.astray) for one in exported if one.astray)) if spoken else ()


def _spoken(app: App) -> Spoken | None:
    return Spoken(app.config.languages) if len(app.config.languages) > 1 else None


def plan_import(app: App, exported: Sequence[Exported], *, list_name: str, tool: str) -> ImportPlan:
    """What `import_people` would change; writes nothing."""
    with app.store.read() as connection:
        return _planned(connection, exported, list_name, tool)


def import_people(
    app: App, exported: Sequence[Exported], now: datetime, *, list_name: str, tool: str, by: By
) -> ImportPlan:
    """Take people over into a list.

    Who left, bounced or complained there comes as such, never as subscribed. Who left here, or is suppressed here,
    stays so whatever the file says; who put themselves on the list here stays on it, though they left there before.

    Raises:
        UsageError: when the list is not configured.
    """
    entry = app.list_named(list_name)
    with app.store.write() as connection:
        plan = _planned(connection, exported, list_name, tool)
        list_id = people.ensure_list(connection, list_name, entry.title or list_name)
        if plan.added:
            people.subscribe(connection, list_id, plan.added, now, origin=BroughtBy.IMPORT)
        if plan.left:
            people.record_left(connection, list_id, plan.left, now)
        for person, came_back in plan.suppressed:
            people.suppress(
                connection, person.address, reason=came_back, detail=str(Told("imported_from", tool=tool)), now=now
            )
        people.tell_anew(connection, plan.languages)
        told = Told("imported", tool=tool, told=Told("imported_counts", **plan.counts))
        activity.record(connection, at=now, by=by, verb="import", subject=list_name, detail=told)
        for campaign in campaigns.sending(connection):
            outbox.skip_unmailable(connection, campaign, now)
    return plan


def _planned(connection: Connection, exported: Sequence[Exported], list_name: str, tool: str) -> ImportPlan:
    held, suppressed = people.standing_here(connection, list_name)
    is_forgotten = people.known_again(connection)
    found: dict[str, list[Recipient]] = {kind: [] for kind in ("added", "left", "unchanged", "unconfirmed")}
    refused: list[tuple[Recipient, str]] = []
    returned: list[tuple[Recipient, str]] = []
    for one in exported:
        person = one.person
        key = address_key(person.address)
        status, origin = held.get(key, (None, None))
        if is_forgotten(person.address):
            refused.append((person, PersonSkip.FORGOTTEN))
        elif one.stood is Stood.SUBSCRIBED and key in suppressed:
            refused.append((person, f"suppressed ({suppressed[key]})"))
        elif one.stood is Stood.SUBSCRIBED and status is Status.UNSUBSCRIBED:
            refused.append((person, "unsubscribed"))
        elif one.stood in {Stood.SUBSCRIBED, Stood.UNCONFIRMED, Stood.LEFT}:
            found[_kind(one.stood, status, origin)].append(person)
        elif key in suppressed:
            found["unchanged"].append(person)
        else:
            returned.append((person, one.stood.value))
    kinds = {kind: tuple(those) for kind, those in found.items()}
    stays = [one for one in kinds["unchanged"] if held.get(address_key(one.address), (None,))[0] is Status.ACTIVE]
    languages = people.in_other_languages(connection, stays)
    return ImportPlan(
        name=list_name,
        tool=tool,
        added=kinds["added"],
        left=kinds["left"],
        suppressed=tuple(returned),
        kept_out=tuple(refused),
        unchanged=kinds["unchanged"],
        unconfirmed=kinds["unconfirmed"],
        languages=languages,
    )


def _kind(stood: Stood, status: Status | None, origin: BroughtBy | None) -> str:
    """What becomes of a person who is neither refused nor suppressed, by how they stood there and stand here."""
    if stood is Stood.SUBSCRIBED:
        return "unchanged" if status is Status.ACTIVE else "added"
    if stood is Stood.UNCONFIRMED:
        return "unconfirmed"
    stays = status is Status.ACTIVE and origin in {BroughtBy.SIGN_UP, BroughtBy.ORGANISER}
    return "unchanged" if stays or status is Status.UNSUBSCRIBED else "left"
