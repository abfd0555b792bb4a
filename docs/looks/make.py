"""Pictures of the sample's mails: each look on a desk, a phone, paper and in classic Outlook; and of its console.

Run it with `make looks`. Chromium draws them; CHROMIUM names another than /usr/bin/chromium. With CLIENTS=1 the mail
programs of `clients.py` are started, too, and drawn side by side.
"""

import asyncio
import base64
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from clients import PROGRAMS, missing, shown
from console import console_pictures
from playwright.sync_api import sync_playwright
from sample import delivered
from word import as_word_shows_it

from digest.config import LookName

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A way to see a mail; lengths in CSS pixels."""

    name: str
    width: int
    height: int
    scale: int = 1
    scheme: Literal["light", "dark"] = "light"
    medium: Literal["screen", "print"] = "screen"
    word: bool = False


DESKTOP = View(name="desktop", width=800, height=1000)
PHONE = View(name="phone", width=375, height=812, scale=2)
DARK = View(name="phone-dark", width=375, height=812, scale=2, scheme="dark")
OUTLOOK = View(name="outlook", width=800, height=1000, word=True)
PAPER = View(name="print", width=718, height=1000, medium="print")  # A4 without its margins, at 96 pixels an inch

ALONE = (DESKTOP, PHONE, DARK, OUTLOOK)  # of the look that is the default
TOGETHER = ((DESKTOP, 440), (PHONE, 300), (DARK, 300), (PAPER, 400), (OUTLOOK, 440))  # each look side by side, how wide


def picture(browser: "Browser", html: str, view: View) -> bytes:
    """The top of the mail as WebP."""
    with browser.new_context(
        viewport={"width": view.width, "height": view.height},
        device_scale_factor=view.scale,
        color_scheme=view.scheme,
        offline=True,
    ) as context:
        page = context.new_page()
        page.emulate_media(media=view.medium)
        page.set_content(as_word_shows_it(html) if view.word else html)
        height = min(view.height, page.evaluate("document.body.scrollHeight"))
        page.set_viewport_size({"width": view.width, "height": height})
        return taken(page)


def side_by_side(browser: "Browser", pictures: Sequence[tuple[str, bytes]], width: int) -> bytes:
    """Pictures with their names below them, each `width` CSS pixels wide."""
    tiles = "".join(
        f'<figure><img width="{width}" src="data:image;base64,{base64.b64encode(one).decode()}">'
        f"<figcaption>{name}</figcaption></figure>"
        for name, one in pictures
    )
    style = (
        "body { display: inline-flex; gap: 16px; margin: 0; padding: 16px 16px 10px; background: #c9cfcc; }"
        "figure { margin: 0; } img { display: block; } figcaption { font: 14px sans-serif; padding-top: 8px; }"
    )
    with browser.new_context(viewport={"width": 3000, "height": 100}) as context:
        page = context.new_page()
        page.set_content(f"<!doctype html><style>{style}</style>{tiles}")
        page.wait_for_function("[...document.images].every(one => one.complete)")
        size = page.evaluate("[document.body.offsetWidth, document.body.offsetHeight]")
        page.set_viewport_size({"width": size[0], "height": size[1]})
        return taken(page)


def taken(page: "Page") -> bytes:
    """The window as WebP, which Playwright's own screenshots cannot be."""
    answer = page.context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": 70})
    return base64.b64decode(answer["data"])


def main() -> None:
    """Draw every look of the mails, and the console, beside this file."""
    mails = {look: delivered(look) for look in get_args(LookName)}
    first, *_ = mails
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, mail in mails[first].items():
            for view in ALONE:
                keep(f"{name}-{view.name}", picture(browser, mail.html, view))
        for view, width in TOGETHER:
            seen = [(look, picture(browser, theirs["edition"].html, view)) for look, theirs in mails.items()]
            keep(f"looks-{view.name}", side_by_side(browser, seen, width))
        if os.environ.get("CLIENTS"):
            for look, theirs in mails.items():
                keep(f"clients-{look}", side_by_side(browser, in_programs(theirs["edition"].raw), 300))
        browser.close()
    for name, drawn in asyncio.run(console_pictures()).items():
        keep(name, drawn)


def in_programs(mail: bytes) -> list[tuple[str, bytes]]:
    """The mail in each mail program that is there."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mail.eml"
        path.write_bytes(mail)
        for program in PROGRAMS:
            if lacking := missing(program):
                print(f"{program.name}: left out, for {', '.join(lacking)} is not installed")
            else:
                found.append((program.name, shown(program, path)))
    return found


def keep(name: str, drawn: bytes) -> None:
    """Write a picture down, and say how large it is."""
    path = HERE / f"{name}.webp"
    path.write_bytes(drawn)
    print(f"{path.relative_to(HERE.parents[1])}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
