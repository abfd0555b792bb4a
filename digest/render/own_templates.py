"""The templates in effect: what each is for, whose it is, and copies for a network to change.

A copy begins with a comment that keeps the hash of the shipped template it was made from, so that it can be told
when a newer version of digest ships another.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from digest import __version__
from digest.config import Config
from digest.errors import ConfigError, Problem, UsageError
from digest.render.environment import own_folder
from digest.resources import bundled

_MARK = re.compile(r"\{# Copied from digest \S+, hash ([0-9a-f]{16})\. .*?#\}\n")
_CONSOLE = ("web", "console")  # organisers' pages are nobody's to change
_COMMENT = re.compile(r"\s*\{#-?\s*([^\n]*?)\s*(?:-?#\}|\n)")


class Standing(StrEnum):
    """How a template stands to the shipped one of its name."""

    SHIPPED = "shipped"
    OWN = "own"
    OUTDATED = "outdated"  # own, and the shipped one has changed since it was copied
    EXTRA = "extra"  # own, and nothing is shipped by that name


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One template in effect."""

    name: str  # "email/edition/subject.txt.j2"
    purpose: str  # the first line of its first comment; "" where it has none
    path: Path
    standing: Standing
    note: str = ""  # what to do about it; "" where nothing


def catalogue(config: Config) -> tuple[Listed, ...]:
    """Every template in effect, by name.

    Raises:
        ConfigError: when ``paths.templates`` names no folder.
    """
    shipped, folder = bundled("templates"), own_folder(config)
    ours = _names(shipped)
    theirs = _names(folder) if folder is not None else ()
    listed = [_shipped(shipped / name, name) for name in ours if name not in theirs]
    if folder is not None:
        texts = {name: _text(folder / name) for name in theirs}
        listed += [_own(folder / name, name, texts, ours) for name in theirs]
    return tuple(sorted(listed, key=lambda one: one.name))


def copy_templates(config: Config, wanted: Sequence[str], *, force: bool = False) -> tuple[Path, ...]:
    """Copy shipped templates into the network's own folder; nothing is copied where one of them may not be.

    Args:
        config: names the folder, which is made where it is missing.
        wanted: names or shell patterns such as ``email/_partials/*``.
        force: replace what is there already.

    Raises:
        ConfigError: when no folder is configured.
        UsageError: for a name that is not shipped, a file that is there already, or a folder that cannot be written.
    """
    if config.paths.templates is None:
        fix = 'add templates = "my-templates" under [paths]'
        raise ConfigError([Problem(where="config.toml: paths.templates", what="no folder is named", fix=fix)])
    folder = config.resolve(config.paths.templates)
    known = _names(bundled("templates"))
    names = [name for pattern in wanted for name in _matching(pattern, known)]
    targets = {folder / name: bundled("templates") / name for name in dict.fromkeys(names)}
    there = [str(target) for target in targets if target.exists()]
    if there and not force:
        raise UsageError(f"There already: {', '.join(there)}; nothing was copied; --force replaces what is there")
    try:
        for target, source in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text(encoding="utf-8")
            target.write_text(f"{_mark(text)}{text}", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from None
    return tuple(targets)


def _names(folder: Path) -> tuple[str, ...]:
    """Files by their path in the folder, save hidden ones, the backups of editors, catalogs, and the console's."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    kept = (path for path in files if not path.name.endswith("~") and not any(part[0] == "." for part in path.parts))
    ours = (path for path in kept if path.parts[0] != "locales" and path.parts[:2] != _CONSOLE)
    return tuple(sorted(path.as_posix() for path in ours))


def _shipped(path: Path, name: str) -> Listed:
    return Listed(name=name, purpose=_purpose(_text(path)), path=path, standing=Standing.SHIPPED)


def _own(path: Path, name: str, own: Mapping[str, str], shipped: Sequence[str]) -> Listed:
    mark = _MARK.match(own[name])
    purpose = _purpose(own[name][mark.end() :] if mark else own[name])
    standing, note = Standing.OWN, ""
    if name not in shipped:
        standing = Standing.EXTRA
        if not any(f"{quote}{name}{quote}" in text for text in own.values() for quote in "\"'"):
            note = f"replaces no shipped template, and none of yours includes it{_hint(name, shipped)}"
    else:
        source = _text(bundled("templates") / name)
        purpose = purpose or _purpose(source)
        if mark and mark[1] != _hash(source):
            standing = Standing.OUTDATED
            note = f"the shipped one has changed since; take over what you want, then write hash {_hash(source)}"
    return Listed(name=name, purpose=purpose, path=path, standing=standing, note=note)


def _matching(pattern: str, known: Sequence[str]) -> Iterator[str]:
    found = [name for name in known if fnmatchcase(name, pattern)]
    if not found:
        hint = _hint(pattern, known) or "; `digest templates list` shows them all"
        raise UsageError(f'There is no shipped template "{pattern}"{hint}')
    yield from found


def _hint(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1) or [one for one in known if Path(name).name in one]
    return f"; did you mean {near[0]}?" if near else ""


def _purpose(text: str) -> str:
    comment = _COMMENT.match(text)
    return comment[1] if comment else ""


def _mark(text: str) -> str:
    return f"{{# Copied from digest {__version__}, hash {_hash(text)}. `digest templates list` compares it. #}}\n"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _text(path: Path) -> str:
    """The text as far as it can be read; whether it can be used, `digest check` tells."""
    return path.read_text(encoding="utf-8-sig", errors="replace")
