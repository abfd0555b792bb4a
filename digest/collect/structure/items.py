"""One walk through a tree of HTML that gathers marked items and their properties; pure, linear in the tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from digest.collect.schemaorg import Node
from digest.text.markup import one_line

MAX_TOKENS = 50  # of one attribute that is a list of words; of more the first
OTHER = "other"

_MAX_ITEMS = 2_000  # of one tree
_MAX_VALUES = 10  # of one property
_MAX_OWNERS = 20  # items that one property is of, by reference
_MAX_TEXT = 1_000  # characters of one value
_MAX_ELEMENTS = 20_000  # of one tree; what stands further down is not looked at
_MAX_STEPS = 60_000  # elements that are entered and left for values, of one tree
_ASIDES = frozenset(("aside", "nav", "footer", "blockquote"))
_BREAKS = frozenset(("br", "p", "div", "li", "td", "th", "tr", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(eq=False, slots=True)
class Marked:
    """An item as markup has it."""

    node: dict[str, Any]  # with the names of schema.org
    form: str  # how it is marked, as people know it: "h-event"
    element: HtmlElement
    within: "Marked | None" = None
    is_value: bool = False  # of a property of another: a place, an author
    aside: bool = False  # in what belongs to the page and not to the post: navigation, a sidebar, a quotation

    def add(self, name: str, value: Any) -> None:
        """One more value of a property; of very many the first."""
        values = self.node.setdefault(name, [])
        if len(values) < _MAX_VALUES:
            values.append(value)


class Texts:
    """The text of elements, as long as a tree has steps left."""

    def __init__(self) -> None:
        self._left = _MAX_STEPS

    def within(self, element: HtmlElement) -> str:
        """What is written within an element, as one line of at most 1,000 characters."""
        pieces: list[str] = []
        length = 0
        for event, part in iterwalk(element, events=("start", "end")):
            self._left -= 1
            if self._left < 0 or length > _MAX_TEXT:
                break
            if event == "start":
                piece = part.get("alt", "") if part.tag == "img" else part.text or ""
            else:
                piece = part.tail or "" if part is not element else ""
            piece = f" {piece[:_MAX_TEXT]}" if part.tag in _BREAKS else piece[:_MAX_TEXT]
            pieces.append(piece)
            length += len(piece)
        return one_line("".join(pieces))[:_MAX_TEXT]


class Vocabulary(Protocol):
    """How items are marked."""

    def opens(self, element: HtmlElement) -> tuple[str, str] | None:
        """The form and the type of schema.org of the item that an element is."""
        ...

    def names(self, element: HtmlElement, owner: Marked) -> Sequence[str]:
        """Which properties of an item an element is, by their names in schema.org; `OTHER` for one of no use."""
        ...

    def value(self, element: HtmlElement, name: str, texts: Texts) -> Any:
        """The value of a property, where it is no item itself."""
        ...

    def referred(self, tree: HtmlElement) -> Mapping[str, Sequence[HtmlElement]]:
        """For ids: the items that take properties from there."""
        ...

    def finish(self, item: Marked, texts: Texts) -> None:
        """What follows from all that an item says."""
        ...


def marked_items(tree: HtmlElement, vocabulary: Vocabulary) -> list[Marked]:
    """The items of a tree in their order; of very many the first."""
    texts = Texts()
    walk = _Walk(vocabulary, texts, vocabulary.referred(tree))
    items = list(walk.items(tree))
    for item in items:
        vocabulary.finish(item, texts)
        for name, values in item.node.items():
            if isinstance(values, list) and (len(values) == 1 or name == "name"):
                item.node[name] = values[0]
    return items


class _Walk:
    def __init__(self, vocabulary: Vocabulary, texts: Texts, referred: Mapping[str, Sequence[HtmlElement]]) -> None:
        self._vocabulary = vocabulary
        self._texts = texts
        self._referred = dict(referred)
        self._made: dict[HtmlElement, Marked] = {}
        self._open: list[tuple[HtmlElement, tuple[Marked, ...]]] = []  # whose properties stand in an element

    def items(self, tree: HtmlElement) -> Iterator[Marked]:
        asides = 0
        for event, element in islice(iterwalk(tree, events=("start", "end")), 2 * _MAX_ELEMENTS):
            step = 1 if event == "start" else -1
            asides += step * (element.tag in _ASIDES)
            if event == "end":
                if self._open and self._open[-1][0] is element:
                    self._open.pop()
                continue
            identity = element.get("id") or ""
            referring = self._referred.pop(identity, ())  # of elements with the same id the first
            owners = self._owners(referring)
            item = self._item(element)
            self._add(element, owners, item)
            if item is not None:
                item.within = owners[0] if owners else None
                item.aside = asides > 0
                self._open.append((element, (item,)))
                yield item
            elif referring:
                self._open.append((element, owners))

    def _owners(self, referring: Sequence[HtmlElement]) -> tuple[Marked, ...]:
        owners = self._open[-1][1] if self._open else ()
        others = (self._item(one) for one in referring[:_MAX_OWNERS])
        return tuple(dict.fromkeys((*owners, *(one for one in others if one is not None))))[:_MAX_OWNERS]

    def _item(self, element: HtmlElement) -> Marked | None:
        if element in self._made:
            return self._made[element]
        opened = self._vocabulary.opens(element) if len(self._made) < _MAX_ITEMS else None
        if opened is None:
            return None
        form, kind = opened
        self._made[element] = Marked(node={"@type": kind}, form=form, element=element)
        return self._made[element]

    def _add(self, element: HtmlElement, owners: Sequence[Marked], item: Marked | None) -> None:
        for owner in owners:
            for name in self._vocabulary.names(element, owner):
                if item is not None:
                    item.is_value |= name != "mainEntity"
                if len(owner.node.get(name, ())) < _MAX_VALUES and owner is not item:
                    value = self._vocabulary.value(element, name, self._texts) if item is None else item.node
                    owner.add(name, value)


def of_tag(element: HtmlElement, attributes: Mapping[str, str]) -> str | None:
    """The attribute that is the value of an element of its tag; None without one."""
    name = attributes.get(element.tag)
    value: str | None = element.get(name) if name else None
    return value


def first(node: Node, name: str) -> Any:
    """The first value of a property, or None."""
    values = node.get(name)
    return values[0] if isinstance(values, list) and values else None
