"""Names in a post that may be of organisations, without what only stands around them; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.collect.dates import MONTH, WEEKDAY
from digest.collect.evidence import names_a_role
from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import all_of, any_of

_WORD = r"(?:St\.|[^\W\d_a-z]\w*(?:['’&-]\w+)*(?:['’](?= [^\W\d_a-z]))?)"
_JOINT = r"(?:[ ](?:(?:of|the|and|&|for|in|on|y|yr|am|de|des|da|del|le|la|les|upon|to)[ ]){0,3})"
_NAME = re.compile(
    rf"(?<![\w'’@/.-])(?:[Tt]he )?{_WORD}(?:{_JOINT}(?:{_WORD}|\d{{1,2}}(?=[ ][^\W\d_a-z]))){{0,9}}['’]?"
)
_CALENDAR = re.compile(rf"(?:{MONTH}|{WEEKDAY})\b", re.IGNORECASE)
_WITHOUT_THE = re.compile(
    r"\b(?:University|Institute|Board|Council|Association|Federation|Consortium|Commission\w{0,3}|Secretariat"
    r"|Collective|Partnership"
    r"|Centre|Center|Society|Department|Network|Group|Sisters|Trustees|Governors)\b"
)
_PRONOUN = re.compile(
    r"(?:we|i|you|they|it|that|there|who|what|here|he|she|let|don|can|isn|aren|won)['’]", re.IGNORECASE
)
_POSSESSED = re.compile(r"(?<=[^\W\d_])['’]s? (?=[^\W\d_a-z])")
_WITHIN = re.compile(r" (?:for|to|of|with) (?:the )?")
_PEOPLE = re.compile(
    r"(?:The )?(?:governing body|trustees|governors|board|directors|background|about|young people"
    r"|friends and family|parents|members|department of [\w ]{3,60}|centre for [\w ]{3,60})",
    re.IGNORECASE,
)
_GRADE = re.compile(r"[ -](?:I{1,3}|IV|V|[A-E]|\d{1,2})$")
_ON_WHAT = re.compile(r" (?:in|for|on) ")
_SMALL = frozenset(("of", "and", "&", "for", "in", "on", "at", "to", "y", "yr"))


@dataclass(frozen=True, slots=True)
class Name:
    """A name where it stands."""

    text: str
    start: int
    end: int

    @property
    def bare(self) -> str:
        """The name without its article."""
        return bare(self.text)

    @property
    def organised(self) -> bool:
        """Whether a word of it says what kind of organisation it is, such as "Trust"."""
        return bool(body().search(self.text))


@of_all_languages
def _opening() -> frozenset[str]:
    return all_of("opens")


@of_all_languages
def _general() -> frozenset[str]:
    return all_of("general")


@of_all_languages
def body() -> re.Pattern[str]:
    """What says of which kind an organisation is, such as "Trust"."""
    return re.compile(rf"\b{any_of('body')}\b", re.IGNORECASE)


def is_part(name: str) -> bool:
    """Whether a name is of a part of an organisation, such as "Outreach team": it advertises for the whole."""
    return " of " not in name and bool(_part().search(name))


@of_all_languages
def _part() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of('part')}$", re.IGNORECASE)


def names_in(line: str) -> Iterator[Name]:
    """The names of a line that may be an organisation's, in their order."""
    for match in _NAME.finditer(line):
        start, text = _trimmed(match.start(), match[0])
        if may_be(text):
            yield Name(text, start, start + len(text))


def bare(name: str) -> str:
    """A name without its article."""
    return name.removeprefix("The ").removeprefix("the ")


def with_article(name: str, author: str) -> str:
    """A name with its article only where that seems to be of it, or its author writes it so."""
    article, _, rest = name.partition(" ")
    if article.lower() != "the":
        return name
    if rest.lower() in author.lower():
        return name if name.lower() in author.lower() else rest
    return rest if article == "the" or _WITHOUT_THE.search(rest) else name


def may_be(name: str) -> bool:
    """Whether a name may be an organisation's: not a day, a role, a heading, or a word that is one of many."""
    words = bare(name).split()
    if not words or len(words[0]) < 2 or name[0].isdigit() or _CALENDAR.match(name) or _PRONOUN.match(name):
        return False
    if all(word.lower() in _general() or body().fullmatch(word) for word in words):
        return False
    if name.isupper() and " " in name and not body().search(name):
        return False
    if _advertised(name) or (name.isupper() and any(map(names_a_role, words))):
        return False
    return not names_a_role(name) or (" of " in name and bool(body().search(name.partition(" of ")[0])))


def _advertised(name: str) -> bool:
    """Whether a name is of what is offered: "Lecturer II", "Fellowship in Labour History"."""
    before = _ON_WHAT.split(name, maxsplit=1)[0]
    role = _GRADE.sub("", before)
    return role != name and names_a_role(role) and not (before != name and body().search(role))


def _trimmed(start: int, name: str) -> tuple[int, str]:
    """A name without what only stands before it ("So", "Trustees of", "Director for") or behind it ("in Leeds")."""
    start, name = _without_first(start, name)
    for cut in _WITHIN.finditer(name):
        left = name[: cut.start()]
        if names_a_role(left) or _PEOPLE.fullmatch(left):
            start, name = start + cut.end(), name[cut.end() :]
            break
    for cut in _POSSESSED.finditer(name):
        if body().search(name[: cut.start()].rsplit(" ", 1)[-1]) and name[cut.start() + 1 : cut.start() + 2] == "s":
            name = name[: cut.start()]
            break
    left, inside, _ = name.partition(" in ")
    if inside and (body().search(left) or left.count(" ") > 1):
        name = left
    return start, name.rstrip("'’").removesuffix("'s").removesuffix("’s")


def _without_first(start: int, name: str) -> tuple[int, str]:
    """A name without the words that only begin its sentence."""
    while name:
        first, _, rest = name.partition(" ")
        if first.lower().replace("’", "'") not in _opening():
            break
        start, name = start + len(first) + 1, rest
    while (word := name.split(" ")[0]) in _SMALL and name:
        start, name = start + len(word) + 1, name[len(word) + 1 :]
    return start, name
