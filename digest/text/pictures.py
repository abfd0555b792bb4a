"""The pictures of a sanitised body; pure."""

import re
from html import unescape

_IMG = re.compile(r"<img\b([^>]*)>")  # exact on what is sanitised, as in digest.text.markup
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_LOOKED_AT = 20  # pictures of one body
_SMALLEST = 120  # pixels; what says that it is smaller is an icon or a button


def first_picture(html: str) -> tuple[str, str] | None:
    """The address of the first picture that may stand for all of it, and what is to be seen on it; None without one."""
    for number, found in enumerate(_IMG.finditer(html)):
        if number == _LOOKED_AT:
            return None
        values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(found[1])}
        told = [int(size) for name in ("width", "height") if re.fullmatch(r"\d{1,5}", size := values.get(name, ""))]
        if all(size >= _SMALLEST for size in told) and values.get("src", "").startswith(("http://", "https://")):
            return values["src"], values.get("alt", "")
    return None
