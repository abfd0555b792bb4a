"""A campaign for three people, and one run of sending it: courier, engine and a real ledger, without the verbs."""

from datetime import timedelta
from itertools import count

from sqlalchemy import select

from digest.config import Smtp
from digest.deliver import Envelope, FairShare, Patience, SmtpCourier, next_attempt, transmit
from digest.model import ITSELF, CampaignStatus, Recipient
from digest.store import campaigns, outbox, people
from digest.store.outbox.ledger import Ledger
from digest.store.tables import deliveries

_NUMBERS = count(1)


def planned(store, now):
    """A campaign of its own in a store that others may share."""
    listed = [Recipient(address=f"{name}@example.org") for name in ("ann", "bob", "cy")]
    number = next(_NUMBERS)
    values = {"name": f"weekly-{number}", "digest": "weekly", "period": str(number), "list_names": ("members",)}
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1)
        people.apply_list(connection, plan, now)
        made = campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)
        outbox.plan_deliveries(connection, made, now)
    return made


def _retry_at(delivery, _outcome, now):
    return next_attempt(
        delivery.attempts + 1,
        first_tried_at=delivery.first_tried_at or now,
        now=now,
        give_up_after=timedelta(days=5),
        random=0.0,
    )


class Run:
    """Sends a campaign with little patience, and remembers its couriers."""

    def __init__(self, store, campaign, server, *, big=0, **settings):
        self.store = store
        self.campaign = campaign
        self.big = big  # bytes of the first one's message
        self.smtp = Smtp(host="localhost", port=server.port, timeout=timedelta(seconds=0.2), **settings)
        self.couriers = []

    async def connect(self):
        self.couriers.append(await SmtpCourier.connect(self.smtp))
        return self.couriers[-1]

    def envelope(self, delivery):
        address = delivery.recipient.address
        body = b"All is well.\r\n" * (self.big // 14 if address.startswith("ann") else 100)
        head = f"Message-ID: <{self.campaign.id}.{delivery.subscriber_id}@example.org>\r\n\r\n".encode()
        return Envelope(sender="post@example.org", recipient=address, message=head + body)

    async def send(self, now, *, clock=None):
        """One run; `clock` where the present does not stand still meanwhile."""
        async with Ledger(self.store, self.campaign, clock=clock or (lambda: now), retry_at=_retry_at) as ledger:
            await transmit(
                outbox.due(self.store, self.campaign, now),
                ledger=ledger,
                connect=self.connect,
                envelope=self.envelope,
                share=FairShare(1),
                patience=Patience(first_pause=0.05, first_rest=0.05),
            )

    def rows(self):
        """Each one's delivery."""
        query = select(deliveries).where(deliveries.c.campaign_id == self.campaign.id)
        with self.store.read() as connection:
            return {row.address_key.partition("@")[0]: row for row in connection.execute(query)}

    def states(self):
        return {name: row.state for name, row in self.rows().items()}

    def has_closed_everything(self):
        return all(courier._conversation is None and not courier._smtp.is_connected for courier in self.couriers)
