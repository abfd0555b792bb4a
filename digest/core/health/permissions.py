"""Whether others on this machine can read what holds addresses and secrets."""

import stat
from collections.abc import Iterator
from pathlib import Path

from digest.app import App
from digest.deliver.check import Check

_OTHERS, _GROUP_AND_OTHERS = 0o007, 0o077


def look_at_permissions(app: App) -> Iterator[Check]:
    """One row for each file or folder that is open to more people than it should be; one where none is.

    What this program makes itself is its user's alone. Files that an admin made may be shared with a group.
    """
    config = app.config
    lists = [config.resolve(one.file) for one in config.lists if one.file is not None]
    own = {config.resolve(config.paths.var): "700"}
    if app.store.file is not None:
        logs = [app.store.file.with_name(app.store.file.name + suffix) for suffix in ("-wal", "-shm")]
        own |= dict.fromkeys((app.store.file, *logs), "600")
    given = dict.fromkeys((*map(config.resolve, config.guarded), *lists), "o-rwx")
    rows = [
        *(_row(path, mode, _GROUP_AND_OTHERS) for path, mode in own.items()),
        *(_row(path, mode, _OTHERS) for path, mode in given.items()),
    ]
    wide = [row for row in rows if row is not None]
    yield from wide or [Check(what="permissions", level="ok", detail="addresses and secrets are closed to others")]


def _row(path: Path, mode: str, closed_to: int) -> Check | None:
    try:
        held = path.stat().st_mode
        above = [folder.stat().st_mode for folder in path.parents]
    except OSError:  # not there, or not to be looked at: told where it is read
        return None
    open_to = held & closed_to
    for bits, passage in ((0o070, stat.S_IXGRP), (0o007, stat.S_IXOTH)):
        if not all(one & passage for one in above):  # nobody else gets there
            open_to &= ~bits
    if not open_to:
        return None
    who = "everybody" if open_to & _OTHERS else "its group"
    detail = f"{path} is open to {who} on this machine ({stat.S_IMODE(held):04o}): `chmod {mode} {path}`"
    return Check(what="permissions", level="warn", detail=detail)
