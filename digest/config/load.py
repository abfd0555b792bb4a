"""Reads config.toml, lets the environment override it, and reports everything wrong with it at once."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from digest.config.model import Config
from digest.config.redaction import carries_secret
from digest.config.references import astray_references
from digest.errors import ConfigError, Problem
from digest.model import Told

_FORMER = {"people": "organisers"}
_SINGLE_TABLES = (
    "network",
    "brand",
    "sender",
    "smtp",
    "returns",
    "store",
    "web",
    "limits",
    "health",
    "service",
    "retention",
    "paths",
)
_SECRETIVE = {
    "smtp": {"password"},
    "relays": {"password"},
    "returns": {"password", "hooks", "secret", "key"},
    "sender": {"dkim", "key"},
    "store": {"url"},
    "cluster": {"listen_url"},
    "web": {"secret", "old_secrets"},
    "health": {"ping"},
    "sources": {"url"},
}
"""Keys that may hold a secret, by table; so may whatever stands where one of these tables should be."""


def locate_config(option: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """``--config PATH``, else ``$DIGEST_CONFIG``, else ``./config.toml``."""
    return option or Path(environ.get("DIGEST_CONFIG") or "config.toml")


def load_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read and validate a configuration file.

    ``DIGEST_<TABLE>_<KEY>`` overrides a key of a single table: ``DIGEST_SMTP_HOST=mail.example.org``.

    Raises:
        ConfigError: with every problem, each with its place, the offending value and what would be right.
    """
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        fix = "name it with --config PATH or $DIGEST_CONFIG, or start in the folder that holds config.toml"
        raise ConfigError([Problem(where=str(path), what="there is no such file", fix=fix)]) from None
    except OSError as error:
        raise ConfigError([Problem(where=str(path), what=f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise ConfigError([encoding_problem(str(path), error)]) from None
    except RecursionError:
        raise ConfigError([Problem(where=str(path), what="is nested too deeply to be read")]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([syntax_problem(path, error)]) from None

    guarded = tuple(_guarded(path, raw))
    _override(raw, environ)
    hints = tuple(_hints(path, raw))
    base = path.resolve().parent
    astray = [Problem(where=f"{path}: {place}", what=what, fix=fix) for place, what, fix in astray_references(raw)]
    try:
        config = Config.model_validate(raw, context={"base": base})
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise ConfigError([*_problems(path, raw, details), *astray]) from None
    if astray:
        raise ConfigError(astray)
    return config.model_copy(update={"base": base, "hints": hints, "guarded": guarded})


def encoding_problem(where: str, error: UnicodeDecodeError) -> Problem:
    """Where a file stops being UTF-8."""
    line = error.object[: error.start].count(b"\n") + 1
    what = Told("not_utf8", byte=f"0x{error.object[error.start]:02x}")
    return Problem(where=Told("line_of", name=where, number=str(line)), what=what, fix=Told("not_utf8_fix"))


def syntax_problem(path: Path, error: tomllib.TOMLDecodeError) -> Problem:
    """Where a file stops being TOML."""
    message = str(error)
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    where = f"{path}, line {place[1]}, column {place[2]}" if place else f"{path}, at its end"
    what = message.split(" (at ", maxsplit=1)[0]
    if what.startswith(("Cannot overwrite", "Cannot declare")):
        return Problem(where=where, what="this is said twice", fix="let the key or table stand in one place alone")
    return Problem(where=where, what=what, fix="it is not valid TOML")


def _override(raw: dict[str, Any], environ: Mapping[str, str]) -> None:
    for table in _SINGLE_TABLES:
        model = cast("type[BaseModel]", Config.model_fields[table].annotation)
        for key in model.model_fields:
            value = environ.get(f"DIGEST_{table}_{key}".upper())
            if value is not None and isinstance(raw.setdefault(table, {}), dict):
                raw[table][key] = value


def _guarded(path: Path, raw: Mapping[str, Any]) -> Iterator[Path]:
    """The files that hold secrets: those that are named for one, and config.toml where a secret stands in it."""
    places = [(table, raw.get(table)) for table in _SECRETIVE]
    inline = False
    while places:
        key, value = places.pop()
        match value:
            case {"file": str(name), **rest} if not rest:
                yield path.parent / name
            case Mapping():
                places += value.items()
            case list():
                places += [(key, inner) for inner in value]
            case str() if key in {"url", "listen_url"}:
                inline = inline or carries_secret(value)
    if inline:
        yield path


def _hints(path: Path, raw: dict[str, Any]) -> Iterator[str]:
    """Take what an earlier version called otherwise by its present name, and say so."""
    for former, present in _FORMER.items():
        if former in raw and present not in raw:
            raw[present] = raw.pop(former)
            yield f"{path}: [[{former}]] is called [[{present}]] now; it is read all the same"


def _problems(path: Path, raw: Mapping[str, Any], details: Sequence[ErrorDetails]) -> Iterator[Problem]:
    for detail in details:
        place = _place(raw, detail["loc"])
        where = f"{path}: {place}" if place else str(path)
        shown = _shown(detail["loc"], detail["input"])
        if detail["type"] == "extra_forbidden":
            nearest = difflib.get_close_matches(str(detail["loc"][-1]), _known_keys(detail["loc"]), n=1)
            fix = f"did you mean {nearest[0]}?" if nearest else f"known here: {', '.join(_known_keys(detail['loc']))}"
            yield Problem(where=where, what="there is no such key", fix=fix)
        elif detail["type"] == "missing":
            yield Problem(where=where, what="is missing", fix="add it; the sample config.toml shows how")
        elif detail["type"] == "value_error":
            yield Problem(where=where, what=(shown and f"{shown}: ") + detail["msg"].removeprefix("Value error, "))
        elif detail["type"] == "literal_error":
            expected = detail.get("ctx", {}).get("expected", "")
            yield Problem(where=where, what=f"{shown or 'this'} is not known here", fix=f"write {expected}")
        elif detail["type"] == "too_short":
            yield Problem(where=where, what="is empty", fix="name at least one")
        elif detail["type"] == "string_pattern_mismatch":
            what = f"{shown or 'it'} has characters that do not fit"
            yield Problem(where=where, what=what, fix="use letters, digits, - and _")
        else:
            yield Problem(where=where, what=(shown and f"{shown}: ") + detail["msg"])


def _shown(loc: Sequence[str | int], value: Any) -> str:
    """What was written, as a message may repeat it; "" for what may hold a secret, and for tables and arrays."""
    table, keys = loc[0] if loc else "", [step for step in loc[1:] if isinstance(step, str)]
    secretive = table in _SECRETIVE and (not keys or keys[-1] in _SECRETIVE[table])
    return "" if secretive or isinstance(value, Mapping | list | tuple) else repr(value)


def _place(raw: Any, loc: Sequence[str | int]) -> str:
    """``digests[2].at``, or ``digests[2] "weekly": at`` where the table has a name."""
    place = ""
    for step in loc:
        if isinstance(step, int):
            place += f"[{step + 1}]"
            name = raw[step].get("name") if isinstance(raw, list) and isinstance(raw[step], dict) else None
            place += f' "{name}"' if isinstance(name, str) else ""
        else:
            place += f".{step}" if place else step
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            raw = None
    return place


def _known_keys(loc: Sequence[str | int]) -> list[str]:
    model: type[BaseModel] = Config
    for step in loc[:-1]:
        if isinstance(step, int):
            continue
        annotation: Any = model.model_fields[step].annotation
        inner = [a for a in getattr(annotation, "__args__", ()) if isinstance(a, type) and issubclass(a, BaseModel)]
        model = inner[0] if inner else annotation
    return [key for key in model.model_fields if key not in {"base", "guarded", "hints"}]
