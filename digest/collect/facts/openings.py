"""How many posts one advert offers: "two posts", "x 3", "(4)", or as many as its list names; pure."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from digest.collect.languages import of_all_languages, tables
from digest.collect.languages.patterns import any_of

_MOST = 40  # posts; what is more is no number of them
_LINES = 40  # of a post, in which it is told
_BETWEEN = r"(?: [^\W\d_][\w-]{1,13}){0,2}"  # words: "two paid part-time posts"
_TIMES = re.compile(r"\b(?P<before>\d{1,2}) ?[x×] |(?<!\w)[x×] ?(?P<after>\d{1,2})\b|\((?P<bracket>\d{1,2})\)(?!\w)")
_EACH = re.compile(r"\b(\d{1,2}) ?[x×] ")


class _Patterns(NamedTuple):
    numbers: Mapping[str, int]
    counted: re.Pattern[str]  # "two paid traineeships"
    bracketed: re.Pattern[str]  # "(three posts)"
    offered: re.Pattern[str]  # before a number of posts
    others: re.Pattern[str]  # before one of those that are not offered
    label: re.Pattern[str]  # "Number of posts: 3"
    following: re.Pattern[str]  # "the following roles:"
    headed: re.Pattern[str]  # "Post 1: "


@of_all_languages
def _patterns() -> _Patterns:
    numbers = {
        word.lower(): int(number)
        for table in tables().values()
        for number, words in table.get("numbers", {}).items()
        for word in words
        if 2 <= int(number) <= _MOST
    }
    count = rf"(?P<count>\b(?:{'|'.join(map(re.escape, numbers))}|{any_of('both')}|\d{{1,2}})\b)"
    posts = any_of("posts")

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE)

    return _Patterns(
        numbers=numbers,
        counted=compiled(rf"{count}{_BETWEEN} {posts}\b"),
        bracketed=compiled(rf"\({count} {posts}\)"),
        offered=compiled(rf"\b{any_of('offered')}\b[^.\n]{{0,60}}$"),
        others=compiled(rf"\b{any_of('others')} (?:\w{{2,12}} )?$"),
        label=compiled(rf"\W{{0,6}}(?:\d{{1,2}}\. ?)?{any_of('how_many')}\W{{0,4}}[:|]\W{{0,4}}(?P<count>\d{{1,2}})\b"),
        following=compiled(rf"\b{any_of('following')} (?:\w{{2,12}} ){{0,2}}{posts}\b[^\n]{{0,60}}:\s*$"),
        headed=compiled(rf"\W{{0,6}}{any_of('one_post')} (\d|[A-D])\b\W"),
    )


def openings(title: str, text: str) -> int | None:
    """The number of posts where there is more than one and it is told; None otherwise."""
    lines = text.split("\n")
    counts = [int(one) for one in _EACH.findall(title)]
    if len(counts) > 1:
        return _number(str(sum(counts)))
    for pattern in (_TIMES, _patterns().bracketed):
        for match in pattern.finditer(title):
            if count := _number(next(filter(None, match.groups()))):
                return count
    named = _told(title, seeking=False)
    if named and " and " not in title.lower():
        return named
    for number, line in enumerate(lines):
        if (label := _patterns().label.match(line)) and (count := _number(label["count"])):
            return count
        if _patterns().following.search(line):
            return _listed(lines[number + 1 :])
    told = next(filter(None, (_told(line[:400], seeking=True) for line in lines[:_LINES])), None)
    headed = {heading[1] for line in lines if (heading := _patterns().headed.match(line))}
    return told or named or _number(str(len(headed)))


def _told(line: str, *, seeking: bool) -> int | None:
    for match in _patterns().counted.finditer(line):
        before = line[max(0, match.start() - 80) : match.start()]
        if _patterns().others.search(before) or (seeking and before.strip() and not _patterns().offered.search(before)):
            continue
        if (count := _number(match["count"])) is not None:
            return count
    return None


def _number(written: str) -> int | None:
    word = written.lower()
    count = int(word) if word.isdecimal() else _patterns().numbers.get(word, 2)  # "both"
    return count if 2 <= count <= _MOST else None


def _listed(lines: list[str]) -> int | None:
    """As many as the list that follows has lines; empty lines between them do not end it."""
    count = 0
    for line in lines:
        if re.match(r"\s*(?:[-*•·–]|\d{1,2}[.)])\s", line):
            count += 1
        elif line.strip():
            break
    return count if 2 <= count <= _MOST else None
