"""Where templates, jobs and the sample network live: beside the package in a checkout, inside it in a wheel."""

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
