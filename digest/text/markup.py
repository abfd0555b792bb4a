"""Text between its forms: Markdown, HTML that email can carry, plain text, one line, an excerpt; pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from html import escape, unescape
from itertools import groupby, islice
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import nh3
from lxml.etree import LxmlError, strip_elements
from lxml.html import HtmlElement

from digest.text.dated import is_dated, without_publication
from digest.text.front_matter import FrontMatterError, split_front_matter
from digest.text.links import canonical_url, without_tracking
from digest.text.markdown import NONE_OF_OURS, render_markdown
from digest.text.pictures import IMG, ShownPicture, attributes_of
from digest.text.plain import text_part
from digest.text.writer import written_as_text

__all__ = [
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_MARKDOWN",
    "FrontMatterError",
    "bare_url",
    "canonical_url",
    "excerpt",
    "html_to_text",
    "markdown_to_html",
    "one_line",
    "overloaded",
    "parsed_fragment",
    "plain_text",
    "plain_to_html",
    "sanitise",
    "split_front_matter",
    "text_part",
]

MAX_CHARACTERS = 400_000  # of one item's body; more is cut, since cleaning takes more than linear time
MAX_MARKDOWN = 30_000  # characters, five thousand words; markdown-it takes up to 25 microseconds for each
MAX_DEPTH = 100  # of nested elements; deeper markup is kept as its text alone
_MAX_DEAR = 100_000  # characters for each of which nh3 looks through all that follow
_MAX_ATTRIBUTE_WORK = 200_000_000  # of one body or page: parsers compare each attribute of a tag with all before it
_MAX_ADDED = 8_000_000  # characters by which absolute addresses may lengthen a body
_MAX_REOPENED = 200_000  # formatting elements that tags may have to open again; each costs a browser as much as a tag

# fmt: off
_TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "li", "ol", "p", "pre", "s", "small", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "time", "tr", "u", "ul",
})
_NEVER_NESTED = frozenset({
    "br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr", "p", "li",
    "td", "th", "tr",
})
_FORMATTING = frozenset({  # opened again in every block until they are closed (HTML, section 13.2.4.3)
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})
# fmt: on
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height", "style"},  # the style only to see whether it is shown
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "time": {"datetime"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_DROPPED_WITH_CONTENT = {
    "audio",
    "button",
    "canvas",
    "datalist",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
}

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_WHOLE_TAG = re.compile(r"<[^<>]*>")
_DEAR = re.compile(r"[&\xa0-\xbf]")
_NEXT_ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+|))?+"""
_EACH_ATTRIBUTE = re.compile(_NEXT_ATTRIBUTE)  # as browsers read them (HTML, sections 13.2.5.32 to 13.2.5.39)
_START_TAG = re.compile(rf"<[A-Za-z][^\s/>]*+((?:[\s/]++|{_NEXT_ATTRIBUTE})*+)")
_EMPTY_LINK = re.compile(r"<a(?: [^<>]*)?>\s*</a>")
_AT_MOST_ONE = re.compile(r"\s*[01](?![\d%])")  # a width or height
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])(?:opacity\s*:\s*0(?:\.0+)?(?![.\d])"
    r"|(?:max-)?(?:width|height)\s*:\s*[01](?:px|pt)?(?![\w.%]))",
    re.IGNORECASE,
)
_COUNTING_HOST = re.compile(r"https?://(?:pixel|beacon|stats?|track|tracking|open|b)\.[^/?]+/", re.IGNORECASE)
_PIXEL = re.compile(
    r"/(?:pixel|beacon|tracker|tracking|spacer|blank|clear|transparent|1x1|open)\.(?:gif|png|php|aspx?)(?:\?|$)"
    r"|/(?:track|tracking|wf|e)/open(?:\b|/)|/_/stat\?|//(?:www\.)?(?:facebook\.com/tr|google-analytics\.com)[/?]"
    r"|//feeds\.feedburner\.com/~|//blogger\.googleusercontent\.com/tracker/",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[•·‣▪◦●]\s*|[-–*]\s+)(?=\S)")
