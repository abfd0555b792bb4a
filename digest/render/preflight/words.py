"""What a mail says: its subject, what a template left unfilled, what is over, dates that contradict themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree, html

from digest.model import Announcement, Edition, Item, ItemSkip
from digest.render.plain import printable, shorten
from digest.render.preflight.finding import Finding, Words, error, listed, place, warning
from digest.render.preflight.page import Page, named
from digest.render.view import SUBJECT_LENGTH

_ANSWER = re.compile(r"\s*(?:re|fwd?|aw|wg|tr|sv|vs|antw|rif)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_VARIABLE = re.compile(r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}")
_MARKER = re.compile(r"slot[0-9a-f]{24}[a-z]+x")
_NOTHING = re.compile(r"^(?:None|undefined|null|nan)$")
_NOTHING_LINE = re.compile(r"^[ \t*-]*(?:[^\W\d_][\w ]{0,30}:[ ])?(None|undefined|null|nan)[ \t]*$", re.MULTILINE)
_SPOKEN = ("href", "src", "alt", "title")
_OVER = {ItemSkip.PAST_EVENT: "finding_past_event", ItemSkip.CLOSED_VACANCY: "finding_closed_vacancy"}


def subject(line: str) -> Iterator[Finding]:
    """The subject's checks."""
    if not line.strip():
        yield error("subject", "subject_empty")
    if len(line) > SUBJECT_LENGTH:
        cut = shorten(line, SUBJECT_LENGTH)
        yield warning("subject", "subject_long", length=len(line), most=SUBJECT_LENGTH, cut=cut)
    if _ANSWER.match(line):
        yield warning("subject", "subject_answer", cut=shorten(line, 30))


def unresolved(page: Page, content: Edition | Announcement) -> Iterator[Finding]:
    """Template variables and slots that nothing filled.

    Braces that the content itself carries are what somebody wrote, and no error; in an announcement they get a
    warning, unless they stand in code, for its author may have expected a person's name there.
    """
    left: dict[Words, list[str]] = {}
    for where, found in _left_over(page):
        left.setdefault(where, []).append(found)
    own = _squeezed(" ".join(_strings(content))) if left else ""
    for where, found_there in left.items():
        if foreign := [one for one in found_there if _squeezed(one) not in own]:
            yield error("unresolved", "unfilled", place=where, left=listed(foreign))
    if not isinstance(content, Announcement):
        return
    if written := _VARIABLE.findall("\n".join([content.subject, content.preheader, _without_code(content.html)])):
        yield warning("unresolved", "as_it_stands", left=listed(written), field="{{ member.FIELD }}")


def over(items: Sequence[tuple[Item, ItemSkip]]) -> Iterator[Finding]:
    """What must not be in it any more."""
    for item, reason in items:
        yield error("past", "past", title=shorten(item.title, 60), reason=Words(phrase=_OVER[reason]), key=item.key)


def contradictions(told: Sequence[Words]) -> Iterator[Finding]:
    """Dates that fall on another weekday than they say."""
    for one in told:
        yield Finding(level="warning", what="weekday", phrase=one.phrase, facts=one.facts)


def _left_over(page: Page) -> Iterator[tuple[Words, str]]:
    """What looks like nobody filled it: where, and what."""
    the_html, the_text = place("html"), place("text")
    shown = [(the_html, text) for text in page.document.xpath("//text()[not(parent::style)]")]
    for where, text in ((place("subject"), page.subject), (the_text, page.text), *shown):
        yield from ((where, found) for found in (*_MARKER.findall(text), *_VARIABLE.findall(text)))
    yield from ((the_text, found) for found in _NOTHING_LINE.findall(page.text))
    for element in page.document.iter(etree.Element):
        if not len(element) and _NOTHING.fullmatch(words := (element.text or "").strip()):
            yield place("element", tag=element.tag), words
        for key in _SPOKEN:
            value = unquote(element.get(key, "")).strip()
            found = [*_MARKER.findall(value), *_VARIABLE.findall(value), *_NOTHING.findall(value)]
            yield from ((place("attribute", element=named(element), attribute=key), one) for one in found)


def _strings(value: Any) -> Iterator[str]:
    """All text in a content's fields; of an announcement's HTML, what it shows and its addresses too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from _strings(inner)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _strings(getattr(value, field.name))
        if isinstance(value, Announcement) and value.html.strip():
            written = html.fragment_fromstring(value.html, create_parent="div")
            yield written.text_content()
            yield from (unquote(one) for element in written.iter(etree.Element) for one in element.values())


def _without_code(body: str) -> str:
    if not body.strip():
        return ""
    written = html.fragment_fromstring(body, create_parent="div")
    for code in list(written.iter("code", "pre")):
        code.drop_tree()
    return str(written.text_content())


def _squeezed(text: str) -> str:
    return "".join(printable(text).split())
