"""CPU to make one person's message of 36 kB: joined from prepared pieces, as we do, and the usual ways.

Bar: 25 microseconds a message without a signature, the median of the rounds.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jinja2 import Environment
from measured import Measured
from network import LINE, SENDER, filling, mail_of
from running import Benchmark, progress, run

from digest.config import Dkim, Sender
from digest.deliver import PreparedMessage, message_id, prepare_message
from digest.model import Recipient, Slot

BAR = 25  # microseconds
SIZE = 36_000
DATE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEMPLATE = '<p>{{ body }}</p><a href="{{ link }}">Leave</a>'
ASCII, OTHER = "Member", "Żaneta Ćwik"
KEYS = {"Ed25519": Ed25519PrivateKey.generate, "RSA of 2048 bits": lambda: generate_private_key(65_537, 2048)}


def prepared(dkim: Dkim | None = None) -> PreparedMessage:
    """What every copy shares."""
    sender = Sender(email=SENDER, dkim=dkim)
    return prepare_message(mail_of(SIZE).for_readers(), sender=sender, date=DATE, list_id="bench.example.org")


def link(number: int) -> str:
    """As long as a signed one."""
    return f"https://example.org/unsubscribe/{number:030}"


def joined(ready: PreparedMessage, number: int, name: str) -> bytes:
    """Our way."""
    person = Recipient(address=f"member{number}@example.org", name=name)
    url = link(number)
    values = {Slot.NAME: name, Slot.ADDRESS: person.address, Slot.UNSUBSCRIBE_URL: url, Slot.VIEW_URL: url}
    id_ = message_id("bench", number, "example.org")
    return ready.for_recipient(person, values=values, message_id=id_, unsubscribe_url=url)


def standard_library(html: str, number: int) -> bytes:
    """An `EmailMessage` for each person."""
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = f"{ASCII} <member{number}@example.org>"
    message["Subject"] = "A benchmark"
    message["Date"] = format_datetime(DATE)
    message["List-Unsubscribe"] = f"<{link(number)}>"
    message.set_content(f"Hello {ASCII}\n{LINE}")
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def microseconds(what: str, make: Callable[[int], bytes], times: int) -> float:
    """CPU of one call, the median of seven rounds."""
    progress(what)
    rounds = []
    for _ in range(7):
        start = time.process_time()
        for number in range(times):
            make(number)
        rounds.append(1e6 * (time.process_time() - start) / times)
    return statistics.median(rounds)


def measure(_: argparse.Namespace) -> list[Measured]:
    """One row for each way; ours beside the standard library's."""
    ready, body = prepared(), filling(SIZE)
    template = Environment(autoescape=True).from_string(TEMPLATE)
    whole = f"one person's message of {len(joined(ready, 1, ASCII)):,} bytes"
    usual = microseconds("EmailMessage for each", lambda n: standard_library(f"<p>{body}</p>", n), 60)
    jinja = microseconds(
        "Jinja and EmailMessage", lambda n: standard_library(template.render(body=body, link=link(n)), n), 60
    )

    def ours(what: str, ready: PreparedMessage, name: str, times: int, bar: float | None = None) -> Measured:
        taken = microseconds(what, lambda n: joined(ready, n, name), times)
        return Measured(
            what=what, unit="µs CPU", value=taken, beside="EmailMessage for each", reference=usual, at_most=bar
        )

    return [
        ours(f"{whole}, ASCII name", ready, ASCII, 3000, BAR),
        ours("the same, any other name", ready, OTHER, 3000, BAR),
        *(
            ours(f"the same, signed with {name}", prepared(Dkim(selector="bench", key=make())), ASCII, 500)
            for name, make in KEYS.items()
        ),
        Measured(
            what="the same by Jinja and EmailMessage for each",
            unit="µs CPU",
            value=jinja,
            beside="EmailMessage for each",
            reference=usual,
        ),
    ]


BENCHMARK = Benchmark(name="assembly", measure=measure)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
