"""Why an item is read as what it is: its evidence, weighed again by what is known now."""

from dataclasses import dataclass

from digest.app import App
from digest.collect.evidence import (
    Alike,
    Otherwise,
    Verdict,
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


def verdict_in_words(one: Explained) -> str:
    """A line for the verdict, one for each piece of evidence, and one for what would change it."""
    verdict = one.verdict
    by = "by its words" if verdict.understood else "in a language that is not known here; by labels, dates and shape"
    more = ", but no date of it could be read" if one.undated else ""
    more += ", which counts from the next collection on" if one.later else ""
    return "\n".join(
        filter(
            None,
            (
                f"{by} {verdict.confidence:.0%} {verdict.kind}{more}; next likely {verdict.runner_up}",
                alike_in_words(one.alike) if one.alike else "",
                *(in_words(piece) for piece in verdict.evidence),
                change_told(one),
            ),
        )
    )


def change_told(one: Explained) -> str:
    """What would change the verdict, as a clause; "" where nothing much would."""
    if one.undated:
        return f"{A[Kind.EVENT]} rather than {A[Kind.POST]} if it named a day to come"
    return change_in_words(one.change, one.verdict.kind) if one.change else ""
