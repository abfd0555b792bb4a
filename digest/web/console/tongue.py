"""In which language whoever is at the console reads it: their own, else their browser's, else the network's."""

from contextvars import ContextVar

from starlette.requests import Request

from digest.app import App
from digest.model import Organiser
from digest.web.languages import accepted

_SPOKEN: ContextVar[str | None] = ContextVar("language of the console", default=None)
"""Of the request that is answered; a worker thread that answers it knows it too."""


def speak(app: App, request: Request, organiser: Organiser | None = None) -> None:
    """Answer this request in the language of who asks; whatever stands in config.toml of an organiser goes first."""
    if organiser is not None and organiser.language:
        _SPOKEN.set(organiser.language)
        return
    of_organisers = (one.language for one in app.config.organisers if one.language)
    offered = tuple(dict.fromkeys((*app.config.languages, *of_organisers)))
    _SPOKEN.set(accepted(request.headers.get("accept-language", ""), offered) if len(offered) > 1 else None)


def spoken(app: App) -> App:
    """The same, saying everything as whoever is at the console reads it."""
    return app.in_language(_SPOKEN.get())
