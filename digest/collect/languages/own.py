"""A network's own files of languages: found, read and checked, all problems at once."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from digest.collect.languages import LanguageFile
from digest.collect.languages.checked import LARGEST, problems_of, size_problems
from digest.config import Config
from digest.config.load import encoding_problem, syntax_problem
from digest.errors import ConfigError, Problem

_MOST_FILES = 12
_CODE = re.compile(r"[a-z]{2,3}")


def own_languages(config: Config) -> tuple[LanguageFile, ...]:
    """The files of the folder that ``[paths] languages`` names; none where it names none.

    Raises:
        ConfigError: with every problem, each with file, section, what is wrong and what would be right.
    """
    if config.paths.languages is None:
        return ()
    folder = config.resolve(config.paths.languages)
    if not folder.is_dir():
        fix = "make it, or leave the key out"
        raise ConfigError([Problem(where="config.toml: paths.languages", what=f"there is no folder {folder}", fix=fix)])
    paths = sorted(path for path in folder.glob("*.toml") if path.is_file())
    if len(paths) > _MOST_FILES:
        what = f"{folder} has {len(paths)} files"
        raise ConfigError(
            [Problem(where="config.toml: paths.languages", what=what, fix=f"{_MOST_FILES} languages are the most")]
        )
    texts: dict[str, str] = {}
    problems = [problem for path in paths for problem in _read(path, texts)]
    if problems:
        raise ConfigError(problems)
    return tuple(LanguageFile(code=code, text=text) for code, text in texts.items())


def _read(path: Path, texts: dict[str, str]) -> Iterator[Problem]:
    """What is wrong with a file; its text is added where nothing is."""
    if not _CODE.fullmatch(path.stem):
        fix = 'name it by the code of its language (ISO 639), as in "nl.toml"'
        yield Problem(where=str(path), what="is no code of a language", fix=fix)
        return
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        if len(raw) > LARGEST:
            yield Problem(where=str(path), what=f"is larger than {LARGEST:,} bytes", fix="keep what is frequent")
            return
        table = tomllib.loads(text)
    except OSError as error:
        yield Problem(where=str(path), what=f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        yield encoding_problem(str(path), error)
    except RecursionError:
        yield Problem(where=str(path), what="is nested too deeply to be read")
    except tomllib.TOMLDecodeError as error:
        yield syntax_problem(path, error)
    else:
        problems = [*problems_of(table, str(path))]
        problems = problems or [*size_problems(table, str(path))]
        yield from problems
        if not problems:
            texts[path.stem] = text
