"""What a sign-up form carries: the fields as they may be kept, and a signed age; pure.

Where the age is missing (a form in somebody's own site), too young (a program) or too old (a copied page), the visitor
is asked to press one more button. What they typed waits in that page sealed, so that nothing of it is shown, and
nothing is kept of who does not press.
"""

import json
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from starlette.datastructures import FormData

from digest import tokens
from digest.app import App
from digest.config.values import parse_address
from digest.errors import TokenError

YOUNGEST = timedelta(seconds=2)
OLDEST = timedelta(days=1)

_LONGEST_NAME = 100  # characters


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """What came with a form."""

    email: str
    name: str
    lists: tuple[str, ...]
    shown_at: int | None  # seconds of the epoch; None where nothing of ours tells it

    @classmethod
    def read(cls, app: App, form: FormData) -> Self:
        """The fields of a form, or those that are sealed in it."""
        seal = _text(form, "form")
        shown_at, sealed = _opened(app, seal)
        if sealed is not None:
            email, name, lists = sealed
            return cls(email=email, name=name, lists=tuple(lists), shown_at=shown_at)
        lists = [value for value in form.getlist("list") if isinstance(value, str)]
        return cls(email=_text(form, "email"), name=_name(_text(form, "name")), lists=tuple(lists), shown_at=shown_at)

    @property
    def address(self) -> str | None:
        """The address in the form that is kept; None for what is none on the public internet."""
        try:
            address = parse_address(self.email)
        except ValueError:
            return None
        domain = address.rpartition("@")[2]
        return None if "." not in domain or domain.startswith("[") or "\ufffd" in address else address

    def of_lists(self, names: Collection[str]) -> Self:
        """The same with those of the lists that are offered; where there is but one, it is meant unless another is."""
        wanted = tuple(dict.fromkeys(name for name in self.lists if name in names))
        return replace(self, lists=tuple(names) if len(names) == 1 and not self.lists else wanted)

    def is_fresh(self, now: datetime) -> bool:
        """Whether a person has had the form before them, and lately."""
        if self.shown_at is None:
            return False
        return YOUNGEST.total_seconds() <= now.timestamp() - self.shown_at <= OLDEST.total_seconds()

    def sealed(self, app: App) -> str:
        """All of it, for a page that shows nothing of it; shown now."""
        typed = json.dumps([self.email, self.name, self.lists], ensure_ascii=False).encode()
        return tokens.make_token(app.secret, tokens.Scope.FORM, int(app.now.timestamp()), int.from_bytes(b"1" + typed))


def fresh_form(app: App) -> str:
    """The signed age of a form that is shown now."""
    return tokens.make_token(app.secret, tokens.Scope.FORM, int(app.now.timestamp()))


def _opened(app: App, seal: str) -> "tuple[int | None, tuple[str, str, list[str]] | None]":
    """When the form was shown, and what was sealed in it."""
    try:
        shown_at, *rest = app.numbers_in(tokens.Scope.FORM, seal)
    except TokenError:
        return None, None
    if not rest:
        return shown_at, None
    typed = rest[0].to_bytes((rest[0].bit_length() + 7) // 8)
    email, name, lists = json.loads(typed[1:])
    return shown_at, (email, name, lists)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _name(text: str) -> str:
    """A name in one line, without what no name has; "" where the form was in a charset other than UTF-8."""
    if "\ufffd" in text:
        return ""
    line = " ".join(text.split())
    return "".join(sign for sign in line if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"})[:_LONGEST_NAME]
