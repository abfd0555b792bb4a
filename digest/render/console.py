"""The pages of the console: shipped templates alone, in an environment of their own.

A network's own templates change its mails and public pages, never what organisers work with; and so what these
templates are handed need not be held to what `digest.render.offered` lists.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from digest.model import DOUBTS, By, Doubt, Fact, PersonSkip, Told, suppressed_as, verb, worded
from digest.render.environment import finalise, render, told_by_place
from digest.render.phrases import Phrases
from digest.render.plain import printable
from digest.render.told import tell, who
from digest.resources import bundled
from digest.text.markup import one_line

_OPENS, _ENDS = "\x02", "\x03"  # around words of another program, until a page is made of them
_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}


class ConsolePages:
    """Renders ``web/console/NAME.html.j2``; every value is escaped."""

    def __init__(self, *, phrases: Phrases, zone: ZoneInfo, common: Mapping[str, Any]) -> None:
        self._phrases, self._zone = phrases, zone
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(bundled("templates") / "web", encoding="utf-8"),
            autoescape=True,
            finalize=finalise,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {**common, "static": static_address}
        self._environment.filters |= {
            "when": self.when,
            "day": self.day,
            "last_day": lambda end: self.day(end - timedelta(seconds=1)),  # of what ends with a day
            "clock": self.clock,
            "plain_day": lambda day: format_date(day, "d MMM y", locale=phrases.locale),
            "relative": self._relative,
            "person_why": self._person_why,
            "doubt": self._doubt,
            "told": self._told_marked,
            "suppressed": lambda reason: self.told(suppressed_as(reason)),
            "verb": lambda done: self.told(verb(done)),
            "who": lambda by: who(by, phrases),
            "whom": lambda by: by.name or who(by, phrases),
            "sentence": _sentence,
            "in_a_form": _in_a_form,
            "subject": self._subject,
            "actor": lambda text: who(By.parse(text), phrases),
            "read_time": self._read_time,
            "found": lambda finding: finding.told(phrases),
            "looked_at": lambda finding: finding.named(phrases),
            "number": lambda value: format_decimal(value, locale=phrases.locale),
            "percent": lambda share: format_percent(share, "0.0%", locale=phrases.locale),
        }

    def page(self, name: str, context: Mapping[str, Any]) -> str:
        """A whole page, or a part of one where its template is one.

        Args:
            name: of the template, without ``.html.j2``.
            context: what it is given; `now` among it, for times that are told from there.

        Raises:
            TemplateError: naming file and line.
        """
        place = f"console/{name}.html.j2"
        with told_by_place(place):
            template = self._environment.get_template(place)
        return render(template, dict(context), place=place)

    def told(self, fact: Fact) -> str:
        """What was written down in the reader's language; what no phrase tells, as it is."""
        return tell(fact, self._phrases, when=self.when)

    def _told_marked(self, fact: Fact) -> str:
        """As `told`, on a page: what another program said is marked as English."""
        if self._phrases.english:
            return self.told(fact)
        said = tell(fact, self._phrases, when=self.when, quote=lambda words: f"{_OPENS}{one_line(words)}{_ENDS}")
        first, *rest = (printable(one) for one in said.split(_OPENS))
        marked = Markup('<span lang="en" dir="ltr">{}</span>').format
        pieces = (one.partition(_ENDS) for one in rest)
        return escape(first) + Markup().join(marked(words) + escape(more) for words, _, more in pieces)

    def _subject(self, subject: str) -> str:
        """What something was done to: a draft by its number, all else as it is called."""
        kind, _, number = subject.partition(" ")
        is_draft = kind == "draft" and number.isdecimal()
        return self._phrases.say("console_activity_draft", number=number) if is_draft else subject

    def _person_why(self, reason: str) -> str:
        """Why somebody is not mailed; what is no such reason, such as a server's words, as it is."""
        found = reason in set(PersonSkip) and PersonSkip(reason)
        return self._phrases.say(f"person_{found.name.lower()}") if found else reason

    def _read_time(self, value: str) -> str:
        """A time that was read, as an ISO date or time."""
        if "T" in value:
            return self.when(datetime.fromisoformat(value))
        return format_date(date.fromisoformat(value), "EEE d MMM y", locale=self._phrases.locale)

    def _doubt(self, doubt: Doubt) -> str:
        """A doubt in the reader's language; one of which an earlier version kept a sentence alone, as it is."""
        if doubt.name not in DOUBTS or (doubt and "{" in DOUBTS[doubt.name] and not doubt.facts):
            return str(doubt)
        return self._phrases.say(f"doubt_{doubt.name}", **worded(doubt.facts, self._forms))

    @property
    def _forms(self) -> Mapping[str, Callable[[str], str]]:
        """How the facts of doubts are written."""

        def day(pattern: str) -> Callable[[str], str]:
            return lambda value: format_date(date.fromisoformat(value), pattern, locale=self._phrases.locale)

        kinds: Callable[[str], str] = lambda value: self._phrases.say(f"a_{value}")  # noqa: E731
        patterns = {"day": "d MMMM y", "date": "EEEE d MMMM y", "month": "d MMMM", "weekday": "EEEE"}
        return {"kind": kinds} | {name: day(pattern) for name, pattern in patterns.items()}

    def when(self, moment: datetime) -> str:
        """Day and time in the network's zone and language: "Mon 23 Nov 2026, 08:00"."""
        return self._said(format_datetime, moment, "EEE d MMM y, HH:mm")

    def fact(self, value: str | float | datetime) -> str:
        """A fact within a sentence: a moment, a number, a share (below one, as a float), or words as they are."""
        if isinstance(value, datetime):
            return self.when(value)
        if isinstance(value, str):
            return value
        locale = self._phrases.locale
        return format_decimal(value, locale=locale) if isinstance(value, int) else format_percent(value, "0.#%", locale)

    def day(self, moment: datetime) -> str:
        """The day: "Mon 23 Nov 2026"."""
        return self._said(format_date, moment, "EEE d MMM y")

    def clock(self, moment: datetime) -> str:
        """The time of day: "08:00"."""
        return self._said(format_time, moment, "HH:mm")

    def _said(self, form: Callable[..., str], moment: datetime, pattern: str) -> str:
        return form(moment.astimezone(self._zone), pattern, locale=self._phrases.locale)

    @property
    def _relative(self) -> Callable[..., str]:
        @jinja2.pass_context
        def relative(context: jinja2.runtime.Context, moment: datetime) -> str:
            """How long ago, or until then: "3 days ago", "in 2 hours", "just now"."""
            if abs(moment - context["now"]) < timedelta(seconds=1):
                return self._phrases.say("console_now")
            return format_timedelta(moment - context["now"], add_direction=True, locale=self._phrases.locale)

        return relative


