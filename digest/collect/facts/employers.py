"""Who advertises a vacancy: the likeliest of the names in a post, by what stands around each; pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from digest.collect.facts.names import Name, bare, body, is_part, may_be, names_in, with_article
from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of
from digest.text.markup import one_line

_ENOUGH = 7  # points
_LINES, _LINE = 120, 600  # lines of a post, and characters of a line, that are looked at
_MOST = 300  # names of a post
_FIRST_LINES = 4  # with the title: who advertises is mostly named there
_AMONG_THEM, _BELOW = 3, -1  # points
_LONGEST = 100  # characters of a name
_ASIDE = r"(?:,[^,.;:\n]{2,80},|[ ]?\([^()\n]{1,60}\),?)?"
_ACTS = re.compile(rf"{_ASIDE}[ ][a-z]{{2,12}}(?:s|ed)[ ]")
_OWN = re.compile(
    r"['’]s? (?:[\w&-]+ ){0,3}(?:seeks?|needs?|wants?|is|are|has|got|post|part-time|new|fellowship|board)\b"
)
_TITLE_BEFORE = re.compile(r"(?: [-–—|]|,| at| for|\() ?(?:the )?$")


class _Patterns(NamedTuple):
    label: re.Pattern[str]
    seeks: re.Pattern[str]
    does: re.Pattern[str]
    before: re.Pattern[str]  # a name that is theirs
    not_theirs: re.Pattern[str]


@of_all_languages
def _patterns() -> _Patterns:
    helping = (
        r"(?:[ ][a-z'’-]{2,15}){0,2}[ ](?:(?:is|are|am|now|currently|also|again|urgently|has|have|be|been"
        r"|will|would|like|love)[ ]){0,4}"
    )
    having = (
        r"(?:has|have|hae|got) (?:\S{1,12} ){1,3}"
        r"(?:vacanc(?:y|ies)|opportunity|places?|openings?|jobs?)"
    )
    label = rf"[^\w\n]{{0,8}}{any_of('employer')}\W{{0,3}}(?::|\||\t)\W{{0,4}}(?P<name>\S.{{1,98}})$"
    return _Patterns(
        label=re.compile(label, re.IGNORECASE),
        seeks=re.compile(rf"{_ASIDE}{helping}(?:{any_of('seeks')}|{having})\b"),
        before=re.compile(rf"\b{any_of('for')}[ :]{{1,2}}(?:the )?$", re.IGNORECASE),
        not_theirs=re.compile(rf"\b{any_of('not_theirs')}(?: the)? $", re.IGNORECASE),
        does=re.compile(rf"{_ASIDE}[ ]{any_of('does')}\b"),
    )


def employer(title: str, text: str, author: str) -> str | None:
    """The name of who offers the post; nothing where no name stands out.

    Args:
        title: one line.
        text: the body as plain text.
        author: as the source names them, an organisation or a person; "" where it does not.
    """
    lines = [line[:_LINE] for line in text.split("\n") if line.strip()][:_LINES]
    if (label := next(filter(None, map(_patterns().label.match, lines)), None)) is not None:
        return one_line(re.split(r"[(;]|, (?=\d)", label["name"])[0]).rstrip(" .,*|")
    lines.insert(0, title[:_LINE])
    points: dict[str, int] = {}
    spelt: dict[str, str] = {}  # as written first
    for number, line in enumerate(lines):
        for name in names_in(line):
            weight = _weight(name, line, author) + (_AMONG_THEM if number < _FIRST_LINES else _BELOW)
            weight += _of_title(name, line) if number == 0 else 0
            known = name.bare in points
            points[name.bare] = max(points.get(name.bare, 0), weight) + known
            spelt.setdefault(name.bare, with_article(name.text, author))
        if len(points) > _MOST:
            break
    _add_author(points, spelt, author)
    whole = "\n".join(lines)
    points = {name: weight + min(3, whole.count(name)) for name, weight in points.items()}
    best = max(points, key=lambda name: points[name], default="")
    if points.get(best, 0) < _ENOUGH:
        return None
    longer = [name for name in points if name.endswith(f" {best}")]
    return spelt[min(longer, key=len, default=best)][:_LONGEST]


def _add_author(points: dict[str, int], spelt: dict[str, str], author: str) -> None:
    """The author's organisation, where that is one."""
    name = one_line(author.rsplit(",", maxsplit=1)[-1])
    if body().search(name) and may_be(name):
        points[bare(name)] = points.get(bare(name), 0) + (4 if is_part(name) else 10)
        spelt.setdefault(bare(name), name)


def _weight(name: Name, line: str, author: str) -> int:
    """How much speaks for a name where it stands."""
    before, after = line[max(0, name.start - 40) : name.start], line[name.end : name.end + 120]
    opens = _opens(before)
    weight = (1 if is_part(name.text) else 3) * name.organised - (0 if " " in name.bare else 4)
    weight += sum(_does(name, after, opens=opens, author=author))
    if opens and not after.strip(" .,|*"):
        weight += 3 * name.organised  # a line of its own
    elif opens and after[:1] in {".", ",", ":"} and " " in name.bare:
        weight += 3
    if _patterns().before.search(before):
        return weight + (3 if name.organised else 2)
    return weight - 4 if _patterns().not_theirs.search(before) else weight


def _opens(before: str) -> bool:
    """Whether what stands before a name leaves it the first word of its sentence."""
    told = before.rstrip()
    return not re.search(r"\w", before) or told.endswith((".", "!", "?", ":")) or told.lower().endswith("so")


def _does(name: Name, after: str, *, opens: bool, author: str) -> Iterator[int]:
    """What is told of who is named: seeking somebody above all."""
    seeks, does = bool(_patterns().seeks.match(after)), bool(_patterns().does.match(after))
    if author and name.bare.lower() in author.lower() and (name.organised or seeks or does):
        yield 4
    if name.text == author and not (name.organised or seeks):
        yield -4  # a person
    if seeks:
        yield 6 if opens else 4
    elif does:
        yield 4 if opens else 2
    elif (opens and _ACTS.match(after)) or _OWN.match(after):
        yield 3


def _of_title(name: Name, title: str) -> int:
    """What a name at the end of the title has beside: "Trainee – Tanglewood Plants"."""
    last = not title[name.end :].strip(" .)") and _TITLE_BEFORE.search(title[: name.start][-12:])
    listed = title[: name.start].rstrip().endswith(",")  # "Electrician, School Facilities": rather where than who
    return (0 if listed else 2) + name.organised if last else 0
