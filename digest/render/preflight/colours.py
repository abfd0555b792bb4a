"""Text that is hard to read: its contrast with what is behind it, from the inlined styles; pure."""

from collections.abc import Iterator

from digest.config.colours import contrast
from digest.render.plain import shorten
from digest.render.preflight.finding import Finding, listed, warning
from digest.render.preflight.page import Look, Page
from digest.render.preflight.values import Colour

_SMALL_TEXT, _LARGE_TEXT = 4.5, 3.0  # WCAG 2.2 section 1.4.3
_LARGE, _LARGE_BOLD = 24.0, 18.66  # pixels: 18 and 14 points


def colours(page: Page) -> Iterator[Finding]:
    """Text whose contrast is below level AA; what stands on a picture, or in no plain colour, is not judged."""
    faint: dict[tuple[Colour, Colour, float], list[str]] = {}
    for run in page.runs:
        colour, background, need = run.look.colour, run.look.background, _needed(run.look)
        if colour is not None and background is not None and run.look.size > 0:
            faint.setdefault((colour, background, need), []).append(run.text)
    for (colour, background, need), texts in faint.items():
        ratio = contrast(_hex(colour), _hex(background))
        if ratio < need:
            where = listed(f'"{shorten(" ".join(text.split()), 30)}"' for text in texts)
            told = {"colour": _hex(colour), "background": _hex(background)}
            yield warning("contrast", "contrast", **told, ratio=f"{ratio:.1f}", needed=f"{need:g}", places=where)


def _needed(look: Look) -> float:
    return _LARGE_TEXT if look.size >= (_LARGE_BOLD if look.bold else _LARGE) else _SMALL_TEXT


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in colour)
