"""CPU to make one person's message of about 36 kB: joined from prepared pieces, as we do, and the usual ways.

Run it with `make bench`. Bar: 25 microseconds a message without a signature (median of the rounds).
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jinja2 import Environment

from digest.config import Dkim, Sender
from digest.deliver import Prepared, message_id, prepare_message
from digest.model import Recipient, Rendered, Slot

LINE = "All work and no play makes a dull benchmark, said the sink to the source.\n"
BODY = LINE * (33_500 // len(LINE))
DATE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEMPLATE = '<p>{{ body }}</p><a href="{{ link }}">Leave</a>'
NAMES = ("Member", "Żaneta Ćwik")


KEYS = {"Ed25519": Ed25519PrivateKey.generate, "RSA 2048": lambda: generate_private_key(65_537, 2048)}


def prepared(dkim: Dkim | None = None) -> Prepared:
    """What every copy shares."""
    html = ("<p>", BODY, '<a href="', Slot.UNSUBSCRIBE_URL, '">Leave</a></p>')
    rendered = Rendered(subject="A benchmark", html=html, text=("Hello ", Slot.NAME, "\n", LINE))
    sender = Sender(email="bench@example.org", dkim=dkim)
    return prepare_message(rendered, sender=sender, date=DATE, list_id="bench.example.org")


def link(number: int) -> str:
    """As long as a signed one."""
    return f"https://example.org/unsubscribe/{number:030}"


def joined(ready: Prepared, number: int, name: str) -> bytes:
    """Our way."""
    person = Recipient(address=f"member{number}@example.org", name=name)
    url = link(number)
    values = {Slot.NAME: name, Slot.ADDRESS: person.address, Slot.UNSUBSCRIBE_URL: url, Slot.VIEW_URL: url}
    id_ = message_id("bench", number, "example.org")
    return ready.for_recipient(person, values=values, message_id=id_, unsubscribe_url=url)


def standard_library(html: str, number: int, name: str) -> bytes:
    """An `EmailMessage` for each person."""
    message = EmailMessage()
    message["From"] = "bench@example.org"
    message["To"] = f"{name} <member{number}@example.org>"
    message["Subject"] = "A benchmark"
    message["Date"] = format_datetime(DATE)
    message["List-Unsubscribe"] = f"<{link(number)}>"
    message.set_content(f"Hello {name}\n{LINE}")
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def microseconds(make: Callable[[int], bytes], times: int) -> float:
    """CPU of one call, the median of seven rounds."""
    rounds = []
    for _ in range(7):
        start = time.process_time()
        for number in range(times):
            make(number)
        rounds.append(1e6 * (time.process_time() - start) / times)
    return statistics.median(rounds)


def main() -> None:
    """Print one line for each way."""
    ready = prepared()
    template = Environment(autoescape=True).from_string(TEMPLATE)
    print(f"one person's message of {len(joined(ready, 1, NAMES[0]))} bytes, microseconds of CPU")
    for name in NAMES:
        kind = "ASCII name" if name.isascii() else "other name"
        print(f"  prepared, joined ({kind})     {microseconds(lambda n, name=name: joined(ready, n, name), 3000):8.1f}")
    for algorithm, make in KEYS.items():
        signed = prepared(Dkim(selector="bench", key=make()))
        print(
            f"  the same, signed ({algorithm:8})  {microseconds(lambda n, m=signed: joined(m, n, 'Member'), 500):8.1f}"
        )
    page = f"<p>{BODY}</p>"
    print(f"  EmailMessage each           {microseconds(lambda n: standard_library(page, n, 'Member'), 60):8.1f}")

    def rendered(number: int) -> bytes:
        return standard_library(template.render(body=BODY, link=link(number)), number, "Member")

    print(f"  Jinja and EmailMessage each {microseconds(rendered, 60):8.1f}")


if __name__ == "__main__":
    main()
