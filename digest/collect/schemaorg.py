"""JobPosting and Event of schema.org -> what they say, however they are marked; pure.

The vocabulary lets nearly every value be a text, an object or a list of either, and pages use that freedom.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html import unescape
from math import isfinite
from typing import Any

from digest.collect.found import Found, Moment
from digest.collect.stated import distinct, stated_body, stated_moment
from digest.model import ONLINE, Doubt, Kind
from digest.text.markup import one_line

Node = Mapping[str, Any]

_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
_UNITS = {"HOUR": "an hour", "DAY": "a day", "WEEK": "a week", "MONTH": "a month", "YEAR": "a year"}
_MAX_PLACES = 3
_MAX_LISTED = 20  # values of one list, and references to one object, that are looked at
_MAX_NAME = 300  # characters of a name that many may refer to
_MAX_TEXT = 400_000  # characters


def node_types(node: Node) -> tuple[str, ...]:
    """The types of an object without the vocabulary's address."""
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    return tuple(re.split(r"[/#:]", name)[-1] for name in names if isinstance(name, str))


def kind_of(node: Node) -> Kind | None:
    """What an object is for us; nothing where it is neither vacancy nor event."""
    types = node_types(node)
    if "JobPosting" in types:
        return Kind.VACANCY
    is_event = any(name.endswith("Event") or name in {"Festival", "Hackathon", "CourseInstance"} for name in types)
    return Kind.EVENT if is_event else None


def text_of(value: Any, limit: int = _MAX_TEXT) -> str:
    """A value as text: of a list its first, of an object its name or value; "" where there is none.

    Args:
        value: of any form that the vocabulary allows.
        limit: characters that are kept, as they stand in the page.
    """
    for one in _each(value):
        named = isinstance(one, Mapping)
        part = one.get("@value") or one.get("name") or one.get("url") or "" if named else one
        if isinstance(part, str) and part.strip():
            return unescape(part[:limit].encode("utf-8", "replace").decode()).strip()
        if isinstance(part, int | float) and not isinstance(part, bool) and abs(part) < 1e15:
            return f"{part:g}" if isinstance(part, float) else str(part)
    return ""


def read_vacancy(node: Node, by_id: Mapping[str, Node], *, month_first: bool = False) -> Found:
    """What a JobPosting says; key and addresses are the page's to complete."""
    body = stated_body(text_of(node.get("description")))
    closes_at, doubts = _moment(node.get("validThrough"), "closes", month_first)
    posted_at, _ = _moment(node.get("datePosted"), "", month_first)
    return Found(
        key="",
        title=one_line(text_of(node.get("title")) or text_of(node.get("name"))),
        **body,
        published_at=posted_at,
        kind=Kind.VACANCY,
        closes_at=closes_at,
        openings=_count(node.get("totalJobOpenings")),
        employer=text_of(_resolved(node.get("hiringOrganization"), by_id), _MAX_NAME) or None,
        salary=_salary(node.get("baseSalary")),
        location=_workplace(node, by_id),
        image_url=_picture(node.get("image")),
        doubts=doubts,
    )


def read_event(node: Node, by_id: Mapping[str, Node], *, month_first: bool = False) -> Found:
    """What an Event says; key and addresses are the page's to complete."""
    body = stated_body(text_of(node.get("description")))
    starts_at, doubts = _moment(node.get("startDate"), "start", month_first)
    ends_at, more = _moment(node.get("endDate"), "end", month_first)
    if starts_at is not None and not isinstance(starts_at, datetime) and isinstance(ends_at, datetime):
        ends_at = ends_at.date()
    if ends_at is not None and (starts_at is None or _day(ends_at) < _day(starts_at) or ends_at == starts_at):
        ends_at = None
    status = text_of(node.get("eventStatus")).rpartition("/")[2].removeprefix("schema:")
    postponed = (Doubt("postponed"),) if status == "EventPostponed" else ()
    places = [*_each(_resolved(node.get("location"), by_id))]
    return Found(
        key="",
        title=one_line(text_of(node.get("name")) or text_of(node.get("headline"))),
        author=", ".join(distinct(text_of(_resolved(one, by_id), _MAX_NAME) for one in _each(node.get("organizer"))))
        or None,
        **body,
        kind=Kind.EVENT,
        starts_at=starts_at,
        ends_at=ends_at,
        book_by=_book_by(node, by_id, starts_at, month_first),
        location=_places(places, by_id) or None,
        geo=next(filter(None, (_geo(place) for place in places)), None),
        image_url=_picture(node.get("image")),
        cancelled=status in {"EventCancelled", "EventPostponed"},
        doubts=(*doubts, *more, *postponed),
    )


