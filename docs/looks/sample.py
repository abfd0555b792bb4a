"""The sample's mails as one of its members gets them, in any look."""

import asyncio
import base64
import tempfile
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from digest.app import App
from digest.cli.demo import DEMO_AT, demo_config, main_job
from digest.cli.session import Session
from digest.config import Brand, LookName
from digest.core import content
from digest.model import ITSELF
from digest.store.campaigns import ANNOUNCEMENT

READER = "ada.thorn@example.org"  # in the sample's list of members
_WEB = "https://news.hedgerow.example.org"  # mail programs warn of links to an address in numbers


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it was delivered, and its HTML with the pictures in it, which nobody serves here."""

    raw: bytes
    html: str


def delivered(look: LookName) -> dict[str, Mail]:
    """What the demo delivers to one reader: the mail of its edition and of its announcement."""
    with tempfile.TemporaryDirectory() as folder:
        config = demo_config(Path(folder))
        brand = Brand.model_validate({**config.brand.model_dump(), "look": look})
        web = config.web.model_copy(update={"url": _WEB})
        with Session(config_option=None).app(
            at=DEMO_AT, config=config.model_copy(update={"brand": brand, "web": web})
        ) as app:
            asyncio.run(main_job(app, ITSELF))
            mails = [path.read_bytes() for path in (app.mailbox / "new").iterdir()]
            theirs = [mail for mail in mails if READER in message_from_bytes(mail, policy=default)["To"]]
            return {_kind_of(mail): Mail(mail, _with_pictures(app, _html_of(mail))) for mail in theirs}


def _kind_of(mail: bytes) -> str:
    """By its List-Id: files of the same second have no order."""
    return "announcement" if f"<{ANNOUNCEMENT}." in message_from_bytes(mail, policy=default)["List-Id"] else "edition"


def _with_pictures(app: App, html: str) -> str:
    beside, files = content.with_pictures_beside(app, html)
    for name, inside in files.items():
        beside = beside.replace(f"picture/{name}", f"data:image;base64,{base64.b64encode(inside).decode()}")
    return beside


def _html_of(mail: bytes) -> str:
    """Its HTML part."""
    body = message_from_bytes(mail, policy=default).get_body(("html",))
    if body is None:
        raise ValueError("the mail has no HTML part")
    return str(body.get_content())
