"""Whatever a page of the console promises, it does with script off: one walk of an organiser on an old phone."""

import re

import pytest
from console_visit import ADMIN
from desk_visit import DOUBTFUL, POSTS

from browser.desk import NAME, desk, page_named_in, text_in, titles

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]


def _with_a_file(config):
    guild = '[[lists]]\nname = "guild"\ntitle = "The guild"\nfile = "guild.csv"\n'
    return config.replace("[[digests]]", f"{guild}[[digests]]", 1)


@pytest.fixture(scope="module")
def site(tmp_path_factory, morning):
    folder = tmp_path_factory.mktemp("network")
    (folder / "guild.csv").write_text("email,name\ngus@example.org,Gus\n", encoding="utf-8")
    with desk(folder, morning, change=_with_a_file) as site:
        (folder / "posts.txt").write_text(POSTS + DOUBTFUL, encoding="utf-8")
        site.collect()
        site.prepare()
        yield site


def test_all_of_it_is_done_without_script(site, visitor):
    page = visitor(java_script_enabled=False, viewport={"width": 320, "height": 640})
    press = lambda words, **more: page.get_by_role("button", name=words, **more).first.click()  # noqa: E731
    status = lambda: page.get_by_role("status").inner_text()  # noqa: E731
    at = site.address

    page.goto(f"{at}/console/editions/{NAME}")  # which asks who it is, and leads here again
    page.get_by_label("Your email address").fill(ADMIN)
    press("Mail me a link")
    assert page.locator("h1").inner_text() == "Look into your mail"
    page.goto(at + page_named_in(site.post.to(ADMIN)[0], "/console/sign-in"))
    press("Sign in now")
    assert page.url == f"{at}/console/editions/{NAME}"

    first, second, third, *_ = titles(page, "New from members")
    press(f"Move down: {first}")
    press(f"Drop: {third}")
    assert titles(page, "New from members")[:2] == [second, first]
    assert third not in titles(page, "New from members")
    press(f"Restore: {third}")
    assert third in titles(page, "New from members")
    press("Hold it back")
    assert status() == "Held back until somebody approves it."
    press("Approve")
    assert status() == "Approved: it goes at its time."
    site.wake("send").result()
    text = text_in(site.post.to("bo@example.org")[0])
    assert text.index(second) < text.index(first)

    page.goto(f"{at}/console/items?doubtful=1")
    press("It is a post")
    assert status() == "Settled; it stays so when it is collected again."

    (site.app.config.base / "guild.csv").write_text("email,name\ngus@example.org,Gus\nhal@example.org,Hal\n")
    page.goto(f"{at}/console/people/lists")
    assert "1 person would be added" in page.get_by_role("main").inner_text()
    press("Apply this")
    assert status() == "The lists are as the files say."
    page.goto(f"{at}/console/people")
    page.get_by_role("searchbox").fill("hal@")
    press("Search")
    page.get_by_role("link", name="Hal").click()
    assert "They are on none of its lists." in page.get_by_role("main").inner_text()

    page.goto(f"{at}/console/announcements/new")
    page.get_by_label("Subject").fill("The taps are off")
    page.get_by_label("Text, in Markdown").fill("They come back on **Friday**.")
    page.get_by_label("The guild").first.check()
    press("Preview", exact=True)
    assert page.frame_locator("iframe[name=shown]").locator("strong").inner_text() == "Friday"
    press("Save and go on to sending")
    assert "2 people" in page.locator("section.card").nth(1).inner_text()
    press(re.compile("^Send it now"))
    assert status() == "It is on its way."
    site.wake("send").result()
    page.reload()
    assert "2 of 2 done" in page.get_by_role("main").inner_text()
    assert "They come back on Friday." in text_in(site.post.to("hal@example.org")[0])

    press("Sign out")
    page.goto(f"{at}/console")
    assert page.get_by_role("button", name="Mail me a link").is_visible()
