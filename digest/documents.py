"""How things read as JSON, by the keys of the contract: items, editions, sources, campaigns, activity."""

from dataclasses import asdict, astuple, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from digest import model
from digest.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.core.campaigns import Row
    from digest.core.content import Explained
    from digest.core.editions import Current
    from digest.core.people import Growth, PersonStory, Taken
    from digest.model import Activity, Draft, Edit, Edition, Entry, Item, Organiser, Preferences, Report, SourceResult
    from digest.store.organisers.sessions import Session
    from digest.store.people.returns import KeptReturn

_FORMULA = ("=", "+", "-", "@", "\t")


def item_json(item: "Item", zone: ZoneInfo, *, whole: bool = True) -> dict[str, Any]:
    """An item by the contract's keys; times in the network's zone."""

    def local(moment: datetime | None) -> str | None:
        return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None

    event = item if isinstance(item, model.Event) else None
    vacancy = item if isinstance(item, model.Vacancy) else None
    dated = event or vacancy
    document: dict[str, Any] = {
        "key": item.key,
        "kind": item.kind,
        "source": item.source,
        "title": item.title,
        "author": item.author,
        "categories": list(item.categories),
        "url": item.url,
        "summary": item.summary,
        "published_at": local(item.published_at),
        "first_seen_at": local(item.first_seen_at),
        "starts_at": local(event.starts_at) if event else None,
        "ends_at": local(event.ends_at) if event else None,
        "book_by": local(event.book_by) if event else None,
        "abstracts_by": local(event.abstracts_by) if event else None,
        "location": dated.location if dated else None,
        "closes_at": local(vacancy.closes_at) if vacancy else None,
        "employer": vacancy.employer if vacancy else None,
        "salary": vacancy.salary if vacancy else None,
        "openings": vacancy.openings if vacancy else None,
        "all_day": dated.all_day if dated else None,
        "cancelled": event.cancelled if event else None,
        "series": (event.series or None) if event else None,
        "rhythm": rhythm_in_words(item),
        "moved_from": local(event.moved_from) if event else None,
        "doubts": list(item.doubts),
        "readings": [asdict(reading) for reading in item.readings],
        "marked": item.marked or None,
        "withdrawn": item.withdrawn,
        "hidden": item.hidden,
        "pinned": item.pinned,
        "note": item.note,
    }
    return document | {"body": item.text} if whole else document


def verdict_json(explained: "Explained") -> dict[str, Any]:
    """What the words of an item say that it is, and why: the evidence against the next likeliest kind, in log odds."""
    from digest.core.content import change_told  # noqa: PLC0415
    from digest.render.phrases import IN_ENGLISH  # noqa: PLC0415

    verdict, alike = explained.verdict, explained.alike
    return {
        "kind": verdict.kind,
        "confidence": round(verdict.confidence, 3),
        "otherwise": verdict.runner_up,
        "evidence": [
            {"sign": one.sign, "weight": round(one.weight, 2), "words": list(one.words)} for one in verdict.evidence
        ],
        "answers": alike
        and {"kind": alike.kind, "weight": alike.weight, "own": alike.own, "titles": list(alike.titles)},
        "would_change": change_told(explained, IN_ENGLISH),
        "from_next_collection": explained.later,
    }


def entry_json(entry: "Entry", zone: ZoneInfo) -> dict[str, Any]:
    """An item as an edition shows it, with the further dates of its series that it tells of."""
    further = [
        {
            "newness": one.newness,
            "key": one.item.key,
            "starts_at": one.item.starts_at.astimezone(zone).isoformat(timespec="seconds"),
        }
        for one in entry.further
        if isinstance(one.item, model.Event)
    ]
    return {"newness": entry.newness, **item_json(entry.item, zone, whole=False), "further": further}


def own(item: "Item") -> tuple[str, str]:
    """An item's source and key."""
    return item.source, item.key


def named(item: "Item") -> str:
    """An item as a person names it: SOURCE/KEY."""
    return "/".join(own(item))


def rhythm_in_words(item: "Item") -> str | None:
    """How an event recurs, in English, where that can be said."""
    if not isinstance(item, model.Event) or item.rhythm is None:
        return None
    from digest.render import rhythm_in_english  # noqa: PLC0415

    return rhythm_in_english(item.rhythm)


