"""Who is listed: ``[[lists]]``."""

from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from digest.config.names import FieldName, KnownLanguage, Name, Title
from digest.config.table import Line, Table
from digest.config.values import Address

ADDRESSED = ("email", "name", "first_name", "last_name")
"""What a list's file is read for besides its fields."""


class SubscriberLine(Table):
    """One person as config.toml or a CSV file lists them."""

    email: Address
    name: str = ""
    fields: Mapping[FieldName, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: Any) -> Any:
        if isinstance(value, str):
            name, address = parseaddr(value) if "<" in value else ("", value)
            return {"email": address or value, "name": name}
        return value


class ListConfig(Table):
    """``[[lists]]``: who is listed."""

    name: Name
    title: Title = ""
    description: str = ""  # what comes through it, for who may want it
    language: KnownLanguage | None = None  # of what surrounds the posts, for its members who chose none
    signup: Literal["closed", "open"] = "closed"  # open: anybody may ask for it at /subscribe
    subscribers: tuple[SubscriberLine, ...] = ()
    file: Path | None = None
    columns: Mapping[str, Line] = Field(default_factory=dict)  # email, name, a field -> what its file calls the column
    fields: tuple[FieldName, ...] = ()  # further columns that are kept, for mails and audiences
    max_removals: float = Field(0.2, ge=0, le=1)  # the guard: a larger share asks for `lists apply --yes`

    @model_validator(mode="after")
    def _fields_are_named(self) -> "ListConfig":
        if taken := [name for name in self.fields if name in ADDRESSED]:
            raise ValueError(f"fields names {taken[0]}, which is kept anyway; leave it out")
        known = (*ADDRESSED, "language", *self.fields)
        if astray := [name for name in self.columns if name not in known]:
            fix = f"write fields = [{', '.join(map(repr, (*self.fields, astray[0])))}]".replace("'", '"')
            raise ValueError(f"columns names {astray[0]}, which is not among the fields; {fix}")
        for line in self.subscribers:
            if astray := [name for name in line.fields if name not in self.fields]:
                raise ValueError(f"{line.email} has {astray[0]}, which is not among the list's fields; add it there")
        return self
