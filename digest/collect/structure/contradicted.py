"""Where what is marked and what is written say different things; pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect.evidence import KINDS, Verdict, Words, candidates
from digest.collect.facts import EventFacts, VacancyFacts
from digest.collect.found import Found, Moment
from digest.model import Doubt, Kind

_SURE = 0.65  # chance of another kind that is told although markup outweighs words
_INSTANT = timedelta(microseconds=1)  # before the midnight that ends a day
_MARKED = (Kind.EVENT, Kind.VACANCY)


def unlike_the_prose(
    found: Found, verdict: Verdict, words: Words, said: EventFacts | VacancyFacts | None, *, zone: ZoneInfo
) -> tuple[Doubt, ...]:
    """Doubts about what is marked.

    Args:
        found: with what is marked.
        verdict: of its words alone.
        words: of its title and text.
        said: what its words alone say of it as the kind that it is marked as.
        zone: the network's.
    """
    return (*_of_kind(found, verdict), *_of_date(found, words, said, zone))


def _of_kind(found: Found, verdict: Verdict) -> Iterator[Doubt]:
    chances = dict(zip(KINDS, verdict.chances, strict=True))
    for kind in _MARKED:
        if verdict.understood and found.kind in _MARKED and kind is not found.kind and chances[kind] >= _SURE:
            yield Doubt("unlike_words", its_kind=found.kind, marked=found.marked, other_kind=kind)


def _of_date(found: Found, words: Words, said: EventFacts | VacancyFacts | None, zone: ZoneInfo) -> Iterator[Doubt]:
    if said is None:
        return
    if isinstance(said, VacancyFacts):
        moment, written = found.closes_at, said.closes_at
        written = written - _INSTANT if written and said.all_day else written
    else:
        moment, written = found.starts_at, said.starts_at
    if moment is None or written is None:
        return
    local = _local(moment, zone)
    day = local.date() if local is not None else moment
    told = [other for other in candidates(words) if other.written.counted_from is None]  # "Saturday" may be any
    if told and all(day not in (other.read.first, other.read.last) for other in told):
        yield Doubt("markup_day", stated=f"{day:%Y-%m-%d}", written=f"{written:%Y-%m-%d}")
    elif local is not None and not said.all_day and written.date() == day and written != local:
        yield Doubt("markup_clock", stated=f"{local:%H:%M}", written=f"{written:%H:%M}")


def _local(moment: Moment, zone: ZoneInfo) -> datetime | None:
    if not isinstance(moment, datetime):
        return None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
