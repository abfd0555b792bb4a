"""Secrets taken out of what is told: of addresses that carry them, and of the words of servers and drivers; pure.

Words of our own never hold a secret. What others say may: a server that repeats a login, a driver that quotes an
address it cannot read.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote

HIDDEN = "…"
_SHORTEST = 4  # characters; less would be found in the middle of words
_SHORTEST_PART = 8  # of an address that is secret as a whole: "feed" and "private" are not what makes it so


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, the longest first."""
    found = {secret for secret in secrets if len(secret) >= _SHORTEST and secret in text}
    for secret in sorted(found, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def login_secrets(password: str, username: str = "") -> tuple[str, ...]:
    """A password as servers may repeat it: plain, in an address, and in base64 (RFC 4616; AUTH LOGIN)."""
    plain = f"\0{username}\0{password}".encode()
    return (password, quote(password, safe=""), b64encode(password.encode()).decode(), b64encode(plain).decode())


def address_secrets(address: str, *, whole: bool = False) -> tuple[str, ...]:
    """What is secret in an address: its password and query, or where it is so as a `whole`, all but scheme and host."""
    _, userinfo, rest = split_address(address)
    user, _, password = userinfo.partition(":")
    path, _, query = rest.partition("#")[0].partition("?")
    found = [*login_secrets(unquote(password), unquote(user)), password, query]
    values = [value for _, value in parse_qsl(query)]
    if whole:
        path = path.partition("/")[2]
        found += [address, userinfo, unquote(user), path, unquote(path)]
        values += [unquote(part) for part in path.split("/")]
    return (*found, *(part for part in values if len(part) >= _SHORTEST_PART))


def carries_secret(address: str) -> bool:
    """Whether a password stands in an address, before the @ sign or in its query."""
    _, userinfo, rest = split_address(address)
    query = parse_qsl(rest.partition("#")[0].partition("?")[2])
    return ":" in userinfo or any(re.search("pass|key|token|secret|auth", name, re.IGNORECASE) for name, _ in query)


def place_of(address: str) -> str:
    """Scheme and host of an address that is secret as a whole."""
    scheme, _, rest = split_address(address)
    return HIDDEN if not scheme else f"{scheme}{re.split(r'[/?#]', rest, maxsplit=1)[0]}/{HIDDEN}"


def split_address(address: str) -> tuple[str, str, str]:
    """An address as ``scheme://``, what stands before the @ sign, and the rest; whatever is wrong with it.

    A password with a slash that should have been written as %2F does not end up in the rest.
    """
    scheme, slashes, after = address.partition("//")
    if not slashes or not re.fullmatch(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?", scheme):
        return "", "", address
    authority = re.split(r"[/?#]", after, maxsplit=1)[0]
    port = authority.rpartition(":")[2] if ":" in authority and not authority.endswith("]") else ""
    unquoted = bool(port) and not port.isdecimal()
    userinfo, at, rest = after.rpartition("@")
    if "@" in authority:
        userinfo, at = authority.rpartition("@")[0], "@"
        rest = after[len(userinfo) + 1 :]
    elif not unquoted:
        userinfo, at = "", ""
    return scheme + slashes, userinfo, rest if at else after
