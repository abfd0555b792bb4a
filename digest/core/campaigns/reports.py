"""How a campaign went, and why nothing more of it is being sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.app import App
from digest.core.campaigns.lookup import campaign_named
from digest.core.people.returns import told_as
from digest.model import (
    CampaignStatus,
    DeliveryState,
    Report,
    Told,
)
from digest.returns.reasons import plain_reason
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.outbox import outcomes
from digest.store.outbox.outcomes import DomainTally, RelayTally, Reply, Row
from digest.store.people import returns

__all__ = [
    "CampaignReport",
    "Row",
    "Sent",
    "SentDue",
    "ToldReply",
    "ToldReturn",
    "as_it_stands",
    "recipients",
    "report",
]

_CODE = re.compile(r"[45]\d\d(?!\d)")  # of a reply (RFC 5321 section 4.2)


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldReply:
    """One answer of servers that was not acceptance, with what it means."""

    state: DeliveryState
    stage: str  # "" where there is none
    reason: str  # in plain words
    code: int | None
    reply: str
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldReturn:
    """What came back alike of several people's mail."""

    what: str  # "bounce (mailbox)", "complaint"
    status: str  # RFC 3463; "" where none was told
    said: str  # by one of the servers
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignReport:
    """A campaign's counts, by domain, where servers did not accept by their replies, and what came back later."""

    report: Report
    domains: tuple[DomainTally, ...]
    replies: tuple[ToldReply, ...]
    returns: tuple[ToldReturn, ...]
    relays: tuple[RelayTally, ...]  # none where there is one server


def meaning(state: str, reply: str) -> Told | None:
    """What a server's answer to one delivery means in plain words; None where it gave none."""
    code = _CODE.match(reply)
    if code is None or state not in (DeliveryState.DEFERRED, DeliveryState.REJECTED):
        return None
    return plain_reason(state, code=int(code[0]), reply=reply)


def report(app: App, name: str) -> CampaignReport:
    """How one campaign went.

    Raises:
        UsageError: when there is none of that name, naming the latest.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
        return CampaignReport(
            report=outbox.report_of(connection, campaign),
            domains=tuple(outcomes.domains(connection, campaign)),
            relays=tuple(outcomes.relays(connection, campaign)) if app.config.relays else (),
            replies=tuple(map(_told, outcomes.replies(connection, campaign))),
            returns=tuple(
                ToldReturn(
                    what=told_as(one.kind, one.bounce_class), status=one.status, said=one.said, people=one.people
                )
                for one in returns.answers(connection, campaign_id=campaign.id)
            ),
        )


def recipients(app: App, name: str) -> Iterator[Row]:
    """Who got a campaign and who did not, one by one.

    Raises:
        UsageError: when there is none of that name, naming the latest.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    return outcomes.rows(app.store, campaign)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What one run of sending came to."""

    report: Report
    accepted_now: int = 0  # by this run
    note: str = ""  # why nothing, or not everything, was sent
    is_put_off: bool = False  # the rest waits for the relays' next day, as planned


@dataclass(frozen=True, kw_only=True, slots=True)
class SentDue:
    """What came of one campaign that was due."""

    campaign: str
    accepted_now: int = 0
    standing: str = ""  # how it stands, as a reader sees it
    error: str | None = None  # why it could not be sent


def as_it_stands(app: App, campaign: Campaign, *, accepted_now: int = 0) -> Sent:
    """The campaign as it stands, and in a sentence why nothing more is being sent."""
    with app.store.read() as connection:
        current = campaigns.by_id(connection, campaign.id) or campaign
        report = outbox.report_of(connection, current)
        again = outbox.next_attempt_at(connection, current)
    deferred, queued = report.states[DeliveryState.DEFERRED], report.states[DeliveryState.QUEUED]
    is_put_off = current.status is CampaignStatus.SENDING and bool(queued and again and not deferred)
    match current.status:
        case CampaignStatus.SENT if report.recipients and report.states[DeliveryState.REJECTED] == report.recipients:
            note = f"{current.name} reached nobody; `digest report {current.name}` tells why"
        case CampaignStatus.SENT:
            note = "" if accepted_now else f"{current.name} was sent already; nothing is left to send"
        case CampaignStatus.SENDING if is_put_off and again:
            local = again.astimezone(app.config.network.zone)
            note = (
                f"{queued} wait until {local:%Y-%m-%d %H:%M}, since the relays may be given no more before: "
                "`digest run` goes on by itself, else run the same command then"
            )
        case CampaignStatus.SENDING if deferred and again:
            local = again.astimezone(app.config.network.zone)
            note = (
                f"{deferred} deferred by the server, due again from {local:%Y-%m-%d %H:%M}: `digest run` tries again "
                "by itself, else run the same command then"
            )
        case CampaignStatus.SENDING if queued:
            note = f"{queued} still queued; run the same command to go on"
        case CampaignStatus.SENDING:
            note = ""
        case CampaignStatus.HELD:
            way_out = f"look at it with `digest preview`, then `digest approve {current.name}`"
            note = f"{current.name} is held for a person: {current.reason}; {way_out}"
        case CampaignStatus.PAUSED:
            note = f"{current.name} is paused: {current.reason}; `digest resume {current.name}` goes on"
        case _:
            note = f"{current.name} is {current.status}" + (f": {current.reason}" if current.reason else "")
    return Sent(report=report, accepted_now=accepted_now, note=note, is_put_off=is_put_off)


def _told(reply: Reply) -> ToldReply:
    reason = plain_reason(reply.state, code=reply.code, reply=reply.reply)
    return ToldReply(
        state=reply.state, stage=reply.stage, reason=reason, code=reply.code, reply=reply.reply, people=reply.people
    )
