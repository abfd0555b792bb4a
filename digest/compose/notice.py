"""A one-off announcement, read from the Markdown file that an organiser wrote."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from html import unescape
from itertools import groupby, pairwise
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt

from digest.compose.written import Written
from digest.config.values import parse_address
from digest.errors import ConfigError, Problem
from digest.model import Announcement, Audience, Edition, Entry, Field, Group, Item, Section, SentAs, Told, said
from digest.text.conditions import ConditionError, read_condition
from digest.text.markdown import NONE_OF_OURS
from digest.text.markup import FrontMatterError, markdown_to_html, one_line, split_front_matter, text_part
from digest.text.pictures import ShownPicture, web_pictures, with_ours

_KEYS = (
    "subject", "title", "preheader", "id", "to", "except", "where", "at", "from", "reply_to", "attach", "urgent",
    "public",
)  # fmt: skip
_LISTS = {"attach": "notice_items", "to": "notice_lists", "except": "notice_lists"}  # keys whose values are names


_YES, _NO = ("yes", "true"), ("no", "false")
_SWITCHES = ("urgent", "public")

_FIELD = re.compile(
    r"""\{\{[ ]{0,3}member\.(\w{1,60})[ ]{0,3}(?:\|[ ]{0,3}(?:"([^"\n]{0,200})"|'([^'\n]{0,200})'))?[ ]{0,3}\}\}"""
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """What an organiser names to be attached, and where."""

    wanted: str  # a key, SOURCE/KEY or title
    where: str  # "notice.md, line 4"


def read_notice(text: str, *, name: str, pictures: Mapping[str, ShownPicture] = NONE_OF_OURS) -> Announcement:
    """Read Markdown with or without front matter: the keys of `_KEYS`.

    Without a subject the first heading of the first level is the subject; it stays in the body too. The
    announcement's identity is its ``id``, so that a corrected text is still the same announcement; without
    one it is what is sent: subject, body, and the names of what is attached. Attached is nothing yet, see `attach`.

    Args:
        text: the file's content.
        name: the file's name, with or without a suffix; problems name it, and the announcement carries its stem.
        pictures: those of ours that it shows, by how it names them; any other stands there as a link to it.

    Raises:
        ConfigError: with every problem, each with its line and what would be right.
    """
    text, matter, body = _parted(text, name)
    problems = list(_problems(matter, text, name))
    subject = _line(matter, "subject") or _line(matter, "title") or _first_heading(body)
    if not subject and not problems:
        fix = Told("notice_subject_fix")
        problems.append(Problem(where=_line_in(name, 1), what=Told("notice_subject"), fix=fix))
    if not body.strip():
        last_line = len(text.rstrip().splitlines()) or 1
        fix = Told("notice_text_fix")
        problems.append(Problem(where=_line_in(name, last_line), what=Told("notice_text"), fix=fix))
    if problems:
        raise ConfigError(problems)
    key = _line(matter, "id")
    places = _Places(text)
    written = "\n".join([subject, body.strip(), *_wanted(matter)])
    identified_by = f"id\n{key}" if key else f"text\n{written}"
    html = with_ours(markdown_to_html(places.put(body), pictures), pictures)
    return Announcement(
        name=PurePath(name).stem,
        subject=places.put(subject),
        html=html,
        text=text_part(html)
        or places.put(body).strip(),  # an image alone says nothing in plain text; its Markdown does
        preheader=places.put(_line(matter, "preheader")),
        places=places.found,
        public=_line(matter, "public").casefold() in _YES,
        urgent=_line(matter, "urgent").casefold() in _YES,
        sent_as=_sent_as(matter),
        identity=sha256(identified_by.encode()).hexdigest()[:16],
    )


def read_pictures(text: str, *, name: str) -> Mapping[str, str]:
    """The addresses of the pictures on the web that an announcement shows, each with its place: "notice.md, line 4".

    Raises:
        ConfigError: when its front matter cannot be read.
    """
    text, _, body = _parted(text, name)
    if "![" not in body and "<img" not in body.casefold():
        return {}
    places = _Places(text)
    found = web_pictures(markdown_to_html(places.put(body)))
    return placed([places.as_written(one) for one in found], text, name)


def placed(found: Sequence[str], text: str, name: str) -> Mapping[str, str]:
    """What a text names, each with the place where it does first."""
    lines = [unquote(unescape(line)) for line in text.splitlines()]

    def line_of(one: str) -> int:
        return next((number for number, line in enumerate(lines, 1) if unquote(one) in line), 1)

    return {one: _line_in(name, line_of(one)) for one in found}


def read_attachments(text: str, *, name: str) -> tuple[Attachment, ...]:
    """What the front matter of an announcement that `read_notice` takes wants attached, in its order."""
    text = re.sub(r"\r\n?", "\n", text)
    matter, _ = split_front_matter(text)
    first = _line_of("attach", text)
    lines = list(enumerate(text.split("\n"), 1))[first - 1 :]
    return tuple(
        Attachment(wanted=wanted, where=_line_in(name, next((n for n, line in lines if wanted in line), first)))
        for wanted in dict.fromkeys(_wanted(matter))
    )


def read_audience(text: str, *, name: str) -> Audience:
    """What the front matter says of whom the announcement is for.

    Raises:
        ConfigError: with the line of a condition that cannot be read.
    """
    text = re.sub(r"\r\n?", "\n", text)
    try:
        matter, _ = split_front_matter(text)
    except FrontMatterError:
        return Audience(list_names=())  # `read_notice` tells it
    where = _line(matter, "where")
    if where:
        try:
            read_condition(where)
        except ConditionError as error:
            place, fix = _line_in(name, _line_of("where", text)), Told("notice_where_fix")
            raise ConfigError([Problem(where=place, what=said(error), fix=fix)]) from None
    return Audience(list_names=_names(matter, "to"), without=_names(matter, "except"), where=where)


def read_time(text: str, zone: ZoneInfo) -> datetime | None:
    """When an announcement that `read_notice` takes is to go, by its front matter; in this zone without an offset."""
    matter, _ = split_front_matter(text)
    moment = _moment(_line(matter, "at"))
    return moment and (moment if moment.tzinfo else moment.replace(tzinfo=zone))


def read_written(text: str, *, name: str) -> Written:
    """The parts of an announcement, as its author wrote them, complete or not.

    Raises:
        ConfigError: where its front matter cannot be read, with the line.
    """
    _, matter, body = _parted(text, name)
    return Written(
        subject=_line(matter, "subject") or _line(matter, "title"),
        preheader=_line(matter, "preheader"),
        id=_line(matter, "id"),
        to=_names(matter, "to"),
        without=_names(matter, "except"),
        where=_line(matter, "where"),
        at=_line(matter, "at"),
        sender=_line(matter, "from"),
        reply_to=_line(matter, "reply_to"),
        attach=tuple(_wanted(matter)),
        urgent=_line(matter, "urgent").casefold() in _YES,
        public=_line(matter, "public").casefold() in _YES,
        body=body.strip("\n"),
    )


def attach(announcement: Announcement, items: Iterable[Item], *, now: datetime) -> Announcement:
    """The announcement with cards of these items, in this order.

    Whoever gets the announcement gets the cards, whatever categories they muted.

    Args:
        announcement: as it was read.
        items: as an edition would show them.
        now: in the network's zone; days are counted from it.
    """
    entries = (Entry(item=replace(item, categories=())) for item in items)
    sections = tuple(
        Section(kind=kind, title=None, groups=(Group(category=None, entries=tuple(run)),))
        for kind, run in groupby(entries, key=lambda entry: entry.item.kind)
    )
    cards = Edition(
        digest="announcement",
        title=announcement.subject,
        period=announcement.identity,
        composed_at=now,
        sections=sections,
    )
    return replace(announcement, attached=cards if sections else None)


class _Places:
    """Puts in the place of each field of people something that no text spells and Markdown leaves alone."""

    def __init__(self, text: str) -> None:
        self._nonce = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        self.found: dict[str, Field] = {}

    def put(self, text: str) -> str:
        return _FIELD.sub(self._mark, text)

    def as_written(self, text: str) -> str:
        """With the names of the fields where they stand."""
        for marker, field in self.found.items():
            text = text.replace(marker, f"{{{{ member.{field.name} }}}}")
        return text

    def _mark(self, found: re.Match[str]) -> str:
        marker = f"member{self._nonce}n{len(self.found)}x"
        self.found[marker] = Field(found[1], found[2] or found[3] or "")
        return marker


def _parted(text: str, name: str) -> tuple[str, dict[str, Any], str]:
    """The text with line feeds, its front matter and its body.

    Raises:
        ConfigError: with the line that cannot be read.
    """
    text = re.sub(r"\r\n?", "\n", text)
    try:
        return text, *split_front_matter(text)
    except FrontMatterError as error:
        fix = Told("notice_matter_fix")
        raise ConfigError([Problem(where=_line_in(name, error.line), what=said(error), fix=fix)]) from None


def _names(matter: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = matter.get(key) or []
    return tuple(dict.fromkeys(one for one in ([value] if isinstance(value, str) else value) if isinstance(one, str)))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


_MEANT = {  # keys of one line that means something, with what it would look like
    "at": Told("notice_as", sample="2026-11-23 08:00"),
    "from": Told("notice_as", sample='from: "The orchard group <orchard@example.org>"'),
    "reply_to": Told("notice_as", sample="orchard@example.org"),
}


def _unlike(key: str, value: str, where: str) -> Iterator[Problem]:
    """What is no time or address where one is meant."""
    if key == "at":
        if value and _moment(value) is None:
            yield Problem(where=where, what=Told("notice_time", words=value), fix=_MEANT[key])
        return
    address = _mailbox(value)[1] if key == "from" else value
    try:
        if address:
            parse_address(address)
    except ValueError as error:
        what = Told("notice_address", key=key, words=repr(address), why=said(error))
        yield Problem(where=where, what=what, fix=_MEANT[key])


def _mailbox(value: str) -> tuple[str, str]:
    """The name and address of "NAME", "ADDRESS" or "NAME <ADDRESS>"."""
    if value.endswith(">"):
        name, _, address = value[:-1].rpartition("<")
        return name.strip(), address.strip()
    return ("", value) if "@" in value else (value, "")


def _sent_as(matter: Mapping[str, Any]) -> SentAs:
    name, email = _mailbox(_line(matter, "from"))
    reply_to = _line(matter, "reply_to")
    return SentAs(name=name, email=email and parse_address(email), reply_to=reply_to and parse_address(reply_to))


def _wanted(matter: Mapping[str, Any]) -> list[str]:
    value = matter.get("attach") or []
    names = [value] if isinstance(value, str) else value
    return [one_line(name) for name in names if one_line(name)]


def _problems(matter: Mapping[str, Any], text: str, name: str) -> Iterator[Problem]:
    for key, value in matter.items():
        where = _line_in(name, _line_of(key, text))
        if key not in _KEYS:
            nearest = difflib.get_close_matches(str(key).lower(), _KEYS, n=1)
            fix = Told("mean", word=nearest[0]) if nearest else Told("known", words=", ".join(_KEYS))
            yield Problem(where=where, what=Told("notice_key", key=str(key)), fix=fix)
        elif key in _SWITCHES:
            if not isinstance(value, str) or value.casefold() not in (*_YES, *_NO):
                what, fix = Told("notice_switch", key=key), Told("notice_switch_fix", key=key)
                yield Problem(where=where, what=what, fix=fix)
        elif key in _LISTS:
            if not isinstance(value, str | list) or not all(isinstance(one, str) for one in value):
                what, fix = Told(_LISTS[key], key=key), Told(f"{_LISTS[key]}_fix", key=key)
                yield Problem(where=where, what=what, fix=fix)
        elif not isinstance(value, str):
            yield Problem(where=where, what=Told("notice_line", key=key), fix=Told("notice_line_fix", key=key))
        elif key in _MEANT:
            yield from _unlike(key, one_line(value), where)
    if "subject" in matter and "title" in matter:
        where = _line_in(name, _line_of("title", text))
        yield Problem(where=where, what=Told("notice_twice"), fix=Told("notice_twice_fix"))


def _line_in(name: str, number: int) -> Told:
    return Told("line_of", name=name, number=str(number))


def _line_of(key: str, text: str) -> int:
    found = re.search(rf"""^["']?{re.escape(str(key))}["']?\s*:""", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 2


def _line(matter: Mapping[str, Any], key: str) -> str:
    value = matter.get(key)
    return one_line(value) if isinstance(value, str) else ""


def _first_heading(body: str) -> str:
    tokens = MarkdownIt("commonmark").parse(body)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h1":
            parts = (part for part in inline.children or () if part.type != "html_inline")
            return one_line("".join(" " if part.type.endswith("break") else part.content for part in parts))
    return ""
