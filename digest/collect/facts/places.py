"""Where an event is: the likeliest of what stands beside its date and hours, behind "at", or after a label; pure."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from digest.collect.evidence import Part, Sentence
from digest.collect.facts.place_words import CUT, LONGEST, PIN, place_in, place_words
from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of
from digest.model import ONLINE
from digest.text.markup import one_line

_ENOUGH = 5  # points of a place
_ONLINE_TOO = 2, 5  # how many more it needs where the web is spoken of: with a word such as "hall", and without
_ONLINE_HINT = re.compile(  # where no place is told
    r"\b(?:video (?:call|link|room|meeting)|over video|recorded|recording|(?:community|next|monthly|developer) call"
    r"|link(?: to)?:"
    r"|room (?:is |\(|at )?\(?https?:|join:? https?:|join from (?:anywhere|home)|your microphones?)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    rf"[ ]\(|;|[.!?](?=\s|$)(?<!St\.)|[ ][–—-][ ]|[ ]\||{CUT}|,?[ ](?:on|from|this|next|every|is|was|will|where"
    rf"|with|has|have|and then|for|as|we|who|which|that)[ ]|,[ ]?(?:[a-z]{{2,}}(?![\w ]*\bfloor|latform)\b)",
)
_COME = re.compile(
    r"\b(?:meet(?:ing|s)?|gather(?:ing)?|assembl(?:e|ing)|start(?:s|ing)?|held|hosted|be|is|are|come(?: along)?"
    r"|takes? place|taking place|back|again|all|still|down) (?:up )?$",
    re.IGNORECASE,
)
_DATE_BEFORE = re.compile(
    rf"{CUT}(?:[ ]\([^()]{{1,60}}\))?\W{{0,4}}(?:at |in |up at |upstairs at |held at |outside |@ ?|to:? )?\W{{0,2}}$"
)
_DATE_AFTER = re.compile(rf"(?:[ ]\([^()]{{1,60}}\))?\W{{0,4}}(?:(?:from|on|at|this|for|until)\W)?[ ]?{CUT}")
_PERSON_BEFORE = re.compile(r"\b(?:by|with|speaker:?|author|dr|from) $", re.IGNORECASE)
_ROOM = re.compile(r"\b(?:room|rm|unit|flat|hall) $", re.IGNORECASE)


class _Patterns(NamedTuple):
    beside: re.Pattern[str]
    label: re.Pattern[str]
    bare_label: re.Pattern[str]
    online: re.Pattern[str]
    hosts: re.Pattern[str]  # behind a place that opens its sentence


@of_all_languages
def _patterns() -> _Patterns:
    beside = (
        rf"(?:(?P<at>\b(?i:{any_of('at')}|to:|@)[ ])|(?P<open>(?:^|[^\w\s'’&]|\bup(?:stairs|stairs at))[ ]*))"
        rf"(?P<place>{place_words().place})(?P<end>(?=[ ]*(?:[^\w\s'’&]|$)))?"
    )
    label = rf"[^\w\n]{{0,8}}{any_of('place')}\W{{0,3}}(?::|\||\t| [-–—] )\W{{0,4}}(?P<place>\S.{{1,200}})$"
    return _Patterns(
        beside=re.compile(beside),
        label=re.compile(label, re.IGNORECASE),
        bare_label=re.compile(rf"\W{{0,6}}{any_of('place')}\W{{0,6}}$", re.IGNORECASE),
        hosts=re.compile(rf"[ ]{any_of('hosts')}\b"),
        online=re.compile(rf"\b{any_of('online')}\b", re.IGNORECASE),
    )


def place_of(sentences: Sequence[Sentence], telling: Sequence[Sentence]) -> str | None:
    """The place of an event, `ONLINE` included; nothing where none is told.

    Args:
        sentences: of its post, without asides.
        telling: those that tell its day.
    """
    labelled = next(filter(None, map(_labelled, sentences, [*sentences[1:], None])), None)
    if labelled is not None:
        return labelled
    found = [one for sentence, near in _near(sentences, telling) for one in _weighed(sentence, near)]
    points, place = max(found, key=lambda one: one[0], default=(0, ""))
    whole = " ".join(sentence.text for sentence in sentences)
    away = bool(_patterns().online.search(whole))
    if points >= _ENOUGH + (_ONLINE_TOO[not place_words().spot.search(place)] if away else 0):
        return place
    zoned = any(time.zone is not None for sentence in telling for time in sentence.times)
    return ONLINE if away or zoned or _ONLINE_HINT.search(whole) else None


def _labelled(sentence: Sentence, following: Sentence | None) -> str | None:
    """What stands behind "Venue:", or on the line below it."""
    label = _patterns().label.match(sentence.text) or PIN.match(sentence.text)
    said = label["place"] if label else ""
    if following is not None and _patterns().bare_label.fullmatch(sentence.text):
        said = following.text
    if _patterns().online.search(said[:40]):
        return ONLINE
    place = one_line(_ENDS.split(said, maxsplit=1)[0]).strip(" .,;:*|")
    return place[:LONGEST] if place and not place_words().none.match(place) else None


def _near(sentences: Sequence[Sentence], telling: Sequence[Sentence]) -> Iterator[tuple[Sentence, int]]:
    """The sentences in which the place may be said, each with how likely."""
    seen = set()
    for one in telling:
        place = sentences.index(one)
        for away in (0, 1, -1, 2, -2, 3):
            other = place + away
            if 0 <= other < len(sentences) and other not in seen:
                seen.add(other)
                yield sentences[other], 3 if away == 0 else 2 if abs(away) == 1 else 1
    for number, sentence in enumerate(sentences):
        if sentence.times and number not in seen:
            yield sentence, 1


def _weighed(sentence: Sentence, near: int) -> Iterator[tuple[int, str]]:
    """The places of a sentence, each with what speaks for it."""
    text = _masked(sentence)
    for match in _patterns().beside.finditer(text):
        place = place_in(match["place"])
        if place and not (
            _PERSON_BEFORE.search(text[: match.start("place")][-10:]) and not place_words().spot.search(place)
        ):
            yield near + sum(_points(sentence, text, match, place, near)), place


def _points(sentence: Sentence, text: str, match: re.Match[str], place: str, near: int) -> Iterator[int]:
    before, after, title = text[: match.start()][-40:], text[match.end("place") :][:80], sentence.part is Part.TITLE
    spot, at, ends = bool(place_words().spot.search(place)), match["at"] is not None, match["end"] is not None
    opens = not re.search(r"\w", before)
    yield 2 * at + 2 * spot + (", " in place)
    if _DATE_BEFORE.search(before + text[match.start() : match.start("place")]) or _DATE_AFTER.match(after):
        yield 3
    if opens and ends:
        yield (0 if at else 1 if after.strip(" .,|") else 2) + 2 * (near >= 1 and not sentence.dates)
    if at and _COME.search(before):
        yield 2
    if opens and spot and _patterns().hosts.match(after):
        yield 4
    if at and ends and title:
        yield 1
    if not at:
        yield -3 * (not spot and (title or " " not in place)) - 3 * (not ends)


def _masked(sentence: Sentence) -> str:
    """A sentence with a mark where its dates and times are."""
    text, parts, place = sentence.text, [], 0
    spans = {*(one.span for one in sentence.dates), *(one.span for one in sentence.times)}
    for start, end in sorted(spans):
        if start < place or _ROOM.search(text[:start][-8:]):
            continue
        parts += [text[place:start], CUT]
        place = end
    return "".join([*parts, text[place:]])
