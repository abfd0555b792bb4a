"""Renders editions, announcements and web pages for one configuration."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from digest.config import Config, Paths
from digest.errors import TemplateError
from digest.model import Announcement, Edition, Event, Field, Item, Picture, Sliced, Told
from digest.render.archive import ArchiveReader
from digest.render.calendars import CalendarWriter
from digest.render.catalogs import catalog_folders, load_phrases
from digest.render.console import ConsolePages
from digest.render.cutting import Cutter
from digest.render.dates import Calendar, day_and_month
from digest.render.environment import make_environment, render, template_folders, template_hash, told_by_place
from digest.render.html import compile_mjml, html_for_mjml
from digest.render.language_names import locale_of, own_names
from digest.render.letters import Letter, read_letter
from digest.render.offered import OfferedAnnouncement, OfferedItem, facts_of, note_of, offered, offered_item, only_plain
from digest.render.palette import palette
from digest.render.plain import one_line, tidy
from digest.render.review_bar import DraftBar, moment_in_words, with_bar
from digest.render.slices import Compiled, Lines
from digest.render.slots import said_to_nobody
from digest.render.view import (
    WHOLE_WIDTH,
    EditionReader,
    EditionView,
    PictureView,
    doubts_of,
    facts_on_page,
    picture_view,
)


class Renderer:
    """Templates in, mails and pages out; the same input gives the same bytes, in any process."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._in_languages: dict[str, Renderer] = {config.network.language: self}
        folders = template_folders(config)
        locale = locale_of(config.network.language)
        self.phrases = load_phrases(locale, catalog_folders(folders))
        self._environment = make_environment(config)
        self._environment.filters |= {"mjml": self._for_mjml, "listed": self.phrases.listed}
        self._environment.globals |= {
            "palette": palette(config.brand),
            "facts_of": facts_of,
            "say": self.phrases.say,
            "note_of": note_of,
            "lang": config.network.language.replace("_", "-"),
            "dir": (direction := locale.text_direction),
            "start": "left" if direction == "ltr" else "right",
            "end": "right" if direction == "ltr" else "left",
        }

    def in_language(self, language: str) -> "Renderer":
        """What renders the same in another language, always the same one."""
        if language not in self._in_languages:
            network = self._config.network.model_copy(update={"language": language})
            self._in_languages[language] = Renderer(self._config.model_copy(update={"network": network}))
        return self._in_languages[language]

    def language_names(self) -> Mapping[str, str]:
        """Each language that people choose among, by its tag, as those call it who speak it."""
        return own_names(self._config.languages)

    @property
    def template_hash(self) -> str:
        """16 hex digits that change whenever a template or catalog in effect changes.

        Raises:
            TemplateError: when a template cannot be read.
        """
        return template_hash(self._environment)

    @cached_property
    def console(self) -> ConsolePages:
        """What renders the console's pages."""
        names = ("network", "brand", "palette", "say", "lang", "dir")
        common = {name: self._environment.globals[name] for name in names}
        return ConsolePages(phrases=self.phrases, zone=self._config.network.zone, common=common)

    @cached_property
    def calendars(self) -> CalendarWriter:
        """What writes events for calendar programs."""
        return CalendarWriter(self._config, self.phrases)

    @cached_property
    def shipped(self) -> "Renderer":
        """The same without the network's own templates."""
        return Renderer(self._config.model_copy(update={"paths": Paths(var=self._config.paths.var)}))

    def edition(
        self,
        edition: Edition,
        *,
        item_url: Callable[[Item], str | None],
        event_ics: Callable[[Event], str | None] = lambda _: None,
    ) -> Compiled:
        """Render an edition for everybody.

        Args:
            edition: what is in it.
            item_url: asked for the page of an item that has none of its own.
            event_ics: asked for the address of an event's calendar file; an event without one offers no calendar.

        Raises:
            TemplateError: naming file and line.
        """
        digest = next((digest for digest in self._config.digests if digest.name == edition.digest), None)
        titles = {mailing_list.name: mailing_list.title or mailing_list.name for mailing_list in self._config.lists}
        context = {
            "edition": self._read(edition, item_url, event_ics, leads=True),
            "why": self._why([titles.get(name, name) for name in digest.lists] if digest else []),
        }
        own = {"subject": digest.subject, "preheader": digest.preheader} if digest else {}
        written = {"subject": one_line(edition.subject), "preheader": one_line(edition.preheader)}
        return self._mail("edition", context, self._cutter(repr(edition)), own=own, written=written)

    def view(
        self,
        edition: Edition,
        *,
        item_url: Callable[[Item], str | None],
        event_ics: Callable[[Event], str | None],
    ) -> EditionView:
        """An edition as templates see it, for pages that show one to all alike; args as for `edition`."""
        return self._reader(edition, item_url, event_ics, tallies=False).read(edition)

    def highlights(self, edition: Edition) -> tuple[str, ...]:
        """What an edition's subject tells."""
        return self._reader(edition, lambda _: None, lambda _: None).highlights(edition)

    @cached_property
    def archive(self) -> ArchiveReader:
        """What reads mails for the archive."""
        return ArchiveReader(self, self._config.network.zone)

    def lines(self, edition: Edition) -> Lines:
        """The subject and preheader alone, for those who get so much of an edition.

        Raises:
            TemplateError: naming file and line.
        """
        digest = next((digest for digest in self._config.digests if digest.name == edition.digest), None)
        cutter = self._cutter(repr(edition))
        context = self._with_marks(
            cutter, {"edition": self._read(edition, lambda _: None, lambda _: None, leads=True), "why": ""}
        )
        subject = one_line(edition.subject) or self._line(
            "email/edition", "subject", digest.subject if digest else None, context
        )
        context["subject"] = subject
        preheader = one_line(edition.preheader) or self._line(
            "email/edition", "preheader", digest.preheader if digest else None, context
        )
        own = cutter.line(subject or one_line(edition.title), template="email/edition/subject.txt.j2")
        return Lines(
            **_subject(own),
            preheader=cutter.line(preheader, template="email/edition/preheader.txt.j2", escape=escape),
        )

    def announcement(
        self,
        announcement: Announcement,
        *,
        item_url: Callable[[Item], str | None] = lambda _: None,
        event_ics: Callable[[Event], str | None] = lambda _: None,
    ) -> Compiled:
        """Render an announcement for everybody.

        Args:
            announcement: what its organiser wrote, and what is attached to it.
            item_url: as for `edition`.
            event_ics: as for `edition`.

        Raises:
            TemplateError: naming file and line.
        """
        cards = announcement.attached and self._read(announcement.attached, item_url, event_ics)
        written = offered(OfferedAnnouncement, announcement)
        context = {"announcement": written, "attached": cards, "why": self._why([])}
        cutter = self._cutter(repr(announcement), places=announcement.places)
        return self._mail("announcement", context, cutter, own={})

    def letter(self, letter: Letter) -> Compiled:
        """Render a small mail to one person: confirm, welcome, sign in, an edition waits.

        Raises:
            TemplateError: naming file and line.
        """
        network = self._config.network
        view = read_letter(letter, phrases=self.phrases, network=network.name, zone=network.zone)
        return self._mail("letter", {"letter": view}, Cutter(repr(letter)), own={})

    def with_draft_bar(self, mail: Compiled, bar: DraftBar) -> Compiled:
        """The very mail with a bar above it, for an organiser who is shown it before it goes."""
        config = self._config
        return with_bar(mail, bar, phrases=self.phrases, palette=palette(config.brand), zone=config.network.zone)

    def moment(self, moment: datetime) -> str:
        """A moment in the network's zone and language, as in "23 November, 08:00"."""
        return moment_in_words(moment, self.phrases, self._config.network.zone)

    def page(self, name: str, **context: object) -> str:
        """Render ``web/NAME.html.j2``, a whole HTML page; every value is escaped.

        Args:
            name: of the page.
            context: plain values; of an item the page gets what may be shown of it.

        Raises:
            TemplateError: naming file and line.
        """
        shown = {key: self._offered(value) if isinstance(value, Item) else value for key, value in context.items()}
        return self._render(f"web/{name}.html.j2", only_plain(shown))

    def day(self, moment: datetime) -> str:
        """The day of a moment in the network's zone and language, as in "10 January 2027"."""
        return day_and_month(moment.astimezone(self._config.network.zone).date(), self.phrases.locale, with_year=True)

    def parse_all(self) -> None:
        """Read every template in effect, also those that a rendering may pass by.

        Raises:
            TemplateError: naming file and line of the first that cannot be read.
        """
        for name in self._environment.list_templates(extensions=["j2"]):
            with told_by_place(name):
                self._environment.get_template(name)

    def picture_url(self, name: str) -> str:
        """Where a file of a picture is served."""
        return f"{self._config.web.base_url}/picture/{name}"

    def picture(self, picture: Picture, *, alt: str) -> PictureView:
        """A picture as a page shows it that is about it alone."""
        file = picture.large
        return picture_view(file, alt=alt, box=WHOLE_WIDTH, url=self.picture_url(file.name))

    def _read(
        self,
        edition: Edition,
        item_url: Callable[[Item], str | None],
        event_ics: Callable[[Event], str | None],
        *,
        leads: bool = False,
    ) -> EditionView:
        return self._reader(edition, item_url, event_ics, leads=leads).read(edition)

    def _reader(
        self,
        edition: Edition,
        item_url: Callable[[Item], str | None],
        event_ics: Callable[[Event], str | None],
        *,
        tallies: bool = True,
        leads: bool = False,
    ) -> EditionReader:
        return EditionReader(
            phrases=self.phrases,
            calendar=self._calendar(edition.composed_at),
            categories={category.name: category.title or category.name for category in self._config.categories},
            item_url=item_url,
            calendar_links=lambda event, url: self.calendars.links(event, ics=event_ics(event), page=url),
            tallies=tallies,
            picture_url=self.picture_url,
            leads=leads,
        )

    def _cutter(self, content: str, *, places: Mapping[str, Field] | None = None) -> Cutter:
        kept = dict.fromkeys(field for one in self._config.lists for field in one.fields)
        return Cutter(content, fields=("name", *kept), places=places)

    def _with_marks(self, cutter: Cutter, context: dict[str, Any]) -> dict[str, Any]:
        return {**context, "cut": cutter, "slot": cutter.slots, "member": cutter.member}

    def _mail(
        self,
        kind: str,
        context: dict[str, Any],
        cutter: Cutter,
        *,
        own: Mapping[str, str | None],
        written: Mapping[str, str] = MappingProxyType({}),
    ) -> Compiled:
        """A mail; `own` are a digest's templates of its lines, `written` what stands in a line whatever they say."""
        context = self._with_marks(cutter, context)
        place = f"email/{kind}"
        line = written.get("subject") or self._line(place, "subject", own.get("subject"), context)
        context["subject"] = line
        if not line:
            raise TemplateError(Told("says", place=f"{place}/subject.txt.j2", why=Told("template_subject")))
        subject = cutter.line(line, template=f"{place}/subject.txt.j2")
        preheader = written.get("preheader") or self._line(place, "preheader", own.get("preheader"), context)
        context["preheader"] = cutter.preheader(preheader)
        html = compile_mjml(self._render(f"{place}/body.mjml.j2", context), template=f"{place}/body.mjml.j2")
        text = tidy(self._render(f"{place}/body.txt.j2", context))
        return Compiled(
            **_subject(subject),
            html=cutter.cut(html, template=f"{place}/body.mjml.j2", escape=escape),
            text=cutter.cut(text, template=f"{place}/body.txt.j2"),
        )

    def _render(self, name: str, context: dict[str, Any]) -> str:
        with told_by_place(name):
            template = self._environment.get_template(name)
        return render(template, context, place=name)

    def _line(self, folder: str, name: str, own: str | None, context: dict[str, Any]) -> str:
        """What lists of mail show before the mail is opened: by the digest's own template, or by that of the folder."""
        if own is None:
            return one_line(self._render(f"{folder}/{name}.txt.j2", context))
        place = f"config.toml: digests.{name}"
        with told_by_place(place):
            template = self._environment.from_string(own)
        return one_line(render(template, context, place=place))

    def _for_mjml(self, html: str) -> Markup:
        place = "email/_partials/button.mjml.j2"
        return html_for_mjml(html, button=lambda words, url: self._render(place, {"words": words, "url": url}))

    def _offered(self, item: Item) -> OfferedItem:
        # Dates as seen when it was collected.
        facts = facts_on_page(item, self._calendar(item.first_seen_at), self.phrases)
        return offered_item(item, facts=facts, note=doubts_of(item, self.phrases))

    def _calendar(self, composed_at: datetime) -> Calendar:
        return Calendar(phrases=self.phrases, zone=self._config.network.zone, composed_at=composed_at)

    def _why(self, lists: Sequence[str]) -> str:
        network = one_line(self._config.network.name)
        if len(lists) == 1:
            return self.phrases.say("why_list", list=one_line(lists[0]), network=network)
        # The mail is rendered once for everybody, and not everybody is on all of several lists.
        return self.phrases.say("why_network", network=network)


def _subject(line: Sliced) -> dict[str, Any]:
    """A subject as who is known by nothing gets it, and with its places where it has any."""
    return {"subject": said_to_nobody(line), "own_subject": line if any(isinstance(one, Field) for one in line) else ()}
