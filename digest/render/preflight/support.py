"""What mail programs support, of what a mail may use: facts from caniemail.com; pure.

The facts are those of 9 September 2025 (https://www.caniemail.com; MIT licence, caniemail.LICENSE beside this file), of
each program's latest version. A line is a feature's name there, one letter for each program (y: yes, a: in
part, n: no, u: not tested), and what the feature is recognised by. After "--" it says what a reader loses where it is
not supported, for features that may be used all the same. What every program supports needs no line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from digest.config import Client

PROGRAMS = (
    "Gmail",
    "Gmail (iOS)",
    "Gmail (Android)",
    "classic Outlook",
    "Outlook.com and the new Outlook",
    "Outlook (Mac)",
    "Apple Mail (iOS)",
    "Apple Mail (Mac)",
    "Yahoo Mail",
    "Thunderbird",
    "Samsung Email",
)
"""In the order of the letters."""

CLIENTS: Mapping[Client, range] = {
    "gmail": range(3),
    "outlook-classic": range(3, 4),
    "outlook": range(4, 6),
    "apple-mail": range(6, 8),
    "yahoo": range(8, 9),
    "thunderbird": range(9, 10),
    "samsung": range(10, 11),
}
"""The programs of each name in config.toml."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """One thing that a mail may use."""

    slug: str  # as in https://www.caniemail.com/features/SLUG/
    support: str  # a letter for each of `PROGRAMS`
    signs: tuple[str, ...]  # "gap", "display:flex", "calc()", "1rem", "::after", "<video>", "[srcset]", ".svg"
    without: str  # what a reader loses; "" where that is too much


_FACTS = """
css-align-items                   nnnnyyyynyy align-items
css-animation                     nnnnnnyynyy animation -- it stands still
css-aspect-ratio                  nnnnnnyynnn aspect-ratio
css-at-font-face                  nnnannyynyy @font-face -- the next font of the list is taken
css-at-import                     nnnynnyynnn @import
css-at-keyframes                  nnnnnnyyyyy @keyframes -- it stands still
css-at-media                      aaanaayyana @media -- the mail fits any width without it
css-at-media-prefers-color-scheme nnnnyyyynny @media(prefers-color-scheme) -- it stays light
css-at-supports                   nnnnnnyyyny @supports -- what it guards is an extra
css-background-blend-mode         yaanyyyynyy background-blend-mode -- decoration
css-background-clip               yaanyyyynyy background-clip -- decoration
css-background-image              yyynyyyyayy background-image
css-background-origin             yaanyyyynyy background-origin -- decoration
css-background-position           yyynyyyyyyy background-position -- decoration
css-background-repeat             yyynyyyyyyy background-repeat -- decoration
css-background-size               yaanyyyyyyy background-size -- decoration
css-border-radius                 yyynyyyyayy border-radius -- corners are square
css-border-spacing                yyynynyyyyy border-spacing -- cells touch, as MJML resets it
css-box-shadow                    naanyyyynyy box-shadow -- there is no shadow
css-box-sizing                    yyynyyyynyy box-sizing -- a box is wider by its padding
css-clear                         yyanyuyyauy clear
css-color-scheme                  nnnnnnyynyy color-scheme -- it stays light
css-display-flex                  yaanyyyyyyy display:flex display:inline-flex
css-display-grid                  nnnnyyyynyy display:grid display:inline-grid
css-filter                        nnnnnnyynyy filter -- decoration
css-flex-direction                nnnnyyyynyy flex-direction
css-flex-wrap                     nnnnyyyynyy flex-wrap
css-float                         yaanyyyyayy float
css-function-clamp                yaannnyynyn clamp()
css-function-light-dark           nnnnnnyynya light-dark()
css-function-max                  yaannnyynyn max()
css-function-min                  yaannnyynyn min()
css-gap                           aaanaayynyy gap
css-grid-template                 nnnnnnyynyy grid-template grid-template-columns grid-template-rows grid-template-areas
css-height                        yyyayyyynyy height -- the content decides
css-hyphens                       nnnnnnyynuy hyphens -- words stay whole
css-justify-content               nnnnyyyynyy justify-content
css-left-right-top-bottom         nnnnyyyynya left right top bottom
css-linear-gradient               yyannnyynya linear-gradient()
css-margin-inline-block           nnnnnnyynyn margin-inline margin-block
css-margin-inline-start-end       nnnnnnyynuy margin-inline-start margin-inline-end
css-max-height                    yyynyyyyyyy max-height -- only hides the preview line, which display:none does too
css-min-height                    yyynyyyyyyy min-height -- the content decides
css-min-width                     yyynyyyyyyy min-width
css-mix-blend-mode                yaanyyyynyy mix-blend-mode -- decoration
css-object-fit                    yaanyyyynyy object-fit
css-object-position               yaanyyyynyy object-position
css-opacity                       yyynyyyyyyy opacity -- it is opaque; display:none hides the preview line
css-outline                       yyynyyyyyyy outline -- only reset
css-overflow                      aaanaaaaaya overflow -- only hides the preview line, which display:none does too
css-overflow-wrap                 nnnnnnaanuy overflow-wrap -- a long address runs over
css-padding-inline-block          nnnnnnyynun padding-inline padding-block
css-padding-inline-start-end      nnnnnnyynuy padding-inline-start padding-inline-end
css-position                      nnnnaaaaaya position
css-pseudo-class-hover            ynanaayyyyy :hover -- nothing answers the pointer
css-pseudo-element-after          nnnnaayynyy ::after
css-pseudo-element-before         nnnnaayynyy ::before
css-radial-gradient               yyannnyynyy radial-gradient()
css-rgba                          aaanyyyyayy rgba()
css-table-layout                  yyynynyyyuy table-layout -- the content decides
css-text-decoration-color         yaanyyyyyyy text-decoration-color -- the line has the text’s colour
css-text-decoration-line          yyynyyyyyyy text-decoration-line -- there is no line
css-text-decoration-style         yyynyyyyyyy text-decoration-style -- the line is plain
css-text-decoration-thickness     nnnnnnyynyy text-decoration-thickness -- the line is thin
css-text-overflow                 yaanyyyynyn text-overflow -- the text is cut without a sign
css-text-shadow                   nnnnnnyyyyy text-shadow -- there is no shadow
css-text-underline-offset         nnnnnnyynyy text-underline-offset -- the line is close
css-text-wrap                     nnnnnnyynuy text-wrap -- lines break as they come
css-transform                     nnnnnnyynyy transform
css-transition                    nnnnnnyyaya transition -- it changes at once
css-unit-calc                     yaannnyynyy calc()
css-unit-ch                       yyynyyyynyy 1ch
css-unit-rem                      yyynyyyynyy 1rem
css-unit-vh                       yyynyyayyyy 1vh
css-unit-vmax                     yyynyyyynyy 1vmax
css-unit-vmin                     yyynyyyynyy 1vmin
css-unit-vw                       yyynyyyyyyy 1vw
css-variables                     nnnnnnyynyy var()
css-visibility                    nnnnyyyyyyy visibility
css-white-space                   yaanyyyyyyn white-space -- spaces and lines of a listing run together
css-word-break                    yaayaaaanya word-break -- a long address runs over
css-word-spacing                  yyynyyyyayy word-spacing -- only reset
css-word-wrap                     auanyuyyyuu word-wrap -- a long address runs over
css-writing-mode                  yaanyyyynyy writing-mode
css-z-index                       nnnnyyyyyyy z-index
html-abbr                         yyynyyyynyy <abbr> -- the words are there, without their explanation
html-anchor-links                 ynyyyyyyayn #anchor -- the contents do not jump; everything is below
html-aria-hidden                  yyyyyyyynny [aria-hidden] -- a screen reader reads more
html-aria-label                   yyyyyyyynny [aria-label] -- a screen reader reads less
html-audio                        nnnnnnyynyy <audio>
html-bdi                          nnnnnnyynyy <bdi> -- the words are there
html-button-submit                yaynnnyyyyy <button>
html-form                         yaynaayyyyy <form>
html-hidden                       nnnnnnyynyy [hidden]
html-input-text                   yyynyyyyyan <input>
html-link                         nnnynnyynnn <link>
html-loading-attribute            nnnnnnyynyy [loading] -- it loads at once
html-object                       nnnnnnyanaa <object>
html-picture                      nnnnnnyanyy <picture>
html-semantics                    aaanaayynyy <article> <footer> <header> <main> <section> -- the words are there
html-srcset                       nnnnnnyynyy [srcset] -- the image of src is shown
html-svg                          nnnnnnyanyy <svg>
html-target                       nnnanaaanaa [target] -- the program decides where it opens
html-video                        nnnnnyaynya <video>
html-wbr                          ynanyyyyyyy <wbr> -- the word stays whole
image-avif                        aaanyyyyyyy .avif
image-base64                      nnnayyyyyyy data:image
image-heif                        aaannyyyann .heif .heic
image-svg                         naayyyyyyyy .svg
image-webp                        aaanyyyyyyy .webp
"""


def _read(line: str) -> Feature:
    facts, _, without = line.partition(" -- ")
    slug, support, *signs = facts.split()
    return Feature(slug=slug, support=support, signs=tuple(signs), without=without)


FEATURES: tuple[Feature, ...] = tuple(_read(line) for line in _FACTS.strip().splitlines())
