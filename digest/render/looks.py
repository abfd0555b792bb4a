"""The looks that ship: what each takes unless the network has its own, and what of a brand its templates see; pure.

How a look is drawn stands in ``templates/email/_partials/looks``: a style sheet each, on top of what all
have in common.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from digest.config import Brand, LookName
from digest.render.offered import OfferedBrand

_SANS = "Helvetica Neue, Helvetica, Arial, sans-serif"
_SERIF = "Georgia, Cambria, Times New Roman, serif"


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a look brings that is no style sheet's to say."""

    font: str
    heading_font: str | None  # of titles; None: the text's
    size: int  # pixels, of running text
    leading: float  # the height of its lines, in sizes


LOOKS: Mapping[LookName, Look] = MappingProxyType(
    {
        "bulletin": Look(font=_SANS, heading_font=None, size=16, leading=1.5),
        "letter": Look(font=_SERIF, heading_font=None, size=17, leading=1.6),
        "magazine": Look(font=_SANS, heading_font="Georgia, Times New Roman, serif", size=16, leading=1.55),
    }
)


def offered_brand(brand: Brand) -> OfferedBrand:
    """The brand with the fonts of its look where it names none."""
    look = LOOKS[brand.look]
    font = brand.font or look.font
    return OfferedBrand(
        look=brand.look,
        logo=brand.logo,
        logo_dark=brand.logo_dark,
        logo_width=brand.logo_width,
        accent=brand.accent,
        background=brand.background,
        surface=brand.surface,
        text=brand.text,
        font=font,
        heading_font=brand.heading_font or look.heading_font or font,
        text_size=look.size,
        leading=look.leading,
        tagline=brand.tagline,
        density=brand.density,
    )
