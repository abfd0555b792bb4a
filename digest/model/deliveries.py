"""Campaigns and deliveries: where each is on its way, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from digest.model.mail import Recipient


class PersonSkip(StrEnum):
    """Why a listed person is not mailed."""

    UNSUBSCRIBED = "unsubscribed"  # left the list; no file brings them back
    SUPPRESSED = "suppressed"  # bounced, complained, or suppressed by hand
    DELISTED = "no longer listed"  # a list file dropped them before they were mailed
    LEFT_OUT = "on a list that is left out"
    NOT_MEANT = "does not meet its condition"
    PAUSED = "paused by themselves"
    ALTERNATIVE = "wants another digest in its place"
    NOTHING_WANTED = "nothing new in what they want"  # they muted all that it has
    OFTEN = "had as many mails this week as may be"  # [limits] per_week
    FORGOTTEN = "asked to be forgotten"
    CANCELLED = "campaign cancelled"
    OVER = "everything in it was over before it was sent"


class DeliveryState(StrEnum):
    """Where one delivery is; one vocabulary for table, report and console."""

    QUEUED = "queued"  # planned, not tried
    IN_FLIGHT = "in_flight"  # committed before DATA; after a crash, in doubt
    ACCEPTED = "accepted"  # the server took responsibility (250 after the final dot)
    DEFERRED = "deferred"  # refused for now; tried again
    REJECTED = "rejected"  # refused for good
    UNKNOWN = "unknown"  # perhaps delivered; never sent again by itself
    SKIPPED = "skipped"  # not to be mailed, with a reason

    @classmethod
    def perhaps_received(cls) -> "tuple[DeliveryState, ...]":
        """Those in which the person may have got the mail."""
        return cls.ACCEPTED, cls.UNKNOWN, cls.IN_FLIGHT


class CampaignStatus(StrEnum):
    """Where an edition or announcement is on its way to people."""

    PREPARED = "prepared"  # frozen and planned; waits for a person's approval
    SENDING = "sending"  # deliveries may be claimed
    SENT = "sent"  # nothing left to claim
    SKIPPED = "skipped"  # nothing new, or too late: no mail, with the reason
    HELD = "held"  # an anomaly or a person holds it
    PAUSED = "paused"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """How far an SMTP transaction had come (RFC 5321 section 3.3)."""

    CONNECT = "connect"  # up to and including EHLO, STARTTLS and AUTH
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"  # the command; no byte of the message is sent
    BODY = "body"  # message bytes are on their way, the final dot is not
    DOT = "final dot"  # everything is sent; the answer is awaited


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """The server took responsibility for the message."""

    reply: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Deferred:
    """Not now: a 4xx anywhere, or a connection lost before the final dot."""

    stage: Stage
    code: int | None  # None: no reply (lost or timed out)
    reply: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """Never: a 5xx."""

    stage: Stage
    code: int
    reply: str
    no_such_mailbox: bool = False  # the reply says the address does not exist: suppress it


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """Lost or timed out after the final dot: perhaps delivered."""

    reply: str


Outcome = Accepted | Deferred | Rejected | Unknown


class Lease(NamedTuple):
    """Who may write about a delivery: the one that took its chunk last."""

    chunk: int
    fence: int  # of that taking


NOBODYS = Lease(0, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One campaign to one person, as the outbox holds it while it is being sent."""

    id: int
    recipient: Recipient
    subscriber_id: int
    list_ids: tuple[int, ...]  # the campaign's lists this person is on
    attempts: int = 0  # made before this one
    first_tried_at: datetime | None = None
    lease: Lease = NOBODYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How a campaign stands: counts of deliveries by state."""

    campaign: str
    status: CampaignStatus
    reason: str = ""  # why it was skipped, held or cancelled
    states: Mapping[DeliveryState, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)  # by reason
    in_doubt: int = 0  # of the unknown, those that nobody has settled
    bounced: int = 0  # people whose mail came back
    complained: int = 0  # people who called it spam
    seconds: float = 0.0  # from the first claim to the last result

    @property
    def recipients(self) -> int:
        """People who are mailed: everybody in the audience but the skipped."""
        return sum(n for state, n in self.states.items() if state is not DeliveryState.SKIPPED)

    @property
    def accepted(self) -> int:
        """People whose server took the mail."""
        return self.states.get(DeliveryState.ACCEPTED, 0)

    @property
    def standing(self) -> str:
        """The status as a reader sees it: what waits only for those whom a server put off has been sent."""
        tried_again = self.states.get(DeliveryState.DEFERRED, 0)
        unbegun = self.states.get(DeliveryState.QUEUED, 0) + self.states.get(DeliveryState.IN_FLIGHT, 0)
        if self.status is CampaignStatus.SENDING and tried_again and not unbegun:
            return f"{CampaignStatus.SENT}, {tried_again} still being tried"
        return self.status.value

    @property
    def rate(self) -> float:
        """Accepted mails per second."""
        return self.accepted / self.seconds if self.seconds else 0.0
