"""The console's network with posts of which an edition waits, for the tests of its pages."""

import asyncio
import re

from console_visit import CONFIG

from digest.core import editions
from digest.model import ITSELF

NAME = "weekly-2026-W48"
POSTS = "".join(
    f"{title}\n\nAdded by Una under Growing\n\nWords about it, {title}.\n\n"
    for title in ("Nettles", "Hedges <b>now</b>", "Moss & more", "Spades")
)
DOUBTFUL = "".join(
    f"{title}\n\nAdded by Una\n\n{text}\n\n"
    for title, text in (
        ("A hand for the workshop", "The tool library is looking for a pair of hands, three hours a week."),
        ("A cook for the camp", "We are looking for somebody who cooks at the camp. Ask Ada by 15 January."),
        ("Caretaker", "The hall has no caretaker since October. Ada knows more."),
        ("Mentors", "The mentoring scheme starts again in February and needs mentors. Ask Ada by 20 January."),
    )
)  # whatever the weights that ship say, some of them are in doubt
SOURCES = """\
[[categories]]
name = "Growing"
[[sources]]
name = "posts"
kind = "export"
path = "posts.txt"
"""


def with_posts(folder, config=CONFIG):
    """The configuration of a network whose posts lie in this folder."""
    (folder / "posts.txt").write_text(POSTS, encoding="utf-8")
    waiting = 'name = "weekly"\napproval = "required"'
    return config.replace('name = "weekly"', waiting).replace("[[digests]]", SOURCES + "[[digests]]", 1)


def prepare(app, digest="weekly"):
    """Draft the edition of the week."""
    return asyncio.run(editions.prepare(app, app.digest(digest), app.now, by=ITSELF)).campaign


def version_on(page):
    """The version that the forms of a page carry."""
    return re.search(r'name="version" value="([^"]+)"', page.text)[1]


def items_on(page):
    """The items that an edition's page shows, in order: by title, their names as its forms send them."""
    found = re.findall(r'<article class="item".*?</article>', page.text, re.DOTALL)
    return {
        re.search(r"<h3[^>]*><a[^>]*>(.*?)</a>", one, re.DOTALL)[1]: re.search(r'name="item" value="([^"]+)"', one)[1]
        for one in found
    }
