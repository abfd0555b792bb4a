"""Mailgun: a signature in the body, over a time and a token.

https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from typing import Any

from digest.errors import UnverifiedError
from digest.model import ReturnKind
from digest.returns.judged import Judged
from digest.returns.providers.hook import (
    Event,
    Heard,
    Hook,
    Post,
    failed,
    heard,
    inner,
    moment,
    must_be_recent,
    read_json,
    text,
    told,
)

_OLDEST = timedelta(hours=12)  # it tries for eight hours


def read(post: Post, hook: Hook, *, now: datetime) -> Heard:
    """What Mailgun says of a mail that came back.

    The signature covers time and token alone, not the event: the address that it is posted to must be known to Mailgun
    only, and be reached by https.

    Raises:
        UnverifiedError: when it is not signed with the key, or too old.
    """
    posted = read_json(post.body)
    signature = inner(posted, "signature")
    stamp, token = text(signature, "timestamp"), text(signature, "token")
    expected = hmac_digest(hook.secret.encode(), (stamp + token).encode(), sha256).hex()
    if not hook.secret or not token or not compare_digest(expected.encode(), text(signature, "signature").encode()):
        raise UnverifiedError("the post is not signed with Mailgun's key")
    must_be_recent(stamp, oldest=_OLDEST, now=now)
    return heard(_events(inner(posted, "event-data"), token, now), hook, now)


def _events(event: Any, token: str, now: datetime) -> Iterator[Event | str]:
    name = text(event, "event")
    judged = _judged(event, name)
    if judged is None:
        yield name
        return
    yield Event(
        provider="mailgun",
        id=token,  # what is signed, and so what may be used only once; the event's own id is not
        judged=judged,
        at=moment(text(event, "timestamp"), now),
        texts=(text(event, "envelope", "sender"),),
        message_ids=(text(event, "message", "headers", "message-id"),),
    )


def _judged(event: Any, name: str) -> Judged | None:
    address, reason = text(event, "recipient"), text(event, "reason")
    if name == "complained" or (name == "failed" and reason == "suppress-complaint"):
        return told(ReturnKind.COMPLAINT, address, reason)
    if name != "failed" or reason == "suppress-unsubscribe":
        return None
    answer = inner(event, "delivery-status")
    words = text(answer, "message") or text(answer, "description") or reason
    status = text(answer, "enhanced-code")
    if text(event, "severity") == "temporary":
        return told(ReturnKind.DELAYED, address, words, status)
    return failed(status, f"{text(answer, 'code')} {words}".strip(), address=address, gone=reason == "suppress-bounce")
