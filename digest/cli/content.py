"""Commands about content: collect, items, explain."""

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.answers import note, print_json, print_table, warn_of_sources
from digest.cli.cells import dates_of, edit_in_words, in_rows, when_in_full
from digest.cli.doubts import settling, tell_doubts
from digest.cli.edits import edit
from digest.cli.help import Commands
from digest.cli.session import At, Json, run, session
from digest.core import content, people
from digest.documents import edit_json, item_json, named, own, person_json, source_json, verdict_json
from digest.errors import UnknownItemError, UsageError
from digest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.app import App
    from digest.model import SourceResult


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(collect)
    group = typer.Typer(cls=Commands, invoke_without_command=True, help="Show what is stored, or edit it.")
    group.callback()(items)
    group.command()(edit)
    cli.add_typer(group, name="items")
    cli.command()(explain)


def collect(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only this source.")] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Fetch and store what the sources publish."""
    here = session(context)
    with here.app(at=at) as app:
        results = run(app, content.collect(app, app.now, by=here.by, source=source))
    if json:
        print_json({"sources": [source_json(result) for result in results]})
    else:
        rows = [(one.source, one.new, one.changed, one.unchanged, ", ".join(_remarks(one))) for one in results]
        print_table(("source", "new", "changed", "unchanged", ""), rows)
    warn_of_sources(results)
    if any(result.error for result in results):
        raise typer.Exit(1)


def items(
    context: typer.Context,
    kind: Annotated[Kind | None, typer.Option(help="Only this kind.")] = None,
    history: Annotated[
        bool, typer.Option("--all", help="Also what was shown long ago, or is long over, and does not come back.")
    ] = False,
    wide: Annotated[bool, typer.Option("--wide", help="Everything, a line each, however long.")] = False,
    doubtful: Annotated[
        bool, typer.Option("--doubtful", help="Only what was read with doubt, and how to settle it.")
    ] = False,
    json: Json = False,
) -> None:
    """Show what is stored, newest first; with nothing stored yet, what the sources hold now."""
    if context.invoked_subcommand:
        return
    here = session(context)
    with here.app() as app:
        zone = app.config.network.zone
        everything = content.stored_items(app, app.now, history=history)
        stored = content.count_items(app)
        if not stored:
            everything = run(app, content.items_now(app, app.now)).copies(app)
            warn_of_sources(here.sources)
        older = stored - len(everything)
        marks = {} if json else content.marks(app, everything)
    if older > 0:
        note(f"{older:,} more are history: shown long ago, or long over; --all shows them")
    found = [item for item in everything if kind in (None, item.kind) and (item.doubts or not doubtful)]
    if json:
        print_json([item_json(item, zone) for item in found])
        return
    if doubtful:
        if not found:
            note("nothing is in doubt")
        for item in found:
            tell_doubts(item, zone)
        return
    if not wide:
        short = [
            (one.kind, one.title, when_in_full(one, zone), ", ".join(marks[own(one)]), named(one)) for one in found
        ]
        print_table(("kind", "title", "when", "marks", "key"), short, whole=True)
        return
    rows = [
        (
            item.kind,
            item.title,
            item.author,
            ", ".join(item.categories),
            when_in_full(item, zone),
            ", ".join(marks[own(item)]),
            "; ".join(item.doubts),
            named(item),
        )
        for item in found
    ]
    print_table(("kind", "title", "author", "categories", "when", "marks", "in doubt", "key"), rows, wide=True)


def explain(
    context: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="ITEM-or-EMAIL")],
    at: At = None,
    json: Json = False,
) -> None:
    """Tell why an item or a person is in or out."""
    with session(context).app(at=at) as app:
        person = people.person_story(app, wanted, app.now) if "@" in wanted else None
        story = None if person else _story(app, wanted)
        verdict = story and content.explained(app, story)
        told = content.verdict_in_words(verdict, app.renderer.phrases) if verdict and not json else None
        zone = app.config.network.zone
    if story is not None:
        appeared = [
            {"campaign": campaign, "as": newness, "at": when.astimezone(zone)}
            for campaign, newness, when in story.appeared
        ]
        document = item_json(story.item, zone) | {
            "edited": story.edit and edit_json(story.edit, zone),
            "copies": [f"{source}/{key}" for source, key in story.merged.keys if (source, key) != own(story.item)],
            "origins": {one.field: f"{one.source}/{one.key}" for one in story.merged.item.origins},
            "appeared": appeared,
            "next": {digest: str(prospect) for digest, prospect in story.next.items()},
            "verdict": verdict and verdict_json(verdict),
            "settle": settling(story.item, zone),
        }
    elif person is not None:
        document = person_json(person, zone)
    if json:
        print_json(document)
        return
    if story is not None:
        by_hand = story.edit and edit_in_words(story.edit, zone)
        document |= dates_of(story.item, zone) | {
            "edited": by_hand,
            "marked": content.marked_in_words(story.item),
            "verdict": told,
            "body": None,
        }
    print_table(("", ""), in_rows(document))


def _story(app: "App", wanted: str) -> "content.ItemStory":
    try:
        return content.item_story(app, wanted, app.now)
    except UnknownItemError:
        if "@" not in wanted:
            raise
        told = f'"{wanted}" is on no list that was applied; `digest lists apply` takes over config.toml'
        raise UsageError(told) from None


def _remarks(result: "SourceResult") -> "Iterator[str]":
    if result.error:
        yield "failed"
    if result.not_modified:
        yield "not modified"
    if result.unreadable:
        yield "read only in part"
