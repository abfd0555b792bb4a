"""Where templates, jobs and the sample network live, and files that nobody else on the machine can read.

What is shipped stands beside the package in a checkout, and inside it in a wheel.
"""

import os
import stat
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent


@cache
def bundled(name: str) -> Path:
    """The path of ``templates``, ``jobs``, ``examples`` or ``config.toml`` as shipped.

    Raises:
        FileNotFoundError: when the installation is incomplete.
    """
    for root in (_PACKAGE / "_bundled", _PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"{name} is missing from this installation of digest; install it again")


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for this user alone (0700); one that is there stays as it is.

    Raises:
        OSError: when it cannot be made, or is no folder.
    """
    for one in (*reversed(folder.parents), folder):
        if not one.is_dir():
            try:
                one.mkdir(0o700)
            except FileExistsError:
                if not one.is_dir():  # else another process was faster
                    raise


def open_private(path: str, flags: int) -> int:
    """An opener for `open`: what it makes is this user's alone (0600), and so is a file that it writes anew."""
    handle = os.open(path, flags, 0o600)
    held = os.fstat(handle)
    if flags & os.O_TRUNC and stat.S_ISREG(held.st_mode) and held.st_uid == os.geteuid():
        os.fchmod(handle, 0o600)
    return handle


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file that is this user's alone; text as UTF-8, its line ends as they are.

    Raises:
        OSError: when it cannot be written.
    """
    with open(path, "wb", opener=open_private) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def unwritable(var: Path, error: OSError) -> str:
    """What to tell of the folder for mailbox and locks when nothing can be written there."""
    fix = "let the user who runs this write there, or name another folder"
    return f"config.toml: paths.var: {var} cannot be written: {error.strerror}; {fix}"
