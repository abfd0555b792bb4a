"""Which of the dates of a post is the one that it closes on, or starts on: every date with what speaks for it; pure.

A logistic regression over what stands around a date, fitted as the weights of `digest.collect.evidence.verdict` are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import exp

from digest.collect.dates import ReadDate, WrittenDate, heading_year, read_date
from digest.collect.evidence.lexicon import Lexicon, lexicon_of
from digest.collect.evidence.moved import is_moved, stands_instead
from digest.collect.evidence.phrases import Match
from digest.collect.evidence.words import DATE, Part, Sentence, Words
from digest.model import Certainty

_AROUND = 12  # words before and after a date in which a phrase is about it
_NEXT = 2  # words before a date in which a phrase is directly about it
_ALONE = 6  # words of a sentence
_MOST = 40  # dates of a post
_HEADING = 7  # words of a heading
_SOON = timedelta(days=60)
_LOOK_BACK = 2  # sentences: a heading or a label above a date


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A date that is written in a post."""

    sentence: Sentence
    written: WrittenDate
    read: ReadDate
    signs: frozenset[str]  # what stands around it


def candidates(words: Words) -> list[Candidate]:
    """The dates of a post that can be given a year, in the order they stand; of very many the first."""
    found: list[Candidate] = []
    lexicon = lexicon_of(words.languages)
    spoken = words.spoken
    heading: int | None = None  # the year of the heading above
    for number, sentence in enumerate(spoken):
        if not sentence.dates:
            heading = _year_of(sentence) or heading
            continue
        matches = list(lexicon.dates.find(lexicon.heard(sentence)))
        above = set(_above(spoken[max(0, number - _LOOK_BACK) : number], sentence, lexicon))
        for written in sentence.dates:
            if (read := _read(words, sentence, written, heading)) is not None:
                signs = frozenset(
                    (*_around(sentence, written, matches, lexicon), *above, *_itself(words, sentence, written, read))
                )
                found.append(Candidate(sentence=sentence, written=written, read=read, signs=signs))
                if len(found) == _MOST:
                    return [*_among(found)]
    return [*_among(found)]


def _year_of(sentence: Sentence) -> int | None:
    """The year that a title or a heading names for what stands below it: "Programme 2026"."""
    heads = sentence.part is Part.TITLE or (sentence.opens and len(sentence.tokens) <= _HEADING)
    return heading_year(sentence.text) if heads and not sentence.times else None


def _read(words: Words, sentence: Sentence, written: WrittenDate, heading: int | None) -> ReadDate | None:
    """A date with its year, of the heading above where that makes it a day to come that contradicts nothing.

    What stands in a sentence and is near without it, is that: "apply by 11 December" below "Instructors for 2027".
    """
    plain = words.read(written)
    near = plain is not None and timedelta(0) <= plain.last - words.reference < _SOON
    in_prose = near and len(sentence.tokens) > _HEADING and written.weekday is None
    if heading is not None and written.year is None and written.counted_from is None and not in_prose:
        read = read_date(written, reference=words.reference, year=heading)
        if read is not None and read.last >= words.reference and read.certainty is Certainty.CERTAIN:
            return read
    return plain


def chance(candidate: Candidate, weights: Mapping[str, float]) -> float:
    """How likely a date is the one, from 0 to 1."""
    score = weights["bias"] + sum(weights.get(sign, 0.0) for sign in candidate.signs)
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))


