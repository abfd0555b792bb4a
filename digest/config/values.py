"""The small values of config.toml: durations, rates, times of day, weekdays, secrets, addresses, colours.

Each reads what a person would write and says what would be right when it cannot.
"""

import os
import re
import ssl
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from email_validator import EmailNotValidError, validate_email
from pydantic import BeforeValidator, PlainSerializer, ValidationInfo

from digest.model import Quoted, Told

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
_UNITS |= {"d": 86_400, "day": 86_400, "w": 604_800, "week": 604_800}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*")
_URL = r"[a-z][a-z0-9+]*://\S+"
_PLAIN_ADDRESS = re.compile(
    r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@((?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,63})"
)
"""What nearly every address is: nothing about it needs the whole of RFC 5321, which takes a hundred times as long."""
_PERCENT = re.compile(r"\s{0,9}(\d{1,3}(?:\.\d{1,9})?)\s{0,9}%\s{0,9}", re.ASCII)
_RATE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:/|per)\s*([a-z]+?)s?\s*")


def parse_duration(value: Any) -> timedelta:
    """Read ``"6 hours"``, ``"90m"`` or ``"5 days"``.

    Raises:
        ValueError: saying what would be right.
    """
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value.lower()) if isinstance(value, str) else None
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        raise ValueError('write a number and a unit, such as "6 hours" or "5 days"')
    return timedelta(seconds=float(match[1]) * unit)


def parse_rate(value: Any) -> float | None:
    """Read ``"600/minute"`` as messages per second; ``None`` means no limit.

    Raises:
        ValueError: saying what would be right.
    """
    if value is None or isinstance(value, float):
        return value
    match = _RATE.fullmatch(value.lower()) if isinstance(value, str) else None
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None or not float(match[1]):
        raise ValueError('write messages per unit of time, such as "600/minute"')
    return float(match[1]) / unit


def parse_share(value: Any) -> float:
    """Read ``"0.3%"``, or ``0.003``, as a share of one.

    Raises:
        ValueError: saying what would be right.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('write a share, such as "0.3%"')
    return float(match[1]) / 100


def parse_time_of_day(value: Any) -> time:
    """Read ``"08:00"``, ``"08:00:30"`` or TOML's own local time.

    Raises:
        ValueError: saying what would be right.
    """
    if isinstance(value, time):
        return value
    try:
        parsed = time.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        raise ValueError('write a time of day in quotes, such as "08:00"') from None
    if parsed.tzinfo is not None:
        raise ValueError('leave the offset out: times are in [network] timezone; "08:00"')
    return parsed


def parse_weekday(value: str) -> int | None:
    """Monday is 0; English names and their abbreviations of three letters or more; None for other words."""
    word = value.strip().lower()
    matches = [number for number, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
    return matches[0] if len(matches) == 1 else None


def parse_days(value: Any, every: str) -> tuple[int, ...] | None:
    """The weekdays of ``on`` for a daily digest (every day unless given) or a weekly one (Monday unless given)."""
    if value is None:
        return tuple(range(7)) if every == "day" else (0,)
    names = (value,) if isinstance(value, str) else value
    days = tuple(parse_weekday(name) for name in names) if isinstance(names, tuple) else ()
    known = tuple(sorted({day for day in days if day is not None}))
    return known if known and None not in days and (every == "day" or len(known) == 1) else None


def parse_dates(value: Any) -> tuple[date, ...]:
    """Read days, each as TOML's own date or as ``"2026-12-25"``.

    Raises:
        ValueError: saying what would be right.
    """
    return tuple(parse_date(one) for one in value) if isinstance(value, list | tuple) else (parse_date(value),)


def parse_date(value: Any) -> date:
    """Read ``2026-12-25``, as TOML's own date or in quotes.

    Raises:
        ValueError: saying what would be right.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        raise ValueError("write a day, such as 2026-12-25") from None


def parse_month_day(value: Any) -> tuple[int, int | None] | None:
    """``on`` of a monthly digest as ``(day, None)`` or ``(nth, weekday)``, where -1 is the last."""
    nths = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
    match str(1 if value is None else value).lower().split():
        case [day] if day.isdigit() and 1 <= int(day) <= 28:
            return int(day), None
        case ["last"]:
            return -1, None
        case [nth, name] if nth in nths and (weekday := parse_weekday(name)) is not None:
            return nths[nth], weekday
    return None


