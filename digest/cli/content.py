"""Commands about content: collect, items, preview, explain."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.cells import dates, inline, rhythm_in_words, when
from digest.cli.documents import edit_json, entry_json, item_json, own, source_json
from digest.cli.editing import edit
from digest.cli.session import At, Json, note, parse_email, print_json, print_table, run, session, write_mail
from digest.model import Item, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.pipeline import SourceResult


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(collect)
    group = typer.Typer(invoke_without_command=True, help="Show what is stored, or edit it.")
    group.callback()(items)
    group.command()(edit)
    cli.add_typer(group, name="items")
    cli.command()(preview)
    cli.command()(explain)


def collect(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only this source.")] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Fetch and store what the sources publish."""
    from digest import pipeline  # noqa: PLC0415

    with session(context).app(at=at) as app:
        results = run(app, pipeline.collect(app, app.now, source=source))
    if json:
        print_json({"sources": [source_json(result) for result in results]})
    else:
        rows = [(one.source, one.new, one.changed, one.unchanged, ", ".join(_remarks(one))) for one in results]
        print_table(("source", "new", "changed", "unchanged", ""), rows)
    warn_of_failures(results)
    if any(result.error for result in results):
        raise typer.Exit(1)


def items(
    context: typer.Context,
    kind: Annotated[Kind | None, typer.Option(help="Only this kind.")] = None,
    json: Json = False,
) -> None:
    """Show what is stored, newest first; with nothing stored yet, what the sources hold now."""
    if context.invoked_subcommand:
        return
    from digest import pipeline  # noqa: PLC0415

    with session(context).app() as app:
        zone = app.config.network.zone
        everything = pipeline.stored_items(app) or _collect_first(app)
        marks = {} if json else pipeline.marks(app, everything)
    found = [item for item in everything if kind in (None, item.kind)]
    if json:
        print_json([item_json(item, zone) for item in found])
        return
    rows = [
        (
            item.kind,
            item.title,
            item.author,
            ", ".join(item.categories),
            "\n".join(filter(None, (when(item, zone), rhythm_in_words(item)))),
            ", ".join(marks[own(item)]),
            "; ".join(item.doubts),
            f"{item.source}/{item.key}",
        )
        for item in found
    ]
    print_table(("kind", "title", "author", "categories", "when", "marks", "in doubt", "key"), rows)


def preview(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(metavar="DIGEST")],
    at: At = None,
    as_email: Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="As this person sees it.")] = None,
    mute: Annotated[
        list[str] | None, typer.Option(metavar="CATEGORY", help="As who wants nothing of it; may be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write; else var/preview.")] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the HTML in a browser.")] = False,
    json: Json = False,
) -> None:
    """Write DIR/DIGEST.{html,txt,eml} as they would arrive; consumes nothing."""
    from digest import pipeline  # noqa: PLC0415

    reader = parse_email(as_email, "--as")
    with session(context).app(at=at) as app:
        shown = run(app, pipeline.preview(app, app.digest(digest), app.now, as_email=reader, muted=mute or ()))
        folder = out or app.config.resolve(app.config.paths.var) / "preview"
        zone = app.config.network.zone
    paths = write_mail(folder, digest, shown)
    if json:
        print_json(
            {
                "digest": digest,
                "period": shown.edition.period,
                "subject": shown.rendered.subject,
                "frozen": shown.campaign is not None,
                "files": {suffix: str(path) for suffix, path in paths.items()},
                "sections": [
                    {
                        "kind": section.kind,
                        "groups": [
                            {
                                "category": group.category,
                                "items": [entry_json(entry, zone) for entry in group.entries],
                            }
                            for group in section.groups
                        ],
                    }
                    for section in shown.edition.sections
                ],
                "skipped": [
                    {"source": one.source, "key": one.key, "reason": one.reason} for one in shown.edition.skipped
                ],
                "sources": [source_json(result) for result in shown.sources],
            }
        )
    else:
        if not shown.edition.entries:
            note(f"Nothing new in {shown.edition.period}: no mail would be sent.")
        rows = [
            (entry.item.kind, group.category or "", entry.newness, entry.item.title, dates(entry, zone))
            for section in shown.edition.sections
            for group in section.groups
            for entry in group.entries
        ]
        print_table(("kind", "category", "why", "title", "when"), rows, title=shown.rendered.subject)
        for path in paths.values():
            typer.echo(path)
    warn_of_failures(shown.sources)
    if open_:
        typer.launch(str(paths["html"]))


def explain(
    context: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="ITEM-or-EMAIL")],
    at: At = None,
    json: Json = False,
) -> None:
    """Tell why an item or a person is in or out."""
    from digest import pipeline  # noqa: PLC0415

    with session(context).app(at=at) as app:
        story = pipeline.explain(app, wanted, app.now)
        zone = app.config.network.zone
    if isinstance(story, pipeline.ItemStory):
        appeared = [
            {"campaign": campaign, "as": newness, "at": when.astimezone(zone)}
            for campaign, newness, when in story.appeared
        ]
        document = item_json(story.item, zone) | {
            "edited": story.edit and edit_json(story.edit, zone),
            "copies": [f"{source}/{key}" for source, key in story.merged.keys if (source, key) != own(story.item)],
            "origins": {one.field: f"{one.source}/{one.key}" for one in story.merged.item.origins},
            "appeared": appeared,
            "next": dict(story.next),
        }
    else:
        document = {
            "address": story.address,
            "name": story.name,
            "suppressed": story.suppressed,
            "lists": {
                name: {"status": status, "since": since.astimezone(zone)}
                for name, (status, since) in story.lists.items()
            },
            "deliveries": [
                {"campaign": campaign, "state": state, "why": why, "at": when and when.astimezone(zone)}
                for campaign, state, why, when in story.deliveries
            ],
        }
    if json:
        print_json(document)
    else:
        print_table(("", ""), [(key, inline(value)) for key, value in document.items() if key != "body"])


def warn_of_failures(results: "Sequence[SourceResult]") -> None:
    """What each source that failed, or was read only in part, has to complain of, on stderr."""
    for result in results:
        if result.complaint:
            note(f"warning: {result.complaint}")


def _remarks(result: "SourceResult") -> "Iterator[str]":
    if result.error:
        yield "failed"
    if result.not_modified:
        yield "not modified"
    if result.unreadable:
        yield "read only in part"


def _collect_first(app: Any) -> tuple[Item, ...]:
    from digest import pipeline  # noqa: PLC0415

    held, results = run(app, pipeline.items_now(app, app.now))
    warn_of_failures(results)
    return held.copies(app)
