"""Where items come from, and how the network groups them: ``[[sources]]`` and ``[[categories]]``."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from digest.config.names import KnownLanguage, Name
from digest.config.table import Line, Table
from digest.config.values import Duration, SourceUrl


class CategoryConfig(Table):
    """``[[categories]]``: the network's grouping, in reading order."""

    name: Line
    title: str | None = None  # as members read it, where that differs from what posts carry


class SourceConfig(Table):
    """``[[sources]]``: where items come from."""

    name: Name
    kind: Literal["export", "feed", "folder", "calendar", "vacancies", "table"]
    url: SourceUrl | None = Field(default=None, repr=False)  # http(s), a table's database; may be { env = "NAME" }
    path: Path | None = None
    secret_url: bool = Field(default=False, exclude=True)  # url came as a secret: it is shown nowhere
    categories: tuple[Line, ...] = ()  # for items that carry none
    encoding: str = "utf-8"
    language: KnownLanguage | None = None  # tells which of 03/04/2027 is the day; the network's unless given
    allow_private: bool = False  # url may lead to this machine or a private network
    timeout: Duration = Field(
        timedelta(seconds=30), gt=timedelta()
    )  # for everything that one collection of the source takes
    max_bytes: int = Field(10_000_000, ge=1000)  # of one answer, also after decompression
    horizon: Duration = timedelta(days=365)  # calendar: how far ahead recurring events are followed
    query: str | None = None  # table: what is read from the database
    columns: Mapping[str, str] = Field(default_factory=dict)  # table: item field -> column
    items: Literal["post", "event", "vacancy"] | None = None  # table: what a row is; told by its text unless given
    on_failure: Literal["warn", "hold"] = "warn"  # hold: an edition waits for a person while the source fails
    stale_after: Duration | None = None  # counts as failing when its last success is longer ago

    @model_validator(mode="before")
    @classmethod
    def _knows_its_secret(cls, value: Any) -> Any:
        return (
            {**value, "secret_url": True} if isinstance(value, dict) and isinstance(value.get("url"), dict) else value
        )

    @model_validator(mode="after")
    def _one_place(self) -> "SourceConfig":
        if (self.url is None) == (self.path is None):
            raise ValueError("give either url or path")
        web = self.url is not None and self.url.startswith(("http://", "https://"))
        if self.url is not None and web == (self.kind == "table"):
            wanted = 'a database, such as "postgresql://host/site"' if self.kind == "table" else "http or https"
            raise ValueError(f'url does not fit kind = "{self.kind}": it takes {wanted}')
        if self.kind == "table" and (self.url is None) != (self.query is None):
            raise ValueError("a database takes url and query; a CSV file takes path alone")
        return self
