"""Getting a source's bytes: a file, a folder or an address."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

from digest.collect.fetch.body import size
from digest.collect.fetch.database import read_database
from digest.collect.fetch.failures import LastingError
from digest.collect.fetch.http import Web
from digest.collect.found import Document, Fetched, NotModified, Validators
from digest.config import Config, SourceConfig
from digest.errors import Problem, SourceError
from digest.model import Quoted, Told

_LINK_FIX = "put the file itself there"


async def fetch(
    source: SourceConfig, config: Config, validators: Validators | None = None, *, web: Web | None = None
) -> Fetched | NotModified:
    """Fetch everything a source holds now.

    Args:
        source: which.
        config: knows where relative paths start.
        validators: what the last answer was known by.
        web: shared by the sources that are collected together, so that they take turns.

    Raises:
        SourceError: naming the source, the place, the cause and the way out.
    """
    if source.url is not None:
        if source.kind == "folder":
            raise SourceError(Told("of_source", source=source.name, why=Told("folder_url")))
        if source.kind == "table":
            return await asyncio.to_thread(read_database, source, config)
        return await _get(source, web or Web.of(config), validators)
    if source.path is None:
        raise SourceError(Told("of_source", source=source.name, why=Told("no_place")))
    path = config.resolve(source.path)
    try:
        return await asyncio.to_thread(_read_folder if source.kind == "folder" else _read_file, source, path)
    except (LastingError, OSError) as error:
        raise _failed(source, path, _cause(error)) from None


async def _get(source: SourceConfig, web: Web, validators: Validators | None) -> Fetched | NotModified:
    """No item links to an address that came as a secret."""
    answer = await web.get(source, validators)
    if not source.secret_url or isinstance(answer, NotModified):
        return answer
    return replace(answer, documents=tuple(replace(one, url=None, name="its page") for one in answer.documents))


def _read_file(source: SourceConfig, path: Path) -> Fetched:
    if path.is_dir():
        raise _failed(source, path, Told("is_folder"))
    return Fetched(documents=(_document(source, path, path.name),))


def _read_folder(source: SourceConfig, path: Path) -> Fetched:
    if not path.exists():
        raise SourceError(Told("of_source", source=source.name, why=Told("no_folder", path=str(path))))
    if not path.is_dir():
        raise _failed(source, path, Told("is_file"))
    problems: list[Problem] = []

    def unlisted(error: OSError) -> None:
        where = Path(error.filename).relative_to(path.parent).as_posix()
        problems.append(Problem(where=where, what=Told("it", why=_cause(error))))

    names = (Path(folder, name) for folder, _, names in os.walk(path, onerror=unlisted) for name in names)
    documents = []
    home = path.resolve()
    for file in sorted(name for name in names if name.suffix == ".md"):
        name = file.relative_to(path).as_posix()
        if name.startswith(".") or "/." in name:  # of editors, version control and other systems
            continue
        try:
            if file.is_symlink() and not file.resolve(strict=True).is_relative_to(home):
                problems.append(Problem(where=name, what=Told("leads_out"), fix=_LINK_FIX))
            elif file.is_file():
                documents.append(_document(source, file, name))
        except (FileNotFoundError, RuntimeError):  # RuntimeError: a link to itself, in Python 3.11
            problems.append(Problem(where=name, what=Told("leads_nowhere"), fix=_LINK_FIX))
        except (LastingError, OSError) as error:
            problems.append(Problem(where=name, what=Told("it", why=_cause(error))))
    return Fetched(documents=tuple(documents), unreadable=tuple(problems))


def read_beside(home: Path, path: Path, *, most: int) -> bytes:
    """A file of a folder, such as a picture that stands beside a text.

    Args:
        home: the folder; links that lead out of it are refused.
        path: of the file.
        most: bytes.

    Raises:
        LastingError: when it cannot be had, or is larger.
    """
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(home.resolve()) or not real.is_file():
            raise LastingError("is no file of the folder")
        with real.open("rb") as file:
            content = file.read(most + 1)
    except (OSError, RuntimeError, ValueError) as error:
        cause = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise LastingError(f"cannot be read: {cause}") from None
    if len(content) > most:
        raise LastingError(f"is larger than {size(most)}")
    return content


def _document(source: SourceConfig, path: Path, name: str) -> Document:
    if path.stat().st_size > source.max_bytes:
        raise LastingError(Told("larger_file", size=size(source.max_bytes)))
    return Document(name=name, content=path.read_bytes())


def _failed(source: SourceConfig, path: Path, why: Told) -> SourceError:
    return SourceError(Told("of_source", source=source.name, why=Told("at", place=str(path), why=why)))


def _cause(error: LastingError | OSError) -> Told:
    if isinstance(error, FileNotFoundError):
        return Told("not_there")
    return Told("unreadable", said=Quoted(error.strerror)) if isinstance(error, OSError) else Told.by(error)
