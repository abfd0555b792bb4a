"""Microdata (HTML, section 5) of schema.org: itemscope, itemtype, itemprop, itemref."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from digest.collect.schemaorg import node_types
from digest.collect.structure.items import MAX_TOKENS, OTHER, Marked, Texts, marked_items, of_tag

_VOCABULARIES = ("schema.org/", "data-vocabulary.org/")
_ADDRESSES = {"a": "href", "area": "href", "link": "href", "img": "src"}
_MAX_REFERENCES = 1_000  # of one tree
_WANTED = frozenset((
    *("name", "title", "headline", "summary", "url", "description", "image", "keywords", "identifier", "mainEntity"),
    *("startDate", "endDate", "eventStatus", "location", "organizer", "author", "datePublished", "datePosted"),
    *("validThrough", "hiringOrganization", "jobLocation", "jobLocationType", "baseSalary", "value", "minValue"),
    *("maxValue", "currency", "unitText", "address", "streetAddress", "addressLocality", "addressRegion"),
    *("addressCountry", "geo", "latitude", "longitude", "salaryCurrency"),
))  # fmt: skip


def read_microdata(tree: HtmlElement) -> list[Marked]:
    """The items of a tree that are marked by the vocabulary of schema.org, and those they are made of."""
    return marked_items(tree, _Microdata())


class _Microdata:
    def opens(self, element: HtmlElement) -> tuple[str, str] | None:
        if element.get("itemscope") is None:
            return None
        stated = [one for one in _tokens(element.get("itemtype")) if any(name in one for name in _VOCABULARIES)]
        kind = next(iter(node_types({"@type": stated})), "")
        return f"schema.org {kind}", kind

    def names(self, element: HtmlElement, owner: Marked) -> Sequence[str]:  # noqa: ARG002  (the same for all)
        return [one if one in _WANTED else OTHER for one in _tokens(element.get("itemprop"))]

    def value(self, element: HtmlElement, name: str, texts: Texts) -> Any:  # noqa: ARG002
        stated = element.get("content") or element.get("datetime") or of_tag(element, _ADDRESSES)
        if stated is None and element.tag in {"data", "meter"}:
            stated = element.get("value")
        return stated.strip() if stated is not None else texts.within(element)

    def referred(self, tree: HtmlElement) -> Mapping[str, Sequence[HtmlElement]]:
        referred: dict[str, list[HtmlElement]] = defaultdict(list)
        for element in tree.iterfind(".//*[@itemref]"):
            for identity in _tokens(element.get("itemref")):
                if len(referred) < _MAX_REFERENCES and element.get("itemscope") is not None:
                    referred[identity].append(element)
        return referred

    def finish(self, item: Marked, texts: Texts) -> None:
        pass


def _tokens(value: str | None) -> list[str]:
    return value[:5_000].split()[:MAX_TOKENS] if value else []
