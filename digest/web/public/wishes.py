"""A person's preferences as a form shows them, and what they ask for by it."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request

from digest.app import App
from digest.core.people import Change, OwnMail, Wishes
from digest.errors import UsageError

LONGEST_PAUSE = timedelta(days=731)

_MONTHS = {"1": 1, "3": 3}
_UNTIL = "date"


async def form_of(request: Request) -> FormData:
    """What was posted as a form, whatever else came; its files, which nothing here asks for, are closed."""
    async with request.form() as form:
        return form


def local(link: str) -> str:
    """A link of ours as a form's action: without the host, which the browser knows."""
    return urlsplit(link).path


def wishes_of(app: App, wishes: Wishes) -> Mapping[str, Any]:
    """What is wanted of one digest, or of all mail, for a template."""
    today = app.now.astimezone(app.config.network.zone).date()
    say = app.renderer.phrases.say
    return {
        "digest": wishes.digest,
        "title": wishes.title,
        "parts": [
            {"name": part.name, "title": part.title or say(f"part_{part.name}"), "wanted": part.wanted}
            for part in wishes.parts
        ],
        "paused_until": app.renderer.day(wishes.paused_until) if wishes.paused_until else "",
        "earliest": (today + timedelta(days=1)).isoformat(),
        "latest": (today + LONGEST_PAUSE).isoformat(),
    }


def choices_of(own: OwnMail) -> Sequence[Mapping[str, Any]]:
    """Digests that stand for each other, for a template."""
    return [
        {
            "head": choice.head,
            "chosen": choice.chosen,
            "chosen_title": dict(choice.options)[choice.chosen],
            "options": [{"name": name, "title": title} for name, title in choice.options],
        }
        for choice in own.choices
    ]


def languages_of(app: App, own: OwnMail) -> Sequence[Mapping[str, Any]]:
    """The languages that somebody may choose among, for a template; none where there is but one."""
    names = app.renderer.language_names()
    offered = [{"tag": tag, "name": name, "chosen": tag == own.language} for tag, name in names.items()]
    return offered if len(offered) > 1 else ()


def gentler_change(app: App, own: OwnMail, form: FormData) -> Change:
    """What one of the choices beside leaving asks for.

    Raises:
        UsageError: when it asks for nothing that there is.
    """
    wanted = {part.name for part in own.everything.parts if part.wanted}
    mute = tuple(name for name in _texts(form, "mute") if name in wanted)
    if mute:
        return Change(mute=mute)
    choose = _text(form, "choose")
    if any(choose == name != choice.chosen for choice in own.choices for name, _ in choice.options):
        return Change(choose=choose)
    return Change(pause_until=_pause(app, _text(form, "pause"), _text(form, "until")))


def changes(app: App, own: OwnMail, form: FormData) -> list[Change]:
    """What a page of preferences asks to be otherwise; what the form did not show stays.

    Raises:
        UsageError: when a pause has no day, or one that cannot be.
    """
    asked = [change for wishes in (own.everything, *own.digests) for change in _changes_of(app, wishes, form)]
    for choice in own.choices:
        chosen = _text(form, f"choose.{choice.head}")
        if chosen != choice.chosen and chosen in dict(choice.options):
            asked.append(Change(choose=chosen))
    language = app.config.spoken(_text(form, "language"))
    if language and language != own.language:
        asked.append(Change(language=language))
    return asked


def ticked(form: FormData, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of these lists those that the form showed ticked, and those that it showed without."""
    shown, on = set(_texts(form, "shown")), set(_texts(form, "list"))
    return (
        tuple(name for name in names if name in on),
        tuple(name for name in names if name in shown and name not in on),
    )


def _changes_of(app: App, wishes: Wishes, form: FormData) -> Iterator[Change]:
    scope = wishes.digest
    offered, wanted = set(_texts(form, f"offered.{scope}")), set(_texts(form, f"want.{scope}"))
    mute = tuple(one.name for one in wishes.parts if one.wanted and one.name in offered - wanted)
    unmute = tuple(one.name for one in wishes.parts if not one.wanted and one.name in wanted)
    pause, day = _text(form, f"pause.{scope}", "keep"), _text(form, f"until.{scope}")
    until = _pause(app, pause, day) if day or pause not in ("keep", "none") else None
    resume = pause == "none" and wishes.paused_until is not None and until is None
    if mute or unmute or until or resume:
        yield Change(mute=mute, unmute=unmute, pause_until=until, resume=resume, digest=scope or None)


def _pause(app: App, wanted: str, until: str) -> datetime:
    """The beginning of the day on which a pause ends: one that is written counts, whatever is marked beside it.

    Raises:
        UsageError: when there is no such day, or none soon enough.
    """
    zone = app.config.network.zone
    today = app.now.astimezone(zone).date()
    try:
        day = date.fromisoformat(until) if until or wanted == _UNTIL else _later(today, _MONTHS[wanted])
    except (KeyError, ValueError):
        raise UsageError("a pause until no day") from None
    if not today < day <= today + LONGEST_PAUSE:
        raise UsageError(f"a pause until {day}")
    return datetime.combine(day, time(), zone)


def _later(day: date, months: int) -> date:
    """So many months later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _text(form: FormData, name: str, default: str = "") -> str:
    value = form.get(name, default)
    return value if isinstance(value, str) else default


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]
