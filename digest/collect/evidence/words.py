"""A post as sentences of plain words, with dates, times, money and addresses as words of their own; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from digest.collect.dates import MONTH, ReadDate, WrittenDate, WrittenTime, find_dates, find_times, read_date
from digest.collect.dates.vocabulary import date_words
from digest.collect.evidence.languages import languages_of

DATE, TIME, MONEY, NUMBER, LINK = "{date}", "{time}", "{money}", "{number}", "{link}"

_LEAD = 60  # words from the beginning of the body that say what a post is about
_MOST = 2_500  # words that are looked at; no advert needs more
_LONGEST = 1_500  # characters of a sentence
_HANDED_ON = 0.7  # share of a post that is quoted, from which it hands on another's
_FORWARDED = ("fwd:", "fw:")  # a subject that says so
_ASIDE_LINES = 12  # at the end, after a line of dashes: a signature
_TOKEN = re.compile(
    r"(?P<link>https?://\S{1,2000}|\bwww\.\S{1,2000}|[^\s@<>()]{1,64}@[^\s@<>()]{1,255})"
    r"|(?P<money>[£€$]\s?\d[\d,.]{0,12}(?:\s?k\b)?|\b\d[\d,]{0,10}\s?(?:euros?|pounds|dollars)\b)"
    r"|(?P<number>\d[\d,.]{0,12})"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<mark>[?!])",
    re.IGNORECASE,
)
_DAY = rf"(?:(?:(?<=[ –-]\d\.)|(?<=[ –-][0-3]\d\.))\s(?i:{MONTH}))"  # "24. September" goes on
_SENTENCE = re.compile(rf"(?<=[.!?])(?<!a\.m\.)(?<!p\.m\.)(?!{_DAY})\s+(?=[^\W\d_a-z])")
_LABEL = re.compile(r"[^\w\n]{0,10}([^\W\d_][^:\n]{0,38}):(?=\s|$)")
_DASHES = re.compile(r"\s*(?:--|—|__+|==+)\s*")
_WROTE = re.compile(r"\s*(?:>|On .{4,80} wrote:)")


class Part(StrEnum):
    """Where in a post something stands."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    ASIDE = "aside"  # quoted or signed: somebody else's words, or about the writer


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence, or a line that is none."""

    part: Part
    text: str
    tokens: tuple[str, ...]  # in small letters, apostrophes apart: "we", "re"
    spans: tuple[tuple[int, int], ...]  # of the tokens in the text
    dates: tuple[WrittenDate, ...]
    times: tuple[WrittenTime, ...]  # times of day
    label: str  # what stands before its colon, in small letters; "" without one
    opens: bool  # the first of its line


@dataclass(frozen=True, kw_only=True)
class Words:
    """A whole post."""

    sentences: tuple[Sentence, ...]
    reference: date  # the day it is read from

    @cached_property
    def spoken(self) -> tuple[Sentence, ...]:
        """What the post itself says: all but asides."""
        return tuple(sentence for sentence in self.sentences if sentence.part is not Part.ASIDE)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The codes of the languages it is in; none where that is a language which is not known."""
        title = [token for one in self.spoken if one.part is Part.TITLE for token in one.tokens]
        return languages_of(title, [token for one in self.spoken for token in one.tokens])

    def read(self, written: WrittenDate) -> ReadDate | None:
        """A date with its year."""
        return read_date(written, reference=self.reference)


def words_of(title: str, text: str, *, reference: date, month_first: bool = False) -> Words:
    """Take a post apart.

    Args:
        title: one line.
        text: the body as plain text.
        reference: the day it was published or first seen.
        month_first: how its language writes numeric dates.
    """
    sentences = []
    if title.strip():
        sentences.append(_sentence(title, Part.TITLE, reference=reference, month_first=month_first, opens=True))
    read = 0
    lines = text.split("\n")
    signed = _signature(lines)
    quoted = _quoted(lines)
    if _is_handed_on(title, lines, quoted):
        quoted = frozenset()
    for number, line in enumerate(lines):
        for opens, piece in _pieces(line):
            aside = number in quoted or number >= signed
            part = Part.ASIDE if aside and read else Part.LEAD if read < _LEAD else Part.BODY
            sentence = _sentence(piece, part, reference=reference, month_first=month_first, opens=opens)
            sentences.append(sentence)
            read += len(sentence.tokens)
        if read > _MOST:
            break
    return Words(sentences=tuple(sentences), reference=reference)


def _signature(lines: list[str]) -> int:
    """The line from which a post is only signed."""
    for back, line in enumerate(reversed(lines[-_ASIDE_LINES:]), 1):
        if _DASHES.fullmatch(line):
            return len(lines) - back
    return len(lines)


def _quoted(lines: list[str]) -> frozenset[int]:
    """The lines that are quoted from another mail: to the next empty one."""
    quoting, found = False, []
    for number, line in enumerate(lines):
        if not line.strip():
            quoting = quoting and number + 1 < len(lines) and bool(_WROTE.match(lines[number + 1]))
            continue
        quoting = quoting or bool(_WROTE.match(line))
        if quoting:
            found.append(number)
    return frozenset(found)


def _is_handed_on(title: str, lines: list[str], quoted: frozenset[int]) -> bool:
    """Whether what is quoted is what the post is about, and not what it answers."""
    subject = title.lower().lstrip()
    if subject.startswith(_FORWARDED):
        return True
    of_others = sum(len(lines[number]) for number in quoted)
    return of_others > _HANDED_ON * sum(map(len, lines)) and not subject.startswith("re:")


def _pieces(line: str) -> Iterator[tuple[bool, str]]:
    for number, piece in enumerate(_SENTENCE.split(line)):
        if piece.strip():
            yield number == 0, piece[:_LONGEST]


def _sentence(text: str, part: Part, *, reference: date, month_first: bool, opens: bool) -> Sentence:
    dates = find_dates(text, numeric=True, month_first=month_first, published=reference)
    times = find_times(text)
    marked = sorted([(written.span, DATE) for written in dates] + [(written.span, TIME) for written in times])
    tokens, spans, place = [], [], 0
    for span, name in [*marked, ((len(text), len(text)), "")]:
        if span[0] < place:
            continue
        for match in _TOKEN.finditer(text, place, span[0]):
            tokens.append(_named(match))
            spans.append(match.span())
        if name:
            article = name == DATE and bool(tokens) and tokens[-1] in date_words().the
            begins = spans.pop()[0] if article else span[0]  # "by the 3rd of May" is "by 3 May"
            tokens[len(tokens) - article :] = [name]
            spans.append((begins, span[1]))
        place = span[1]
    label = _LABEL.match(text) if opens else None
    return Sentence(
        part=part,
        text=text,
        tokens=tuple(tokens),
        spans=tuple(spans),
        dates=tuple(dates),
        times=tuple(times),
        label=" ".join(label[1].lower().split()) if label else "",
        opens=opens,
    )


def _named(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind in {"word", "mark"}:
        return match[0].lower()
    return {"link": LINK, "money": MONEY, "number": NUMBER}[kind or "number"]
