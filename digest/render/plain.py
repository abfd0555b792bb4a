"""Plain text as it is read in a mail: one-line values, wrapped paragraphs, underlined headings; pure."""

import re
import textwrap

WIDTH = 72  # columns; leaves room for two levels of quoting below the 78 of RFC 5322 section 2.1.1

_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_BREAK = re.compile("[ \t]*[\n\r\x0b\x0c\x85\u2028\u2029][ \t\n\r\x0b\x0c\x85\u2028\u2029]*")
_INDENT = re.compile(r"[ \t]*(?:>[ \t]?|[-*+•][ \t]+|\d{1,3}[.)][ \t]+)*")


def printable(value: str) -> str:
    """The text without what neither HTML nor a mail may carry: control characters, lone surrogates, noncharacters."""
    return _UNPRINTABLE.sub("", value)


def one_line(value: str) -> str:
    """The text on one line; inside the line nothing changes, not even runs of spaces or a no-break space."""
    return _LINE_BREAK.sub(" ", printable(value)).strip(" \t")


def wrap(value: str, indent: str = "", width: int = WIDTH) -> str:
    """The text as one paragraph of lines of at most `width` columns; a longer word or URL stays whole."""
    return "\n".join(_lines(one_line(value), indent, indent, width))


def rewrap(value: str, width: int = WIDTH) -> str:
    """A text that has lines of its own: only longer ones are wrapped, under their bullet, number or quotation mark."""
    wrapped = []
    for line in printable(value).expandtabs(4).splitlines():
        if len(line) <= width:
            wrapped.append(line.rstrip())
            continue
        lead = _INDENT.match(line)
        first = lead[0] if lead else ""
        rest = first if ">" in first else " " * len(first)
        wrapped += _lines(line[len(first) :], first, rest, width)
    return "\n".join(wrapped).strip("\n")


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