_LINK = re.compile(
    r"https?://[^\s<>\"]{1,2000}|\bwww\.[^\s<>\"]{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
)
_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_SENTENCE_END = re.compile(r"[.!?…]['\")’”»]*(?=\s)|[。！？।]")
_GREETING = re.compile(r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b[^.:?]{0,40}", re.IGNORECASE)
_LISTED = re.compile(r"^(?:- |\d{1,9}\. )")
_LABELLED = re.compile(r"[^\W\d_][^:.!?;]{0,37}:(?:\s|$)")
_ENDINGS = tuple(".!?…:;,·。！？।")
_NOT_A_HEADING = re.compile(r"(?:hi|hello|hey|dear|by|from|re|posted)\b", re.IGNORECASE)


def markdown_to_html(text: str, pictures: Mapping[str, ShownPicture] = NONE_OF_OURS) -> str:
    """Markdown (as `digest.text.markdown` reads it) as sanitised HTML; past `MAX_MARKDOWN` it is cut."""
    return sanitise(render_markdown(_only_text(text[:MAX_MARKDOWN]), pictures))


def sanitise(html: str, *, base_url: str | None = None) -> str:
    """HTML reduced to what email can carry: no scripts, styles, forms or frames; http, https, mailto and tel links.

    Relative links are made absolute where ``base_url`` is given and lose their target where it is not; links lose
    their tracking parameters. Pictures that only count readers, or that no mail program would fetch, are left out.
    Input past `MAX_CHARACTERS` is cut, and markup deeper than `MAX_DEPTH` is reduced to its text. What comes out has no
    character that XML, and so lxml, refuses.
    """
    html = without_publication(_only_text(html))
    if dear := next(islice(_DEAR.finditer(html), _MAX_DEAR, None), None):
        html = html[: dear.start()]
    if _too_deep(html) or overloaded(html):
        return plain_to_html(unescape(_WHOLE_TAG.sub(" ", html)))
    try:
        absolute = base_url is not None and urlsplit(base_url).scheme in {"http", "https"}
        absolute = absolute and len(base_url or "") * html.count("<") <= _MAX_ADDED
        clean = _clean(html, ("rewrite_with_base", base_url) if absolute else "deny")
    except ValueError:  # the base is no URL after all
        clean = _clean(html, "deny")
    # A numeric reference may have been to what is no character.
    return _NOT_TEXT.sub("", _EMPTY_LINK.sub("", IMG.sub(_picture, clean)))


def overloaded(html: str) -> bool:
    """Whether tags have so many attributes that reading them takes seconds."""
    tags = (match[1] for match in _START_TAG.finditer(html) if len(match[1]) > 300)
    return sum(len(_EACH_ATTRIBUTE.findall(tag)) ** 2 for tag in tags) > _MAX_ATTRIBUTE_WORK


def parsed_fragment(html: str) -> HtmlElement | None:
    """The tree of a body as its source has it, without scripts and comments; None where it is too costly to read."""
    html = _only_text(html)
    if _too_deep(html) or overloaded(html):
        return None
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.fragment_fromstring(html, create_parent="div", parser=parser)
    except (LxmlError, ValueError):
        return None
    strip_elements(tree, "script", "style", "template", with_tail=False)
    return tree


def _clean(html: str, url_relative: Any) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        url_relative=url_relative,
        link_rel=None,
    )


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "datetime":
        return value if is_dated(value) else None
    return without_tracking(value.strip()) if name == "href" else value


def _picture(match: re.Match[str]) -> str:
    """A picture that is to be seen, always with an alternative text; nothing for any other."""
    written = attributes_of(match[1])
    values = {name: unescape(value) for name, value in written.items()}
    tiny = any(_AT_MOST_ONE.match(values.get(name, "")) for name in ("width", "height"))
    source = values.get("src", "")
    if tiny or not source.startswith(("http://", "https://")) or _PIXEL.search(source) or _from_counting_host(source):
        return ""
    if _UNSEEN.search(values.get("style", "")):
        return ""
    shown = {"alt": "", **written} if "alt" not in written else written
    return "<img" + "".join(f' {name}="{value}"' for name, value in shown.items() if name != "style") + ">"


