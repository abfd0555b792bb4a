"""Microformats 2 (microformats.org/wiki/microformats2-parsing): h-event, h-entry; and the classic vevent, hentry."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from lxml.html import HtmlElement

from digest.collect.structure.items import MAX_TOKENS, OTHER, Marked, Texts, first, marked_items, of_tag

_EVENT, _POST, _LIST, _PLACE, _THING = "Event", "BlogPosting", "ItemList", "Place", "Thing"
_ROOTS = {
    "h-event": _EVENT,
    "h-entry": _POST,
    "h-feed": _LIST,
    "h-adr": _PLACE,
    "h-geo": _PLACE,
    **dict.fromkeys(("h-card", "h-cite", "h-item", "h-listing", "h-product", "h-recipe", "h-resume"), _THING),
    **dict.fromkeys(("h-review", "h-review-aggregate", "h-app", "h-x-app"), _THING),
}
_CLASSIC = {"vevent": _EVENT, "hentry": _POST, "hfeed": _LIST, "vcalendar": _LIST, "vcard": _THING, "adr": _PLACE}
_PLACES = {
    "p-name": "name",
    "p-street-address": "streetAddress",
    "p-locality": "addressLocality",
    "p-region": "addressRegion",
    "p-country-name": "addressCountry",
    "p-latitude": "latitude",
    "p-longitude": "longitude",
    "p-adr": "address",
    "h-adr": "address",
    "p-geo": "geo",
    "u-geo": "geo",
}
_POSTS = {
    "p-name": "name",
    "u-url": "url",
    "p-category": "keywords",
    "dt-published": "datePublished",
    "p-author": "author",
    "u-author": "author",
}
_EVENTS = {
    **_POSTS,
    "dt-start": "startDate",
    "dt-end": "endDate",
    "p-location": "location",
    "p-organizer": "organizer",
    "p-status": "eventStatus",
}
_MODERN = {_EVENT: _EVENTS, _POST: _POSTS, _PLACE: _PLACES, _THING: _PLACES, _LIST: {}}
_CLASSIC_PLACES = {
    "fn": "name",
    "org": "name",
    "street-address": "streetAddress",
    "locality": "addressLocality",
    "region": "addressRegion",
    "country-name": "addressCountry",
    "adr": "address",
    "latitude": "latitude",
    "longitude": "longitude",
    "geo": "geo",
}
_CLASSIC_NAMES = {
    _EVENT: {
        "summary": "name",
        "dtstart": "startDate",
        "dtend": "endDate",
        "location": "location",
        "url": "url",
        "category": "keywords",
        "organizer": "organizer",
        "status": "eventStatus",
    },
    _POST: {"entry-title": "name", "published": "datePublished", "author": "author", "category": "keywords"},
    _PLACE: _CLASSIC_PLACES,
    _THING: _CLASSIC_PLACES,
    _LIST: {},
}
_PROPERTY = re.compile(r"(?:p|u|dt|e)(?:-[a-z]{1,40}){1,6}")
_UNNAMED = frozenset(("@type", "startDate", "endDate", "url"))
_DATES = frozenset(("startDate", "endDate", "datePublished"))
_ADDRESSES = {"a": "href", "area": "href", "link": "href", "img": "src", "object": "data"}
_STATED = {"abbr": "title", "data": "value", "input": "value", "img": "alt", "area": "alt"}
_MAX_VALUES = 5  # elements of class "value" of which one value is made
_MAX_VALUE = 100  # characters
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ORDINAL = re.compile(r"(\d{4})-(\d{3})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z|[+-]\d\d:?\d\d)?)?")
_CLOCK = re.compile(
    r"(\d{1,2})(?::(\d\d)(?::\d\d(?:\.\d{1,9})?)?)?\s?([ap])?\.?m?\.?\s?(Z|[+-]\d{1,2}:?(?:\d\d)?)?", re.IGNORECASE
)
_ZONE = re.compile(r"Z|[+-]\d{1,2}:?(?:\d\d)?", re.IGNORECASE)


def read_microformats(tree: HtmlElement) -> list[Marked]:
    """The items of a tree that have root classes, and those they are made of."""
    return marked_items(tree, _Microformats())


class _Microformats:
    def opens(self, element: HtmlElement) -> tuple[str, str] | None:
        names = _classes(element)
        for roots in (_ROOTS, _CLASSIC):  # where there are both, the classic ones are for older readers
            form = next((name for name in names if name in roots), None)
            if form is not None:
                event = next((name for name in names if roots.get(name) == _EVENT), form)
                return event, roots[event]
        return None

    def names(self, element: HtmlElement, owner: Marked) -> Sequence[str]:
        classic = owner.form in _CLASSIC
        known = (_CLASSIC_NAMES if classic else _MODERN)[owner.node["@type"]]
        names = _classes(element)
        told = list(dict.fromkeys(known[name] for name in names if name in known))
        other = not told and not classic and any(_PROPERTY.fullmatch(name) for name in names)
        return [OTHER] if other else told

    def value(self, element: HtmlElement, name: str, texts: Texts) -> Any:
        if name == OTHER:
            return ""
        if name in _DATES:
            return _moment(element, texts)
        if name == "url" and (address := of_tag(element, _ADDRESSES)) is not None:
            return address.strip()
        if pieces := [text for text, _ in _values(element, texts)]:
            return "".join(pieces)
        stated = of_tag(element, _STATED)
        return stated.strip() if stated is not None else texts.within(element)

    def referred(self, tree: HtmlElement) -> Mapping[str, Sequence[HtmlElement]]:  # noqa: ARG002
        return {}

    def finish(self, item: Marked, texts: Texts) -> None:
        node = item.node
        node.pop(OTHER, None)
        if node["@type"] in {_PLACE, _THING} and item.is_value:
            if not node.keys() & {"name", "streetAddress", "addressLocality", "address"}:
                node["name"] = [texts.within(item.element)]
            if "latitude" in node:
                node["geo"] = {"latitude": first(node, "latitude"), "longitude": first(node, "longitude")}
        if node["@type"] == _EVENT and node.keys() <= _UNNAMED:  # the whole of it is its name
            node["name"] = [texts.within(item.element)]
            node.setdefault("url", [item.element.get("href") or ""])
        status = str(first(node, "eventStatus") or "").lower()
        if status in {"cancelled", "canceled"}:
            node["eventStatus"] = "EventCancelled"
        start, end = str(first(node, "startDate") or ""), str(first(node, "endDate") or "")
        if end and not _DAY.match(end) and _DAY.match(start) and (clock := _clock(end)):
            node["endDate"] = [f"{start[:10]}T{clock}"]  # of the same day


def _classes(element: HtmlElement) -> list[str]:
    value = element.get("class")
    return value[:5_000].split()[:MAX_TOKENS] if value else []


def _values(element: HtmlElement, texts: Texts) -> Iterator[tuple[str, str]]:
    """The pieces that a value is made of (the value class pattern), each with the tag that has it."""
    found = 0
    for part in element.iterfind("*"):
        names = _classes(part)
        if "value-title" in names:
            yield part.get("title", "").strip(), part.tag
        elif "value" in names:
            stated = part.get("datetime") or of_tag(part, _STATED)
            yield (stated or texts.within(part)).strip(), part.tag
        else:
            continue
        found += 1
        if found == _MAX_VALUES:
            return


def _moment(element: HtmlElement, texts: Texts) -> str:
    """A date with its time of day and zone, ISO 8601 where it is marked so."""
    pieces = [text[:_MAX_VALUE] for text, _ in _values(element, texts)]
    if not pieces:
        stated = element.get("datetime") or of_tag(element, _STATED) or texts.within(element)
        return _iso(stated.strip()[:_MAX_VALUE])
    day = clock = zone = ""
    for piece in map(_iso, pieces):
        if _DAY.fullmatch(piece):
            day = day or piece
        elif _ZONE.fullmatch(piece):
            zone = zone or _offset(piece)
        elif told := _clock(piece):
            clock = clock or told
        elif _DAY.match(piece):
            return piece
    zoned = clock if clock[5:].strip(":0123456789.") else clock + zone
    return f"{day}T{zoned}" if day and clock else day or zoned


def _iso(text: str) -> str:
    """The forms of a date that ISO 8601 has besides the one with hyphens."""
    if (ordinal := _ORDINAL.fullmatch(text)) and 0 < int(ordinal[2]) <= 365 and int(ordinal[1]):
        return date.fromordinal(date(int(ordinal[1]), 1, 1).toordinal() + int(ordinal[2]) - 1).isoformat()
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, zone = compact.groups()
        return f"{year}-{month}-{day}" + (f"T{hour}:{minute}{zone or ''}" if hour else "")
    return text


def _clock(text: str) -> str:
    """A time of day as ISO 8601 has it; "" where it is none."""
    match = _CLOCK.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return ""
    hour = int(match[1])
    if match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    return f"{hour:02}:{match[2] or '00'}{_offset(match[4] or '')}" if hour < 24 else ""


def _offset(text: str) -> str:
    """A zone as Python reads it: "+01:00"."""
    if text in {"", "Z", "z"}:
        return text.upper()
    digits = text[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "00")
    return f"{text[0]}{int(hours):02}:{minutes}"
