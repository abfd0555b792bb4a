"""The form in which an announcement is written: its fields are the parts of the file that it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from digest.compose import Written, as_text

_LINE = 1_000  # characters of a field of one line


def text_of(form: FormData, known: Sequence[str], further: str = "") -> str:
    """What was written, as the text of a file.

    Args:
        form: as it was sent.
        known: the lists that may be named.
        further: a paragraph that comes below it.
    """
    written = written_in(form, known)
    return as_text(replace(written, body=f"{written.body.rstrip()}\n\n{further}".lstrip()) if further else written)


def written_in(form: FormData, known: Sequence[str]) -> Written:
    """What was written; lists that are none of theirs are taken as they stand, and refused by the verb."""
    attach = [line_of(one) for one in many(form, "attach") if line_of(one)]
    add, drop = line_of(form.get("add")), line_of(form.get("drop"))
    attach = [one for one in [*attach, *([add] if add else [])] if one != drop]
    order = {name: number for number, name in enumerate(known)}
    return Written(
        subject=line_of(form.get("subject")),
        preheader=line_of(form.get("preheader")),
        id=line_of(form.get("id")),
        to=_lists(form, "to", order),
        without=_lists(form, "except", order),
        where=line_of(form.get("where")),
        at=line_of(form.get("wanted_at")),
        sender=line_of(form.get("from")),
        reply_to=line_of(form.get("reply_to")),
        attach=tuple(dict.fromkeys(attach)),
        urgent=form.get("urgent") == "yes",
        public=form.get("public") == "yes",
        body=str(form.get("body") or "").replace("\r\n", "\n"),
    )


def _lists(form: FormData, name: str, order: dict[str, int]) -> tuple[str, ...]:
    named = dict.fromkeys(line_of(one) for one in many(form, name) if line_of(one))
    return tuple(sorted(named, key=lambda one: order.get(one, len(order))))


def by_itself(form: FormData) -> bool:
    """Whether a script of ours saves what is being written; it wants to know the version, and no page."""
    return form.get("by_itself") == "yes"


def many(form: FormData, name: str) -> list[str]:
    """All values of a field."""
    return [one for one in form.getlist(name) if isinstance(one, str)]


def line_of(value: object) -> str:
    """A field of one line."""
    return " ".join(value.split())[:_LINE] if isinstance(value, str) else ""


def number_in(form: FormData, name: str) -> int | None:
    """A number as a person types it, or None."""
    digits = line_of(form.get(name)).replace(",", "").replace(".", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def moment_in(form: FormData, name: str, zone: ZoneInfo) -> datetime | None:
    """A local time as a browser's field has it, in this zone; None where there is none."""
    try:
        moment = datetime.fromisoformat(line_of(form.get(name)))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
