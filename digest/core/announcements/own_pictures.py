"""Pictures of announcements: made anew when they are given or fetched, and shown as we serve them."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from digest.app import App
from digest.compose import placed, read_pictures
from digest.core.content.given_pictures import LARGEST as LARGEST  # noqa: PLC0414  (handed on, as all of these)
from digest.core.content.given_pictures import PictureError as PictureError  # noqa: PLC0414
from digest.core.content.given_pictures import keep_beside
from digest.core.content.given_pictures import keep_picture as keep_picture  # noqa: PLC0414
from digest.core.content.named_pictures import have_named, named_kept, unshown
from digest.errors import ConfigError, Problem
from digest.model import Picture, Told, Unshown
from digest.store.content import pictures as picture_store
from digest.text.pictures import OUR_PICTURES, ShownPicture, local_pictures, whole_width

_FIX = Told("notice_picture_fix")


async def with_own_pictures(app: App, text: str, file: Path, now: datetime) -> str:
    """The text of a file with the pictures that stand beside it kept, and named as we keep them.

    Those that it names by an address are fetched; one that cannot be had is a finding, and no mistake.

    Raises:
        ConfigError: with every picture beside it that is not there or cannot be used, each with its line; or where its
            front matter cannot be read.
    """
    named, troubles = await keep_beside(app, text, file, now)
    if troubles:
        where = placed(list(troubles), text, file.name)
        raise ConfigError(
            [
                Problem(where=where[one], what=Told("of_words", words=one, what=trouble), fix=_FIX)
                for one, trouble in troubles.items()
            ]
        )
    await have_pictures(app, named, now, name=file.name)
    return named


async def have_pictures(app: App, text: str, now: datetime, *, name: str) -> None:
    """Fetch the pictures that an announcement names by their addresses and that we do not have yet.

    To be called when somebody saves, tests, schedules or sends it, and never while they type.

    Raises:
        ConfigError: when its front matter cannot be read.
    """
    if app.config.shows_pictures:  # else it is refused, see `shown_pictures`
        await have_named(app, read_pictures(text, name=name), now)


def shown_pictures(
    app: App, text: str, name: str, *, elsewhere: Mapping[str, str]
) -> tuple[Mapping[str, ShownPicture], tuple[Unshown, ...]]:
    """The pictures that a text names, as far as we have them, as a mail shows them; nothing is fetched.

    Args:
        app: what to work with.
        text: of an announcement.
        name: of its file.
        elsewhere: what it names by addresses, as `digest.compose.read_pictures` gives it.

    Returns:
        Those that are shown, and those of elsewhere that we do not have.

    Raises:
        ConfigError: with every picture of ours that is not kept here, or any that readers could not load, each with its
            line.
    """
    wanted = local_pictures(text)
    named = {**placed(wanted, text, name), **elsewhere}
    if not named:
        return {}, ()
    names = [one.removeprefix(OUR_PICTURES) for one in wanted if one.startswith(OUR_PICTURES)]
    with app.store.read() as connection:
        kept = picture_store.named(connection, names)
    problems = []
    for one, where in named.items():
        is_ours = one.startswith(OUR_PICTURES) and one.removeprefix(OUR_PICTURES) in kept
        if one in wanted and not is_ours:
            problems.append(Problem(where=where, what=Told("notice_no_picture", picture=one), fix=_FIX))
        elif not app.config.shows_pictures:
            what = Told("notice_unreachable", picture=one, address=app.config.web.base_url)
            problems.append(Problem(where=where, what=what, fix=Told("notice_unreachable_fix")))
    if problems:
        raise ConfigError(problems)
    ours = {f"{OUR_PICTURES}{one}": picture for one, picture in kept.items()}
    shown = {one: _shown(app, picture) for one, picture in {**ours, **named_kept(app, elsewhere)}.items()}
    return shown, unshown(app, {one: where for one, where in elsewhere.items() if one not in shown})


def _shown(app: App, picture: Picture) -> ShownPicture:
    width, height = whole_width(picture.large.width, picture.large.height)
    return ShownPicture(f"{app.config.web.base_url}{OUR_PICTURES}{picture.large.name}", width, height)
