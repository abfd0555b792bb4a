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
        yield error("budget", "budget", size=size, most=BUDGET)


def _unsubscribe(rendered: Rendered, page: Page) -> Iterator[Finding]:
    links = {element.get("href") for element in page.document.iter("a")}
    if SAMPLES[Slot.UNSUBSCRIBE_URL] not in links:
        yield error("unsubscribe", "no_leaving_html", markup='<a href="{{ slot.unsubscribe_url }}">')
    if Slot.UNSUBSCRIBE_URL not in rendered.text:
        yield error("unsubscribe", "no_leaving_text", markup="{{ slot.unsubscribe_url }}")


def _postal_address(page: Page, postal_address: str) -> Iterator[Finding]:
    lines = [" ".join(line.split()) for line in postal_address.splitlines() if line.strip()]
    if not lines:
        yield warning("postal-address", "no_address")
        return
    for part, words in (("html", page.words), ("text", " ".join(page.text.split()))):
        if not all(line in words for line in lines):
            yield warning("postal-address", f"address_not_shown_{part}")


def _text_part(page: Page) -> Iterator[Finding]:
    shown = len(page.words.split())
    told = sum("://" not in word for word in page.text.split())
    if told < shown * _SHARE:
        yield warning("text-part", "text_part", told=told, shown=shown)
