"""Why an item is read as what it is: its evidence, weighed again."""

from digest.app import App
from digest.collect.evidence import Verdict, in_words
from digest.collect.resolve import judge_item
from digest.model import Item

_PROSE = frozenset(("export", "feed", "folder", "table"))  # sources that may leave it to the words


def verdict_of(app: App, item: Item) -> Verdict | None:
    """What the words of an item say that it is; None where its source states that itself."""
    source = next((one for one in app.config.sources if one.name == item.source), None)
    if source is None or source.kind not in _PROSE:
        return None
    verdict = judge_item(item, zone=app.config.network.zone, language=source.language)
    return verdict if verdict.kind is item.kind or item.doubts else None


def verdict_in_words(verdict: Verdict) -> str:
    """A line for the verdict, and one for each piece of evidence; what is negative would change it."""
    head = f"{verdict.confidence:.0%} sure that it is of the kind {verdict.kind}, otherwise {verdict.runner_up}"
    return "\n".join((head, *(in_words(one) for one in verdict.evidence)))
