"""Amazon SES by way of SNS: signed with a certificate of Amazon's, from a topic that is ours.

Anybody can own a topic and have it signed, so only topics that are allowed may post.
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

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
    inner,
    moment,
    must_be_recent,
    read_json,
    text,
    told,
)

_OLDEST = timedelta(days=1)  # SNS tries for about an hour, by another policy longer
_HOST = r"https://sns\.[a-z]{2}(?:-[a-z]{2,10}){1,3}-\d\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE = re.compile(_HOST + r"/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem", re.ASCII)
_CONFIRMATION = re.compile(_HOST + r"/\?[A-Za-z0-9=&:%._~-]{1,2000}", re.ASCII)
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_GONE = ("NoEmail", "Suppressed", "OnAccountSuppressionList")
_BY_SUBTYPE = {
    "MessageTooLarge": BounceClass.OURS,
    "ContentRejected": BounceClass.POLICY,
    "AttachmentRejected": BounceClass.POLICY,
}


def read(post: Post, hook: Hook, *, now: datetime) -> Heard:
    """What SES says of mails that came back, each recipient apart; or the address that confirms a subscription.

    Raises:
        UnverifiedError: when it is not signed by SNS, too old, or from a topic that is not allowed.
    """
    envelope = read_json(post.body)
    _verify(envelope, hook, now)
    if envelope["Type"] == "SubscriptionConfirmation":
        address = text(envelope, "SubscribeURL")
        if not _CONFIRMATION.fullmatch(address):
            raise UnverifiedError("the address that confirms the subscription is not one of SNS")
        return Heard(to_confirm=address)
    if envelope["Type"] == "UnsubscribeConfirmation":
        return Heard(ignored={"UnsubscribeConfirmation": 1})
    return heard(_events(read_json(text(envelope, "Message").encode()), text(envelope, "MessageId"), now), hook, now)


def is_of_sns(url: str) -> bool:
    """Whether an address is of a certificate of SNS, or confirms a subscription there."""
    return bool(_CERTIFICATE.fullmatch(url) or _CONFIRMATION.fullmatch(url))


def judged(kind: str, subtype: str, status: str, diagnostic: str, address: str) -> Judged:
    """A bounce by the types of SES; also what others use that send through it."""
    if kind == "Transient" and subtype in ("General", "") and not status:
        return told(ReturnKind.AUTO_REPLY, address, diagnostic)  # what SES calls so is often an automatic reply
    return failed(
        status or ("5.0.0" if kind == "Permanent" else ""),
        diagnostic,
        address=address,
        gone=kind == "Permanent" and subtype in _GONE,
        bounce_class=_BY_SUBTYPE.get(subtype),
    )


def _verify(envelope: Any, hook: Hook, now: datetime) -> None:
    names = _SIGNED.get(text(envelope, "Type"))
    if names is None:
        raise UnverifiedError("the post is not one of SNS; raw message delivery must be off")
    if text(envelope, "TopicArn") not in hook.topics:
        raise UnverifiedError(f"the topic {text(envelope, 'TopicArn')[:200]} is not allowed")
    must_be_recent(text(envelope, "Timestamp"), oldest=_OLDEST, now=now)
    url = text(envelope, "SigningCertURL")
    if not _CERTIFICATE.fullmatch(url):
        raise UnverifiedError("the certificate's address is not one of SNS")
    signed = "".join(f"{name}\n{text(envelope, name)}\n" for name in names if name in envelope)
    algorithm = SHA256() if text(envelope, "SignatureVersion") == "2" else SHA1()  # noqa: S303  # version 1 has no other
    try:
        certificate = x509.load_pem_x509_certificate(hook.fetch(url))
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            raise UnverifiedError("the certificate has no RSA key")
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise UnverifiedError("the certificate is not valid now")
        key.verify(b64decode(text(envelope, "Signature")), signed.encode(), PKCS1v15(), algorithm)
    except (ValueError, InvalidSignature):
        raise UnverifiedError("the post is not signed by SNS") from None


def _events(message: Any, message_id: str, now: datetime) -> Iterator[Event | str]:
    name = text(message, "eventType") or text(message, "notificationType")
    texts, ids = _marks(message)
    for place, (at, found) in enumerate(_found(name, message)):
        yield Event(
            provider="ses",
            id=f"{message_id}/{place}",
            judged=found,
            at=moment(at, now),
            texts=texts,
            message_ids=ids,
        )
    if name not in ("Bounce", "Complaint", "DeliveryDelay"):
        yield name


def _found(name: str, message: Any) -> Iterator[tuple[str, Judged]]:
    match name:
        case "Bounce":
            bounce = inner(message, "bounce")
            kind, subtype = text(bounce, "bounceType"), text(bounce, "bounceSubType")
            for one in each(inner(bounce, "bouncedRecipients")):
                words = text(one, "diagnosticCode") or f"{kind} {subtype}"
                yield (
                    text(bounce, "timestamp"),
                    judged(kind, subtype, text(one, "status"), words, text(one, "emailAddress")),
                )
        case "Complaint":
            complaint = inner(message, "complaint")
            feedback = text(complaint, "complaintFeedbackType")
            kind_of = ReturnKind.UNKNOWN if feedback in ("not-spam", "auth-failure", "virus") else ReturnKind.COMPLAINT
            for one in each(inner(complaint, "complainedRecipients")):
                yield text(complaint, "timestamp"), told(kind_of, text(one, "emailAddress"), feedback)
        case "DeliveryDelay":
            delay = inner(message, "deliveryDelay")
            for one in each(inner(delay, "delayedRecipients")):
                words = text(one, "diagnosticCode")
                yield (
                    text(delay, "timestamp"),
                    told(ReturnKind.DELAYED, text(one, "emailAddress"), words, text(one, "status")),
                )


def _marks(message: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where our marks stand: the header fields that SES repeats, and the return path."""
    headers: list[Mapping[str, Any]] = list(each(inner(message, "mail", "headers") or []))
    ids = [text(one, "value") for one in headers if text(one, "name").lower() == "message-id"]
    texts = [text(one, "value") for one in headers if text(one, "name").lower() == "list-unsubscribe"]
    return (text(message, "mail", "source"), *texts), (*ids, text(message, "mail", "commonHeaders", "messageId"))
