"""From what a source says to what it means: kind, dates in the network's zone, sanitised text; pure."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from digest.collect.called_off import as_it_was_announced, standing
from digest.collect.dates import writes_month_first
from digest.collect.evidence import KINDS, Learned, Provenance, Verdict, Words, judge, words_of
from digest.collect.facts import (
    EventFacts,
    VacancyFacts,
    deadline_readings,
    event_facts,
    moment_of,
    vacancy_facts,
    vague_start,
)
from digest.collect.found import Found, Moment, Source
from digest.collect.structure import unlike_the_prose, with_what_is_marked
from digest.model import PERHAPS, UNDATED, UNKNOWN_LANGUAGE, Doubt, Event, Item, Kind, Post, Vacancy
from digest.text.links import without_tracking
from digest.text.markup import as_read, excerpt, html_to_text, one_line, plain_text, plain_to_html, sanitise
from digest.text.pictures import first_picture

_MAX_PROSE = 60_000  # characters in which facts are looked for
_MAX_TITLE = 300
_MAX_ALT = 200
_LIKELY = 0.35  # chance from which another kind is a doubt


class _Common(TypedDict):
    source: str
    key: str
    title: str
    author: str | None
    categories: tuple[str, ...]
    summary: str
    text: str
    html: str
    image_url: str | None
    image_alt: str
    published_at: datetime | None
    first_seen_at: datetime
    known_as: tuple[str, ...]
    marked: str


def resolve(
    found: Found,
    *,
    source: Source,
    first_seen_at: datetime,
    zone: ZoneInfo,
    language: str = "en-GB",
    answered: Learned | None = None,
) -> Item:
    """Decide what was found and when it is.

    Everything follows from the arguments, so that collecting again later gives the same item. A date without a year
    is the next one after the item was published or, where the source does not say when, first seen.

    Args:
        found: what the source holds.
        source: as configured.
        first_seen_at: when it was collected first.
        zone: the network's.
        language: the network's.
        answered: what the network's editors said of other posts.
    """
    month_first = writes_month_first(source.language or language)
    found = with_what_is_marked(found, seen=first_seen_at.date(), month_first=month_first)
    found = replace(found, url=without_tracking(found.url)) if found.url else found
    html, text = _bodies(found)
    title = one_line(found.title)[:_MAX_TITLE] or excerpt(text, 80) or "(untitled)"
    published_at = _instant(found.published_at, zone)
    picture = (found.image_url, found.image_alt) if found.image_url else first_picture(html)
    common = _Common(
        source=source.name,
        key=found.key,
        title=title,
        author=one_line(found.author or "") or None,
        categories=tuple(one_line(name) for name in found.categories) or source.categories,
        summary=one_line(found.summary) or excerpt(text),
        text=text,
        html=html,
        image_url=picture[0] if picture else None,
        image_alt=one_line(picture[1])[:_MAX_ALT] if picture else "",
        published_at=published_at,
        first_seen_at=first_seen_at,
        known_as=found.aliases,
        marked=found.marked,
    )
    reference = min(published_at or first_seen_at, first_seen_at).astimezone(zone).date()
    dated = bool(found.marked) and (found.starts_at or found.closes_at) is not None
    prose = (
        text[:_MAX_PROSE] if dated else as_read(html, text)[:_MAX_PROSE]
    )  # what is marked is held against the words alone
    said = standing(title)
    called_off = said.title != title
    announced = as_it_was_announced(prose) if called_off else prose
    words = words_of(said.title, announced, reference=reference, month_first=month_first)
    stated = found.kind is not None or found.starts_at is not None
    verdict = None
    if found.marked or not stated:
        whose = Provenance(source=source.name, author=common["author"], categories=common["categories"])
        counts = answered is not None and not stated and not answered.has(source.name, found.key)
        verdict = judge(words, whose.categories, moved=answered.moves(words, whose) if answered and counts else ())
    kind = found.kind or (Kind.EVENT if stated or verdict is None else verdict.believed)
    doubts = _doubts_of(verdict) if verdict and not stated else ()
    vacancy = (
        vacancy_facts(title, prose, words, zone=zone, author=common["author"] or "") if kind is Kind.VACANCY else None
    )
    event = (
        event_facts(announced, words, zone=zone)
        if kind is Kind.EVENT and (found.marked or not found.starts_at)
        else None
    )
    if found.marked and verdict:
        doubts += unlike_the_prose(found, verdict, words, vacancy or event, zone=zone)
    if vacancy is not None:
        advert = _vacancy(common, found, vacancy, zone, doubts)
        alone = vacancy.alone if found.closes_at is None else ""
        return _with_summary(advert, found, advert.employer, advert.salary, advert.location, alone)
    if found.starts_at is not None or event is not None:
        if said.cancelled:  # the flag says it from now on
            common["title"] = said.title
        found = replace(
            found,
            cancelled=found.cancelled or said.cancelled,
            doubts=tuple(dict.fromkeys((*found.doubts, *said.doubts))),
        )
        item = _event(common, found, event, zone, doubts)
        if event is not None and isinstance(item, Event):
            return _with_summary(item, found, item.location, event.alone if found.starts_at is None else "")
        return _with_deadlines(item, found, words, zone)
    undated = _undated(words) if kind is Kind.EVENT else doubts
    return Post(**common, url=found.url, doubts=(*found.doubts, *undated))


def _undated(words: Words) -> tuple[Doubt, ...]:
    """What is doubtful of an event without a date."""
    vague = vague_start(words)
    return (UNDATED, Doubt("vague_date", words=vague)) if vague else (UNDATED,)


def _doubts_of(verdict: Verdict) -> tuple[Doubt, ...]:
    """What an editor is asked where the evidence is not clear."""
    likely = [kind for kind, chance in zip(KINDS, verdict.chances, strict=True) if chance >= _LIKELY]
    others = [kind for kind in likely if kind is not verdict.believed]
    unknown = (UNKNOWN_LANGUAGE,) if not verdict.understood else ()
    return (*(unknown if verdict.believed is Kind.POST else ()), *(PERHAPS[other] for other in others))


def _bodies(found: Found) -> tuple[str, str]:
    if found.html:
        html = sanitise(found.html, base_url=found.base_url or found.url)
        return html, found.text or html_to_text(html)
    return plain_to_html(found.text), plain_text(found.text)


def _vacancy(common: _Common, found: Found, said: VacancyFacts, zone: ZoneInfo, unsure: tuple[Doubt, ...]) -> Vacancy:
    closes_at, all_day, doubts = said.closes_at, said.all_day, said.doubts
    if found.closes_at is not None:
        all_day = not isinstance(found.closes_at, datetime)
        closes_at = _end(found.closes_at, zone)
        doubts = ()
    return Vacancy(
        **common,
        url=found.url or said.url,
        closes_at=closes_at,
        all_day=all_day,
        employer=one_line(found.employer or "") or said.employer,
        salary=one_line(found.salary or "") or said.salary,
        location=one_line(found.location or "") or said.location,
        openings=found.openings or said.openings,
        doubts=(*found.doubts, *unsure, *doubts),
        readings=(said.reading,) if said.reading and found.closes_at is None else (),
    )


def _event(common: _Common, found: Found, said: EventFacts | None, zone: ZoneInfo, unsure: tuple[Doubt, ...]) -> Item:
    stated = _instant(found.starts_at, zone)
    location = one_line(found.location or "") or (said.location if said else None)
    url = found.url or (said.url if said else None)
    if stated is not None:
        return Event(
            **common,
            url=url,
            starts_at=stated,
            ends_at=None if found.ends_at is None else _end(found.ends_at, zone),
            book_by=None if found.book_by is None else _end(found.book_by, zone),
            all_day=not isinstance(found.starts_at, datetime),
            location=location,
            geo=found.geo,
            cancelled=found.cancelled,
            series=found.series,
            rhythm=found.rhythm if _on_the_same_day(found.starts_at, stated) else None,
            moved_from=_instant(found.moved_from, zone),
            doubts=(*found.doubts, *unsure),
        )
    if said is None:
        return Post(**common, url=url, doubts=found.doubts)
    return Event(
        **common,
        url=url,
        starts_at=said.starts_at,
        dates=said.dates,
        ends_at=said.ends_at,
        book_by=said.book_by,
        abstracts_by=said.abstracts_by,
        all_day=said.all_day,
        location=location,
        geo=found.geo,
        cancelled=found.cancelled,
        doubts=(*found.doubts, *unsure, *said.doubts),
        readings=said.readings,
    )


def _with_summary(item: Item, found: Found, *shown: str | None) -> Item:
    """An item whose summary leaves out what is shown beside it, unless its source wrote the summary."""
    if one_line(found.summary):
        return item
    return replace(item, summary=excerpt(item.text, without=[one for one in shown if one]))


def _with_deadlines(item: Item, found: Found, words: Words, zone: ZoneInfo) -> Item:
    """An event whose start is stated, with the deadlines before it that its words tell."""
    if not isinstance(item, Event) or found.series:
        return item
    start = item.starts_at.astimezone(zone).date()
    told = {one.field: one for one in deadline_readings(words, start, zone=zone)}
    if found.book_by is not None:
        told.pop("book_by", None)
    return replace(
        item,
        book_by=item.book_by or moment_of(told.get("book_by")),
        abstracts_by=moment_of(told.get("abstracts_by")),
        readings=tuple(told.values()),
    )


def _instant(moment: Moment | None, zone: ZoneInfo) -> datetime | None:
    """A stated time in the network's zone; a day begins at its midnight."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(0), zone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(UTC).astimezone(zone)


def _on_the_same_day(stated: Moment | None, local: datetime) -> bool:
    """Whether an event is on the weekday here that it has by its calendar's own clock."""
    return stated is None or (stated.date() if isinstance(stated, datetime) else stated) == local.date()


def _end(moment: Moment, zone: ZoneInfo) -> datetime:
    """A stated end in the network's zone; a day ends at the midnight after it."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment + timedelta(days=1), time(0), zone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(UTC).astimezone(zone)
