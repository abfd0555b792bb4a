"""The small mails to one person: confirm, sign in, an edition waits, something needs an admin; all pure.

They carry no slots and no unsubscribe link, since nobody subscribes to them. The addresses in them lead to pages that
ask before anything changes, because link scanners open every link.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta

from digest.model import Edition, Event, Kind, Vacancy
from digest.render.dates import Calendar, day_and_month
from digest.render.phrases import Phrases
from digest.render.plain import one_line

_TITLES = 5  # of an edition that waits
_COUNTS = {Kind.VACANCY: "vacancies", Kind.EVENT: "events", Kind.POST: "posts"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirm:
    """Asks whoever has an address whether they asked to be written to (double opt-in)."""

    lists: tuple[str, ...]  # titles
    url: str
    valid: timedelta
    invited: bool = False  # by an organiser; else somebody gave the address to a form


@dataclass(frozen=True, kw_only=True, slots=True)
class Welcome:
    """Leads who has just confirmed to what there is."""

    lists: tuple[str, ...]  # titles
    written_at: datetime
    next_at: tuple[datetime, str] | None  # when the next edition comes, and of which digest
    latest_url: str | None  # the latest edition on the web
    coming: tuple[Event | Vacancy, ...]
    leave_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WelcomeBack:
    """Leads whose pause is over to what they missed."""

    missed: tuple[tuple[str, str], ...]  # subjects, and where each can be read
    archive_url: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """Lets whoever has an address sign in."""

    url: str
    valid: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class PreferencesLink:
    """Lets whoever has an address choose what comes to it."""

    url: str
    valid: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionWaits:
    """Tells an editor that an edition is prepared or held."""

    edition: Edition
    reasons: tuple[str, ...]  # why it is held, as the campaign tells; none where every edition is approved
    preview_url: str
    approve_url: str
    hold_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Troubles:
    """Tells an admin what does not go on by itself."""

    troubles: tuple[tuple[str, str], ...]  # what it is, and the command that mends it


Letter = Confirm | Welcome | WelcomeBack | SignIn | PreferencesLink | EditionWaits | Troubles


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A link to be pressed."""

    words: str
    url: str
    quiet: bool = False  # beside the one that most will press


@dataclass(frozen=True, kw_only=True, slots=True)
class Enumeration:
    """Lines under a sentence that says what they are."""

    lead: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterView:
    """A letter as its templates see it."""

    subject: str  # the heading too
    text: str
    enumerations: tuple[Enumeration, ...] = ()
    buttons: tuple[Button, ...]
    notes: tuple[str, ...] = ()
    why: str  # why this person gets it


def read_letter(letter: Letter, *, phrases: Phrases, network: str, zone: ZoneInfo) -> LetterView:
    """The letter as it reads in the network's language."""
    say, name = phrases.say, one_line(network)
    match letter:
        case Confirm():
            lists = phrases.listed([one_line(title) for title in letter.lists])
            return LetterView(
                subject=say("invite_subject" if letter.invited else "confirm_subject", network=name),
                text=say("invite_text" if letter.invited else "confirm_text", network=name, lists=lists),
                buttons=(Button(words=say("confirm_button"), url=letter.url),),
                notes=(_validity(letter.valid, phrases), say("invite_ignore" if letter.invited else "confirm_ignore")),
                why=say("why_invited" if letter.invited else "why_address", network=name),
            )
        case Welcome() | WelcomeBack():
            return _greeting(letter, phrases, name, zone)
        case SignIn():
            return LetterView(
                subject=say("sign_in_subject", network=name),
                text=say("sign_in_text", network=name),
                buttons=(Button(words=say("sign_in_button"), url=letter.url),),
                notes=(_validity(letter.valid, phrases), say("sign_in_ignore")),
                why=say("why_address", network=name),
            )
        case PreferencesLink():
            return LetterView(
                subject=say("preferences_subject", network=name),
                text=say("preferences_letter", network=name),
                buttons=(Button(words=say("preferences_open"), url=letter.url),),
                notes=(_validity(letter.valid, phrases), say("preferences_ignore")),
                why=say("why_address", network=name),
            )
        case EditionWaits():
            title = one_line(letter.edition.title)
            return LetterView(
                subject=say("waits_subject", title=title, period=letter.edition.period),
                text=say("waits_text"),
                enumerations=tuple(_enumerations(letter, phrases)),
                buttons=(
                    Button(words=say("waits_look"), url=letter.preview_url),
                    Button(words=say("waits_approve"), url=letter.approve_url, quiet=True),
                    Button(words=say("waits_hold"), url=letter.hold_url, quiet=True),
                ),
                why=say("why_editor", network=name),
            )
        case Troubles():
            return LetterView(
                subject=say("trouble_subject", len(letter.troubles), network=name),
                text=say("trouble_text"),
                enumerations=tuple(_trouble(told, mend, phrases) for told, mend in letter.troubles),
                buttons=(),
                notes=(say("trouble_again"),),
                why=say("why_admin", network=name),
            )


