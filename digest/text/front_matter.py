"""The YAML head of a Markdown file; pure."""

import re
from collections.abc import Collection
from typing import Any

import yaml

from digest.model import Quoted, Told

_MAX_LENGTH = 10_000  # characters
_MAX_BRACKETS = 200  # YAML takes time that grows with the square of their depth
_LINE = re.compile(r"(?P<key>\w+):[ \t]+(?P<value>(?:[^\s\"'|>{\[]|\[[^\]]*\]\s*\S).*)")


class FrontMatterError(ValueError):
    """The YAML between the ``---`` lines cannot be read."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line  # in the file, from 1


def split_front_matter(text: str, *, texts: Collection[str] = ()) -> tuple[dict[str, Any], str]:
    """Divide a file into its front matter (``---``, YAML, ``---``) and its body.

    Values are strings as written (``2026-12-05`` and ``yes`` too), lists or tables: their meaning is the caller's.

    Args:
        text: the whole file.
        texts: keys of one line of text, taken as it stands where YAML would want quotes (``title: New: a fair``).

    Raises:
        FrontMatterError: with the line of the mistake.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return {}, text
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in {"---", "..."}), None)
    if end is None:
        raise FrontMatterError(Told("matter_open"), 1)
    block = "\n".join(lines[1:end])
    if len(block) > _MAX_LENGTH:
        raise FrontMatterError(Told("matter_long", number=f"{_MAX_LENGTH:,}"), 1)
    if block.count("[") + block.count("{") > _MAX_BRACKETS:
        raise FrontMatterError(Told("matter_brackets", number=str(_MAX_BRACKETS)), 2)
    try:
        values = _load(block, texts)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = block.count("\n", 0, mark.index) + 2 if mark else 2  # YAML counts more kinds of breaks than editors do
        raise FrontMatterError(Quoted(error.problem) if error.problem else Told("matter_none"), line) from None
    except yaml.reader.ReaderError as error:
        line = block.count("\n", 0, error.position) + 2
        raise FrontMatterError(Told("matter_character", character=repr(error.character)), line) from None
    except RecursionError:
        raise FrontMatterError(Told("matter_deep"), 2) from None
    if values in (None, ""):
        values = {}
    if not isinstance(values, dict):
        raise FrontMatterError(Told("matter_lines"), 2)
    return values, "\n".join(lines[end + 1 :]).strip("\n") + "\n"


def _load(block: str, texts: Collection[str]) -> Any:
    try:
        return yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but str, list and dict
    except yaml.MarkedYAMLError:
        quoted = "\n".join(_as_text(line, texts) for line in block.split("\n"))
        if quoted == block:
            raise
        return yaml.load(quoted, Loader=yaml.BaseLoader)  # noqa: S506


def _as_text(line: str, texts: Collection[str]) -> str:
    """A line with quotes around its value, where that is to be text and YAML refuses it."""
    match = _LINE.fullmatch(line)
    if match is None or match["key"] not in texts:
        return line
    try:
        yaml.load(line, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError:
        value = match["value"].replace("'", "''")
        return f"{match['key']}: '{value}'"
    return line
