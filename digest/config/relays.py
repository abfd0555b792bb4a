"""``[[relays]]``: several servers that share what is sent, each with the keys of ``[smtp]`` and its own part in it."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from digest.config.mail import Smtp
from digest.config.table import Table
from digest.config.values import Domain

_ONLY_IN_SMTP = ("grace", "give_up_after")  # what holds for whatever is sent, whoever carries it


class WarmUp(Table):
    """``warm_up``: how many mails on the first day, and how that rises from each day of sending to the next."""

    start: int = Field(1, ge=1)
    factor: float = Field(1.5, gt=1, le=10)
    until: int = Field(1, ge=1)  # it rises no further
    steps: tuple[Annotated[int, Field(ge=1)], ...] = ()  # instead: day by day; the last holds from then on

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return {"steps": value}
        if isinstance(value, dict) and not value.get("steps") and not {"start", "until"} <= value.keys():
            raise ValueError("write { start = 500, factor = 1.5, until = 50000 }, or a list of numbers day by day")
        return value

    def maximum(self, days: int) -> int:
        """How many on a day before which it sent on so many others."""
        if self.steps:
            return self.steps[min(days, len(self.steps) - 1)]
        most = float(self.start)
        for _ in range(days):
            if most >= self.until:
                break
            most *= self.factor
        return min(int(most), self.until)


class RelayConfig(Smtp):
    """``[[relays]]``: a server that takes a part of the mail."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]
    weight: float = Field(1.0, gt=0, le=1000)  # its part beside the weights of the others that it could be
    domains: tuple[Domain, ...] = ()  # whose people it is for; everybody's unless given
    from_domains: tuple[Domain, ...] = ()  # it is used where the sender's is one of these; always unless given
    daily_maximum: int | None = Field(None, ge=1)  # mails on one day of the network's zone
    warm_up: WarmUp | None = None

    @field_validator("host")
    @classmethod
    def _is_a_server(cls, value: str) -> str:
        if value == "embedded":
            raise ValueError('the embedded mailbox stands alone: give a server, or [smtp] host = "embedded"')
        return value

    @model_validator(mode="before")
    @classmethod
    def _names_a_server(cls, value: Any) -> Any:
        if isinstance(value, dict) and "host" not in value:
            raise ValueError("host is missing: each relay names its server")
        return value

    @model_validator(mode="after")
    def _leaves_the_rest_to_smtp(self) -> "RelayConfig":
        for key in _ONLY_IN_SMTP:
            if key in self.model_fields_set:
                raise ValueError(f"{key} holds for all relays: write it under [smtp]")
        return self

    @property
    def is_limited(self) -> bool:
        """Whether it takes no more than so many on one day."""
        return self.daily_maximum is not None or self.warm_up is not None

    def maximum(self, days: int) -> int | None:
        """How many mails it may be given on a day before which it sent on so many others; None for any number."""
        risen = self.warm_up.maximum(days) if self.warm_up is not None else None
        return min((one for one in (risen, self.daily_maximum) if one is not None), default=None)


def trouble_with(relays: Sequence[RelayConfig], smtp: Smtp, sender: str) -> str:
    """What is wrong with the relays taken together; "" where nothing is.

    Args:
        relays: at least one.
        smtp: which carries nothing beside them.
        sender: the address that the mail is from.
    """
    names = [one.name for one in relays]
    if twice := [name for name in names if names.count(name) > 1]:
        return f'two are called "{twice[0]}"'
    if carried := sorted(smtp.model_fields_set.difference(_ONLY_IN_SMTP)):
        return f"[smtp] {carried[0]} is of no use beside [[relays]]: move it into one of them"
    if not any(not one.domains for one in usable(relays, sender)):
        return "none takes the mail of everybody: leave domains and from_domains out of one"
    return ""


def usable(relays: Sequence[RelayConfig], sender: str) -> tuple[RelayConfig, ...]:
    """Those that carry mail of this address."""
    domain = sender.rpartition("@")[2].casefold()
    return tuple(one for one in relays if not one.from_domains or domain in one.from_domains)
