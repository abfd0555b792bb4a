"""Kind ``vacancies``: pages that state JobPosting or Event (schema.org), or h-event, and feeds of vacancies.

What a page states is taken from its JSON-LD; where that states neither, from its microdata, else from its microformats,
so that nothing is taken twice. A page that only lists the addresses of other pages has nothing to take.
In a feed every entry is a vacancy, whose closing date is read from its text.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import unescape
from typing import Any

import lxml.html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from digest.collect.dates import writes_month_first
from digest.collect.decode import decode
from digest.collect.feed import is_feed, parse_feed
from digest.collect.found import Document, Fetched, Found, Source, place_in, refused
from digest.collect.schemaorg import Node, kind_of, node_types, read_event, read_vacancy, text_of
from digest.collect.stated import hashed_key, stated_key, web_url
from digest.collect.structure import read_microdata, read_microformats
from digest.errors import Problem
from digest.model import Kind, Quoted, Told
from digest.text.markup import one_line, overloaded

_MAX_NODES = 50_000  # of one page
_MAX_ITEMS = 2_000
_MAX_SCRIPT = 2_000_000  # characters of all scripts of a page together
_MAX_TAGS = 300_000  # of one page; each takes a hundred bytes and more
_OPENING = re.compile(r"\A(?:\s|;|<!--|//|/\*|\*/|<!\[CDATA\[)*+")
_DECODER = json.JSONDecoder(strict=False)  # line breaks within strings are taken
_WANTED = re.compile(r"JobPosting|Event\b")  # a damaged script without these costs nothing
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*+(?:"|\\?\Z))|,(?=\s*[}\]])', re.DOTALL)  # a string may have no end


def parse_vacancies(source: Source, fetched: Fetched) -> tuple[Found | Problem, ...]:
    """The vacancies and events of pages, or the entries of feeds, in their order; of those with the same key the first.

    What is wrong with JSON-LD that cannot be read comes after them.

    Raises:
        SourceError: saying what a page holds where it states neither vacancy nor event.
    """
    found: dict[str, Found] = {}
    problems: list[Problem] = []
    for document in fetched.documents:
        if is_feed(document):
            entries = parse_feed(source, replace(fetched, documents=(document,)))
            items = [replace(entry, kind=Kind.VACANCY) for entry in entries if isinstance(entry, Found)]
            problems += (one for one in entries if isinstance(one, Problem))
        else:
            items, damaged = _page(source, document)
            problems += damaged
        for item in items:
            found.setdefault(item.key, item)
    return (*found.values(), *problems)


def _page(source: Source, document: Document) -> tuple[list[Found], list[Problem]]:
    place = place_in(source, document)
    tree, scripts, damaged = _taken_apart(decode(source, document))
    blocks, unread = _blocks(scripts)
    damaged |= unread
    page = _Page(blocks, document, month_first=writes_month_first(source.language))
    items = [*page.items()] or _marked(tree, document, month_first=writes_month_first(source.language))
    if len(items) == 1 and tree is not None:  # the page's own picture stands for all that is on it
        items = [replace(items[0], image_url=items[0].image_url or web_url(_own_picture(tree), document.url))]
    if items or page.empty_list:
        return items, [
            Problem(where=Told("its_json"), what=Told("page_damaged", cause=cause, words=one_line(script[:400])[:80]))
            for script, cause in damaged.items()
            if _WANTED.search(script)
        ]
    if damaged:
        raise refused(place, "page_unread", said=Quoted(next(iter(damaged.values()))))
    kinds = ", ".join(name[:40] for name, _ in page.types.most_common(5))
    fix = Told("page_fix")
    if "ItemList" in page.types:
        raise refused(place, "page_list", fix=fix)
    raise refused(place, "page_states", kinds=kinds, fix=fix) if kinds else refused(place, "page_nothing", fix=fix)


def _taken_apart(text: str) -> tuple[HtmlElement | None, list[str], dict[str, str]]:
    """A page's tree and its JSON-LD scripts, and why what cannot be read cannot."""
    if text.lstrip()[:1] in {"{", "["}:
        return None, [text], {}  # JSON-LD by itself
    if text.count("<") > _MAX_TAGS:
        return None, [], {text: f"a page of more than {_MAX_TAGS:,} tags"}
    if overloaded(text):
        return None, [], {text: "tags with thousands of attributes"}
    try:
        tree = lxml.html.document_fromstring(_undeclared(text) or "<html></html>")
    except (LxmlError, ValueError) as error:
        return None, [], {text: one_line(str(error))}
    scripts = [script.text or "" for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower()]
    return tree, scripts, {}


def _own_picture(tree: HtmlElement) -> str | None:
    """As it is told to who shows a link to the page (Open Graph protocol, og:image)."""
    named = (one.get("content") for one in tree.iter("meta") if (one.get("property") or "").strip() == "og:image")
    return next((value for value in named if value), None)