def _around(sentence: Sentence, written: WrittenDate, matches: Sequence[Match], lexicon: Lexicon) -> Iterator[str]:
    """What stands before and behind a date, as far as to the next one: that is of the other."""
    tokens = sentence.tokens
    place = next((n for n, span in enumerate(sentence.spans) if span[1] > written.span[0]), len(sentence.spans) - 1)
    before = max((n for n in range(place) if tokens[n] == DATE), default=-1)
    behind = min((n for n in range(place + 1, len(tokens)) if tokens[n] == DATE), default=len(tokens))
    for match in matches:
        if before + 1 < match.end and match.start <= place and place - match.end < _AROUND:
            yield f"before: {match.name}"
            if place - match.end < _NEXT:
                yield f"next before: {match.name}"
        elif place < match.start < behind and match.start - place <= _AROUND:
            yield f"after: {match.name}"
    yield from _replacing(sentence, written)
    small = [token for token in tokens[max(0, place - 3) : place] if token != DATE]
    yield from (f"beside: {lexicon.beside[token]}" for token in small[-2:] if token in lexicon.beside)
    if place == 0:
        yield "begins its sentence"
    if len(tokens) <= _ALONE:
        yield "stands nearly alone"
    if before >= 0:
        yield "not the first of its sentence"
    if tokens.count(DATE) > 1:
        yield "one of several of its sentence"


def _replacing(sentence: Sentence, written: WrittenDate) -> Iterator[str]:
    """Whether it takes another date's place, or another takes its."""
    text, spans = sentence.text, [one.span for one in sentence.dates]
    place = spans.index(written.span)
    if place and is_moved(text, spans[place - 1], spans[place]):
        yield "moved to"
    if place + 1 < len(spans) and is_moved(text, spans[place], spans[place + 1]):
        yield "moved away from"
    if stands_instead(text, written.span):
        yield "instead of another"


def _above(above: tuple[Sentence, ...], sentence: Sentence, lexicon: Lexicon) -> Iterator[str]:
    if sentence.label:
        for match in lexicon.dates.find(sentence.label.split()):
            yield f"label: {match.name}"
    for near in reversed(above):
        if near.text.rstrip().endswith(":") or (near.opens and len(near.tokens) <= 5):
            for match in lexicon.dates.find(lexicon.heard(near)):
                yield f"above: {match.name}"
            break


def _itself(words: Words, sentence: Sentence, written: WrittenDate, read: ReadDate) -> Iterator[str]:
    yield f"in the {sentence.part}"
    if sentence.part is Part.BODY and sentence is words.spoken[-1]:
        yield "at the end"
    yield "has a year" if written.year is not None else "has no year"
    if written.weekday is not None:
        yield "has a weekday"
    if written.numeric:
        yield "in numbers"
    if read.last > read.first:
        yield "several days"
    if written.counted_from is not None:
        yield "counted from the day of publication"
    spans = [one.span for one in sentence.dates]
    place = spans.index(written.span)
    low = spans[place - 1][1] if place else 0
    high = spans[place + 1][0] if place + 1 < len(spans) else len(sentence.text)
    times = [one for one in sentence.times if low <= one.span[0] and one.span[1] <= high]
    if times:
        yield "with a time of day"
        if any(one.until is not None for one in times):
            yield "with hours"
    elif sentence.times:
        yield "with a time of day of another"
    ahead = (read.last - words.reference).days
    if not ahead:
        yield "the day of publication"
    yield (
        "past"
        if ahead < 0
        else "this week"
        if ahead < 8
        else "soon"
        if ahead < 60
        else "later"
        if ahead < 200
        else "far"
    )


def _among(found: list[Candidate]) -> Iterator[Candidate]:
    """Each with what it is among the others; what is counted from the day of publication has no place there."""
    written = [one for one in found if one.written.counted_from is None] or found
    days = [one.read.first for one in written]
    ahead = [one.read.first for one in written if "past" not in one.signs]
    coming = next((one for one in written if "past" not in one.signs), None)
    for one in found:
        day = one.read.first
        told = {
            "the only day": set(days) == {day},
            "the first that stands": one is written[0],
            "the last that stands": one is written[-1],
            "said again": days.count(day) > (one in written),
            "the earliest to come": bool(ahead) and day == min(ahead),
            "the latest to come": bool(ahead) and day == max(ahead),
            "the first to come that stands": one is coming,
        }
        yield replace(one, signs=one.signs.union(name for name, holds in told.items() if holds))
