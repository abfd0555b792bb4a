"""Plain text as it is read in a mail: one-line values, wrapped paragraphs, underlined headings; pure."""

import re
import textwrap
from collections.abc import Iterator

WIDTH = 72  # columns; leaves room for two levels of quoting below the 78 of RFC 5322 section 2.1.1

_SHORT = 20  # characters
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_BREAK = re.compile("[ \t]*[\n\r\x0b\x0c\x85\u2028\u2029][ \t\n\r\x0b\x0c\x85\u2028\u2029]*")
_NUMBER = re.compile(r"(?<=\d) (?=[^\W\d_])")
_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])[ \t]")
_ALONE = re.compile(r"#{1,6}[ \t]|[|]|```|~~~|[-=*_]{3,}$")  # a heading, a row of a table, a fence, a rule
_INDENT = re.compile(r"[ \t]*(?:>[ \t]?|[-*+•][ \t]+|\d{1,3}[.)][ \t]+)*")


def printable(value: str) -> str:
    """The text without what neither HTML nor a mail may carry: control characters, lone surrogates, noncharacters."""
    return _UNPRINTABLE.sub("", value)


def one_line(value: str) -> str:
    """The text on one line; inside the line nothing changes, not even runs of spaces or a no-break space."""
    return _LINE_BREAK.sub(" ", printable(value)).strip(" \t")


def keep_numbers(value: str) -> str:
    """The text with no line break between a number and the word after it: "3 pm", "5 December"."""
    return _NUMBER.sub("\u00a0", value)


def keep_short(value: str) -> str:
    """The text with no line break in it where it is short enough to stand whole on any phone: "£25,900 a year"."""
    return value.replace(" ", "\u00a0") if len(value) <= _SHORT else value


def wrap(value: str, indent: str = "", width: int = WIDTH, *, first: str | None = None) -> str:
    """The text as one paragraph of lines of at most `width` columns; a longer word or URL stays whole.

    `first` is the first line's own indent, such as a bullet that the other lines hang under.
    """
    return "\n".join(_lines(one_line(value), indent if first is None else first, indent, width))


def reflow(value: str, width: int = WIDTH) -> str:
    """Markdown whose paragraphs keep their lines where all fit, and are wrapped anew as a whole where one does not.

    Lines hang under their bullet, number or quotation mark.
    """
    wrapped = []
    for lines in _paragraphs(printable(value).expandtabs(4).splitlines()):
        if all(len(line) <= width for line in lines):
            wrapped += [line.rstrip() for line in lines]
            continue
        lead = _INDENT.match(lines[0])
        first = lead[0] if lead else ""
        rest = re.sub(r"[^> ]", " ", first)
        whole = " ".join([lines[0][len(first) :].rstrip(), *(line.strip(" >") for line in lines[1:])])
        wrapped += _lines(whole, first, rest, width)
    return "\n".join(wrapped).strip("\n")


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    """The lines that Markdown reads as one paragraph; whatever is no paragraph stands line by line."""
    paragraph: list[str] = []
    in_code = False
    for line in lines:
        fence = line.lstrip().startswith(("```", "~~~"))
        if paragraph and not (in_code or fence) and _goes_on(paragraph[-1], line):
            paragraph.append(line)
        else:
            if paragraph:
                yield paragraph
            paragraph = [line]
        in_code ^= fence
    if paragraph:
        yield paragraph


def _goes_on(above: str, line: str) -> bool:
    text_above, text = above.strip(" >"), line.strip(" >")
    return (
        bool(text_above and text)
        and above.lstrip().startswith(">") == line.lstrip().startswith(">")
        and not above.endswith(("  ", "\\"))
        and not line.startswith("    ")
        and not _ALONE.match(text_above)
        and not (_ALONE.match(text) or _ITEM.match(text))
    )


def underline(value: str, rule: str = "-", width: int = WIDTH) -> str:
    """A heading with a rule of its own length below it."""
    heading = wrap(value, width=width)
    return f"{heading}\n{rule * max(len(line) for line in heading.splitlines() or [''])}"


def tidy(value: str) -> str:
    """A rendered text without trailing spaces and without runs of blank lines, ending in one newline."""
    stripped = "\n".join(line.rstrip(" \t") for line in value.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", stripped).strip("\n") + "\n"


def shorten(value: str, limit: int) -> str:
    """The text cut at a word, with an ellipsis, to at most `limit` characters; one too long word stays whole."""
    if len(value) <= limit:
        return value
    cut = value[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head.rstrip(" ,;:–-·") if space else value.split(" ", 1)[0]) + "…"


def _lines(value: str, first: str, rest: str, width: int) -> list[str]:
    return textwrap.wrap(
        value,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )
