"""The bar above a mail that its organisers are shown before it goes: how it stands, and what they can do; pure.

It is no template of the network's: whatever theirs look like, an organiser can answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from babel.dates import format_time

from digest.render.dates import day_and_month
from digest.render.letters import Button
from digest.render.palette import Palette
from digest.render.phrases import Phrases
from digest.render.plain import one_line
from digest.render.slices import Compiled, Slices


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftBar:
    """How an edition stands that one organiser is shown before it goes."""

    due_at: datetime
    people: int  # who would get it
    on_word: bool  # it goes once enough approve it; else by itself
    missing: int = 0  # who must approve it still
    approved_by: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()  # why it is held
    changed: bool = False  # since they were shown it last
    arrived: int = 0  # items that came in since, and are not in it
    approve_url: str | None  # None for who cannot
    hold_url: str | None
    open_url: str
    languages: tuple[tuple[str, str], ...] = ()  # the others that the mail is made in: name, and where it is read so


def with_bar(mail: Compiled, bar: DraftBar, *, phrases: Phrases, palette: Palette, zone: ZoneInfo) -> Compiled:
    """The very mail with the bar above it, and a subject that tells it from the one that members get."""
    lines = tuple(_lines(bar, phrases, zone))
    buttons = tuple(_buttons(bar, phrases))
    subject = phrases.say("draft_subject", subject=mail.subject)
    return replace(
        mail,
        subject=subject,
        own_subject=(),
        translations={},  # a reviewer reads the bar, whatever language they chose as a member
        html=_below_body(mail.html, _html(lines, buttons, palette)),
        text=(_text(lines, buttons), *mail.text),
    )


def moment_in_words(moment: datetime, phrases: Phrases, zone: ZoneInfo) -> str:
    """A moment as in "23 November, 08:00"."""
    local = moment.astimezone(zone)
    time = format_time(local, "short", locale=phrases.locale)
    return phrases.say("date_and_time", date=day_and_month(local.date(), phrases.locale), time=time)


def _lines(bar: DraftBar, phrases: Phrases, zone: ZoneInfo) -> Iterator[str]:
    say, date = phrases.say, moment_in_words(bar.due_at, phrases, zone)
    yield say("draft_intro", bar.people, date=date)
    if bar.reasons:
        yield " ".join((say("waits_because"), "; ".join(map(one_line, bar.reasons))))
    elif bar.on_word and bar.missing:
        yield say("draft_on_word", bar.missing)
    elif not bar.on_word:
        yield say("draft_by_itself")
    if bar.languages:
        yield say("draft_languages", names=phrases.listed([name for name, _ in bar.languages]))
    if bar.approved_by:
        yield say("draft_approved_by", names=phrases.listed([one_line(name) for name in bar.approved_by]))
    if bar.changed:
        yield say("draft_changed")
    if bar.arrived:
        yield say("draft_arrived", bar.arrived)


def _buttons(bar: DraftBar, phrases: Phrases) -> Iterator[Button]:
    if bar.approve_url:
        yield Button(words=phrases.say("waits_approve"), url=bar.approve_url)
    if bar.hold_url:
        yield Button(words=phrases.say("waits_hold"), url=bar.hold_url, quiet=True)
    yield Button(words=phrases.say("waits_look"), url=bar.open_url, quiet=True)
    for name, url in bar.languages:
        yield Button(words=phrases.say("draft_in_language", language=name), url=url, quiet=True)


def _html(lines: Sequence[str], buttons: Sequence[Button], palette: Palette) -> str:
    colours = palette.light
    told = "".join(f'<p dir="auto" style="margin:0 0 8px;">{escape(line)}</p>' for line in lines)
    pressed = "".join(_button(one, palette) for one in buttons)
    font = "font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;"
    return (
        f"<style>{_dark(palette)}</style>"
        '<table class="draft-bar" role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%" '
        f'bgcolor="{colours.tint}" style="background:{colours.tint};">'
        f'<tr><td class="draft-bar" style="padding:16px 20px 8px;border-bottom:4px solid {colours.accent};'
        f'{font}color:{colours.text};">{told}<div>{pressed}</div></td></tr></table>'
    )


def _dark(palette: Palette) -> str:
    """The same where the reader's scheme is dark; what is filled is so in both."""
    colours = palette.dark
    bar = f"background:{colours.tint}!important;color:{colours.text}!important;border-color:{colours.accent}!important;"
    quiet = f"background:{colours.surface}!important;color:{colours.accent}!important;"
    return (
        f"@media (prefers-color-scheme: dark){{.draft-bar{{{bar}}}"
        f".draft-quiet{{{quiet}border-color:{colours.accent}!important;}}}}"
    )


def _button(one: Button, palette: Palette) -> str:
    filled = f"background:{palette.band};color:{palette.on_band};border-color:{palette.band};"
    quiet = f"background:{palette.light.surface};color:{palette.light.accent};border-color:{palette.light.accent};"
    shape = "display:inline-block;padding:10px 16px;margin:0 8px 8px 0;border:2px solid;border-radius:6px;"
    style = f"{shape}{quiet if one.quiet else filled}font-weight:bold;text-decoration:none;"
    kind = ' class="draft-quiet"' if one.quiet else ""
    return f'<a href="{escape(one.url)}"{kind} style="{style}">{escape(one.words)}</a>'


def _text(lines: Sequence[str], buttons: Sequence[Button]) -> str:
    pressed = "\n".join(f"{one.words}:\n{one.url}\n" for one in buttons)
    return "\n".join(lines) + f"\n\n{pressed}\n{'=' * 60}\n\n"


def _below_body(html: Slices, bar: str) -> Slices:
    """With the bar as the first thing in the body."""
    pieces = list(html)
    for number, piece in enumerate(pieces):
        if isinstance(piece, str) and (start := piece.find("<body")) >= 0 and (end := piece.find(">", start)) >= 0:
            pieces[number] = f"{piece[: end + 1]}{bar}{piece[end + 1 :]}"
            return tuple(pieces)
    return (bar, *pieces)
