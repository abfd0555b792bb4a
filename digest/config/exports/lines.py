"""Exports that are lines of text: Mailman's lists of members, and Sympa's dumps; pure.

Mailman 2 (``list_members --fullnames LIST``) and Mailman 3 (``mailman members LIST``) write ``Name <address>`` or an
address a line, Postorius a column of addresses. Sympa (``sympa dump``) writes a block of ``key value`` lines for each
member, with an empty line between two.
"""

from collections.abc import Iterator
from dataclasses import replace
from email.utils import parseaddr

from digest.config.columns import NAME_LENGTH
from digest.config.csv_files import decoded, one_line
from digest.config.exports.person import Exported, Stood
from digest.config.spoken import Spoken
from digest.config.values import parse_address
from digest.errors import ConfigError, Problem
from digest.model import Recipient

_HEADERS = {"email", "address", "display_name,email", "email,display_name"}


def read_mailman(content: bytes, *, place: str, stood: Stood | None = None) -> Iterator[Exported]:
    """Everybody in a list of members; that they do not get mail any more only `stood` can tell.

    Raises:
        ConfigError: with every line that is no address.
    """
    problems = []
    for number, line in enumerate(decoded(content, place=place).splitlines(), start=1):
        text = line.strip().removesuffix(",")
        if not text or text.startswith("#") or text.casefold() in _HEADERS:
            continue
        name, address = parseaddr(text) if "<" in text else ("", text)
        where = f"{place}, line {number}"
        try:
            yield Exported(person=_person(address, name), stood=stood or Stood.SUBSCRIBED, where=where)
        except ValueError as error:
            problems.append(Problem(where=where, what=f"{text[:80]!r}: {error}", fix="mend or delete the line"))
    if problems:
        raise ConfigError(problems)


def read_sympa(
    content: bytes, *, place: str, stood: Stood | None = None, spoken: Spoken | None = None
) -> Iterator[Exported]:
    """Everybody in a dump; whose mail came back for good has bounced, and who wants no mail has left.

    Raises:
        ConfigError: with every block that has no address that can be taken.
    """
    problems = []
    for number, block in _blocks(decoded(content, place=place)):
        where = f"{place}, line {number}"
        try:
            told = block.get("lang", "")
            language = spoken(told) if spoken else None
            person = replace(_person(block.get("email", ""), block.get("gecos", "")), language=language)
            yield Exported(
                person=person,
                stood=stood or _stood_in_sympa(block),
                where=where,
                astray=told if spoken and not language else "",
            )
        except ValueError as error:
            what = f"{block.get('email', 'no email in this block')!r}: {error}"
            problems.append(Problem(where=where, what=what, fix="mend or delete the block"))
    if problems:
        raise ConfigError(problems)


def _stood_in_sympa(block: dict[str, str]) -> Stood:
    """``bounce`` is first, last, how many, and the status that came back (RFC 3463)."""
    if block.get("bounce", "").split()[-1:] and block["bounce"].split()[-1].startswith("5"):
        return Stood.BOUNCED
    gets_none = block.get("reception") in {"nomail", "suspend"} or block.get("suspend") == "1"
    return Stood.LEFT if gets_none or block.get("subscribed") == "0" else Stood.SUBSCRIBED


def _blocks(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each block with the line that it begins at."""
    block: dict[str, str] = {}
    began = 1
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        key, _, value = line.strip().partition(" ")
        if key and not block:
            began = number
        if key:
            block[key] = value.strip()
        elif block:
            yield began, block
            block = {}


def _person(address: str, name: str) -> Recipient:
    return Recipient(address=parse_address(address), name=one_line(name, at_most=NAME_LENGTH))
