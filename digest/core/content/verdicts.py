"""Why an item is read as what it is: its evidence, weighed again."""

from digest.app import App
from digest.collect.evidence import Verdict, in_words
from digest.collect.languages import added
from digest.collect.resolve import judge_item
from digest.model import Item, Kind

_PROSE = frozenset(("export", "feed", "folder", "table"))  # sources that may leave it to the words


def verdict_of(app: App, item: Item) -> Verdict | None:
    """What the words of an item say that it is; None where its source states that itself."""
    source = next((one for one in app.config.sources if one.name == item.source), None)
    if source is None or source.kind not in _PROSE:
        return None
    with added(app.languages):
        verdict = judge_item(item, zone=app.config.network.zone, language=source.language)
    return verdict if verdict.believed is item.kind or item.doubts else None


def verdict_in_words(verdict: Verdict, item: Item) -> str:
    """A line for the verdict, and one for each piece of evidence; what is negative would change it."""
    undated = verdict.kind is Kind.EVENT and item.kind is Kind.POST
    missing = ", but no date of it could be read" if undated else ""
    by = "by its words" if verdict.understood else "in a language that is not known here; by labels, dates and shape"
    head = f"{by} {verdict.confidence:.0%} {verdict.kind}{missing}; next likely {verdict.runner_up}"
    return "\n".join((head, *(in_words(one) for one in verdict.evidence)))
