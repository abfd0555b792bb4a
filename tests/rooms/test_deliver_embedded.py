"""The embedded mailbox takes what the courier sends, through the engine, and files it whole."""

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes, policy
from mailbox import Maildir

from digest.config import Sender, Smtp
from digest.deliver import Envelope, FairShare, SmtpCourier, message_id, prepare_message, transmit
from digest.deliver.embedded import embedded_server
from digest.model import Accepted, Delivery, Recipient, Rendered, Slot

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Books:
    """A ledger in memory."""

    def __init__(self):
        self.outcomes = {}

    async def claim(self, wanted):
        return wanted

    async def release(self, held):
        raise AssertionError(f"{held} were claimed and not sent")

    def begin(self, delivery):
        pass

    def record(self, delivery, outcome):
        self.outcomes[delivery.id] = outcome


async def test_a_mailing_arrives_in_the_maildir_one_message_per_person(tmp_path):
    names = ["Ann", "Анна", "अन्ना", ""]
    people = [Recipient(address=f"member{n}@example.org", name=name) for n, name in enumerate(names)]
    people.append(Recipient(address="анна@example.org", name="Анна"))
    rendered = Rendered(
        subject="Новости · 23 November",
        html=("<p>Hello ", Slot.NAME, '</p>\n.\n<a href="', Slot.UNSUBSCRIBE_URL, '">leave</a>\n'),
        text=("Hello ", Slot.NAME, "\n.\nleave: ", Slot.UNSUBSCRIBE_URL, "\n"),
    )
    sender = Sender(email="post@example.org", name="Growing Network")
    prepared = prepare_message(rendered, sender=sender, date=NOW, list_id="weekly.example.org")

    def envelope(delivery: Delivery) -> Envelope:
        url = f"http://127.0.0.1:8025/u/{delivery.id}"
        return prepared.envelope(
            delivery.recipient,
            values={Slot.NAME: delivery.recipient.name, Slot.UNSUBSCRIBE_URL: url},
            message_id=message_id("weekly/2026-W48", delivery.subscriber_id, "example.org"),
            unsubscribe_url=url,
        )

    planned = [Delivery(id=n, recipient=person, subscriber_id=n, list_ids=(1,)) for n, person in enumerate(people)]
    books = Books()
    async with embedded_server(tmp_path / "var" / "mailbox") as (host, port):
        smtp = Smtp(host=host, port=port)
        await transmit(
            planned, ledger=books, connect=lambda: SmtpCourier.connect(smtp), envelope=envelope, share=FairShare(2)
        )

    assert {type(outcome) for outcome in books.outcomes.values()} == {Accepted}
    filed = [message_from_bytes(bytes(mail), policy=policy.SMTPUTF8) for mail in Maildir(tmp_path / "var" / "mailbox")]
    assert len(filed) == len(people)
    by_id = {mail["Message-ID"]: mail for mail in filed}
    for delivery in planned:
        mail = by_id[message_id("weekly/2026-W48", delivery.subscriber_id, "example.org")]
        assert mail["Return-Path"] == "<post@example.org>"
        assert mail["Subject"] == "Новости · 23 November"
        text, html = mail.iter_parts()
        assert text.get_content().replace("\r\n", "\n") == (
            f"Hello {delivery.recipient.name}\n.\nleave: http://127.0.0.1:8025/u/{delivery.id}\n"
        )
        assert f"<p>Hello {delivery.recipient.name}</p>" in html.get_content()


async def test_a_client_that_stays_connected_does_not_keep_the_server_open(tmp_path):
    async with embedded_server(tmp_path / "mailbox") as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        assert (await reader.readline()).startswith(b"220 ")
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
