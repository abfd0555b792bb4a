"""An edition as its templates see it: every wording, date and link decided, nothing left to compute; pure."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digest.model import Edition, Entry, Event, Group, Item, Kind, Newness, Post, Section, Vacancy
from digest.render.calendar_links import CalendarLinks
from digest.render.dates import Calendar, DateBlock
from digest.render.phrases import say
from digest.render.plain import one_line, printable, shorten

SUBJECT_LENGTH = 78  # characters; more is cut off in most lists of mail
_PREHEADER_LENGTH = 150
_URGENT_DAYS = 7
_PLURALS = {Kind.POST: "posts", Kind.EVENT: "events", Kind.VACANCY: "vacancies"}
_MARKS = {
    Newness.LAST_CALL: "last_call",
    Newness.REMINDER: "reminder",
    Newness.MOVED: "moved",
    Newness.CANCELLED: "cancelled",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One item as it reads."""

    title: str
    url: str | None
    author: str | None  # "by Ann"
    excerpt: str
    editor: str  # "Editor's note: ..."; "" where an editor had nothing to say
    note: str  # what was read with less than certainty; "" where all is certain
    mark: str  # "Last call", "Cancelled"; "" for what is simply new
    when: str  # "Closes in 3 days – Fri 15 Nov, 5 pm"; "" for posts
    block: DateBlock | None  # events only
    calendar: CalendarLinks | None  # events that take place
    facts: tuple[str, ...]  # employer, place, salary
    urgent: bool
    cancelled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RowGroup:
    """The rows of one category."""

    title: str | None  # None: the section's only group, without a heading of its own
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionView:
    """A part of an edition."""

    kind: Kind
    anchor: str  # unique in the edition
    title: str
    count: str  # "2 vacancies"
    groups: tuple[RowGroup, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionView:
    """A whole edition."""

    title: str
    date: str
    period: str
    sections: tuple[SectionView, ...]
    highlights: tuple[str, ...]  # for the subject, which they fill but do not overflow
    preheader: str


class EditionReader:
    """Turns an edition's plain data into what its templates show."""

    def __init__(
        self,
        *,
        calendar: Calendar,
        categories: Mapping[str, str],
        item_url: Callable[[Item], str | None],
        calendar_links: Callable[[Event, str | None], CalendarLinks | None],
    ) -> None:
        self._calendar, self._categories = calendar, categories
        self._item_url, self._calendar_links = item_url, calendar_links

    def read(self, edition: Edition) -> EditionView:
        """The edition as it reads."""
        kinds: Counter[Kind] = Counter()
        sections = []
        for section in edition.sections:
            kinds[section.kind] += 1
            number = "" if kinds[section.kind] == 1 else f"-{kinds[section.kind]}"
            sections.append(self._section(section, _PLURALS[section.kind] + number))
        title = one_line(edition.title)
        return EditionView(
            title=title,
            date=self._calendar.today,
            period=edition.period,
            sections=tuple(sections),
            highlights=self._highlights(edition.entries, SUBJECT_LENGTH - len(title) - len(": ")),
            preheader=shorten(" · ".join(one_line(e.item.title) for e in edition.entries), _PREHEADER_LENGTH),
        )

    def _section(self, section: Section, anchor: str) -> SectionView:
        return SectionView(
            kind=section.kind,
            anchor=anchor,
            title=one_line(section.title) if section.title else say(f"section_{section.kind}"),
            count=say(_PLURALS[section.kind], len(section.entries)),
            groups=tuple(self._group(group, alone=len(section.groups) == 1) for group in section.groups),
        )

    def _group(self, group: Group, *, alone: bool) -> RowGroup:
        if group.category is None:
            title = None if alone else say("uncategorised")
        else:
            title = one_line(self._categories.get(group.category, group.category))
        return RowGroup(title=title, rows=tuple(self._row(entry) for entry in group.entries))

    def _row(self, entry: Entry) -> Row:
        item = entry.item
        facts: tuple[str | None, ...] = ()
        url = web_address(item.url) or self._item_url(item)
        when, block, calendar, urgent, cancelled = "", None, None, False, False
        match item:
            case Event():
                when, block, facts = self._calendar.event(item), self._calendar.block(item), (item.location,)
                cancelled = item.cancelled or entry.newness is Newness.CANCELLED
                calendar = None if cancelled else self._calendar_links(item, url)
            case Vacancy():
                when = self._calendar.closing(item)
                facts = (_beyond(item.title, item.employer), item.location, _beyond(item.title, item.salary))
                urgent = entry.newness is Newness.LAST_CALL or self._closes_soon(item)
            case Post():
                pass
        mark = _MARKS.get(Newness.CANCELLED if cancelled else entry.newness)
        return Row(
            title=one_line(item.title),
            url=url,
            author=say("by", name=one_line(item.author)) if item.author else None,
            excerpt=one_line(item.summary),
            note=note_of(item),
            editor=say("editor", note=one_line(item.note)) if item.note.strip() else "",
            mark=say(mark) if mark else "",
            when=when,
            block=block,
            calendar=calendar,
            facts=tuple(one_line(fact) for fact in facts if fact),
            urgent=urgent,
            cancelled=cancelled,
        )

    def _closes_soon(self, vacancy: Vacancy) -> bool:
        days = self._calendar.days_left(vacancy)
        return days is not None and days <= _URGENT_DAYS

    def _highlights(self, entries: tuple[Entry, ...], room: int) -> tuple[str, ...]:
        """What an edition's subject tells, most pressing first: each in the longest wording that still fits."""
        items = [entry.item for entry in entries]
        vacancies = [item for item in items if isinstance(item, Vacancy)]
        events = [item for item in items if isinstance(item, Event)]
        posts = [item for item in items if isinstance(item, Post)]
        wordings: list[tuple[str, ...]] = []
        if soon := sum(self._closes_soon(vacancy) for vacancy in vacancies):
            wordings.append((say("closing_soon", soon),))
        elif vacancies:
            wordings.append((say("vacancies", len(vacancies)),))
        if coming := [event for event in events if not event.cancelled]:
            title = one_line(coming[0].title)
            named = [say("event_on", title=title, date=day) for day in self._calendar.event_days(coming[0])]
            wordings.append((*named, say("events", len(events))))
        elif events:
            wordings.append((say("events", len(events)),))
        if posts and not wordings:
            title = one_line(posts[0].title)
            first = say("and_more", len(posts) - 1, title=title) if len(posts) > 1 else title
            wordings.append((first, say("posts", len(posts))))
        elif posts:
            wordings.append((say("posts", len(posts)),))

        chosen: list[str] = []
        for wording in wordings:
            fitting = [words for words in wording if len(", ".join([*chosen, words])) <= room]
            chosen += fitting[:1]
        return tuple(chosen)


def note_of(item: Item) -> str:
    """One sentence on what was read with less than certainty; "" where all is certain."""
    doubts = "; ".join(one_line(doubt).rstrip(".") for doubt in item.doubts)
    return say("doubt", doubts=doubts[:1].upper() + doubts[1:]) if doubts else ""


def web_address(url: str | None) -> str | None:
    """The address when it is one that a mail may link to; a source may carry anything, "javascript:" included."""
    return url if url and re.fullmatch(r"https?://[^\s\"<>\\{}]+", url) and url == printable(url) else None


def _beyond(title: str, fact: str | None) -> str | None:
    """The fact, unless the title that stands above it has said it already."""
    said = fact and re.search(rf"(?<!\w){re.escape(one_line(fact))}(?!\w)", one_line(title), re.IGNORECASE)
    return None if said else fact
