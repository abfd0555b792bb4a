"""The commands that say what everybody may read: archive hide, archive show."""

import typer

from digest.cli.answers import note
from digest.cli.session import session
from digest.core import campaigns

archive = typer.Typer(no_args_is_help=True, help="What everybody may read of what was sent.")


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(archive, name="archive")


@archive.command()
def hide(context: typer.Context, campaign: str) -> None:
    """Take an edition or announcement out of the archive and its feeds; who got it can still open it."""
    here = session(context)
    with here.app() as app:
        changed = campaigns.hide_from_archive(app, campaign, app.now, by=here.by)
    note(f"{campaign} is in the archive no more" if changed else f"{campaign} was not in the archive")


@archive.command()
def show(context: typer.Context, campaign: str) -> None:
    """Put an edition or announcement into the archive, once somebody has got it."""
    here = session(context)
    with here.app() as app:
        changed = campaigns.show_in_archive(app, campaign, app.now, by=here.by)
    note(f"{campaign} may be read by everybody" if changed else f"{campaign} may be read by everybody already")
