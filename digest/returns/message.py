"""A message that came back, as bytes -> `Return`; pure, and nothing that strangers send makes it fail."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from digest.model import Hint, Return, ReturnKind
from digest.returns.arf import read_arf
from digest.returns.auto_reply import read_auto_reply
from digest.returns.dsn import read_dsn
from digest.returns.hints import hints_in, message_ids_in, texts_of
from digest.returns.judged import Judged
from digest.returns.mime import LARGEST, Part, parts_of, readable
from digest.returns.prose import read_prose
from digest.returns.status import excerpt_of

_LONGEST_DATE = 100  # characters


def read_message(message: bytes, *, secret: str, now: datetime) -> Return:
    """What a message says that came to the address for returns.

    A complaint or a server's report is taken at its word before anything else; then what a mail system tells in prose;
    then what calls itself automatic. Whom it is about is told by our own marks alone.

    Args:
        message: as it was received; only its first million bytes are looked at.
        secret: that our marks were made with.
        now: no return is later than this.
    """
    message = message[:LARGEST]
    parts = parts_of(message)
    judged = read_arf(parts) or read_dsn(parts) or read_prose(parts) or read_auto_reply(parts) or _unknown(parts)
    hints = hints_in(secret, texts_of(parts))
    return Return(
        key=_key(parts[0], message, hints),
        kind=judged.kind,
        received_at=_received(parts[0], now),
        bounce_class=judged.bounce_class,
        clarity=judged.clarity,
        hints=hints,
        message_ids=message_ids_in(parts),
        reported_address=judged.reported_address,
        status=judged.status,
        excerpt=judged.excerpt,
    )


def _unknown(parts: Sequence[Part]) -> Judged:
    return Judged(kind=ReturnKind.UNKNOWN, excerpt=excerpt_of(readable(parts[0].value("subject"))))


def _key(outer: Part, message: bytes, hints: Sequence[Hint]) -> str:
    """The same for one message however it travelled here: trace fields and line ends are left out.

    Whom it is about belongs to it: servers write the same words in the same second about two people.
    """
    _, _, body = message.replace(b"\r\n", b"\n").partition(b"\n\n")
    named = "\0".join(outer.value(name) for name in ("message-id", "date", "from", "subject"))
    about = " ".join(sorted(f"{hint.campaign_id}/{hint.subscriber_id}" for hint in hints))
    return "mail:" + blake2b(f"{named}\0{about}\0".encode() + body.strip(), digest_size=16).hexdigest()


def _received(outer: Part, now: datetime) -> datetime:
    """When our own server had it (its trace field is the first), else when it says it was written, else now."""
    traced = outer.value("received")
    for told in (traced.rpartition(";")[2] if ";" in traced else "", outer.value("date")):
        try:
            moment = parsedate_to_datetime(told.strip()[:_LONGEST_DATE])
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        try:
            return min(moment.astimezone(now.tzinfo), now)
        except OverflowError:
            continue
    return now