def _book_by(node: Node, by_id: Mapping[str, Node], starts_at: Moment | None, month_first: bool) -> Moment | None:
    """When the last of its offers ends; nothing where one has no end, or ends when the event has begun."""
    offers = [one for one in _each(_resolved(node.get("offers"), by_id)) if isinstance(one, Mapping)]
    ends = [
        moment
        for offer in offers
        for moment, _ in (_moment(offer.get("availabilityEnds") or offer.get("validThrough"), "", month_first),)
    ]
    known = [moment for moment in ends if moment is not None]
    last = max(known, key=lambda moment: (_day(moment), str(moment)), default=None)
    if last is None or starts_at is None or len(known) < len(ends) or _day(last) >= _day(starts_at):
        return None
    return last


def _count(value: Any) -> int | None:
    text = text_of(value)
    return int(text) if re.fullmatch(r"[1-9]\d{0,2}", text, re.ASCII) and int(text) > 1 else None


def _each(value: Any) -> Iterable[Any]:
    return value[:_MAX_LISTED] if isinstance(value, list) else (value,)


def _resolved(value: Any, by_id: Mapping[str, Node]) -> Any:
    """An object, where only a reference to it stands."""
    if isinstance(value, list):
        return [_resolved(one, by_id) for one in value[:_MAX_LISTED] if not isinstance(one, list)]
    if isinstance(value, Mapping) and set(value) <= {"@id", "@type"}:
        return by_id.get(str(value.get("@id")), value)
    return value


def _moment(value: Any, what: str, month_first: bool) -> tuple[Moment | None, tuple[Doubt, ...]]:
    text = text_of(value)
    moment = stated_moment(text, month_first=month_first) if text else None
    unread = text and moment is None and not text.startswith(("9999", "0001", "0000"))
    name = f"unread_{what}" if what else "unread"
    return moment, (Doubt(name, words=one_line(text)[:60]),) if unread else ()


def _day(moment: Moment) -> Any:
    return moment.date() if isinstance(moment, datetime) else moment


def _workplace(node: Node, by_id: Mapping[str, Node]) -> str | None:
    place = _places([*_each(_resolved(node.get("jobLocation"), by_id))], by_id)
    if "TELECOMMUTE" not in text_of(node.get("jobLocationType")).upper():
        return place or None
    return f"Remote or {place}" if place else "Remote"


def _places(places: Iterable[Any], by_id: Mapping[str, Node]) -> str:
    named = distinct(", ".join(distinct(_place(place, by_id))) for place in places)
    return "; ".join(named[:_MAX_PLACES]) + ("; …" if len(named) > _MAX_PLACES else "")


def _place(place: Any, by_id: Mapping[str, Node]) -> Iterator[str]:
    """The parts of a place that tell people where it is: no postcode, no code of a country."""
    if not isinstance(place, Mapping):
        yield text_of(place, _MAX_NAME)
        return
    if "VirtualLocation" in node_types(place):
        yield ONLINE
        return
    address = _resolved(place.get("address"), by_id)
    parts = address if isinstance(address, Mapping) else place
    yield text_of(place.get("name"), _MAX_NAME)
    if not isinstance(address, Mapping):
        yield text_of(address, _MAX_NAME)
    for name in ("streetAddress", "addressLocality", "addressRegion"):
        yield text_of(parts.get(name), _MAX_NAME)
    country = text_of(parts.get("addressCountry"), _MAX_NAME)
    if len(country) > 3:
        yield country


def _geo(place: Any) -> tuple[float, float] | None:
    geo = place.get("geo") if isinstance(place, Mapping) else None
    if not isinstance(geo, Mapping):
        return None
    latitude, longitude = _number(geo.get("latitude")), _number(geo.get("longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def _picture(value: Any) -> str | None:
    for part in _each(value):
        url = (part.get("url") or part.get("contentUrl")) if isinstance(part, Mapping) else part
        if isinstance(url, str) and url.strip():
            return text_of(url)
    return None


def _salary(value: Any) -> str | None:
    """An amount or a range with its currency and its period, "£26,000-£28,000 a year"."""
    stated = next(iter(_each(value)), None) if value else None
    if not isinstance(stated, Mapping):
        return text_of(stated) or None
    amount = stated.get("value")
    amounts = {**stated, **amount} if isinstance(amount, Mapping) else stated
    figures = [_number(amounts.get(name)) for name in ("minValue", "maxValue", "value")]
    low, high = figures[0] or figures[2], figures[1]
    currency = text_of(amounts.get("currency")).upper()
    if not low and not high:
        return text_of(amount) or None if isinstance(amount, str) else None
    if low and high and low != high:
        text = f"{_money(low, currency)}-{_money(high, currency)}"
    else:
        text = f"{'' if low else 'up to '}{_money(low or high or 0, currency)}"
    unit = text_of(amounts.get("unitText")).upper()
    return f"{text} {_UNITS.get(unit, '')}".strip()


def _number(value: Any) -> float | None:
    text = text_of(value).replace(",", "").replace(" ", "")
    if not re.fullmatch(r"[-+]?\d{1,15}(?:\.\d{1,15})?(?:[eE]\+?\d)?", text, re.ASCII):
        return None
    number = float(text)
    return number if isfinite(number) else None


def _money(amount: float, currency: str) -> str:
    figures = f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{figures}" if symbol else f"{currency} {figures}".strip()
