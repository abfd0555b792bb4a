"""Pictures of the sample's mails as delivered, on a desk, on a phone and in classic Outlook; and of its console.

Run it with `make looks`. Chromium draws them; CHROMIUM names another than /usr/bin/chromium.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from console import console_pictures
from playwright.sync_api import sync_playwright
from word import as_word_shows_it

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent
READER = "ada.thorn@example.org"  # in the sample's list of members


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A way to see a mail; lengths in CSS pixels."""

    name: str
    width: int
    height: int
    scale: int = 1
    scheme: Literal["light", "dark"] = "light"
    word: bool = False


LOOKS = (
    Look(name="desktop", width=800, height=1000),
    Look(name="phone", width=375, height=812, scale=2),
    Look(name="phone-dark", width=375, height=812, scale=2, scheme="dark"),
    Look(name="outlook", width=800, height=1000, word=True),
)


def delivered() -> Iterator[tuple[str, str]]:
    """What `digest demo` delivers to one reader: name and HTML of the edition, then of the announcement."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "digest", "demo", "--out", folder, "--json"]
        told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        mails = [message_from_bytes(Path(path).read_bytes(), policy=default) for path in told["mailbox"]]
        theirs = [mail for mail in mails if READER in mail["To"]]
        for name, mail in zip(("edition", "announcement"), theirs, strict=True):
            yield name, mail.get_body(("html",)).get_content()


def picture(browser: "Browser", html: str, look: Look) -> bytes:
    """The top of the mail as WebP, which Playwright's own screenshots cannot be."""
    with browser.new_context(
        viewport={"width": look.width, "height": look.height},
        device_scale_factor=look.scale,
        color_scheme=look.scheme,
        offline=True,
    ) as context:
        page = context.new_page()
        page.set_content(as_word_shows_it(html) if look.word else html)
        height = min(look.height, page.evaluate("document.body.scrollHeight"))
        page.set_viewport_size({"width": look.width, "height": height})
        taken = context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": 75})
        return base64.b64decode(taken["data"])


def main() -> None:
    """Draw every look of both mails, and the console, beside this file."""
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, html in delivered():
            for look in LOOKS:
                keep(f"{name}-{look.name}", picture(browser, html, look))
        browser.close()
    for name, taken in asyncio.run(console_pictures()).items():
        keep(name, taken)


def keep(name: str, taken: bytes) -> None:
    """Write a picture down, and say how large it is."""
    path = HERE / f"{name}.webp"
    path.write_bytes(taken)
    print(f"{path.relative_to(HERE.parents[1])}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
