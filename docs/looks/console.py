"""Pictures of the console as `digest demo --serve` has it, drawn in the process that answers its pages."""

import asyncio
import base64
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from playwright.async_api import async_playwright

from digest.app import App
from digest.cli.demo import DEMO_AT, demo_config, live_half_a_year, main_job, served, under_way
from digest.cli.demo_campaign import sending_slowly
from digest.cli.session import Session
from digest.core import campaigns, organisers
from digest.model import ITSELF
from digest.web import serving

if TYPE_CHECKING:
    from playwright.async_api import Browser

_RATE = 10.0  # mails a second, so that nobody waits for the picture
_SETTLED = 700  # milliseconds
_SENT = 70  # when the pictures are taken


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A picture of a page; lengths in CSS pixels."""

    name: str
    path: str
    width: int = 1280
    height: int = 860
    scheme: Literal["light", "dark"] = "light"


async def console_pictures() -> dict[str, bytes]:
    """WebP by name."""
    with tempfile.TemporaryDirectory() as folder:
        config = served(demo_config(Path(folder)))
        port = _free_port()
        web = config.web.model_copy(update={"port": port, "url": f"http://127.0.0.1:{port}"})
        with Session(config_option=None).app(at=DEMO_AT, config=config.model_copy(update={"web": web})) as app:
            async with _up(app) as (address, edition, campaign):
                shots = (
                    Shot(name="console-overview", path="/console"),
                    Shot(name="console-edition", path=f"/console/editions/{edition}"),
                    Shot(name="console-announcement", path="/console/announcements/1"),
                    Shot(name="console-campaign", path=f"/console/campaigns/{campaign}", scheme="dark"),
                )
                return await _drawn(app, address, shots)


@asynccontextmanager
async def _up(app: App) -> AsyncIterator[tuple[str, str, str]]:
    """The demo, answering, with a third of its campaign sent: its address, and the names of edition and campaign."""
    await live_half_a_year(app, by=ITSELF)
    await main_job(app, ITSELF)
    edition, campaign = await under_way(app, by=ITSELF)
    async with serving(app) as address:
        async with sending_slowly(app, rate=_RATE):
            while campaigns.report(app, campaign).report.accepted < _SENT:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
            app.stopping.set()  # what is in flight is finished, and the rest stays as it is
        app.stopping.clear()
        yield address, edition, campaign


async def _drawn(app: App, address: str, shots: tuple[Shot, ...]) -> dict[str, bytes]:
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context()
        page = await context.new_page()
        link = organisers.sign_in_link(app, app.config.organisers[0].email, app.now, by=ITSELF)
        await page.goto(link)
        await page.locator("main button").click()
        await page.wait_for_url("**/console")
        cookies = await context.cookies()
        pictures = {shot.name: await _picture(browser, cookies, address, shot) for shot in shots}
        await browser.close()
    return pictures


async def _picture(browser: "Browser", cookies: list[Any], address: str, shot: Shot) -> bytes:
    size = {"width": shot.width, "height": shot.height}
    async with await browser.new_context(viewport=size, color_scheme=shot.scheme) as context:
        await context.add_cookies(cookies)
        page = await context.new_page()
        await page.goto(address + shot.path, wait_until="load")
        await page.wait_for_timeout(_SETTLED)  # a mail's frame is loaded last; an event stream never ends
        session = await context.new_cdp_session(page)
        taken = await session.send("Page.captureScreenshot", {"format": "webp", "quality": 75})
        return base64.b64decode(taken["data"])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