def _in_a_form(sentence: str) -> str:
    """A problem of a file to whoever writes in a form: without the line of it, and what there is a field for."""
    if not isinstance(sentence, Told) or not sentence.phrase.startswith("reason_problem"):
        return sentence
    what, fix = sentence.facts.get("what"), sentence.facts.get("fix")
    if not isinstance(what, str):
        return sentence
    of_a_file = isinstance(fix, Told) and fix.phrase in _OF_FILES
    return Told("with_fix", what=what, fix=fix) if fix and not of_a_file else what


_OF_FILES = frozenset({"reason_notice_subject_fix", "reason_notice_matter_fix"})


def _sentence(words: str) -> str:
    """Words that stand for themselves: with a capital and a full stop, unless they begin or end with something else."""
    plain = words.striptags() if isinstance(words, Markup) else words
    first = plain.partition(" ")[0]
    is_name = any(sign in first.rstrip(".:,;") for sign in ".:/_@")  # an address, a file, a setting
    begun = words if is_name else words[:1].upper() + words[1:]
    ends = plain[-1:].isalnum() or plain.endswith((")", "`", "”", '"'))
    return begun + "." if ends else begun


@cache
def static_files() -> Mapping[str, tuple[bytes, str, str]]:
    """What pages load beside themselves, by name: its bytes, media type, and a hash that changes with them."""
    folder = bundled("templates") / "web" / "console" / "static"
    files = ((path.name, path.read_bytes()) for path in sorted(folder.iterdir()))
    return {
        name: (body, _TYPES[suffix], sha256(body).hexdigest()[:12])
        for name, body in files
        if (suffix := name.rpartition(".")[2]) in _TYPES
    }


def static_address(name: str) -> str:
    """Where a static file is fetched; another address whenever it is another file.

    Raises:
        KeyError: when there is none of that name.
    """
    return f"/console/static/{name}?v={static_files()[name][2]}"
