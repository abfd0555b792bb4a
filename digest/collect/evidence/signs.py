"""What in a post speaks for a vacancy, an event or neither: each sign with how much there is, from 0 to 1; pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from math import log

from digest.collect.evidence.lexicon import Lexicon
from digest.collect.evidence.titles import signs_of_title
from digest.collect.evidence.words import DATE, LINK, MONEY, NUMBER, TIME, Part, Sentence, Words

_MOST_WORDS = 2  # of what was written that a sign keeps
_USUAL = 200  # words of a post; in one of twice as many a phrase says half as much of the whole
_OF_THE_WHOLE = ("any: ", "body: ")
_HEADING = 7  # words of a heading at most


@dataclass(slots=True)
class Sign:
    """One kind of evidence in a post."""

    value: float = 0.0
    words: list[str] = field(default_factory=list)  # what it was seen in, the first few


def signs_of(words: Words, categories: Sequence[str], lexicon: Lexicon) -> dict[str, Sign]:
    """All signs of a post by their names, such as "lead: seeks"; what is not there is left out."""
    signs: dict[str, Sign] = defaultdict(Sign)
    counts: dict[str, int] = defaultdict(int)
    for sentence in words.spoken:
        found = _phrases(sentence, lexicon)
        for name, told in found.items():
            key = f"{sentence.part}: {name}"
            counts[key] += len(told)
            counts[f"any: {name}"] += len(told)
            for sign in (signs[key], signs[f"any: {name}"]):
                sign.words += told[: _MOST_WORDS - len(sign.words)]
        _together(words, sentence, found, counts)
        if sentence.label and (kind := lexicon.labels.get(sentence.label)):
            counts[f"label: {kind}"] += 1
    length = length_of(words)
    for key, count in counts.items():
        signs[key].value = value_of(count, key, length)
    _shape(words, signs, lexicon)
    _of_the_title(signs)
    for name, value in signs_of_title(words, lexicon):
        signs[name].value = value
    for name in categories:
        for match in lexicon.categories.find(name.lower().replace("-", " ").split()):
            signs[f"category: {match.name}"].value = 1.0
    return dict(signs)


def length_of(words: Words) -> float:
    """How many times as long as usual a post is, at least 1: whatever is long has something of everything."""
    return max(1.0, sum(len(sentence.tokens) for sentence in words.spoken) / _USUAL)


def value_of(count: int, sign: str, length: float) -> float:
    """How much of a sign is there that was seen so often, in a post so many times as long as usual."""
    return 1 - 0.5 ** (count / length if sign.startswith(_OF_THE_WHOLE) else count)


def _phrases(sentence: Sentence, lexicon: Lexicon) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    last: dict[str, int] = {}
    for match in lexicon.phrases.find(lexicon.heard(sentence)):
        if match.start < last.get(match.name, 0):
            continue  # within the one before
        last[match.name] = match.end
        name = match.name
        if name in _OF_WHOM and match.start and sentence.tokens[match.start - 1] in lexicon.of_whom:
            name += " spoken of"
        start, end = sentence.spans[match.start][0], sentence.spans[match.end - 1][1]
        found[name].append(sentence.text[start:end])
    return found


_OF_WHOM = frozenset(("role", "study"))
_PAIRS = (
    *(
        ("seeks", "role"),
        ("seeks_hint", "role"),
        ("seeks", "study"),
        ("role", "pay"),
        ("role", "hours"),
        ("pay", "hours"),
    ),
    *(("apply", "deadline"), ("apply_hint", "deadline"), ("role", "apply"), ("post_noun", "qualities_hint")),
    *(("event_noun", "coming"), ("event_noun_hint", "coming"), ("invites", "coming"), ("invites", "event_noun")),
    *(
        ("invites_hint", "coming"),
        ("happening", "coming"),
        ("coming", "clock"),
        ("venue", "coming"),
        ("venue", "clock"),
    ),
    *(("reported", "past"), ("reported_hint", "past"), ("reported", "event_noun"), ("reported_hint", "event_noun")),
    *(("survey", "deadline"), ("calls", "deadline"), ("grants", "deadline"), ("closure", "date"), ("news", "date")),
    *(("appointed", "role"), ("appointed_hint", "role"), ("speaker", "coming"), ("clock", "event_noun")),
    *(("apply", "event_noun"), ("apply_hint", "event_noun"), ("attendees", "coming")),
    *(("closure", "coming"), ("closure", "clock")),
)
_OF_ADVERTS = (
    *("apply", "apply_hint", "closing", "closing_hint", "deadline", "pay", "hours", "seeks", "seeks_hint"),
    *("post_noun", "qualities"),
)
"""What a text has beside a title that names a role, if it advertises it, wherever it stands."""
_DUE = {"closing", "closing_hint", "apply", "calls", "grants", "survey", "closure", "interview", "appointed", "pay"}


def _together(words: Words, sentence: Sentence, found: Mapping[str, list[str]], counts: dict[str, int]) -> None:
    """What stands in one sentence."""
    present = set(found)
    if sentence.dates:
        present.add("date")
        reads = [read for written in sentence.dates if (read := words.read(written))]
        if any(read.last >= words.reference for read in reads):
            present.add("deadline" if present & _DUE else "coming")
        if any(read.last < words.reference for read in reads):
            present.add("past")
    if sentence.times:
        present.add("clock")
    if any(written.until for written in sentence.times) or len(sentence.times) > 1:
        present.add("hours of day")
    where = "title" if sentence.part is Part.TITLE else "lead" if sentence.part is Part.LEAD else "body"
    for name in ("date", "coming", "deadline", "past", "clock", "hours of day"):
        if name in present:
            counts[f"{where}: {name}"] += 1
            counts[f"any: {name}"] += 1
    for one, other in _PAIRS:
        if one in present and other in present:
            counts[f"{one} with {other}"] += 1


def _of_the_title(signs: dict[str, Sign]) -> None:
    """A role that the title names, and what the whole post says beside it."""
    role = signs.get("title: role")
    if role is None:
        return
    for name in _OF_ADVERTS:
        if (told := signs.get(f"any: {name}")) is not None:
            both = [*role.words[:1], *told.words[:1]]
            signs[f"title: role with {name}"] = Sign(role.value * told.value, both)


def _shape(words: Words, signs: dict[str, Sign], lexicon: Lexicon) -> None:
    """Length, who is spoken to, tense, and how much of it is links, questions, lists and labels."""
    tokens = [token for sentence in words.spoken for token in sentence.tokens]
    total = len(tokens) + 10
    body = [sentence for sentence in words.spoken if sentence.part is not Part.TITLE]
    count = Counter(tokens)
    signs["shape: short"].value = 1 / (1 + len(tokens) / 60)
    signs["shape: long"].value = min(1.0, max(0.0, log(total / 150) / 3))
    small = {name: sum(count[word] for word in several) for name, several in lexicon.shape.items()}
    signs["shape: you"].value = min(1.0, 12 * small["you"] / total)
    signs["shape: I"].value = min(1.0, 15 * small["i"] / total)
    signs["shape: we"].value = min(1.0, 12 * small["we"] / total)
    endings = lexicon.past_endings
    past = sum(count[token] for token in count if len(token) > 4 and token.endswith(endings))
    signs["shape: past tense"].value = min(1.0, 8 * (past + small["past"]) / total)
    signs["shape: will"].value = min(1.0, 20 * small["will"] / total)
    signs["shape: questions"].value = min(1.0, 20 * count["?"] / total)
    signs["shape: links"].value = min(1.0, 10 * count[LINK] / total)
    signs["shape: money"].value = min(1.0, 15 * count[MONEY] / total)
    signs["shape: numbers"].value = min(1.0, 10 * count[NUMBER] / total)
    signs["shape: dates"].value = min(1.0, 15 * count[DATE] / total)
    signs["shape: times"].value = min(1.0, 15 * count[TIME] / total)
    lines = sum(sentence.opens for sentence in body) or 1
    signs["shape: labels"].value = sum(bool(sentence.label) for sentence in body) / lines
    signs["shape: lists"].value = sum(sentence.text.lstrip()[:1] in "-*•–" for sentence in body) / lines
    signs["shape: headings"].value = 1 - 0.7 ** _headings(body)
    reads = [read for s in words.spoken for written in s.dates if (read := words.read(written))]
    ahead = [read for read in reads if read.last >= words.reference]
    signs["dates: none"].value = float(not reads)
    signs["dates: only past"].value = float(bool(reads) and not ahead)
    signs["dates: several ahead"].value = min(1.0, max(0, len({read.first for read in ahead}) - 1) / 4)
    soon = [read for read in ahead if read.first - words.reference <= timedelta(days=120)]
    signs["dates: soon"].value = float(bool(soon))
    for name in [name for name, sign in signs.items() if not sign.value]:
        del signs[name]


def _headings(body: Sequence[Sentence]) -> int:
    """How many short lines without a stop have a longer one below them."""
    return sum(
        head.opens
        and not head.label
        and 0 < len(head.tokens) <= _HEADING < len(below.tokens)
        and head.text.lstrip()[0] not in "-*•–"
        and head.text.rstrip()[-1] not in ".!?:,;"
        for head, below in pairwise(body)
    )
