"""A picture that a form brings: for the text of an announcement, or for the note of an edition."""

import asyncio

from starlette.requests import Request

from digest.core import announcements
from digest.errors import UsageError
from digest.model import Told
from digest.web.console.page import Console
from digest.web.console.written_form import line_of

WITH_PICTURE = announcements.LARGEST + 1_000_000
"""Bytes of a form that brings a picture."""


def picture_in(console: Console, request: Request) -> str:
    """The picture of a form, made anew and kept, as a text names it.

    Raises:
        UsageError: when there is none, or it cannot be used.
    """
    form = request.state.form
    if not request.state.upload:
        raise UsageError(console.say("console_draft_picture_missing"))
    try:
        named = asyncio.run(announcements.keep_picture(console.app, request.state.upload, console.app.now))
    except announcements.PictureError as error:
        why = console.renderer.console.told(Told.by(error))
        raise UsageError(console.say("console_draft_picture_not", why=why)) from None
    words = line_of(form.get("picture_alt")).replace("\\", "").replace("[", "(").replace("]", ")")
    return f"![{words}]({named})"
