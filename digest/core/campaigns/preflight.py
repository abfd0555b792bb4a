"""Preflight: what is wrong with a mail before anybody gets it; its errors keep it from being sent."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from digest.app import App
from digest.collect.dates import find_dates, read_date
from digest.compose import expired
from digest.core.content.notes import unshown_in_note
from digest.model import Announcement, Certainty, Edition, Field, Item, Rendered, Slot, Told, Unshown
from digest.render import Compiled
from digest.render.preflight import Finding, Words, preflight

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def findings_in(
    app: App,
    compiled: Compiled,
    content: Edition | Announcement,
    now: datetime,
    *,
    unshown: Sequence[Unshown] = (),
) -> tuple[Finding, ...]:
    """Everything found in a mail as it would go out at `now` to those who muted nothing, errors first.

    What is found only in another language than the network's says in which.

    Args:
        app: whose settings it is judged by.
        compiled: the mail.
        content: what it says.
        now: when it would go.
        unshown: pictures that an announcement names and goes without; those of an edition's note are known.
    """
    missing = unshown_in_note(app, content) if isinstance(content, Edition) else unshown
    found = list(_found(app, compiled, content, now, missing))
    for language, mail in compiled.translations.items():
        further = _found(app, mail, content, now, missing)
        found += [replace(one, language=language) for one in further if one not in found]
    return tuple(sorted(found, key=lambda one: one.level != "error"))


def _found(
    app: App, compiled: Compiled, content: Edition | Announcement, now: datetime, missing: Sequence[Unshown]
) -> tuple[Finding, ...]:
    rendered = compiled.for_readers()
    zone = app.config.network.zone
    shown = content.attached if isinstance(content, Announcement) else content
    entries = shown.entries if shown else ()
    past = [(entry.item, reason) for entry in entries if (reason := expired(entry.item, now, zone))]
    return preflight(
        rendered,
        content=content,
        config=app.config,
        past=past,
        contradicting=tuple(_contradicting(app, rendered, content, now)),
        missing=missing,
    )


def errors_in(app: App, compiled: Compiled, content: Edition | Announcement, now: datetime) -> tuple[Told, ...]:
    """Why a mail must not go out, one sentence each."""
    found = findings_in(app, compiled, content, now)
    return tuple(one.noted for one in found if one.level == "error")


def _contradicting(app: App, rendered: Rendered, content: Edition | Announcement, now: datetime) -> Iterator[Words]:
    """Dates whose weekday is another: those that decided something, then any that the mail shows."""
    decisive = tuple(_contradicting_items(content)) if isinstance(content, Edition) else ()
    for item, words in decisive:
        place = f"{item.source}/{item.key}"
        yield Words(phrase="finding_contradicts", facts={"title": item.title, "item": place, "words": words})
    today = now.astimezone(app.config.network.zone).date()
    around = (piece for piece in rendered.text if not isinstance(piece, Slot | Field))
    shown = "\n".join([rendered.subject, *map(str, around)])
    for written in find_dates(shown):
        read = read_date(written, reference=today)
        if read is None or read.certainty is not Certainty.CONTRADICTED:
            continue
        words = " ".join(written.text.split())
        if not any(words in f"{item.title} {told}" for item, told in decisive):
            day = Words(phrase=_WEEKDAYS[read.first.weekday()])
            yield Words(phrase="finding_weekday", facts={"words": words, "day": day})


def contradictions(edition: Edition) -> Iterator[Told]:
    """Which of its items contradict themselves, in what their dates were read from."""
    for item, words in _contradicting_items(edition):
        yield Told("contradicts", title=item.title, item=f"{item.source}/{item.key}", words=words)


def _contradicting_items(edition: Edition) -> Iterator[tuple[Item, str]]:
    """Each item that contradicts itself, with the words."""
    for entry in edition.entries:
        for reading in entry.item.readings:
            if reading.certainty is Certainty.CONTRADICTED:
                yield entry.item, reading.words
