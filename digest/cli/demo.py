"""`digest demo`: the main job on the shipped sample network, into the embedded mailbox."""

import shutil
import socket
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.cli.answers import note, print_json, print_table, write_mail
from digest.cli.demo_campaign import begin_campaign, friends_join, sending_slowly, with_friends
from digest.cli.demo_history import invent_history
from digest.cli.session import Session, run
from digest.core import announcements, content, editions, organisers, people
from digest.documents import report_json, source_json
from digest.errors import UsageError
from digest.model import Edit
from digest.resources import private_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app import App
    from digest.config import Config
    from digest.core.campaigns import Sent
    from digest.core.editions import Preview
    from digest.model import By, SourceResult

DEMO_AT = "2026-11-23T08:00"
"""A Monday morning on which the sample network's dates make sense."""

_MARKER = "digest-demo"  # says that a folder is a demo's, and may be emptied


def run_demo(out: Path, *, serve: bool, json: bool) -> None:
    """Collect, prepare and send the sample network's weekly digest and an announcement; show where to look.

    Raises:
        UsageError: when `out` is a folder with anything else in it.
    """
    folder = _fresh(out)
    config = demo_config(folder)
    here = Session(config_option=None)
    with here.app(at=DEMO_AT, config=on_a_free_port(served(config)) if serve else config) as app:
        run(app, _demo(app, folder, by=here.by, serve=serve, json=json))


async def _demo(app: "App", folder: Path, *, by: "By", serve: bool, json: bool) -> None:
    if serve:
        note("Inventing half a year of history; this takes a moment.")
        await live_half_a_year(app, by=by)
    collected, left, shown, sent, notice = await main_job(app, by)
    files = _write(app, folder, shown)
    messages = sorted((app.mailbox / "new").iterdir())
    document = _document(collected, shown, sent, notice, files, messages)
    if json:
        print_json(document)
    else:
        _show(document, left)
    if serve:
        await _serve(app, by)


async def main_job(app: "App", by: "By") -> "tuple[tuple[SourceResult, ...], str, Preview, Sent, Sent]":
    """What was collected, who left, the next edition as it would be, and what came of this one and an announcement."""
    from digest.resources import bundled  # noqa: PLC0415

    now = app.now
    weekly = app.config.digests[0]
    people.apply_lists(app, now, by=by)
    left = _one_member_leaves(app, now, by)
    collected = await content.collect(app, now, by=by)
    content.edit_item(app, Edit(source="events", key="pruning-day", pinned=True), now, by=by)  # it leads
    sent = await editions.send(app, weekly, now, by=by)
    shown = await editions.preview(app, weekly, now, as_email=app.config.organisers[0].email)
    text = (bundled("examples") / "notice.md").read_text(encoding="utf-8")
    draft = await announcements.draft(app, text, name="notice.md", list_names=weekly.lists, now=now, by=by)
    notice = await announcements.announce(app, draft, now, by=by)
    return collected, left, shown, sent, notice


def _one_member_leaves(app: "App", now: datetime, by: "By") -> str:
    """So that the demo shows that a file does not bring back a person who left."""
    member = people.members(app, app.config.digests[0].lists[0])[-1]
    people.leave_all(app, member.subscriber_id, now, by=by)
    return member.recipient.address


def _document(
    collected: "Sequence[SourceResult]",
    shown: "Preview",
    sent: "Sent",
    notice: "Sent",
    files: dict[str, str],
    messages: "Sequence[Path]",
) -> dict[str, Any]:
    return {
        "collected": [source_json(result) for result in collected],
        "chosen": [
            {"section": section.kind, "category": group.category, "why": entry.newness, "title": entry.item.title}
            for section in shown.edition.sections
            for group in section.groups
            for entry in group.entries
        ],
        "left_out": [{"item": f"{one.source}/{one.key}", "reason": one.reason} for one in shown.edition.skipped],
        "sent": [report_json(sent.report), report_json(notice.report)],
        "files": files,
        "mailbox": [str(path) for path in messages],
    }


