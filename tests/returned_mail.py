"""Campaigns that went out to somebody, and what comes back of them, as tests of several rooms need it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from digest.app import App
from digest.config.addresses import address_key
from digest.model import (
    ITSELF,
    BounceClass,
    CampaignStatus,
    Clarity,
    DeliveryState,
    Evidence,
    Hint,
    Recipient,
    Return,
    ReturnKind,
)
from digest.returns.address import bounce_address, copy_id
from digest.store import campaigns, outbox, people
from digest.store.campaigns import Campaign
from digest.store.tables import deliveries, subscribers

REPORT = """\
From: MAILER-DAEMON@relay.example
To: {to}
Date: Tue, 24 Nov 2026 07:00:00 +0000
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@relay.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=part

--part
Content-Type: text/plain

{said}

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {said}

--part
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Weekly digest

Hello
--part--
"""


def campaign_to(
    app: App, addresses: Sequence[str], at: datetime, *, name: str = "weekly-1", unsent: Sequence[str] = ()
) -> Campaign:
    """A campaign that is being sent: accepted then by the first, still queued for the others."""
    with app.store.write() as connection:
        listed = [Recipient(address=one) for one in (*addresses, *unsent)]
        plan = people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1)
        people.apply_list(connection, plan, at)
        made = campaigns.create(
            connection,
            name=name,
            digest="weekly",
            period=name,
            status=CampaignStatus.SENDING,
            by=ITSELF,
            list_names=["members"],
            now=at,
        )
        assert made is not None
        outbox.plan_deliveries(connection, made, at)
        taken = deliveries.c.address_key.in_({address_key(one) for one in addresses})
        accepted = {"state": DeliveryState.ACCEPTED.value, "code": 250, "attempts": 1, "finished_at": at}
        own = deliveries.c.campaign_id == made.id
        connection.execute(update(deliveries).where(own, taken).values(**accepted))
    return made


def person(app: App, address: str) -> int:
    """The id of the row."""
    with app.store.read() as connection:
        found = people.find(connection, address)
    assert found is not None
    return found[0]


def returned(
    app: App, campaign: Campaign, address: str, at: datetime, *, kind: ReturnKind = ReturnKind.BOUNCE, **changes: object
) -> Return:
    """A bounce that is clear about the mailbox, unless it says otherwise."""
    who = person(app, address)
    is_bounce = kind is ReturnKind.BOUNCE
    values: dict[str, object] = {
        "key": f"mail:{campaign.id}-{who}-{kind}",
        "kind": kind,
        "received_at": at,
        "bounce_class": BounceClass.MAILBOX if is_bounce else None,
        "clarity": Clarity.DEFINITE if is_bounce else None,
        "status": "5.1.1" if is_bounce else "",
        "excerpt": f"550 5.1.1 <{address}> is unknown here" if is_bounce else "",
        "reported_address": address,
        "hints": tuple(
            Hint(evidence=mark, subscriber_id=who, campaign_id=campaign.id)
            for mark in (Evidence.RETURN_PATH, Evidence.MESSAGE_ID)
        ),
    }
    return Return(**values | changes)  # type: ignore[arg-type]


def bounce_message(
    app: App, campaign: Campaign, address: str, *, said: str = "550 5.1.1 no such user", status: str = "5.1.1"
) -> bytes:
    """A mail server's report on one copy, with both our marks in it."""
    who = person(app, address)
    return report(app.secret, campaign.id, who, address, said=said, status=status)


def report(secret: str, campaign_id: int, who: int, address: str, *, said: str, status: str) -> bytes:
    """Likewise, without looking anything up."""
    copy = {"campaign_id": campaign_id, "subscriber_id": who}
    return REPORT.format(
        to=bounce_address(secret, "returns@network.example", delimiter="+", **copy),
        number=f"{campaign_id}.{who}",
        address=address,
        status=status,
        said=said,
        message_id=copy_id(secret, "network.example", **copy),
    ).encode()


def suppressed(app: App, address: str) -> str | None:
    """Why an address is not mailed."""
    with app.store.read() as connection:
        return people.suppression(connection, address)


def states(app: App, campaign: Campaign) -> dict[str, str]:
    """How each delivery stands, by address."""
    query = select(deliveries.c.address_key, deliveries.c.state).where(deliveries.c.campaign_id == campaign.id)
    with app.store.read() as connection:
        return dict(tuple(row) for row in connection.execute(query))


def many_people(app: App, count: int, at: datetime) -> Campaign:
    """A campaign that this many people have accepted, written by two statements."""
    with app.store.write() as connection:
        made = campaigns.create(
            connection,
            name="large",
            digest="weekly",
            period="large",
            status=CampaignStatus.SENT,
            by=ITSELF,
            list_names=["members"],
            now=at - timedelta(hours=1),
        )
        assert made is not None
        keys = [f"member{number}@example.org" for number in range(count)]
        connection.execute(
            insert(subscribers), [{"address": one, "address_key": one, "created_at": at} for one in keys]
        )
        ids = select(subscribers.c.id, subscribers.c.address_key)
        rows = [
            {
                "campaign_id": made.id,
                "subscriber_id": number,
                "address_key": key,
                "state": "accepted",
                "finished_at": at,
            }
            for number, key in connection.execute(ids)
        ]
        connection.execute(insert(deliveries), rows)
    return made
