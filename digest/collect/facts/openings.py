"""How many posts one advert offers: "two posts", "x 3", "(4)", or as many as its list names; pure."""

import re

from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of

_MOST = 40  # posts; what is more is no number of them
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNT = rf"(?P<count>\b(?:{'|'.join(_NUMBERS)}|both|\d{{1,2}})\b)"
_SEEKING = re.compile(
    r"\b(?:we have|we['’]ve|there are|are|is|has|have|seek\w{0,3}|recruit\w{0,3}|hir\w{1,3}|appoint\w{0,3}"
    r"|want\w{0,2}|need\w{0,2}|for|offer\w{0,3}|looking|advertis\w{1,3}|of|invit\w{1,4}|fund\w{0,3})\b[^.\n]{0,60}$",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\b(?P<before>\d{1,2}) ?[x×] |(?<!\w)[x×] ?(?P<after>\d{1,2})\b|\((?P<bracket>\d{1,2})\)(?!\w)"
    r"|\((?P<posts>\w{1,8}) (?:posts|positions|roles|vacancies)\)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\W{0,6}(?:\d{1,2}\. ?)?(?:no\.?|number) of (?:posts|positions|vacancies|openings"
    r"|places)\W{0,4}[:|]\W{0,4}(?P<count>\d{1,2})\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\bfollowing (?:\w{2,12} ){0,2}(?:roles|posts|positions|vacancies|jobs|opportunities"
    r"|openings)\b[^\n]{0,60}:\s*$",
    re.IGNORECASE,
)
_EACH = re.compile(r"\b(\d{1,2}) ?[x×] ")
_HEADED = re.compile(r"\W{0,6}(?:job|post|role|vacancy|position) (\d|[A-D])\b\W", re.IGNORECASE)
_LINES = 40  # of a post, in which it is told
_OTHERS = re.compile(
    r"\b(?:other|existing|the|current|last|former|our|these|those|all|like|between|of the|manag\w{1,5}"
    r"|supervis\w{1,5}|lead(?:s|ing)?|support\w{0,3}|team of|with|alongside) (?:\w{2,12} )?$",
    re.IGNORECASE,
)


@of_all_languages
def _counted() -> re.Pattern[str]:
    """A number of posts: "two paid traineeships"."""
    return re.compile(
        rf"{_COUNT}(?: (?:new|paid|part-time|full-time|fully[- ]funded|funded|permanent|fixed-term|voluntary|assistant"
        rf"|sessional|doctoral|PhD|\w{{3,12}})){{0,2}} {any_of('posts')}\b",
        re.IGNORECASE,
    )


def openings(title: str, text: str) -> int | None:
    """The number of posts where there is more than one and it is told; None otherwise."""
    lines = text.split("\n")
    counts = [int(one) for one in _EACH.findall(title)]
    if len(counts) > 1:
        return _number(str(sum(counts)))
    for match in _TIMES.finditer(title):
        if count := _number(next(filter(None, match.groups()))):
            return count
    named = _told(title, seeking=False)
    if named and " and " not in title.lower():
        return named
    for number, line in enumerate(lines):
        if (label := _LABEL.match(line)) and (count := _number(label["count"])):
            return count
        if _LIST.search(line):
            return _listed(lines[number + 1 :])
    told = next(filter(None, (_told(line[:400], seeking=True) for line in lines[:_LINES])), None)
    headed = {heading[1] for line in lines if (heading := _HEADED.match(line))}
    return told or named or _number(str(len(headed)))


def _told(line: str, *, seeking: bool) -> int | None:
    for match in _counted().finditer(line):
        before = line[max(0, match.start() - 80) : match.start()]
        if _OTHERS.search(before) or (seeking and before.strip() and not _SEEKING.search(before)):
            continue
        if (count := _number(match["count"])) is not None:
            return count
    return None


def _number(written: str) -> int | None:
    word = written.lower()
    count = (
        2 if word == "both" else _NUMBERS.index(word) + 2 if word in _NUMBERS else int(word) if word.isdecimal() else 0
    )
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
