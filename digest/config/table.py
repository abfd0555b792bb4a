"""What every table of config.toml is: frozen, and without keys that nobody reads."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Table(BaseModel):
    """One table."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