def _from_counting_host(source: str) -> bool:
    """Whether a picture (.gif or .png) comes from a host whose name says that it counts."""
    for part in source.split("?"):
        host = _COUNTING_HOST.search(part) if part.lower().endswith((".gif", ".png")) else None
        if host is not None and host.end() <= len(part) - len(".gif"):
            return True
    return False


def _too_deep(html: str) -> bool:
    """Whether elements are nested deeper than can be told, or formatting is left open over too many tags.

    Each unclosed element counts. Formatting that is not closed where its block ends is opened again in the next one,
    so that a few bytes would become a hundred elements.
    """
    unclosed: Counter[str] = Counter()
    depth = formatting = reopened = 0
    for match in _TAG.finditer(html):
        closing, name = match[1], match[2].lower()
        reopened += formatting
        if reopened > _MAX_REOPENED:
            return True
        if name in _NEVER_NESTED or (closing and not unclosed[name]):
            continue
        step = -1 if closing else 1
        unclosed[name] += step
        depth += step
        formatting += step * (name in _FORMATTING)
        if depth > MAX_DEPTH:
            return True
    return False


def html_to_text(html: str, *, dated: bool = False) -> str:
    """HTML as plain text: blank lines between paragraphs, "- " before list items, link targets after their text.

    A label stands on one line with its value.

    Args:
        html: of any form.
        dated: times that say less than their ``datetime`` are written out: "2026-03-05 18:00 UTC (Thursday at six)".
    """
    clean = sanitise(html)
    if not clean.strip():
        return ""
    return written_as_text(lxml.html.fragment_fromstring(clean, create_parent="div"), dated=dated)


def as_read(html: str, text: str) -> str:
    """A body as text to be read for facts: with the dates that its times have unseen."""
    return html_to_text(html, dated=True) if "<time " in html else text