def _show(document: dict[str, Any], left: str) -> None:
    keys = ("source", "new", "changed", "unchanged", "error")
    print_table(keys, [[row[key] for key in keys] for row in document["collected"]], title="Collected")
    print_table(
        ("section", "category", "why", "title"), [tuple(row.values()) for row in document["chosen"]], title="Chosen"
    )
    print_table(("item", "reason"), [tuple(row.values()) for row in document["left_out"]], title="Left out")
    columns = ("campaign", "status", "recipients", "accepted", "deferred", "rejected", "unknown", "skipped")
    rows = [[_counts(row[column]) for column in columns] for row in document["sent"]]
    print_table(columns, rows, title=f"Sent and skipped ({left} had unsubscribed before)")
    places = [*document["files"].items(), ("mailbox", Path(document["mailbox"][0]).parent)]
    print_table(("open", "path"), places, title="Look at it")


def _counts(value: object) -> object:
    return ", ".join(f"{n} {reason}" for reason, n in value.items()) if isinstance(value, dict) else value


def _write(app: "App", folder: Path, shown: "Preview") -> dict[str, str]:
    files = write_mail(app, folder, "weekly", shown)
    return {"text" if suffix == "txt" else suffix: str(path) for suffix, path in files.items()}


def _fresh(out: Path) -> Path:
    folder = out.resolve()
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARKER).exists():
        raise UsageError(f"{out} holds other things than a demo; name an empty folder with --out DIR")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        private_folder(folder)
        (folder / _MARKER).touch()
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}; name another folder with --out DIR") from None
    return folder


def demo_config(folder: Path) -> "Config":
    """The shipped sample configuration, working in a folder of its own and mailing nobody.

    A noticeboard is among its sources: five vacancies and five events, each told in another way.
    """
    from digest.config import Paths, Smtp, SourceConfig, StoreConfig, load_config  # noqa: PLC0415
    from digest.resources import bundled  # noqa: PLC0415

    sample = load_config(bundled("config.toml"), environ={})
    board = SourceConfig(name="noticeboard", kind="export", path=bundled("examples") / "noticeboard.txt")
    return sample.model_copy(
        update={
            "sources": (*sample.sources, board),
            "smtp": Smtp(host="embedded"),
            "store": StoreConfig(url=f"sqlite:///{folder / 'digest.sqlite'}"),
            "paths": Paths(var=folder),
        }
    )


def served(config: "Config") -> "Config":
    """Its weekly digest waits for somebody's approval, so that there is something to review; and a list more."""
    weekly, *others = config.digests
    reviewed = (weekly.model_copy(update={"approval": "required"}), *others)
    return with_friends(config.model_copy(update={"digests": reviewed}))


def on_a_free_port(config: "Config") -> "Config":
    """The same on any port that is free, where something, such as another demo, has its own already."""
    web = config.web
    try:
        socket.create_server((web.host, web.port)).close()
    except OSError:
        with socket.create_server((web.host, 0)) as free:
            port = int(free.getsockname()[1])
        return config.model_copy(
            update={"web": web.model_copy(update={"port": port, "url": f"http://{web.host}:{port}"})}
        )
    return config


async def live_half_a_year(app: "App", *, by: "By") -> None:
    """What the network did before the demo."""
    await invent_history(app, app.now, by=by)
    friends_join(app, app.now, by=by)


async def under_way(app: "App", *, by: "By") -> tuple[str, str]:
    """Draft next week's edition and let an announcement go; the names of both, the edition's first."""
    drafted = await editions.draft_next(app, app.config.digests[0], app.now, by=by)
    return drafted.campaign.name, await begin_campaign(app, app.now, by=by)


async def _serve(app: "App", by: "By") -> None:
    from digest.web import serving  # noqa: PLC0415

    _, sending = await under_way(app, by=by)
    async with serving(app) as address, sending_slowly(app):
        admin = app.config.organisers[0]
        note(f"pages at {address}; {address}/archive is for everybody; the links in the mails work now; Ctrl-C stops")
        note(f"{sending} is on its way, a mail every three seconds, to be watched, paused and resumed there")
        note(f"The console, signed in as {admin.name}; the link works once, for a quarter of an hour:")
        note(organisers.sign_in_link(app, admin.email, app.now, by=by))
        await app.stopping.wait()
