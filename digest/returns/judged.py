"""What one reader makes of a message, before our own marks are looked for."""

from dataclasses import dataclass

from digest.model import BounceClass, Clarity, ReturnKind
from digest.returns.status import excerpt_of, weigh


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What a message is, and what it says; a `Return` without whom it is about and when it came."""

    kind: ReturnKind
    bounce_class: BounceClass | None = None
    clarity: Clarity | None = None
    reported_address: str = ""
    status: str = ""
    excerpt: str = ""


def a_bounce(status: str, diagnostic: str, *, address: str = "") -> Judged:
    """A failure, weighed by its code and words."""
    weighed = weigh(status, diagnostic)
    return Judged(
        kind=ReturnKind.BOUNCE,
        bounce_class=weighed.bounce_class,
        clarity=weighed.clarity,
        reported_address=address,
        status=weighed.status,
        excerpt=excerpt_of(diagnostic),
    )