def plain_text(text: str) -> str:
    """Text as people typed it, made regular: one blank line between paragraphs, "- " before list items."""
    lines = (" ".join(line.split()) for line in _only_text(text).split("\n"))
    lines = (_BULLET.sub("- ", line, count=1) if _BULLET.match(line) else line for line in lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def plain_to_html(text: str) -> str:
    """Plain text as HTML: paragraphs, lists, bare addresses linked, short lines that stand like headings as h3."""
    paragraphs = [part for part in plain_text(text).split("\n\n") if part]
    html = []
    for number, paragraph in enumerate(paragraphs):
        following = paragraphs[number + 1] if number + 1 < len(paragraphs) else ""
        if number and _is_heading(paragraph, following):
            html.append(f"<h3>{_linked(paragraph)}</h3>")
        else:
            html.extend(_paragraph_and_lists(paragraph.split("\n")))
    return sanitise("\n".join(html).replace("</ul>\n<ul>", ""))


def _is_heading(line: str, following: str) -> bool:
    return (
        len(line) <= 60
        and "\n" not in line
        and line[0].isalnum()
        and line[-1] not in ".,;:!…"
        and len(following) > 60
        and not (_LINK.search(line) or _NOT_A_HEADING.match(line))
    )


def _paragraph_and_lists(lines: list[str]) -> Iterator[str]:
    for is_item, run in groupby(lines, key=lambda line: line.startswith("- ")):
        if is_item:
            yield "<ul>" + "".join(f"<li>{_linked(line[2:])}</li>" for line in run) + "</ul>"
        else:
            yield "<p>" + "<br>".join(_linked(line) for line in run) + "</p>"


def _linked(text: str) -> str:
    out, end = [], 0
    for match in _LINK.finditer(text):
        found = bare_url(match[0])
        shown = without_tracking(found)
        href = shown if "://" in shown else f"mailto:{shown}" if "@" in shown else f"http://{shown}"
        out += [escape(text[end : match.start()]), f'<a href="{escape(href)}">{escape(shown)}</a>']
        end = match.start() + len(found)
    return "".join(out) + escape(text[end:])


def bare_url(text: str) -> str:
    """An address as found in a sentence, without the punctuation that ends the sentence."""
    text = text.rstrip(".,;:!?'\"’”»*_")
    unopened = text.count(")") + text.count("]") - text.count("(") - text.count("[")
    while unopened > 0 and text.endswith((")", "]")):
        text = text[:-1].rstrip(".,;:!?'\"’”»")
        unopened -= 1
    return text


def excerpt(text: str, limit: int = 280, *, without: Collection[str] = ()) -> str:
    """The beginning of a text as one paragraph of at most ``limit`` characters.

    It ends at the end of a sentence where that keeps at least a third, else at a word with an ellipsis, and within
    a word only where that word alone is too long, between graphemes. A greeting on its own line and
    headings are left out. Lines that are no sentences, such as "Hours: 30", are parted by middle dots.

    Args:
        text: of several lines.
        limit: in characters.
        without: what is told elsewhere; a line that says no more behind its label is left out.
    """
    parts = [part for part in plain_text(text).split("\n\n") if part]
    if len(parts) > 1 and _GREETING.fullmatch(parts[0].rstrip("!,.")):
        del parts[0]
    running = [
        part
        for before, part, following in zip(["", *parts], parts, [*parts, ""][1:], strict=False)
        if not _is_heading(part, following) or (_LABELLED.match(before) and _LABELLED.match(part))
    ]
    whole = one_line(_joined("\n".join(running).split("\n"), {_bare(one) for one in without}))
    if len(whole) <= limit:
        return whole
    head = whole[: limit + 1]
    ends = [match.end() for match in _SENTENCE_END.finditer(head) if match.end() <= limit]
    if ends and ends[-1] >= limit // 3:
        return whole[: ends[-1]]
    space = head.rfind(" ", 1, limit)
    cut = space if space > 0 else _grapheme_start(whole, limit - 1)
    return whole[:cut].rstrip(" ,;:·–-") + "…"


def _joined(lines: list[str], without: Collection[str]) -> str:
    """Lines as one, with dots where a list item or a line with a label would run into the other."""
    whole, listed_before = "", False
    for line in lines:
        shown = _LISTED.sub("", line)
        label = _LABELLED.match(shown)
        if label is not None and _bare(shown[label.end() :]) in without:
            continue
        listed = label is not None or shown != line
        ended = not whole or whole.rstrip("'\")’”»")[-1:] in _ENDINGS
        whole += f"{'' if ended else ' ·' if listed or listed_before else ''} {shown}"
        listed_before = listed
    return whole


def _bare(value: str) -> str:
    return one_line(value).casefold().rstrip(" .,;")


def _grapheme_start(text: str, index: int) -> int:
    """The last place at or before ``index`` where no grapheme is divided; ``index`` itself where there is none."""
    for place in range(index, 0, -1):
        following, before = text[place], text[place - 1]
        joined = (
            unicodedata.category(following) in {"Mn", "Mc", "Me", "Cf"} or "\U0001f3fb" <= following <= "\U0001f3ff"
        )
        flag = "\U0001f1e6" <= following <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff"
        if not (joined or flag or before == "\u200d"):
            return place
    return index


def one_line(text: str) -> str:
    """A title or name as one line: line breaks and controls become spaces, bidi overrides go, joiners stay."""
    text = _NOT_TEXT.sub(" ", _LINE_BREAKS.sub(" ", text)).translate(_BIDI_CONTROLS)
    return " ".join(text.split())


def _only_text(text: str) -> str:
    """At most `MAX_CHARACTERS`, with plain newlines and without what is no character (RFC 3629 section 3)."""
    text = text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_TEXT.sub("", text)
