"""The wordings of doubts as organisers read them; in English as `digest.model.doubts` has them."""

from collections.abc import Mapping

from digest.model import DOUBTS

DOUBT_PHRASES: Mapping[str, str | tuple[str, str]] = {
    **{f"doubt_{name}": sentence for name, sentence in DOUBTS.items()},
    # what an item's facts are, and how sure they are
    "fact_starts_at": "starts",
    "fact_closes_at": "closes",
    "fact_book_by": "book by",
    "fact_abstracts_by": "abstracts by",
    "certainty_certain": "certain",
    "certainty_assumed": "assumed",
    "certainty_contradicted": "contradicted",
}