def edit_json(edit: "Edit", zone: ZoneInfo) -> dict[str, Any]:
    """What was set by hand, and nothing else."""
    values = {field.name: getattr(edit, field.name) for field in fields(edit) if field.name not in {"source", "key"}}
    return {
        name: value.astimezone(zone).isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for name, value in values.items()
        if value not in (None, False) or (value is False and name in {"hidden", "pinned"})
    }


def edition_json(edition: "Edition", zone: ZoneInfo) -> dict[str, Any]:
    """What an edition shows, by sections and groups, and what it leaves out."""
    return {
        "sections": [
            {
                "kind": section.kind,
                "groups": [
                    {
                        "category": group.category,
                        "items": [entry_json(entry, zone) for entry in group.entries],
                    }
                    for group in section.groups
                ],
            }
            for section in edition.sections
        ],
        "skipped": [{"source": one.source, "key": one.key, "reason": one.reason} for one in edition.skipped],
    }


def current_json(found: "Current", zone: ZoneInfo) -> dict[str, Any]:
    """A campaign's edition as it would go now, with the version that a change is made on."""
    edition = found.edition
    return {
        "campaign": found.campaign.name,
        "status": found.campaign.status,
        "version": found.version,
        "subject": found.subject,
        "preheader": edition.preheader if edition else "",
        "note": edition.note if edition else "",
        **(edition_json(edition, zone) if edition else {"sections": [], "skipped": []}),
    }


def source_json(result: "SourceResult") -> dict[str, Any]:
    """What one collection of one source came to."""
    return {
        "source": result.source,
        "new": result.new,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "failed": result.error is not None,
        "error": result.error,
        "unreadable": list(result.unreadable),
        "pictures": list(result.pictures),
    }


def report_json(report: "Report") -> dict[str, Any]:
    """A campaign by the contract's keys."""
    counts = {
        state.value: report.states.get(state, 0)
        for state in model.DeliveryState
        if state is not model.DeliveryState.SKIPPED
    }
    return {
        "campaign": report.campaign,
        "status": report.status,
        "reason": report.reason,
        "recipients": report.recipients,
        **counts,
        "bounced": report.bounced,
        "complained": report.complained,
        "in_doubt": report.in_doubt,
        "skipped": dict(report.skipped),
        "seconds": round(report.seconds, 3),
        "rate": round(report.rate, 1),
    }


def person_json(story: "PersonStory", zone: ZoneInfo) -> dict[str, Any]:
    """Why a person gets mail or not: lists, suppression, digests and what was sent."""
    return {
        "address": story.address,
        "name": story.name,
        "suppressed": story.suppressed,
        "lists": {
            name: {"status": status, "since": since.astimezone(zone)} for name, (status, since) in story.lists.items()
        },
        "digests": {name: f"out: {why}" if why else "in" for name, why in story.digests.items()},
        "preferences": preferences_json(story.preferences, zone),
        "deliveries": [
            {"campaign": campaign, "state": state, "why": why, "at": when and when.astimezone(zone)}
            for campaign, state, why, when in story.deliveries
        ],
        "returns": [return_json(one, zone) for one in story.returns],
    }


def return_json(one: "KeptReturn", zone: ZoneInfo) -> dict[str, Any]:
    """Something that came back; what is empty is left out."""
    found = one.returned
    document = {
        "at": found.received_at.astimezone(zone).isoformat(timespec="seconds"),
        "kind": found.kind.value,
        "class": found.bounce_class and found.bounce_class.value,
        "status": found.status,
        "campaign": one.campaign,
        "reported_address": found.reported_address,
        "detail": found.excerpt,
        "source": one.source,
    }
    return {name: value for name, value in document.items() if value}


def taken_json(taken: "Taken") -> dict[str, Any]:
    """What reading what came back came to."""
    return {
        "read": taken.read,
        "known": taken.known,
        "unmatched": taken.unmatched,
        "kinds": dict(taken.kinds),
        "suppressed": list(taken.suppressed),
        "held": list(taken.held),
    }


