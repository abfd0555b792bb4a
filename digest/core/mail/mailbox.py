"""The embedded mailbox as a reader sees it: its mails, the newest first, and what each carries."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from pathlib import Path, PurePath

from digest.app import App
from digest.render.plain import printable

_HEAD = 16_384  # bytes of a mail that are read for a list
_SEARCHED = 5_000  # mails, the newest, that a search looks at


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A mail in the list."""

    id: str
    to: str
    sender: str
    subject: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """What comes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A mail, read."""

    listed: Listed
    html: str  # "" where it has none
    text: str
    headers: tuple[tuple[str, str], ...]
    source: bytes
    attachments: tuple[Attached, ...]


def in_use(app: App) -> bool:
    """Whether mails go into the embedded mailbox."""
    return app.config.embedded


def mails(app: App, *, limit: int, search: str = "", offset: int = 0) -> tuple[tuple[Listed, ...], bool]:
    """The newest mails first, and whether there are more.

    Args:
        app: whose mailbox it is.
        limit: of how many.
        search: what stands in the subject, or in an address; any case.
        offset: how many are passed over.
    """
    names = _names(app)
    if not search.strip():
        return tuple(filter(None, (_listed(path) for path in names[offset : offset + limit]))), len(
            names
        ) > offset + limit
    wanted = search.casefold().strip()
    read = (_listed(path) for path in names[:_SEARCHED])
    hits = [one for one in read if one and wanted in f"{one.to}\n{one.sender}\n{one.subject}".casefold()]
    return tuple(hits[offset : offset + limit]), len(hits) > offset + limit


def newest(app: App) -> str:
    """The id of the newest mail; "" where there is none."""
    names = _names(app)
    return names[0].name if names else ""


def opened(app: App, mail_id: str) -> Opened | None:
    """A mail by its id; None where there is none."""
    named = (app.mailbox / folder / mail_id for folder in ("new", "cur") if PurePath(mail_id).name == mail_id)
    path = next((path for path in named if path.is_file()), None)
    listed = _listed(path) if path else None
    if path is None or listed is None:
        return None
    source = path.read_bytes()
    message = message_from_bytes(source, policy=default)
    attachments = tuple(
        Attached(name=part.get_filename() or "", media_type=part.get_content_type(), content=_bytes(part))
        for part in message.iter_attachments()
    )
    return Opened(
        listed=listed,
        html=_content(message, "html"),
        text=_content(message, "plain"),
        headers=tuple((name, printable(str(value))) for name, value in message.items()),
        source=source,
        attachments=attachments,
    )


def _names(app: App) -> list[Path]:
    """The files of the Maildir, the newest first: a name begins with the second, then counts within it."""
    found = []
    for folder in (app.mailbox / "new", app.mailbox / "cur"):
        if not folder.is_dir():
            continue
        with os.scandir(folder) as entries:
            for one in entries:
                with suppress(FileNotFoundError):  # moved or deleted meanwhile
                    if one.is_file():
                        found.append((one.stat().st_mtime_ns, one.name, one.path))
    return [Path(path) for _, _, path in sorted(found, reverse=True)]


def _listed(path: Path) -> Listed | None:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None  # moved or deleted meanwhile
    message = message_from_bytes(head.partition(b"\n\n")[0] + b"\n\n", policy=default)

    def line(name: str) -> str:
        return printable(str(message.get(name, "")))

    return Listed(
        id=path.name, to=line("Delivered-To") or line("To"), sender=line("From"), subject=line("Subject"), at=moment
    )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return _bytes(part).decode(part.get_content_charset() or "utf-8", "replace") if part is not None else ""


def _bytes(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