def _trouble(told: str, mend: str, phrases: Phrases) -> Enumeration:
    return Enumeration(lead=one_line(told), lines=(phrases.say("trouble_mend", command=one_line(mend)),))


def _greeting(letter: Welcome | WelcomeBack, phrases: Phrases, network: str, zone: ZoneInfo) -> LetterView:
    return (
        _welcome(letter, phrases, network, zone)
        if isinstance(letter, Welcome)
        else _welcome_back(letter, phrases, network)
    )


def _welcome_back(letter: WelcomeBack, phrases: Phrases, network: str) -> LetterView:
    say = phrases.say
    missed = [Button(words=one_line(subject), url=url) for subject, url in letter.missed]
    if letter.archive_url:
        missed.append(Button(words=say("archive_title"), url=letter.archive_url, quiet=True))
    return LetterView(
        subject=say("back_subject", network=network),
        text=say("back_text", network=network),
        buttons=tuple(missed),
        why=say("why_network", network=network),
    )


def _welcome(letter: Welcome, phrases: Phrases, network: str, zone: ZoneInfo) -> LetterView:
    say = phrases.say
    calendar = Calendar(phrases=phrases, zone=zone, composed_at=letter.written_at)
    lines = tuple(_coming(item, calendar) for item in letter.coming)
    next_ = ""
    if letter.next_at is not None:
        moment, title = letter.next_at
        date = day_and_month(moment.astimezone(zone).date(), phrases.locale)
        next_ = say("welcome_next", title=one_line(title), date=date)
    latest = Button(words=say("welcome_latest"), url=letter.latest_url) if letter.latest_url else None
    lists = phrases.listed([one_line(title) for title in letter.lists])
    return LetterView(
        subject=say("welcome_subject", network=network),
        text=" ".join(filter(None, (say("welcome_text", network=network, lists=lists), next_))),
        enumerations=(Enumeration(lead=say("welcome_coming"), lines=lines),) if lines else (),
        buttons=(*([latest] if latest else []), Button(words=say("unsubscribe"), url=letter.leave_url, quiet=True)),
        why=say("why_welcome", network=network),
    )


def _coming(item: Event | Vacancy, calendar: Calendar) -> str:
    when = calendar.event(item) if isinstance(item, Event) else calendar.closing_date(item)
    return f"{one_line(item.title)} – {when}"


def _validity(valid: timedelta, phrases: Phrases) -> str:
    return phrases.say("link_valid", duration=format_timedelta(valid, locale=phrases.locale))


def _enumerations(letter: EditionWaits, phrases: Phrases) -> Sequence[Enumeration]:
    entries = letter.edition.entries
    kinds = Counter(entry.item.kind for entry in entries)
    counts = [phrases.say(name, kinds[kind]) for kind, name in _COUNTS.items() if kinds[kind]]
    titles = [one_line(entry.item.title) for entry in entries]
    left = len(titles) - _TITLES
    more = [phrases.say("waits_more", left)] if left > 0 else []
    why = Enumeration(lead=phrases.say("waits_because"), lines=tuple(one_line(reason) for reason in letter.reasons))
    content = Enumeration(
        lead=phrases.say("waits_content", content=phrases.listed(counts)), lines=(*titles[:_TITLES], *more)
    )
    return [one for one in (why, content) if one.lines]
