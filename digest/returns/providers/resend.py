"""Resend: signed as Standard Webhooks are, over an id, a time and the body.

https://resend.com/docs/webhooks/verify-webhooks-requests, https://www.standardwebhooks.com
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from typing import Any

from digest.errors import UnverifiedError
from digest.model import ReturnKind
from digest.returns.judged import Judged
from digest.returns.providers import ses
from digest.returns.providers.hook import (
    Event,
    Heard,
    Hook,
    Post,
    each,
    heard,
    inner,
    moment,
    must_be_recent,
    read_json,
    text,
    told,
)

_OLDEST = timedelta(minutes=5)  # each attempt is signed anew


def read(post: Post, hook: Hook, *, now: datetime) -> Heard:
    """What Resend says of a mail that came back.

    Raises:
        UnverifiedError: when it is not signed with the key, or too old.
    """
    event_id, stamp = _header(post, "id"), _header(post, "timestamp")
    try:
        key = b64decode(hook.secret.removeprefix("whsec_"))
    except ValueError:
        raise UnverifiedError('the key is not one of Resend\'s, which begin with "whsec_"') from None
    expected = b64encode(hmac_digest(key, f"{event_id}.{stamp}.".encode() + post.body, sha256))
    given = [one.partition(",")[2].encode() for one in _header(post, "signature").split() if one.startswith("v1,")]
    if not key or not event_id or not any(compare_digest(expected, one) for one in given[:10]):
        raise UnverifiedError("the post is not signed with Resend's key")
    must_be_recent(stamp, oldest=_OLDEST, now=now)
    return heard(_events(read_json(post.body), event_id, now), hook, now)


def _header(post: Post, name: str) -> str:
    return post.headers.get(f"svix-{name}") or post.headers.get(f"webhook-{name}") or ""


def _events(event: Any, event_id: str, now: datetime) -> Iterator[Event | str]:
    name, data = text(event, "type"), inner(event, "data")
    if name not in ("email.bounced", "email.complained", "email.delivery_delayed"):
        yield name
        return
    to = inner(data, "to")
    texts = tuple(text(one, "value") for one in each(inner(data, "headers") or []))
    for place, address in enumerate(to[:50] if isinstance(to, list) else [to]):
        yield Event(
            provider="resend",
            id=f"{event_id}/{place}",
            judged=_judged(name, data, text({"to": address}, "to")),
            at=moment(text(event, "created_at"), now),
            texts=texts,
            message_ids=(text(data, "message_id"),),
        )


def _judged(name: str, data: Any, address: str) -> Judged:
    if name == "email.complained":
        return told(ReturnKind.COMPLAINT, address)
    if name == "email.delivery_delayed":
        return told(ReturnKind.DELAYED, address)
    bounce = inner(data, "bounce")
    return ses.judged(text(bounce, "type"), text(bounce, "subType"), "", text(bounce, "message"), address)
