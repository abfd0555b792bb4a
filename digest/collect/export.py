"""Kind ``export``: a plain-text page of posts, newest first.

Each post is a title line, a blank line, ``Added by NAME under CATEGORY,CATEGORY`` (or ``Added by NAME``), a blank
line, and a body that reaches to the next post's title.
"""

import re
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from itertools import islice

from digest.collect.called_off import standing
from digest.collect.decode import decode, looks_like_html
from digest.collect.found import Fetched, Found, Source
from digest.errors import SourceError
from digest.model import Told
from digest.text.markup import MAX_CHARACTERS, one_line, plain_text

_BYLINE = re.compile(r"Added by (?P<author>\S.{0,98}?)(?: under (?P<categories>\S.{0,298}))?(?<![.!?:;])")
_MAX_TITLE = 300  # characters; a longer line is a paragraph
_MAX_LINES = 500_000
_EACH_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")


def parse_export(source: Source, fetched: Fetched) -> tuple[Found, ...]:
    """The posts of a page, in its order.

    Raises:
        SourceError: when there is text but no post in it.
    """
    found: list[Found] = []
    for document in fetched.documents:
        place = Told("of_source", source=source.name, why=document.name)
        if looks_like_html(document.content):
            raise SourceError(Told("at", place=place, why=Told("export_html")))
        text = decode(source, document)
        posts = _posts(place, text)
        if not posts and text.strip():
            raise SourceError(Told("at", place=place, why=Told("export_none")))
        found += posts
    return tuple(_with_keys(found))


def _posts(place: str, text: str) -> list[Found]:
    read = islice(_EACH_LINE.finditer(text), _MAX_LINES + 1)
    lines = [" ".join(line[1][:MAX_CHARACTERS].split()) for line in read]
    if len(lines) > _MAX_LINES:
        raise SourceError(Told("at", place=place, why=Told("export_lines", number=f"{_MAX_LINES:,}")))
    starts = _starts(lines)
    if not starts:
        return []
    ends = [title for title, _ in starts[1:]] + [len(lines)]
    return [
        _post(lines[title], lines[byline], "\n".join(lines[byline + 1 : end]))
        for (title, byline), end in zip(starts, ends, strict=True)
    ]


def _starts(lines: list[str]) -> list[tuple[int, int]]:
    """Where the triples begin: the line numbers of title and byline."""
    starts: list[tuple[int, int]] = []
    for byline, line in enumerate(lines):
        match = _BYLINE.fullmatch(line)
        if not match or not one_line(match["author"]) or (byline + 1 < len(lines) and lines[byline + 1]):
            continue
        title = byline - 1
        while title >= 0 and not lines[title] and byline - title <= 3:
            title -= 1
        if title < 0 or title == byline - 1 or len(lines[title]) > _MAX_TITLE or not one_line(lines[title]):
            continue
        if (title and lines[title - 1]) or (starts and title <= starts[-1][1]):
            continue
        starts.append((title, byline))
    return starts


def _post(title: str, byline: str, body: str) -> Found:
    match = _BYLINE.fullmatch(byline)
    author, categories = match.group("author", "categories") if match else ("", None)
    names = (one_line(name) for name in (categories or "").split(","))
    return Found(
        key="",
        title=one_line(title),
        author=one_line(author),
        categories=tuple(dict.fromkeys(name for name in names if name)),
        text=plain_text(body),
    )


def _with_keys(found: list[Found]) -> list[Found]:
    """Keys of title and author; a repeated pair is numbered from the oldest, which stands last."""
    seen: Counter[str] = Counter()
    keyed: list[Found] = []
    for post in reversed(found):
        key = _key(post)
        seen[key] += 1
        keyed.append(replace(post, key=key if seen[key] == 1 else f"{key}-{seen[key]}"))
    return keyed[::-1]


def _key(post: Found) -> str:
    title = standing(post.title).title.casefold()  # cancelled, it is still the same event
    slug = re.sub(r"\W+", "-", title).strip("-")[:40].rstrip("-")
    identity = f"{title}\0{(post.author or '').casefold()}"
    return f"{slug}-{sha256(identity.encode()).hexdigest()[:8]}".lstrip("-")
