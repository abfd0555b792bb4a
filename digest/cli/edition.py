"""`digest edition`: what an editor does to one edition that waits."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.answers import note, print_json, print_table
from digest.cli.campaigns import CampaignName
from digest.cli.cells import dates
from digest.cli.help import Commands
from digest.cli.session import At, Json, run, session
from digest.core import content, editions
from digest.documents import current_json, entry_json, named
from digest.model import Step

if TYPE_CHECKING:
    from digest.app import App
    from digest.core.editions import Current

_ITEM = typer.Argument(metavar="KEY", help="An item by its key, SOURCE/KEY, file or title.")
Wanted = Annotated[str, _ITEM]
Version = Annotated[
    str | None, typer.Option("--version", metavar="VERSION", help="Refuse if it was changed since; `show` tells it.")
]


def register(cli: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(cls=Commands, no_args_is_help=True, help="Arrange an edition that waits for approval.")
    for command in (show, drop, restore, add, move, word):
        group.command()(command)
    cli.add_typer(group, name="edition")


def show(context: typer.Context, campaign: CampaignName, at: At = None, json: Json = False) -> None:
    """Show what is in it, what is left out and why, and what came since the draft."""
    with session(context).app(at=at) as app:
        found = editions.current_named(app, campaign)
        came = editions.arrived(app, found.campaign, app.now)
        _tell(app, found, json=json, arrived=[entry_json(one, app.config.network.zone) for one in came])
        if came and not json:
            names = " ".join(named(one.item) for one in came)
            items = f"{len(came)} new items" if len(came) > 1 else "1 new item"
            note(f"{items} since the draft; `digest edition add {campaign} {names}` adds them")


def drop(
    context: typer.Context, campaign: CampaignName, item: Wanted, version: Version = None, json: Json = False
) -> None:
    """Leave an item out of this edition; it stays new for the next."""
    here = session(context)
    with here.app() as app:
        pair = _pair(app, item)
        _tell(app, editions.drop(app, campaign, pair, by=here.by, now=app.now, version=version), json=json)


def restore(
    context: typer.Context, campaign: CampaignName, item: Wanted, version: Version = None, json: Json = False
) -> None:
    """Take back that an item was dropped."""
    here = session(context)
    with here.app() as app:
        pair = _pair(app, item)
        _tell(app, editions.restore(app, campaign, pair, by=here.by, now=app.now, version=version), json=json)


def add(
    context: typer.Context,
    campaign: CampaignName,
    items: Annotated[list[str], typer.Argument(metavar="KEY...")],
    version: Version = None,
    json: Json = False,
) -> None:
    """Bring in what is left out, or came since the draft."""
    here = session(context)
    with here.app() as app:
        pairs = [_pair(app, item) for item in items]
        _tell(app, editions.bring_in(app, campaign, pairs, by=here.by, now=app.now, version=version), json=json)


def move(
    context: typer.Context,
    campaign: CampaignName,
    item: Wanted,
    step: Annotated[Step, typer.Argument(metavar="up|down|first|last")],
    version: Version = None,
    json: Json = False,
) -> None:
    """Put an item elsewhere within its group."""
    here = session(context)
    with here.app() as app:
        pair = _pair(app, item)
        _tell(app, editions.move(app, campaign, pair, step, by=here.by, now=app.now, version=version), json=json)


def word(
    context: typer.Context,
    campaign: CampaignName,
    subject: Annotated[str | None, typer.Option(help='In place of the template\'s; "" takes that again.')] = None,
    preheader: Annotated[str | None, typer.Option(help='In place of the template\'s; "" takes that again.')] = None,
    note_text: Annotated[
        str | None, typer.Option("--note", metavar="MARKDOWN", help='The editor\'s note; "" for none.')
    ] = None,
    version: Version = None,
    json: Json = False,
) -> None:
    """Word the subject, the preheader and the editor's note."""
    here = session(context)
    with here.app() as app:
        found = editions.word(
            app,
            campaign,
            by=here.by,
            now=app.now,
            subject=subject,
            preheader=preheader,
            note=note_text,
            version=version,
        )
        if note_text:  # of which the edition is another one then
            run(app, content.have_note_pictures(app, note_text, app.now))
            found = editions.current_named(app, campaign)
        _tell(app, found, json=json)


def _pair(app: "App", wanted: str) -> tuple[str, str]:
    item = content.find_item(app, wanted)
    return item.source, item.key


def _tell(app: "App", found: "Current", *, json: bool, **more: Any) -> None:
    zone = app.config.network.zone
    if json:
        print_json(current_json(found, zone) | more)
        return
    edition = found.edition
    if edition is None:
        note(f"{found.campaign.name} has no items")
        return
    rows = [
        (entry.item.kind, group.category or "", entry.newness, entry.item.title, dates(entry, zone))
        for section in edition.sections
        for group in section.groups
        for entry in group.entries
    ]
    print_table(("kind", "category", "why", "title", "when"), rows, title=found.subject)
    out = [(one.skip, named(one.item)) for one in editions.left_out(app, edition) if one.may_come or one.is_dropped]
    if out:
        print_table(("left out", "key"), out)
    note(f"version {found.version}")
