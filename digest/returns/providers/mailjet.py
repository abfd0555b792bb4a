"""Mailjet: a password that we put into the address of the hook.

https://dev.mailjet.com/email/guides/webhooks/
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

_GONE = ("user unknown", "mailbox inactive", "invalid domain", "no mail host", "preblocked")
_CLASSES = {
    "content": BounceClass.POLICY,
    "spam": BounceClass.POLICY,
    "policy": BounceClass.POLICY,
    "mailjet": BounceClass.OURS,
}


def events(posted: Any, now: datetime) -> Iterator[Event | str]:
    """What Mailjet says of mails that came back; the names of what says nothing of that."""
    for event in each(posted):
        name, stamp = text(event, "event"), text(event, "time")
        judged = _judged(event, name)
        if judged is None:
            yield name
            continue
        message = text(event, "Message_GUID") or text(event, "MessageID")
        yield Event(
            provider="mailjet",
            id=f"{name}/{stamp}/{message}/{text(event, 'email')}",
            judged=judged,
            at=moment(stamp, now),
            texts=(text(event, "CustomID"), text(event, "Payload")),
        )


def _judged(event: Mapping[str, Any], name: str) -> Judged | None:
    address, error = text(event, "email"), text(event, "error")
    words = text(event, "comment") or error
    match name:
        case "spam":
            return told(ReturnKind.COMPLAINT, address, text(event, "source"))
        case "bounce" | "blocked":
            hard = event.get("hard_bounce") is True or name == "blocked"
            return failed(
                "",
                words,
                address=address,
                gone=hard and error in _GONE,
                bounce_class=_CLASSES.get(text(event, "error_related_to")),
            )
    return None
