"""The colours of a mail, derived from the brand's four so that text stays readable; pure."""

import colorsys
from dataclasses import dataclass

from digest.config import Brand
from digest.config.colours import READABLE, channels, contrast

_INK, _BLACK, _PAPER = "#111111", "#000000", "#ffffff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shades:
    """The colours of one scheme, each ``#rrggbb``."""

    background: str  # around the mail
    surface: str  # behind the text
    text: str
    muted: str  # author, place, footer
    accent: str  # links and headings on the surface
    tint: str  # the accent laid thinly over the surface
    rule: str
    urgent: str
    urgent_tint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """The brand's colours in the light and in the dark scheme."""

    light: Shades
    dark: Shades
    band: str  # the brand's accent as configured, for filled areas
    on_band: str  # text upon it


def palette(brand: Brand) -> Palette:
    """Derive every colour that the templates use."""
    sheet = brand.look == "letter"  # of one colour to its edge, with nothing around it
    dark = "#1a201e"
    return Palette(
        light=_shades(brand.surface if sheet else brand.background, brand.surface, brand.text, brand.accent, "#a33a00"),
        dark=_shades(dark if sheet else "#101413", dark, "#e6ebe9", brand.accent, "#ffb27a"),
        band=brand.accent,
        on_band=max((_PAPER, _INK), key=lambda ink: contrast(ink, brand.accent)),
    )


def _shades(background: str, surface: str, text: str, accent: str, urgent: str) -> Shades:
    accent, urgent = _readable(accent, (background, surface)), _readable(urgent, (background, surface))
    tint, urgent_tint = _mix(accent, surface, 0.08), _mix(urgent, surface, 0.08)
    behind = (background, surface, tint, urgent_tint)
    return Shades(
        background=background,
        surface=surface,
        text=text,
        muted=_readable(_mix(text, surface, 0.66), behind),
        accent=_readable(accent, behind),
        tint=tint,
        rule=_mix(text, surface, 0.14),
        urgent=_readable(urgent, behind),
        urgent_tint=urgent_tint,
    )


def _readable(colour: str, behind: tuple[str, ...]) -> str:
    """The nearest lightness of the same hue that can be read on all these backgrounds; black or white at the end."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in channels(colour)))
    end = max((0.0, 1.0), key=lambda end: min(contrast(_PAPER if end else _BLACK, other) for other in behind))
    for step in range(21):
        level = lightness + (end - lightness) * step / 20
        candidate = _hex(*(channel * 255 for channel in colorsys.hls_to_rgb(hue, level, saturation)))
        if min(contrast(candidate, other) for other in behind) >= READABLE:
            return candidate
    return _PAPER if end else _BLACK


def _mix(colour: str, base: str, share: float) -> str:
    pairs = zip(channels(colour), channels(base), strict=True)
    return _hex(*(over * share + under * (1 - share) for over, under in pairs))


def _hex(*channels: float) -> str:
    return "#" + "".join(f"{round(channel):02x}" for channel in channels)
