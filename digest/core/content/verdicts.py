"""Why an item is read as what it is: its evidence, weighed again by what is known now."""

from dataclasses import dataclass

from digest.app import App
from digest.collect.evidence import (
    Alike,
    Otherwise,
    Verdict,
    Wording,
    alike_in_words,
    change_in_words,
    in_words,
    judge,
    learned,
    otherwise,
    provenance_of,
    words_again,
)
from digest.collect.languages import added
from digest.config import SourceConfig
from digest.core.content.answers import answers, read_by_words, wording
from digest.core.content.story import ItemStory
from digest.model import UNDATED, A, Item, Kind

_MOST_TEXT = 60_000  # characters that are weighed


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """A verdict, and what would make it another."""

    verdict: Verdict
    alike: Alike | None  # what editors called it and others like it, where that moved the verdict
    change: Otherwise | None
    undated: bool  # it would be an event if it had a date
    later: bool  # the item is still as it was read before the latest answers


def explained(app: App, story: ItemStory) -> Explained | None:
    """What the words of an item say that it is; None where its source, or an editor against them, says it."""
    item = story.item
    source = read_by_words(app, item.source)
    if source is None:
        return None
    with added(app.languages):
        return _explained(app, story, source)


def marked_in_words(item: Item) -> str | None:
    """How the page of an item says what it is; None where it does not."""
    kind = Kind.EVENT if item.kind is Kind.POST else item.kind  # an event without a date is kept as a post
    return f"the page marks it as {A[kind]} ({item.marked})" if item.marked else None


def _explained(app: App, story: ItemStory, source: SourceConfig) -> Explained | None:
    item = story.item
    post = wording(app, item, source, most=_MOST_TEXT)
    words = words_again(post)
    known = learned(answers(app))
    moved = known.moves(words, provenance_of(post)) if known else ()
    verdict = judge(words, item.categories, moved=moved)
    undated = verdict.kind is Kind.EVENT and UNDATED in item.doubts
    differs = verdict.believed is not item.kind and not undated
    settled = story.edit is not None and story.edit.kind is not None
    if differs and (settled or not (item.doubts or any(moved))):
        return None
    return Explained(
        verdict=verdict,
        alike=known.told(post, verdict, moved) if known else None,
        change=None if undated else otherwise(words, item.categories, verdict),
        undated=undated,
        later=differs and any(moved),
    )


def verdict_in_words(one: Explained, by: Wording) -> str:
    """A line for the verdict, one for each piece of evidence, and one for what would change it."""
    verdict, say = one.verdict, by.say
    kind, other = (say(f"kind_{name.value}") for name in (verdict.kind, verdict.runner_up))
    clauses = (
        say("verdict_words" if verdict.understood else "verdict_shape", share=f"{verdict.confidence:.0%}", kind=kind),
        say("verdict_undated") if one.undated else "",
        say("verdict_later") if one.later else "",
        say("verdict_next", kind=other),
    )
    lines = (
        "".join(clauses),
        alike_in_words(one.alike, by) if one.alike else "",
        *(in_words(piece, by) for piece in verdict.evidence),
        change_told(one, by),
    )
    return "\n".join(filter(None, lines))


def change_told(one: Explained, by: Wording) -> str:
    """What would change the verdict, as a clause; "" where nothing much would."""
    if one.undated:
        return by.say("change_undated")
    return change_in_words(one.change, one.verdict.kind, by) if one.change else ""
