"""What is mailed when, and in which parts: ``[[digests]]``."""

from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from digest.config.brand import Pictures
from digest.config.names import Name, Title
from digest.config.table import Line, Table
from digest.config.values import Day, Days, Duration, TimeOfDay, parse_days, parse_month_day

On = str | int | tuple[str, ...] | None

_KINDS = {"posts": "post", "events": "event", "vacancies": "vacancy"}
_CADENCES = {"daily": "day", "weekly": "week", "fortnightly": "2 weeks", "monthly": "month"}
_SHORTEST = {"day": timedelta(hours=23), "week": timedelta(6), "2 weeks": timedelta(13), "month": timedelta(27)}
"""What surely lies between two editions, over every change of the clocks."""


class SectionConfig(Table):
    """``[[digests.sections]]``: a part of an edition."""

    kind: Annotated[
        Literal["post", "event", "vacancy"], BeforeValidator(lambda v: _KINDS.get(v, v) if isinstance(v, str) else v)
    ]
    title: str | None = None
    categories: tuple[Line, ...] = ()  # only these; all unless given
    sources: tuple[Name, ...] = ()  # only these; all unless given
    limit: int | None = Field(None, ge=1)
    remind: Duration = timedelta(days=7)  # events: reminded once in this window before the start
    look_ahead: Duration = timedelta(days=90)  # events: announced no earlier than this before the start
    last_call: Duration = timedelta(days=7)  # vacancies: shown once more in this window before closing
    pictures: Pictures | None = None  # as of [brand], for these alone


_DEFAULT_SECTIONS = (SectionConfig(kind="vacancy"), SectionConfig(kind="event"), SectionConfig(kind="post"))


class DigestConfig(Table):
    """``[[digests]]``: a recurring mailing."""

    name: Name
    title: Title = ""
    lists: tuple[Name, ...] = Field(min_length=1)
    every: Annotated[
        Literal["day", "week", "2 weeks", "month"],
        BeforeValidator(lambda v: _CADENCES.get(v, v) if isinstance(v, str) else v),
    ] = "week"
    on: On = None  # weekday(s); for a month its day, "last" or "first monday"
    at: TimeOfDay = time(8)
    skip: Days = ()  # days, such as holidays, on which it is not due
    starting: Day = date(2001, 1, 1)  # every = "2 weeks": any day of a week that it is due in
    instead_of: Name | None = None  # goes to those alone who chose it in the place of this digest
    approval: Annotated[
        Literal["none", "review", "required"],
        BeforeValidator(lambda v: {True: "required", False: "none"}[v] if isinstance(v, bool) else v),
    ] = "none"  # review: organisers see it before it goes by itself; required: it goes on their word alone
    approval_from: int = Field(1, ge=1, le=9)  # how many must agree, where their word is required
    prepare_before: Duration = timedelta()  # drafted so long before it is due
    max_lateness: Duration = timedelta(hours=12)  # later than this, a scheduled edition is skipped
    public: bool = True  # its editions stand in the archive, where there is one
    note: Path | None = None  # Markdown, above the contents; not repeated in the next edition
    subject: str | None = None  # a template, as is the line that lists of mail show below it
    preheader: str | None = None
    sections: tuple[SectionConfig, ...] = Field(_DEFAULT_SECTIONS, min_length=1)

    @field_validator("name")
    @classmethod
    def _not_reserved(cls, value: str) -> str:
        if value == "announcement":
            raise ValueError('"announcement" is the name of one-off mailings; choose another')
        return value

    @field_validator("on")
    @classmethod
    def _on_fits_every(cls, value: On, info: ValidationInfo) -> On:
        every = info.data.get("every", "week")
        if (parse_month_day(value) if every == "month" else parse_days(value, every)) is None:
            fix = '1 to 28, "last" or "first monday"' if every == "month" else 'a weekday, such as "friday"'
            raise ValueError(f'does not fit every = "{every}"; write {fix}')
        return value

    @model_validator(mode="after")
    def _is_drafted_after_the_one_before(self) -> "DigestConfig":
        if self.prepare_before > _SHORTEST[self.every]:
            most = _SHORTEST[self.every] // timedelta(hours=1)
            raise ValueError(f'prepare_before is longer than every = "{self.every}" leaves; write {most} hours at most')
        if self.approval_from > 1 and self.approval != "required":
            raise ValueError(f'approval_from = {self.approval_from} waits for nobody; write approval = "required"')
        return self

    @property
    def days(self) -> tuple[int, ...]:
        """Weekdays (Monday is 0) on which a daily or weekly digest is due; empty for a monthly one."""
        return () if self.every == "month" else parse_days(self.on, self.every) or ()

    @property
    def day_of_month(self) -> tuple[int, int | None]:
        """When a monthly digest is due: ``(day, None)`` or ``(nth, weekday)``; -1 is the last."""
        return parse_month_day(self.on) or (1, None)
