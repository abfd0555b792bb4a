"""The files of pictures: one for each, under the hash of its bytes, so that the same is kept once and never changes."""

import os
import re
import tempfile
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from digest.resources import private_folder

NAME = re.compile(r"[0-9a-f]{32}\.(?:jpg|png)")
"""What a file may be called; nothing else is ever read or served."""

_HALF_WRITTEN = re.compile(r"\.[a-z0-9_]{1,40}\.part")


class PictureFiles:
    """A folder of pictures; it is made with the first one.

    Args:
        folder: where.
        private: it and its files are this user's alone.
    """

    def __init__(self, folder: Path, *, private: bool = False) -> None:
        self._folder = folder
        self._private = private

    def keep(self, content: bytes, suffix: str) -> str:
        """Write a file whole or not at all, and return its name.

        Raises:
            OSError: when it cannot be written; nothing of it is left then.
        """
        name = name_of(content, suffix)
        with suppress(FileNotFoundError):
            os.utime(self._folder / name)  # it is wanted again: nothing erases it meanwhile
            return name
        if self._private:
            private_folder(self._folder)
        else:
            self._folder.mkdir(parents=True, exist_ok=True)
        handle, half = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(half).chmod(0o600 if self._private else 0o644)
            Path(half).replace(self._folder / name)
        except OSError:
            Path(half).unlink(missing_ok=True)
            raise
        return name

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return NAME.fullmatch(name) is not None and (self._folder / name).is_file()

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None for every name that is none of ours, or not there."""
        if NAME.fullmatch(name) is None:
            return None
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def take(self, name: str, others: "PictureFiles") -> bool:
        """Have a file that another folder has, too; whether it is here then. One whose bytes are others is not taken.

        Raises:
            OSError: when it cannot be read or written.
        """
        if self.has(name):
            os.utime(self._folder / name)  # as `keep` does
            return True
        content = others.read(name)
        return content is not None and name_of(content, name[-3:]) == name and bool(self.keep(content, name[-3:]))

    def erase_others(self, kept: Collection[str], *, before: datetime) -> int:
        """Erase the files that are none of these and older than that, and what was never finished; how many they were.

        A file is written before it is known to anything, so one that is new may only not be known yet.
        """
        erased = 0
        with suppress(FileNotFoundError):
            for file in list(self._folder.iterdir()):
                ours = NAME.fullmatch(file.name) or _HALF_WRITTEN.fullmatch(file.name)
                if ours and file.name not in kept and file.stat().st_mtime < before.timestamp():
                    file.unlink(missing_ok=True)
                    erased += 1
        return erased


def name_of(content: bytes, suffix: str) -> str:
    """What a file of these bytes is called."""
    return f"{sha256(content).hexdigest()[:32]}.{suffix}"
