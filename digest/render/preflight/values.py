"""CSS values as numbers: colours, sizes, weights; what is not understood is unknown, never guessed; pure."""

import re

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

_NAMES: dict[str, Colour] = {  # CSS Color Module level 4 section 6.1, the sixteen of HTML 4
    "aqua": (0, 255, 255),
    "black": (0, 0, 0),
    "blue": (0, 0, 255),
    "fuchsia": (255, 0, 255),
    "gray": (128, 128, 128),
    "green": (0, 128, 0),
    "grey": (128, 128, 128),
    "lime": (0, 255, 0),
    "maroon": (128, 0, 0),
    "navy": (0, 0, 128),
    "olive": (128, 128, 0),
    "purple": (128, 0, 128),
    "red": (255, 0, 0),
    "silver": (192, 192, 192),
    "teal": (0, 128, 128),
    "white": (255, 255, 255),
    "yellow": (255, 255, 0),
}
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})$")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*1(?:\.0*)?\s*)?\)$")
_LENGTH = re.compile(r"(\d*\.?\d+)\s*(px|pt|em|rem|%)?$")
_ROOT = 16.0  # pixels


def parse_colour(value: str, around: Colour | None) -> Colour | None:
    """A colour as CSS writes it; `around` where it takes the one around it, None where it cannot be known."""
    value = value.replace("!important", "").strip().lower()
    if value in {"inherit", "transparent", "none", "currentcolor", ""}:
        return around
    if value in _NAMES:
        return _NAMES[value]
    if found := _HEX.match(value):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _RGB.match(value):
        red, green, blue = (min(int(part), 255) for part in found.groups())
        return red, green, blue
    return None


def font_size(value: str, around: float) -> float:
    """A font's size in pixels; `around` is the one of the element around it."""
    found = _LENGTH.match(value.replace("!important", "").strip().lower())
    if not found:
        return around
    number = float(found[1])
    factors = {"px": 1.0, "pt": 4 / 3, "em": around, "rem": _ROOT, "%": around / 100, None: 1.0}
    return number * factors[found[2]]


def pixels(value: str | None) -> int | None:
    """A width or height in pixels, as an attribute or a declaration writes it; None for any other."""
    found = re.match(r"\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*(?:!important)?\s*$", value or "")
    return int(found[1]) if found else None


def is_bold(value: str, *, around: bool) -> bool:
    """Whether a font's weight is bold, as contrast counts it (700 and more)."""
    value = value.replace("!important", "").strip().lower()
    if value.isdigit():
        return int(value) >= 700
    return {"bold": True, "bolder": True, "normal": False, "lighter": False}.get(value, around)
