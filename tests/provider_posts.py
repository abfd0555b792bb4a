"""Posts as each provider signs them, with keys of our own."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from hmac import digest as hmac_digest

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509.oid import NameOID

from digest.returns.address import bounce_address, copy_id
from digest.returns.providers import Hook, Post
from digest.tokens import Scope, make_token

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
MARKS = "the secret of the cases"
RETURN_PATH = bounce_address(MARKS, "returns@network.example", delimiter="+", campaign_id=4, subscriber_id=77)
MESSAGE_ID = copy_id(MARKS, "network.example", campaign_id=4, subscriber_id=77)
UNSUBSCRIBE = f"<https://network.example/unsubscribe/{make_token(MARKS, Scope.UNSUBSCRIBE, 77, 1)}>"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:returns"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"


@dataclass(frozen=True)
class Signer:
    """How a provider's posts are made: `post(event, at, key)`, where key 1 is another's."""

    hook: Hook
    post: Callable[..., Post]
    bounce: object  # an event that says so


@cache
def _rsa(number):
    return rsa.generate_private_key(65537, 2048)


@cache
def _ec(number):
    return ec.generate_private_key(ec.SECP256R1())


def certificate(number=0, *, until=datetime(2030, 1, 1, tzinfo=UTC)):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder(name, name, _rsa(number).public_key(), 7)
    made = made.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(until)
    return made.sign(_rsa(number), SHA256()).public_bytes(serialization.Encoding.PEM)


def sns(envelope, *, key=0, version="2"):
    """An envelope of SNS, signed."""
    names = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    signed = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
    algorithm = SHA256() if version == "2" else SHA1()
    signature = b64encode(_rsa(key).sign(signed.encode(), PKCS1v15(), algorithm)).decode()
    made = {"SigningCertURL": CERTIFICATE} | envelope | {"SignatureVersion": version, "Signature": signature}
    return Post(headers={}, body=json.dumps(made).encode())


def _ses(event, at=NOW, key=0):
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    envelope = {"Type": "Notification", "MessageId": "sns-1", "TopicArn": TOPIC, "Timestamp": stamp}
    return sns(envelope | {"Message": json.dumps(event)}, key=key)


def _password(event, at=NOW, key=0):
    login = b64encode(b"provider:" + (b"another" if key else b"password")).decode()
    return Post(headers={"authorization": f"Basic {login}"}, body=json.dumps(event).encode())


def _mailgun(event, at=NOW, key=0):
    stamp, token = str(int(at.timestamp())), "5f3a" * 12
    signature = hmac_digest(b"another" if key else b"signing key", (stamp + token).encode(), sha256).hex()
    body = {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": event}
    return Post(headers={}, body=json.dumps(body).encode())


def _sendgrid(event, at=NOW, key=0):
    stamp, body = str(int(at.timestamp())), json.dumps([event]).encode()
    signature = b64encode(_ec(key).sign(stamp.encode() + body, ec.ECDSA(SHA256()))).decode()
    prefix = "x-twilio-email-event-webhook"
    return Post(headers={f"{prefix}-signature": signature, f"{prefix}-timestamp": stamp}, body=body)


def _resend(event, at=NOW, key=0):
    stamp, body = str(int(at.timestamp())), json.dumps(event).encode()
    signed = hmac_digest(b"another" if key else b"standard key", f"msg_1.{stamp}.".encode() + body, sha256)
    signature = f"v1,AAAA v1a,BBBB v1,{b64encode(signed).decode()}"
    return Post(headers={"svix-id": "msg_1", "svix-timestamp": stamp, "svix-signature": signature}, body=body)


def _public_key():
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return b64encode(_ec(0).public_key().public_bytes(serialization.Encoding.DER, form)).decode()


def changed(post, old, new):
    """The post with other bytes in its body, and the signature it had."""
    assert old in post.body
    return replace(post, body=post.body.replace(old, new))


_HOOK = Hook(secret="password", marks=MARKS)
_SES_BOUNCE = {
    "eventType": "Bounce",
    "mail": {
        "source": RETURN_PATH,
        "headers": [
            {"name": "Message-ID", "value": MESSAGE_ID},
            {"name": "List-Unsubscribe", "value": UNSUBSCRIBE},
        ],
    },
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "timestamp": "2026-11-24T07:59:00.000Z",
        "bouncedRecipients": [
            {"emailAddress": "bo@orchard.example", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
        ],
    },
}
SIGNERS = {
    "ses": Signer(
        Hook(secret="", marks=MARKS, topics=frozenset({TOPIC}), fetch=lambda _url: certificate()), _ses, _SES_BOUNCE
    ),
    "postmark": Signer(
        _HOOK,
        _password,
        {
            "RecordType": "Bounce",
            "ID": 4242,
            "Type": "HardBounce",
            "Email": "bo@orchard.example",
            "Details": "smtp;550 5.1.1 user unknown",
            "BouncedAt": "2026-11-24T07:59:00Z",
            "Content": f"Return-Path: <{RETURN_PATH}>\r\nMessage-ID: {MESSAGE_ID}\r\n",
        },
    ),
    "mailgun": Signer(
        replace(_HOOK, secret="signing key"),
        _mailgun,
        {
            "event": "failed",
            "severity": "permanent",
            "id": "e-1",
            "timestamp": NOW.timestamp() - 60,
            "reason": "bounce",
            "recipient": "bo@orchard.example",
            "delivery-status": {"code": 550, "message": "5.1.1 user unknown"},
            "message": {"headers": {"message-id": MESSAGE_ID.strip("<>")}},
        },
    ),
    "sendgrid": Signer(
        replace(_HOOK, secret=_public_key()),
        _sendgrid,
        {
            "event": "bounce",
            "type": "bounce",
            "email": "bo@orchard.example",
            "timestamp": int(NOW.timestamp()) - 60,
            "smtp-id": MESSAGE_ID,
            "sg_event_id": "sg-1",
            "status": "5.1.1",
            "reason": "550 5.1.1 user unknown",
            "bounce_classification": "Invalid Addresses",
        },
    ),
    "brevo": Signer(
        _HOOK,
        _password,
        {
            "event": "hard_bounce",
            "email": "bo@orchard.example",
            "id": 3,
            "ts_event": int(NOW.timestamp()) - 60,
            "message-id": MESSAGE_ID,
            "reason": "550 5.1.1 user unknown",
        },
    ),
    "mailjet": Signer(
        _HOOK,
        _password,
        {
            "event": "bounce",
            "time": int(NOW.timestamp()) - 60,
            "MessageID": 99,
            "Message_GUID": "m-1",
            "email": "bo@orchard.example",
            "CustomID": MESSAGE_ID,
            "hard_bounce": True,
            "error_related_to": "recipient",
            "error": "user unknown",
            "comment": "550 5.1.1 user unknown",
        },
    ),
    "resend": Signer(
        replace(_HOOK, secret="whsec_" + b64encode(b"standard key").decode()),
        _resend,
        {
            "type": "email.bounced",
            "created_at": "2026-11-24T07:59:00.000Z",
            "data": {
                "to": ["bo@orchard.example"],
                "headers": [{"name": "List-Unsubscribe", "value": UNSUBSCRIBE}],
                "message_id": MESSAGE_ID,
                "bounce": {"type": "Permanent", "subType": "General", "message": "550 5.1.1 user unknown"},
            },
        },
    ),
}
OLD = timedelta(days=2)
