"""An edition as its templates see it: every wording, date and link decided, nothing left to compute; pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.model import (
    ONLINE,
    Edition,
    Entry,
    Event,
    Group,
    Item,
    Kind,
    Newness,
    PictureFile,
    Post,
    Section,
    Vacancy,
)
from digest.render.calendar_links import CalendarLinks
from digest.render.dates import Calendar, DateBlock
from digest.render.phrases import Phrases
from digest.render.plain import one_line, printable
from digest.render.rhythms import say_rhythm
from digest.render.titles import freed
from digest.text.markup import markdown_to_html, text_part
from digest.text.pictures import ShownPicture, whole_width, with_ours

SUBJECT_LENGTH = 78  # characters; more is cut off in most lists of mail
WHOLE_WIDTH = (552, 480)
"""CSS pixels of a picture that has the width of a mail to itself."""

_LEAD = WHOLE_WIDTH
_BESIDE = (132, 132)  # of one beside a text
_URGENT_DAYS = 7
_PLURALS = {Kind.POST: "posts", Kind.EVENT: "events", Kind.VACANCY: "vacancies"}
_GONE = frozenset({Newness.CANCELLED, Newness.WITHDRAWN})
_MARKS = {
    Newness.LAST_CALL: "last_call",
    Newness.REMINDER: "reminder",
    Newness.MOVED: "moved",
    Newness.CANCELLED: "cancelled",
    Newness.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureView:
    """A picture as a mail shows it."""

    url: str
    width: int  # as it is shown, in CSS pixels; the file has more
    height: int
    alt: str  # "" where nobody told what is to be seen on it


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One item as it reads."""

    kind: Kind
    title: str
    url: str | None
    author: str | None  # "by Ann"
    excerpt: str
    editor: str  # "Editor's note: ..."; "" where an editor had nothing to say
    note: str  # what was read with less than certainty; "" where all is certain
    mark: str  # "Last call", "Cancelled"; "" for what is simply new
    when: str  # "Closes in 3 days – Fri 15 Nov, 5 pm"; "" for posts
    repeats: tuple[str, ...]  # "Every first Tuesday of the month, then on 5 January", "Instead of Tue 1 December"
    block: DateBlock | None  # events only
    calendar: CalendarLinks | None  # events that take place
    facts: tuple[str, ...]  # "3 posts", employer, place, salary; until when to book an event
    urgent: bool
    cancelled: bool
    categories: tuple[str, ...]  # a reader who muted them all does not get the row
    picture: PictureView | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RowGroup:
    """The rows of one category."""

    anchor: str  # unique in the edition
    title: str | None  # None: the section's only group, without a heading of its own
    rows: tuple[Row, ...]
    left_out: tuple[str, ...]  # "3 more on the web", for none, one, two ... rows left out of a mail that is too long


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionView:
    """A part of an edition."""

    kind: Kind
    anchor: str  # unique in the edition
    title: str
    counts: tuple[str, ...]  # "2 vacancies", for none, one, two ... rows
    groups: tuple[RowGroup, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionView:
    """A whole edition."""

    title: str
    date: str
    period: str
    note_html: str  # an editor's word to the readers, sanitised; "" where there is none
    note_text: str
    lead: Row | None  # what an editor pinned, with its picture over the whole width; it stands in no section then
    sections: tuple[SectionView, ...]
    highlights: tuple[str, ...]  # for the subject, which they fill but do not overflow

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every item in reading order."""
        first = () if self.lead is None else (self.lead,)
        return (*first, *(row for section in self.sections for group in section.groups for row in group.rows))


class EditionReader:
    """Turns an edition's plain data into what its templates show."""

    def __init__(
        self,
        *,
        phrases: Phrases,
        calendar: Calendar,
        categories: Mapping[str, str],
        item_url: Callable[[Item], str | None],
        calendar_links: Callable[[Event, str | None], CalendarLinks | None],
        tallies: bool = True,
        picture_url: Callable[[str], str] = lambda name: name,
        leads: bool = False,
    ) -> None:
        self._phrases, self._say = phrases, phrases.say
        self._calendar, self._categories = calendar, categories
        self._item_url, self._calendar_links = item_url, calendar_links
        self._tallies = tallies  # in a mail, whose readers get more or less of it
        self._picture_url, self._leads = picture_url, leads

    def read(self, edition: Edition) -> EditionView:
        """The edition as it reads."""
        lead = next((one for one in edition.entries if one.picture and one.may_lead), None) if self._leads else None
        whole, edition = edition, edition if lead is None else _without(edition, lead)
        kinds: Counter[Kind] = Counter()
        sections = []
        for section in edition.sections:
            kinds[section.kind] += 1
            number = "" if kinds[section.kind] == 1 else f"-{kinds[section.kind]}"
            sections.append(self._section(section, _PLURALS[section.kind] + number))
        title = one_line(edition.title)
        note_html = self._note(edition) if edition.note.strip() else ""
        return EditionView(
            title=title,
            date=self._calendar.today,
            period=edition.period,
            note_html=note_html,
            note_text=text_part(note_html),
            lead=None if lead is None else self._row(lead, leads=True),
            sections=tuple(sections),
            highlights=self._highlights(title, whole.entries),
        )

    def _note(self, edition: Edition) -> str:
        pictures = {
            one.named: ShownPicture(self._picture_url(one.file.name), *whole_width(one.file.width, one.file.height))
            for one in edition.note_pictures
        }
        return with_ours(markdown_to_html(edition.note, pictures), pictures)

    def highlights(self, edition: Edition) -> tuple[str, ...]:
        """What its subject tells."""
        return self._highlights(one_line(edition.title), edition.entries)

    def _section(self, section: Section, anchor: str) -> SectionView:
        return SectionView(
            kind=section.kind,
            anchor=anchor,
            title=one_line(section.title) if section.title else self._say(f"section_{section.kind}"),
            counts=self._tally(_PLURALS[section.kind], len(section.entries)),
            groups=tuple(
                self._group(group, f"{anchor}-{number}", alone=len(section.groups) == 1)
                for number, group in enumerate(section.groups, start=1)
            ),
        )

    def _group(self, group: Group, anchor: str, *, alone: bool) -> RowGroup:
        if group.category is None:
            title = None if alone else self._say("uncategorised")
        else:
            title = one_line(self._categories.get(group.category, group.category))
        return RowGroup(
            anchor=anchor,
            title=title,
            rows=tuple(self._row(entry) for entry in group.entries),
            left_out=self._tally("more_on_web", len(group.entries)),
        )

    def _tally(self, phrase: str, most: int) -> tuple[str, ...]:
        return tuple(self._say(phrase, count) for count in range(most + 1)) if self._tallies else ()

    def _picture(self, entry: Entry, *, leads: bool) -> PictureView | None:
        if entry.picture is None:
            return None
        file, box = (entry.picture.large, _LEAD) if leads else (entry.picture.small, _BESIDE)
        return picture_view(file, alt=entry.item.image_alt, box=box, url=self._picture_url(file.name))

    def _row(self, entry: Entry, *, leads: bool = False) -> Row:
        item = entry.item
        facts: tuple[str | None, ...] = ()
        url = web_address(item.url) or self._item_url(item)
        title = one_line(item.title)
        when, block, calendar, urgent, cancelled = "", None, None, False, False
        repeats: tuple[str, ...] = ()
        match item:
            case Event():
                when, block = self._calendar.event(item), self._calendar.block(item)
                cancelled = item.cancelled or entry.newness is Newness.CANCELLED
                off = cancelled or entry.newness is Newness.WITHDRAWN
                place = place_of(item, self._phrases)
                title = freed(title, (place,))
                facts = (place, *(() if off else self._calendar.deadlines(item)))
                calendar = None if cancelled else self._calendar_links(item, url)
                repeats = tuple(self._repeats(entry, item, off=off))
            case Vacancy():
                when = self._calendar.closing(item)
                openings, place = openings_of(item, self._phrases), place_of(item, self._phrases)
                title = freed(title, (openings, item.employer, place, item.salary))
                facts = (openings, _beyond(title, item.employer), place, _beyond(title, item.salary))
                urgent = entry.newness is Newness.LAST_CALL or self._closes_soon(item)
            case Post():
                pass
        mark = _MARKS.get(Newness.CANCELLED if cancelled else entry.newness)
        return Row(
            kind=item.kind,
            picture=self._picture(entry, leads=leads),
            title=title or self._say("untitled"),
            url=url,
            author=self._say("by", name=one_line(item.author)) if item.author else None,
            excerpt=one_line(item.summary),
            note=doubts_of(item, self._phrases),
            editor=self._say("editor", note=one_line(item.note)) if item.note.strip() else "",
            mark=self._say(mark) if mark else "",
            when=when,
            repeats=repeats,
            block=block,
            calendar=calendar,
            facts=tuple(one_line(fact) for fact in facts if fact),
            urgent=urgent,
            cancelled=cancelled,
            categories=item.categories,
        )

    def _repeats(self, entry: Entry, event: Event, *, off: bool) -> Iterator[str]:
        """From where the occurrence was moved, how its series recurs, and the further dates that are told with it."""
        further = [(one.item, one.newness) for one in entry.further if isinstance(one.item, Event)]
        gone = [other for other, newness in further if newness in _GONE]
        if off:
            if gone:
                yield self._say("nor_on", dates=self._calendar.days(gone))
            return
        if event.moved_from is not None:
            yield self._say("instead_of", date=self._calendar.planned(event))
        said = say_rhythm(event.rhythm, self._phrases) if event.rhythm else ""
        then = [other for other, newness in further if newness not in _GONE]
        if then := then or [replace(event, starts_at=one) for one in event.dates if one > event.starts_at]:
            dates = self._calendar.days(then)
            said = self._say("then_on", rhythm=said, dates=dates) if said else self._say("also_on", dates=dates)
        if gone:
            dates = self._calendar.days(gone)
            said = self._say("but_not_on", told=said, dates=dates) if said else self._say("nor_on", dates=dates)
        if said:
            yield said

    def _closes_soon(self, vacancy: Vacancy) -> bool:
        days = self._calendar.days_left(vacancy)
        return days is not None and days <= _URGENT_DAYS

    def _highlights(self, title: str, entries: tuple[Entry, ...]) -> tuple[str, ...]:
        """What an edition's subject tells, most pressing first: each in the longest wording that still fits."""
        items = [entry.item for entry in entries]
        vacancies = [item for item in items if isinstance(item, Vacancy)]
        events = [item for item in items if isinstance(item, Event)]
        posts = [item for item in items if isinstance(item, Post)]
        counts = {
            kind: self._say(_PLURALS[kind], len(found))
            for kind, found in ((Kind.VACANCY, vacancies), (Kind.EVENT, events), (Kind.POST, posts))
            if found
        }
        off = {id(entry.item) for entry in entries if entry.newness is Newness.WITHDRAWN}
        coming = [event for event in events if not event.cancelled and id(event) not in off]
        if events and not coming:
            counts[Kind.EVENT] = self._say("events_changed", len(events))
        wordings = {kind: [count] for kind, count in counts.items()}
        if soon := [vacancy for vacancy in vacancies if self._closes_soon(vacancy)]:
            this_week = all(self._calendar.closes_this_week(vacancy) for vacancy in soon)
            wordings[Kind.VACANCY] = [self._say("closing_this_week" if this_week else "closing_soon", len(soon))]
        if coming:
            name = one_line(coming[0].title)
            days = self._calendar.event_days(coming[0])
            dated = re.search(rf"(?<!\d){self._calendar.block(coming[0]).day}(?!\d)", name)  # says its day itself
            named = [name] if dated else [self._say("event_on", title=name, date=day) for day in days]
            wordings[Kind.EVENT][:0] = named
        if list(counts) == [Kind.POST]:
            name, more = one_line(posts[0].title), len(posts) - 1
            wordings[Kind.POST].insert(0, self._say("and_more", more, title=name) if more else name)
        chosen = _fitting(wordings.values(), SUBJECT_LENGTH)
        if chosen and set(chosen) <= set(counts.values()):  # numbers alone do not say of what
            first, *others = chosen
            titled = [self._say("titled", title=title, content=first), first]
            chosen = _fitting([titled, *([other] for other in others)], SUBJECT_LENGTH)
        return tuple(chosen)


def picture_view(file: PictureFile, *, alt: str, box: tuple[int, int], url: str) -> PictureView:
    """A picture as large as it is shown: within a box of CSS pixels, and never larger than it is."""
    scale = min(1.0, box[0] / file.width, box[1] / file.height)
    width, height = (max(1, round(side * scale)) for side in (file.width, file.height))
    return PictureView(url=url, width=width, height=height, alt=one_line(alt))


def _without(edition: Edition, lead: Entry) -> Edition:
    sections = []
    for section in edition.sections:
        groups = [
            replace(group, entries=tuple(one for one in group.entries if one is not lead)) for group in section.groups
        ]
        sections.append(replace(section, groups=tuple(group for group in groups if group.entries)))
    return replace(edition, sections=tuple(section for section in sections if section.groups))


def _fitting(wordings: Iterable[Sequence[str]], room: int) -> list[str]:
    """Of each thing to tell, the first wording that still fits into `room` characters beside those before it."""
    chosen: list[str] = []
    for wording in wordings:
        fitting = [words for words in wording if len(", ".join([*chosen, words])) <= room]
        chosen += fitting[:1]
    return chosen


def doubts_of(item: Item, phrases: Phrases) -> str:
    """One sentence on what was read with less than certainty; "" where all is certain."""
    doubts = "; ".join(one_line(doubt).rstrip(".") for doubt in item.doubts)
    if doubts and not phrases.english:
        return phrases.say("doubtful")  # doubts are written in English, for the organisers
    return phrases.say("doubt", doubts=doubts[:1].upper() + doubts[1:]) if doubts else ""


def openings_of(vacancy: Vacancy, phrases: Phrases) -> str:
    """How many posts an advert offers, as in "3 posts"; "" for one."""
    return phrases.say("openings", vacancy.openings) if (vacancy.openings or 1) > 1 else ""


def place_of(item: Event | Vacancy, phrases: Phrases) -> str | None:
    """Where it is, as written; "Online" in the readers' language."""
    parts = (item.location or "").split("; ")
    return "; ".join(phrases.say("online") if part == ONLINE else part for part in parts) or None


def web_address(url: str | None) -> str | None:
    """The address when it is one that a mail may link to; a source may carry anything, "javascript:" included."""
    return url if url and re.fullmatch(r"https?://[^\s\"<>\\{}]+", url) and url == printable(url) else None


def _beyond(title: str, fact: str | None) -> str | None:
    """The fact, unless the title that stands above it has said it already."""
    said = fact and re.search(rf"(?<!\w){re.escape(one_line(fact))}(?!\w)", one_line(title), re.IGNORECASE)
    return None if said else fact


def facts_on_page(item: Item, calendar: Calendar, phrases: Phrases) -> tuple[str, ...]:
    """When and where, for the page of an item that has none of its own."""
    facts: tuple[str | None, ...]
    match item:
        case Event():
            rhythm = say_rhythm(item.rhythm, phrases) if item.rhythm else None
            facts = (calendar.event(item), rhythm, place_of(item, phrases), *calendar.deadlines(item))
        case Vacancy():
            closing = calendar.closing_date(item)
            facts = (closing, openings_of(item, phrases), item.employer, place_of(item, phrases), item.salary)
        case Post():
            return ()
    return tuple(fact for fact in facts if fact)