def _marked(tree: HtmlElement | None, document: Document, *, month_first: bool) -> list[Found]:
    """What the markup of a page states: of the ways to mark the first that states anything."""
    if tree is None:
        return []
    for read in (read_microdata, read_microformats):
        items = [item for item in read(tree) if kind_of(item.node) and not item.is_value and not item.aside]
        if items:
            page = _Page([item.node for item in items], document, month_first=month_first)
            found = zip(items, page.items(), strict=False)  # of very many the first
            return [replace(one, marked=item.form) for item, one in found]
    return []


def _blocks(scripts: Sequence[str]) -> tuple[list[Any], dict[str, str]]:
    """The values of all JSON-LD scripts, and those that cannot be read, each with its cause."""
    blocks: list[Any] = []
    damaged: dict[str, str] = {}
    left = _MAX_SCRIPT
    for script in scripts:
        left -= len(script)
        try:
            if left < 0:
                raise ValueError(f"scripts of more than {_MAX_SCRIPT:,} characters")  # noqa: TRY301
            blocks.append(_json(script))
        except (ValueError, RecursionError) as error:
            if script.strip():
                damaged[script] = one_line(str(error))
    return blocks, damaged


def _undeclared(text: str) -> str:
    """A page without its XML declaration: lxml takes an encoding's name in text for a mistake."""
    page = text.lstrip()
    if not page.startswith("<?xml"):
        return text
    end = page.find(">")
    return page[end + 1 :] if page[end - 1] == "?" else page[len("<?xml") :]


def _json(script: str) -> Any:
    """The first value of a script, as pages have it: in comments or CDATA, with a comma too many, escaped for HTML."""
    text = _OPENING.sub("", script)
    if re.match(r"[\[{]\s*&quot;", text):
        text = unescape(text)
    try:
        return _DECODER.raw_decode(text)[0]
    except ValueError:
        return _DECODER.raw_decode(_TRAILING_COMMA.sub(lambda match: match[1] or "", text))[0]


class _Page:
    """The nodes of a page, wherever they stand."""

    def __init__(self, blocks: Sequence[Any], document: Document, *, month_first: bool) -> None:
        self._url = document.url
        self._page = None if document.has_query else document.url
        self._month_first = month_first
        self.types: Counter[str] = Counter()
        self.empty_list = False
        self._by_id: dict[str, Node] = {}
        self._wanted: list[tuple[Kind, Node]] = []
        for node in self._walk(blocks):
            kind = self._look_at(node)
            if kind is not None and len(self._wanted) < _MAX_ITEMS:
                self._wanted.append((kind, node))

    def items(self) -> Iterator[Found]:
        """What the page states, with keys that stay."""
        readers = {Kind.VACANCY: read_vacancy, Kind.EVENT: read_event}
        read = [(node, readers[kind](node, self._by_id, month_first=self._month_first)) for kind, node in self._wanted]
        urls = [web_url(text_of(node.get("url")), self._url) for node, _ in read]
        shared = Counter(urls)
        keys = [
            _key(node, url if shared[url] == 1 else None, found) for (node, found), url in zip(read, urls, strict=True)
        ]
        repeated = Counter(keys)
        for (_, found), url, key in zip(read, urls, keys, strict=True):
            yield replace(
                found,
                key=key if repeated[key] == 1 else hashed_key(key, found.title, str(found.starts_at or "")),
                url=url or (self._page if len(read) == 1 else None),
                base_url=self._url,
                image_url=web_url(found.image_url, self._url),
            )

    def _walk(self, blocks: Sequence[Any]) -> Iterator[Node]:
        """Every object on the page in its order, but none within a vacancy or event."""
        waiting: list[Any] = [blocks]
        for _ in range(_MAX_NODES):
            if not waiting:
                return
            value = waiting.pop()
            if isinstance(value, Mapping):
                yield value
                wanted = kind_of(value) is not None
                waiting += (
                    [] if wanted else reversed([part for part in value.values() if isinstance(part, Mapping | list)])
                )
            else:
                waiting += reversed([part for part in value if isinstance(part, Mapping | list)])

    def _look_at(self, node: Node) -> Kind | None:
        types = node_types(node)
        self.types.update(types)
        identity = node.get("@id")
        if isinstance(identity, str) and len(node) > 1:
            self._by_id.setdefault(identity, node)
        self.empty_list |= "ItemList" in types and node.get("itemListElement") == []
        return kind_of(node)


def _key(node: Node, url: str | None, found: Found) -> str:
    """Its identifier, else its own address, else what it says of itself."""
    identifier = node.get("identifier")
    if isinstance(identifier, Mapping):
        identifier = identifier.get("value")
    stated = text_of(identifier) or url or text_of(node.get("@id"))
    return stated_key(stated) or hashed_key(found.title, found.employer or "")
