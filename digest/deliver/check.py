"""What `digest check` tells of one thing."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing looked at."""

    what: str
    level: Level
    detail: str