def parse_address(value: Any) -> str:
    """Check an address by RFC 5321 syntax; the domain in lower case, the local part as written.

    Nothing is looked up in the DNS, and names reserved for tests (RFC 2606) are taken.

    Raises:
        ValueError: saying what is wrong with it.
    """
    if not isinstance(value, str):
        raise ValueError("write an address in quotes")  # noqa: TRY004  (pydantic gathers ValueError)
    value = value.strip()
    if (plain := _PLAIN_ADDRESS.fullmatch(value)) and len(plain[1]) <= 64 and len(value) <= 254:
        domain = plain[2].lower()
        if max(map(len, domain.split("."))) <= 63:
            return f"{plain[1]}@{domain}"
    try:
        checked = validate_email(
            value,
            check_deliverability=False,
            allow_domain_literal=True,
            globally_deliverable=False,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise ValueError(Quoted(error)) from None
    if "." not in checked.domain and checked.domain != "localhost" and not checked.domain.startswith("["):
        raise ValueError(Told("address_dot"))
    return checked.normalized


def parse_domain(value: Any) -> str:
    """Check the name of a domain, as for an address.

    Raises:
        ValueError: saying what is wrong with it.
    """
    if not isinstance(value, str) or "@" in value or value.startswith("["):
        raise ValueError('write a domain in quotes, such as "example.org"')
    return parse_address(f"digest@{value}").rpartition("@")[2]


def parse_colour(value: Any) -> str:
    """Read ``"#0b6e4f"``, the one form that every mail client understands.

    Raises:
        ValueError: saying what would be right.
    """
    if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError('write a colour as six hex digits, such as "#0b6e4f"')
    return value.lower()


def parse_zone(value: Any) -> str:
    """Check the name of an IANA time zone.

    Raises:
        ValueError: saying what would be right.
    """
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise ValueError('write an IANA time zone, such as "Europe/London"') from None
    return str(value)


def parse_http_url(value: Any) -> str:
    """Check an absolute http or https address.

    Raises:
        ValueError: saying what would be right.
    """
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise ValueError('write a full address, such as "https://example.org"')
    return value


def parse_source_url(value: Any, info: ValidationInfo) -> str:
    """An address with a scheme; as a whole it may be a secret, because databases and private feeds carry theirs in it.

    Raises:
        ValueError: saying what would be right.
    """
    if isinstance(value, dict):
        secret = parse_secret(value, info)
        value = secret.reveal() if secret else ""
        if not re.fullmatch(_URL, value):
            raise ValueError("the secret is not an address with a scheme")
    if not isinstance(value, str) or not re.fullmatch(_URL, value):
        raise ValueError('write a full address, such as "https://example.org/feed.xml"')
    return value


class Secret:
    """A value that is never printed: not by repr, not by str, not in JSON."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


def parse_secret(value: Any, info: ValidationInfo) -> Secret | None:
    """Resolve ``{ env = "NAME" }`` or ``{ file = "PATH" }`` (relative to config.toml).

    Raises:
        ValueError: naming the variable or file that is missing; never the value.
    """
    if value is None or isinstance(value, Secret):
        return value
    match value:
        case {"env": str(name), **rest} if not rest:
            if not re.fullmatch(r"[A-Za-z_]\w{0,199}", name, re.ASCII):
                raise ValueError("the secret's env is not the name of an environment variable")
            found = os.environ.get(name)
            if not found:
                raise ValueError(f"the environment variable {name} is not set; set it before starting digest")
            return Secret(found)
        case {"file": str(name), **rest} if not rest:
            if not re.fullmatch(r"[^\x00-\x1f\x7f]{1,4096}", name):
                raise ValueError("the secret's file is not the path of a file")
            path = (info.context or {}).get("base", Path()) / name
            try:
                found = path.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "it is not text"
                raise ValueError(f"the secret's file {name} cannot be read: {reason}") from None
            return Secret(found)
    raise ValueError('a secret is not written here: use { env = "NAME" } or { file = "PATH" }')


def parse_certificates(value: Any, info: ValidationInfo) -> Path | None:
    """A file of trusted certificates in PEM, relative to config.toml; returned as an absolute path.

    Raises:
        ValueError: when it cannot be read, or holds none.
    """
    if value is None:
        return None
    path = Path((info.context or {}).get("base", Path()), Path(str(value)).expanduser()).resolve()
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ValueError("holds no certificate; it takes the authority's, in PEM") from None
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    return path


Certificates = Annotated[Path | None, BeforeValidator(parse_certificates)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Rate = Annotated[float | None, BeforeValidator(parse_rate)]
Share = Annotated[float, BeforeValidator(parse_share)]
TimeOfDay = Annotated[time, BeforeValidator(parse_time_of_day)]
Day = Annotated[date, BeforeValidator(parse_date)]
Days = Annotated[tuple[date, ...], BeforeValidator(parse_dates)]
Address = Annotated[str, BeforeValidator(parse_address)]
Domain = Annotated[str, BeforeValidator(parse_domain)]
Colour = Annotated[str, BeforeValidator(parse_colour)]
Zone = Annotated[str, BeforeValidator(parse_zone)]
HttpUrl = Annotated[str, BeforeValidator(parse_http_url)]
SourceUrl = Annotated[str, BeforeValidator(parse_source_url)]
SecretValue = Annotated[
    Secret | None, BeforeValidator(parse_secret), PlainSerializer(lambda _: "***", when_used="unless-none")
]
