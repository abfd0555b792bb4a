"""What a person's returns come to: nothing, a score, or an address that must not be mailed; pure.

The score is worked out anew from what is kept, so that reading a return twice, or late, changes nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import fsum

from digest.model import BounceClass, Clarity, Return, ReturnKind

HALF_LIFE = timedelta(days=60)
"""In which a bounce comes to count half."""

THRESHOLD = 4.0
"""The score at which an address is suppressed: a weekly mail has come back five times in a row, or thrice for good."""

QUIET = timedelta(days=5)
"""How long an accepted mail may still come back: servers try for four to five days (RFC 5321 section 4.5.4.1)."""

_FOR_GOOD = 2.0  # points of a bounce with 5.x.x, or one that would suppress if more than an address spoke for it
_FOR_NOW = 1.0  # of one that was given up after 4.x.x, or tells no code


class SuppressionReason(StrEnum):
    """Why returns suppress an address."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attributed:
    """A return, with the delivery that it is about."""

    delivery_id: int
    returned: Return


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a person's returns come to."""

    score: float  # points, of which `THRESHOLD` suppress
    suppress: SuppressionReason | None = None
    deciding: Return | None = None  # the one that suppresses


def judge_returns(returns: Iterable[Attributed], *, clean_since: datetime | None, now: datetime) -> Verdict:
    """Whether one person may still be mailed.

    A complaint, or a bounce that says clearly that there is no such mailbox, suppresses at once, if more than a return
    address speaks for it. Everything else about the mailbox counts once per delivery, less as time goes by. What is
    about policy or about us never counts against a person, nor do automatic replies, delays and challenges.

    Args:
        returns: all of this person that are kept, of any kind, in any order.
        clean_since: when the latest mail was accepted that did not come back, as `clean_since` finds it; what came back
            before is forgiven, but for complaints.
        now: when.
    """
    in_order = sorted(returns, key=lambda one: (one.returned.received_at, one.returned.key))
    bounces = [one for one in in_order if _is_about_the_mailbox(one.returned, clean_since)]
    complaints = [one for one in in_order if one.returned.kind is ReturnKind.COMPLAINT]
    for one in complaints:
        if one.returned.corroborated:
            return Verdict(suppress=SuppressionReason.COMPLAINED, score=THRESHOLD, deciding=one.returned)
    for one in bounces:
        if one.returned.clarity is Clarity.DEFINITE and one.returned.corroborated:
            return Verdict(suppress=SuppressionReason.BOUNCED, score=THRESHOLD, deciding=one.returned)
    counted: dict[int, float] = {}
    for one in (*complaints, *bounces):
        points = _points(one.returned) * _left(one.returned.received_at, now)
        counted[one.delivery_id] = max(points, counted.get(one.delivery_id, 0.0))
    score = fsum(counted.values())
    if score < THRESHOLD:
        return Verdict(score=score)
    reason = SuppressionReason.BOUNCED if bounces else SuppressionReason.COMPLAINED
    return Verdict(suppress=reason, score=score, deciding=(bounces or complaints)[-1].returned)


def clean_since(accepted: Mapping[int, datetime], came_back: Collection[int], *, now: datetime) -> datetime | None:
    """When the latest mail was accepted that has not come back and by now will not; None without one.

    Args:
        accepted: when each delivery to the person was accepted, by its id.
        came_back: the deliveries that bounced.
        now: when.
    """
    stayed = (at for delivery, at in accepted.items() if delivery not in came_back and at + QUIET <= now)
    return max(stayed, default=None)


def _is_about_the_mailbox(found: Return, clean_since: datetime | None) -> bool:
    """Whether it is a bounce that counts against the person, and nothing later has forgiven it."""
    forgiven = clean_since is not None and found.received_at <= clean_since
    return found.kind is ReturnKind.BOUNCE and found.bounce_class is BounceClass.MAILBOX and not forgiven


def _points(found: Return) -> float:
    for_good = found.status.startswith("5") or found.clarity is Clarity.DEFINITE
    return _FOR_GOOD if for_good or found.kind is ReturnKind.COMPLAINT else _FOR_NOW


def _left(at: datetime, now: datetime) -> float:
    """The share of a return's points that time has left it."""
    return float(0.5 ** (max(now - at, timedelta()) / HALF_LIFE))