def preferences_json(preferences: "Mapping[str, Preferences]", zone: ZoneInfo) -> dict[str, Any]:
    """What a person wants less of, of each digest and of all mail."""
    return {
        digest or "all mail": {
            name: value
            for name, value in (
                ("muted", list(one.muted)),
                ("paused_until", one.paused_until and one.paused_until.astimezone(zone)),
                ("chosen", one.chosen),
            )
            if value
        }
        for digest, one in preferences.items()
    }


def subscriber_json(story: "PersonStory", zone: ZoneInfo) -> dict[str, Any]:
    """All that is held about a person, as they get it who ask for their data."""
    suppression = story.suppression and {
        "reason": story.suppression.reason,
        "detail": story.suppression.detail,
        "since": story.suppression.since.astimezone(zone),
    }
    journal = [
        {name: value for name, value in (asdict(one) | {"at": one.at.astimezone(zone)}).items() if value}
        for one in story.journal
    ]
    asked = [
        {
            "asked_at": one.asked_at.astimezone(zone),
            "lists": list(one.list_names),
            "name": one.name,
            "network": one.network,
            **({"language": one.language} if one.language else {}),
            "invited": one.invited,
            "confirmed_at": one.confirmed_at and one.confirmed_at.astimezone(zone),
        }
        for one in story.sign_ups
    ]
    held = person_json(story, zone) | {"suppression": suppression, "journal": journal}
    held |= {"language": story.language} if story.language else {}
    return held | ({"sign_ups": asked} if asked else {})


def draft_json(draft: "Draft", zone: ZoneInfo) -> dict[str, Any]:
    """An announcement that is being written."""

    def local(moment: datetime | None) -> str | None:
        return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")

    return {
        "id": draft.id,
        "name": draft.name,
        "state": draft.state,
        "version": draft.version,
        "send_at": local(draft.send_at),
        "trouble": draft.trouble,
        "correcting": draft.correcting,
        "campaign": draft.campaign,
        "changed_at": local(draft.changed_at),
        "changed_by": str(draft.changed_by),
        "created_at": local(draft.created_at),
        "created_by": str(draft.created_by),
        "text": draft.text,
    }


def organiser_json(one: "Organiser", sessions: "Sequence[Session]", zone: ZoneInfo) -> dict[str, Any]:
    """Somebody who runs the mail, and where they are signed in."""
    return {
        "email": one.email,
        "name": one.name,
        "role": one.role.value,
        "lists": list(one.lists),
        "sessions": [
            {
                "started_at": held.started_at.astimezone(zone).isoformat(timespec="seconds"),
                "seen_at": held.seen_at.astimezone(zone).isoformat(timespec="seconds"),
                "browser": held.agent,
                "network": held.network,
            }
            for held in sessions
        ],
    }


def activity_json(one: "Activity", zone: ZoneInfo) -> dict[str, Any]:
    """One thing that somebody did."""
    return {
        "at": one.at.astimezone(zone).isoformat(timespec="seconds"),
        "by": str(one.by),
        "verb": one.verb,
        "subject": one.subject,
        "detail": one.detail,
    }


def growth_json(lists: "Sequence[Growth]", mondays: "Sequence[date]") -> dict[str, Any]:
    """How many were on each list at the end of each week."""
    weeks = [monday.isoformat() for monday in mondays]
    return {
        "lists": [
            {
                "name": one.name,
                "active": one.counts[-1],
                "weeks": [{"monday": monday, "active": count} for monday, count in zip(weeks, one.counts, strict=True)],
            }
            for one in lists
        ]
    }


def csv_rows(rows: "Iterable[Row]", zone: ZoneInfo) -> "Iterator[list[object]]":
    """A heading and a row of cells for each delivery, for a spreadsheet."""
    from digest.core.campaigns import Row  # noqa: PLC0415

    yield [field.name for field in fields(Row)]
    for row in rows:
        yield [_cell(value, zone) for value in astuple(row)]


def _cell(value: object, zone: ZoneInfo) -> object:
    """A value that a spreadsheet shows and does not calculate (OWASP: CSV injection), and that steers no terminal."""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if not isinstance(value, str):
        return value
    text = visible(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
