"""The sample's mails as one of its members gets them, in any look."""

import asyncio
import tempfile
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from digest.cli.demo import DEMO_AT, demo_config, main_job
from digest.cli.session import Session
from digest.config import Brand, LookName
from digest.model import ITSELF

READER = "ada.thorn@example.org"  # in the sample's list of members
_WEB = "https://news.hedgerow.example.org"  # mail programs warn of links to an address in numbers


def delivered(look: LookName) -> dict[str, bytes]:
    """What the demo delivers to one reader: the mail of its edition and of its announcement."""
    with tempfile.TemporaryDirectory() as folder:
        config = demo_config(Path(folder))
        brand = Brand.model_validate({**config.brand.model_dump(), "look": look})
        web = config.web.model_copy(update={"url": _WEB})
        with Session(config_option=None).app(
            at=DEMO_AT, config=config.model_copy(update={"brand": brand, "web": web})
        ) as app:
            asyncio.run(main_job(app, ITSELF))
            mails = [path.read_bytes() for path in sorted((app.mailbox / "new").iterdir())]
    theirs = [mail for mail in mails if READER in message_from_bytes(mail, policy=default)["To"]]
    return dict(zip(("edition", "announcement"), theirs, strict=True))


def html_of(mail: bytes) -> str:
    """Its HTML part."""
    body = message_from_bytes(mail, policy=default).get_body(("html",))
    if body is None:
        raise ValueError("the mail has no HTML part")
    return str(body.get_content())
