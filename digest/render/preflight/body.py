"""What every mail must have and must not outgrow: its size, the way to leave, the address, a whole text part; pure."""

from collections.abc import Iterator

from digest.model import Rendered, Slot
from digest.render.preflight.finding import Finding, error, warning
from digest.render.preflight.page import SAMPLES, Page
from digest.render.slices import BUDGET

_SHARE = 0.5  # of the HTML's words that the text part has at least


def body(rendered: Rendered, page: Page, *, postal_address: str) -> Iterator[Finding]:
    """The checks of the mail as a whole."""
    yield from _budget(page)
    yield from _unsubscribe(rendered, page)
    yield from _postal_address(page, postal_address)
    yield from _text_part(page)


def _budget(page: Page) -> Iterator[Finding]:
    size = len(page.html.encode())
    if size >= BUDGET:
        way_out = "shorten it, or set a limit in the digest's sections"
        yield error("budget", f"the HTML has {size:,} bytes; Gmail clips what has {BUDGET:,} or more: {way_out}")


def _unsubscribe(rendered: Rendered, page: Page) -> Iterator[Finding]:
    links = {element.get("href") for element in page.document.iter("a")}
    if SAMPLES[Slot.UNSUBSCRIBE_URL] not in links:
        way_out = 'put <a href="{{ slot.unsubscribe_url }}"> into the template; the shipped footer has it'
        yield error("unsubscribe", f"the HTML has no link to unsubscribe: {way_out}")
    if Slot.UNSUBSCRIBE_URL not in rendered.text:
        way_out = "put {{ slot.unsubscribe_url }} into the template; the shipped footer has it"
        yield error("unsubscribe", f"the text part has no link to unsubscribe: {way_out}")


def _postal_address(page: Page, postal_address: str) -> Iterator[Finding]:
    lines = [" ".join(line.split()) for line in postal_address.splitlines() if line.strip()]
    if not lines:
        told = "there is none; many countries ask for one in mail to a list: set postal_address in [network]"
        yield warning("postal-address", told)
        return
    for place, words in (("HTML", page.words), ("text part", " ".join(page.text.split()))):
        if not all(line in words for line in lines):
            yield warning("postal-address", f"the {place} does not show it; the shipped footer does")


def _text_part(page: Page) -> Iterator[Finding]:
    shown = len(page.words.split())
    told = sum("://" not in word for word in page.text.split())
    if told < shown * _SHARE:
        way_out = "tell in it what the HTML tells; some read only that, and filters compare the two"
        yield warning("text-part", f"the text part has {told} words, the HTML {shown}: {way_out}")
