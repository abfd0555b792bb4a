"""SendGrid: a signature over a time and the body, with a key of an elliptic curve.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from digest.errors import UnverifiedError
from digest.model import BounceClass, ReturnKind
from digest.returns.judged import Judged
from digest.returns.providers.hook import (
    Event,
    Heard,
    Hook,
    Post,
    each,
    failed,
    heard,
    moment,
    must_be_recent,
    read_json,
    text,
    told,
)

_OLDEST = timedelta(days=1)  # for as long it tries
_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
_CLASSES = {
    "Reputation": BounceClass.POLICY,
    "Content": BounceClass.POLICY,
    "Frequency or Volume Too High": BounceClass.POLICY,
}
_DROPPED_AS_GONE = ("Bounced Address", "Invalid")


def read(post: Post, hook: Hook, *, now: datetime) -> Heard:
    """What SendGrid says of mails that came back.

    Raises:
        UnverifiedError: when it is not signed with the key, or too old.
    """
    stamp = post.headers.get(_TIMESTAMP, "")
    try:
        key = load_der_public_key(b64decode(hook.secret))
        if not isinstance(key, EllipticCurvePublicKey):
            raise UnverifiedError("the key is not the public key of SendGrid's signed event webhook")
        key.verify(b64decode(post.headers.get(_SIGNATURE, "")), stamp.encode() + post.body, ECDSA(SHA256()))
    except (ValueError, InvalidSignature, UnsupportedAlgorithm):
        raise UnverifiedError("the post is not signed with SendGrid's key") from None
    must_be_recent(stamp, oldest=_OLDEST, now=now)
    return heard(_events(read_json(post.body), now), hook, now)


def _events(posted: Any, now: datetime) -> Iterator[Event | str]:
    for event in each(posted):
        judged = _judged(event)
        if judged is None:
            yield text(event, "event")
            continue
        yield Event(
            provider="sendgrid",
            id=text(event, "sg_event_id"),
            judged=judged,
            at=moment(text(event, "timestamp"), now),
            message_ids=(text(event, "smtp-id"),),
        )


def _judged(event: Mapping[str, Any]) -> Judged | None:
    address, status, reason = text(event, "email"), text(event, "status"), text(event, "reason")
    match text(event, "event"):
        case "bounce":
            kind = text(event, "bounce_classification")
            gone = kind == "Invalid Addresses"
            return failed(status, reason, address=address, gone=gone, bounce_class=_CLASSES.get(kind))
        case "dropped" if reason in _DROPPED_AS_GONE:
            return failed("", reason, address=address, gone=True)
        case "spamreport":
            return told(ReturnKind.COMPLAINT, address)
        case "dropped" if reason == "Spam Reporting Address":
            return told(ReturnKind.COMPLAINT, address, reason)
        case "deferred":
            return told(ReturnKind.DELAYED, address, text(event, "response") or reason, status)
    return None
