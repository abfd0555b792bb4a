"""What keeps a campaign back in the middle of sending: a mail that cannot be rendered, a server that refuses it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from digest.app import App
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.errors import RefusedError, TemplateError
from digest.model import ITSELF, Told
from digest.store.campaigns import Campaign


@contextmanager
def held_where_refused(app: App, campaign: Campaign, present: Callable[[], datetime]) -> Iterator[None]:
    """Hold the campaign where what is done in the block shows that it must not go on by itself.

    Raises:
        RefusedError: when the server refuses whoever it is for, with the way out.
        TemplateError: when the mail cannot be rendered, likewise.
    """
    name = campaign.name
    try:
        yield
    except TemplateError as error:
        _stop(app, campaign, present(), reason=Told.by(error))
        way_out = f"it is held, nothing more was sent; mend it, then `digest approve {name}`"
        raise TemplateError(f"The mail cannot be rendered: {error}; {way_out}") from error
    except RefusedError as error:
        way_out = f"mend that, then `digest approve {name}`, `digest retry {name} --failed` and `digest send {name}`"
        _stop(app, campaign, present(), reason=Told.by(error))
        raise RefusedError(f"{name} is held: {error}; the rest was not sent; {way_out}") from error


def _stop(app: App, campaign: Campaign, now: datetime, *, reason: str) -> None:
    """Keep back what is not sent yet, unless a person stopped the campaign meanwhile."""
    with app.store.write() as connection:
        moves.moved(connection, campaign, Move.STOP, by=ITSELF, now=now, reason=reason)
