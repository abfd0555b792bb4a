"""Postmark: a password that we put into the address of the hook.

https://postmarkapp.com/developer/webhooks/bounce-webhook
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from digest.model import BounceClass, ReturnKind
from digest.returns.judged import Judged
from digest.returns.providers.hook import (
    Event,
    failed,
    moment,
    text,
    told,
)

_KINDS = {
    "SpamComplaint": ReturnKind.COMPLAINT,
    "AutoResponder": ReturnKind.AUTO_REPLY,
    "AddressChange": ReturnKind.AUTO_REPLY,
    "ChallengeVerification": ReturnKind.CHALLENGE,
    "Transient": ReturnKind.DELAYED,
}
_GONE = ("HardBounce", "BadEmailAddress")
_CLASSES = {
    "SpamNotification": BounceClass.POLICY,
    "VirusNotification": BounceClass.POLICY,
    "Blocked": BounceClass.POLICY,
    "DMARCPolicy": BounceClass.POLICY,
    "OpenRelayTest": BounceClass.OURS,
    "SMTPApiError": BounceClass.OURS,
    "InboundError": BounceClass.OURS,
    "TemplateRenderingFailed": BounceClass.OURS,
}
_BOUNCES = (*_GONE, *_CLASSES, "SoftBounce", "DnsError", "Unknown", "ManuallyDeactivated", "Undeliverable")


def events(event: Any, now: datetime) -> Iterator[Event | str]:
    """What Postmark says of mails that came back; the names of what says nothing of that."""
    record, kind = text(event, "RecordType"), text(event, "Type")
    judged = _judged(event, "SpamComplaint" if record == "SpamComplaint" else kind)
    if record not in ("Bounce", "SpamComplaint") or judged is None:
        yield f"{record} {kind}".strip()
        return
    yield Event(
        provider="postmark",
        id=text(event, "ID"),
        judged=judged,
        at=moment(text(event, "BouncedAt"), now),
        texts=(text(event, "Content"), text(event, "Details")),
    )


def _judged(event: Any, kind: str) -> Judged | None:
    address = text(event, "Email")
    words = text(event, "Details") or text(event, "Description")
    if kind in _KINDS:
        return told(_KINDS[kind], address, words)
    if kind in _BOUNCES:
        return failed("", words, address=address, gone=kind in _GONE, bounce_class=_CLASSES.get(kind))
    return None
