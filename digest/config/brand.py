"""How the mail looks: ``[brand]``."""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from digest.config.colours import READABLE, contrast
from digest.config.table import Table
from digest.config.values import Colour, HttpUrl

LookName = Literal["bulletin", "letter", "magazine"]
Pictures = Literal["none", "lead", "all"]
Client = Literal["gmail", "outlook-classic", "outlook", "apple-mail", "yahoo", "thunderbird", "samsung"]
PrivateHost = Annotated[str, Field(max_length=260, pattern=r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$")]


class Brand(Table):
    """``[brand]``: how the mail looks."""

    look: LookName = "bulletin"
    logo: HttpUrl | None = None
    logo_dark: HttpUrl | None = None  # drawn for a dark ground; without it the logo keeps its light one
    logo_width: int = Field(160, ge=16, le=560)  # pixels
    accent: Colour = "#0b5d4e"
    background: Colour = "#f3f4f1"
    surface: Colour = "#ffffff"
    text: Colour = "#1f2a28"
    font: str | None = None  # the look's own unless given
    heading_font: str | None = None  # likewise, of titles
    tagline: str = ""
    density: Literal["comfortable", "compact"] = "comfortable"  # the space between things
    pictures: Pictures = "lead"  # which items are shown with theirs: none, what is pinned, all
    private_picture_hosts: tuple[PrivateHost, ...] = ()  # whose pictures a text may name though they are not public
    clients: tuple[Client, ...] = get_args(Client)  # the mail programs that members use; a mail is checked for them

    @model_validator(mode="after")
    def _a_dark_logo_has_a_light_one(self) -> "Brand":
        if self.logo_dark and not self.logo:
            raise ValueError("logo_dark stands where logo does in the dark scheme: set logo, too")
        return self

    @model_validator(mode="after")
    def _text_can_be_read(self) -> "Brand":
        for name, behind in (("surface", self.surface), ("background", self.background)):
            if (ratio := contrast(self.text, behind)) < READABLE:
                raise ValueError(
                    f"text {self.text} on {name} {behind} has a contrast of {ratio:.1f}; readers need {READABLE} "
                    f"(WCAG AA): take a {'darker' if contrast('#000000', behind) >= READABLE else 'lighter'} text"
                )
        return self
