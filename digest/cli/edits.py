"""`digest items edit`: what an editor sets on an item by hand."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from digest import model
from digest.cli.answers import print_json, print_table
from digest.cli.cells import dates_of, in_rows
from digest.cli.session import Json, parse_at, session
from digest.core import content
from digest.documents import item_json
from digest.errors import UsageError
from digest.model import Kind

if TYPE_CHECKING:
    from digest.config import Config

_FIRST_YEAR, _LAST_YEAR = 1970, 2200


def edit(
    context: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="KEY")],
    kind: Annotated[Kind | None, typer.Option(help="What it is.")] = None,
    category: Annotated[list[str] | None, typer.Option(help='Its category; may be repeated; "" for none.')] = None,
    starts: Annotated[str | None, typer.Option(metavar="TIME", help="When it starts: a date, or an ISO time.")] = None,
    closes: Annotated[str | None, typer.Option(metavar="TIME", help="When it closes: a date, or an ISO time.")] = None,
    book_by: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when an event can be booked: a date, or an ISO time.")
    ] = None,
    abstracts_by: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when an event takes abstracts: a date, or an ISO time.")
    ] = None,
    location: Annotated[str | None, typer.Option(help="Where it is.")] = None,
    hide: Annotated[bool | None, typer.Option("--hide/--show", help="In no edition.")] = None,
    pin: Annotated[bool | None, typer.Option("--pin/--unpin", help="First in its group.")] = None,
    series: Annotated[
        bool, typer.Option("--series", help="All occurrences of the series that KEY is one of, those to come too.")
    ] = False,
    note: Annotated[str | None, typer.Option(help="An editor's word on it, for the readers.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget what was set by hand.")] = False,
    json: Json = False,
) -> None:
    """Set what a source does not say, or says wrongly; kept when it is collected again."""
    here = session(context)
    with here.app() as app:
        zone = app.config.network.zone
        if series and (kind or starts or closes or book_by or abstracts_by):
            raise UsageError("--series takes no date and no kind, which each occurrence has of its own: leave it out")
        occurrence = content.find_series(app, wanted, app.now) if series else None
        item = occurrence or content.find_item(app, wanted)
        moment = _moment(starts or closes, app.config, "--starts" if starts else "--closes")
        nothing = model.Edit(source=item.source, key=item.key)
        change = replace(
            nothing,
            kind=kind,
            categories=_categories(category),
            starts_at=moment if starts else None,
            closes_at=moment if closes else None,
            all_day=_is_date(starts or closes or ""),
            book_by=_moment(book_by, app.config, "--book-by"),
            abstracts_by=_moment(abstracts_by, app.config, "--abstracts-by"),
            location=location,
            hidden=hide,
            pinned=pin,
            note=note,
        )
        if starts and closes:
            raise UsageError("--starts is an event's, --closes a vacancy's: give one of them")
        if clear and change != nothing:
            raise UsageError(
                "--clear forgets everything that was set by hand: give it alone, and set the rest after it"
            )
        if not clear and change == nothing:
            raise UsageError("Say what to set: see `digest items edit --help`")
        if occurrence is not None and clear:
            content.clear_series_edit(app, occurrence, app.now, by=here.by)
        elif occurrence is not None:
            content.edit_series(app, occurrence, change, app.now, by=here.by)
        elif clear:
            content.clear_edits(app, item, app.now, by=here.by)
        else:
            content.edit_item(app, change, app.now, by=here.by)
        item = content.find_item(app, f"{item.source}/{item.key}")
    document = item_json(item, zone, whole=False)
    if json:
        print_json(document)
    else:
        print_table(("", ""), in_rows(document | dates_of(item, zone)))


def _categories(given: list[str] | None) -> tuple[str, ...] | None:
    names = tuple(name for name in map(str.strip, given or ()) if name)
    if given and names and len(names) < len(given):
        raise UsageError('--category "" is for an item of no category: give it alone')
    return names if given else None


def _is_date(text: str) -> bool:
    return len(text) == len("2026-12-01")


def _moment(text: str | None, config: "Config", option: str) -> datetime | None:
    """A time; a date alone begins the day of a start, and ends that of a closing date."""
    if text is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d([T ].+)?", text):
        raise UsageError(f'{option} "{text}" is no date; write 2026-12-01, or 2026-12-01T17:00')
    moment = parse_at(text, config, option=option)
    if moment is not None and not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise UsageError(f'{option} "{text}" is not a date of our times')
    if moment is None or option == "--starts" or not _is_date(text or ""):
        return moment
    return (moment.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=config.network.zone)
