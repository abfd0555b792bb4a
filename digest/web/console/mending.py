"""What needs somebody, with the button or page that mends it; the command only beside it."""

from typing import Any
from urllib.parse import quote

from digest.core.health import Saying, Trouble, TroubleKind
from digest.model import kept
from digest.web.console.page import Console

_BUTTONS = {
    TroubleKind.HELD: "console_mend_approve",
    TroubleKind.WAITS: "console_mend_approve",
    TroubleKind.MISSED: "console_mend_draft",
    TroubleKind.RETURNS: "console_mend_look",
    TroubleKind.LISTS: "console_mend_lists",
    TroubleKind.SOURCE: "console_mend_collect",
    TroubleKind.DRAFT: "console_mend_write",
}


def told_trouble(console: Console, one: Trouble) -> dict[str, Any]:
    """A trouble in words, where it is mended, and what a form for it sends."""
    place, form = _place(one)
    return {
        "title": console.say(f"console_trouble_{one.kind}", about=one.called),
        "says": [told_saying(console, each) for each in one.says],
        "why": one.why,
        "why_told": kept(one.why) is not None,
        "button": console.say(_BUTTONS[one.kind]),
        "href": place,
        "form": form,
        "command": one.mend,
    }


def told_saying(console: Console, one: Saying) -> str:
    """A sentence about a trouble in the reader's language."""
    written = console.renderer.console
    facts = {name: written.fact(value) for name, value in one.facts.items()}
    return console.say(f"console_why_{one.name}", **facts)


def _place(one: Trouble) -> tuple[str, tuple[str, str] | None]:
    """Where it is mended; with a field where a form does it at once."""
    about = quote(one.about, safe="")
    match one.kind:
        case TroubleKind.HELD | TroubleKind.WAITS if not one.is_announcement:
            return f"/console/editions/{about}", None
        case TroubleKind.HELD | TroubleKind.WAITS | TroubleKind.RETURNS:
            return f"/console/campaigns/{about}", None
        case TroubleKind.MISSED:
            return "/console/editions", ("digest", one.about)
        case TroubleKind.LISTS:
            return "/console/people/lists", None
        case TroubleKind.SOURCE:
            return "/console/sources/collect", ("source", one.about)
        case TroubleKind.DRAFT:
            return f"/console/announcements/{about}", None
