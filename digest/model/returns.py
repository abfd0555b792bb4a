"""What comes back: bounces, complaints and automatic replies, as read from a mailbox or a provider's post."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReturnKind(StrEnum):
    """What a return is."""

    BOUNCE = "bounce"  # it was not delivered, and will not be tried again
    COMPLAINT = "complaint"  # the person called it spam
    AUTO_REPLY = "auto_reply"  # a vacation, a receipt, a notice that it arrived: says nothing against the address
    DELAYED = "delayed"  # still being tried
    CHALLENGE = "challenge"  # the person's mail system asks a sender to prove to be one
    UNKNOWN = "unknown"  # none of these, or none that was recognised


class BounceClass(StrEnum):
    """Whom a bounce is about."""

    MAILBOX = "mailbox"  # the person's mailbox or domain: counts against the address
    POLICY = "policy"  # what the receiver lets in: our reputation, authentication or content
    OURS = "ours"  # a mistake in what we sent or how: size, encoding, our sender's address


class Clarity(StrEnum):
    """How much one bounce says by itself."""

    DEFINITE = "definite"  # there is no such mailbox: enough to suppress
    COUNTED = "counted"  # only several of them do


class Evidence(StrEnum):
    """Which of our marks a hint was read from."""

    RETURN_PATH = "return_path"  # VERP: whom the return was addressed to
    MESSAGE_ID = "message_id"  # of the mail that is quoted
    UNSUBSCRIBE = "unsubscribe"  # the link that is quoted


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """Which copy a return is about, by a mark that only we can have made."""

    evidence: Evidence
    subscriber_id: int
    campaign_id: int | None = None  # an unsubscribe link does not tell


@dataclass(frozen=True, kw_only=True, slots=True)
class Return:
    """One thing that came back."""

    key: str  # the same for the same return, however often and from wherever it is read
    kind: ReturnKind
    received_at: datetime
    bounce_class: BounceClass | None = None  # of a bounce
    clarity: Clarity | None = None  # of a bounce
    hints: tuple[Hint, ...] = ()
    message_ids: tuple[str, ...] = ()  # quoted, as they stand, in angle brackets; others may be anybody's
    reported_address: str = ""  # whom it says it is about; told to people, never matched by unless vouched for
    vouched: bool = False  # a provider's signature says that it is true
    status: str = ""  # enhanced code (RFC 3463), such as "5.1.1"
    excerpt: str = ""  # what the server said, one line without control characters

    @property
    def subscriber_id(self) -> int | None:
        """Whom all hints name; None without any, or where they disagree."""
        named = {hint.subscriber_id for hint in self.hints}
        return named.pop() if len(named) == 1 else None

    @property
    def campaign_id(self) -> int | None:
        """Which campaign the hints name; None without any, or where they disagree."""
        named = {hint.campaign_id for hint in self.hints if hint.campaign_id is not None}
        return named.pop() if len(named) == 1 and self.subscriber_id is not None else None

    @property
    def corroborated(self) -> bool:
        """Whether more than a return address speaks for it: that alone may have leaked, as addresses do.

        Whoever has the quoted mail could unsubscribe the person in any case.
        """
        agreed = self.subscriber_id is not None
        return self.vouched or (agreed and any(hint.evidence is not Evidence.RETURN_PATH for hint in self.hints))
