"""Brevo: a password or bearer token of ours.

https://developers.brevo.com/docs/transactional-webhooks
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from digest.model import BounceClass, ReturnKind
from digest.returns.judged import Judged
from digest.returns.providers.hook import (
    Event,
    each,
    failed,
    moment,
    text,
    told,
)

_GONE = ("hard_bounce", "invalid_email")
_BOUNCES = (*_GONE, "soft_bounce", "blocked", "error")


def events(posted: Any, now: datetime) -> Iterator[Event | str]:
    """What Brevo says of mails that came back; the names of what says nothing of that."""
    for event in each(posted):
        name, message_id = text(event, "event"), text(event, "message-id")
        stamp = text(event, "ts_event") or text(event, "ts")
        judged = _judged(event, name)
        if judged is None:
            yield name
            continue
        yield Event(
            provider="brevo",  # whose "id" is the hook's, not the event's
            id=f"{name}/{stamp}/{message_id}/{text(event, 'email')}",
            judged=judged,
            at=moment(stamp, now),
            message_ids=(message_id,),
        )


def _judged(event: Mapping[str, Any], name: str) -> Judged | None:
    address, reason = text(event, "email"), text(event, "reason")
    match name:
        case "spam" | "complaint":
            return told(ReturnKind.COMPLAINT, address, reason)
        case "deferred":
            return told(ReturnKind.DELAYED, address, reason)
        case _ if name in _BOUNCES:
            ours = BounceClass.OURS if name == "error" else None
            return failed("", reason, address=address, gone=name in _GONE, bounce_class=ours)
    return None
