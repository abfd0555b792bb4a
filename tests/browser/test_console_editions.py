"""An edition reviewed in a browser, and its mail at a real SMTP server; two browsers at one; and who did not get it."""

import pytest
from console_visit import ADMIN, EDITOR, ORGANISER
from desk_visit import DOUBTFUL, POSTS

from browser.desk import NAME, desk, text_in, titles
from digest.core import editions, people
from digest.model import ITSELF

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

MINUTES = NAME.replace("weekly", "minutes")


def _two_that_wait(config):
    return config.replace('name = "minutes"', 'name = "minutes"\napproval = "required"')


@pytest.fixture(scope="module")
def site(tmp_path_factory, morning):
    with desk(tmp_path_factory.mktemp("network"), morning, change=_two_that_wait) as site:
        (site.app.config.base / "posts.txt").write_text(POSTS + DOUBTFUL, encoding="utf-8")
        site.collect()
        yield site


def test_an_edition_is_settled_arranged_noted_and_approved_and_arrives_so_at_whom_it_is_for(site, visitor):
    people.suppress(site.app, "cy@example.org", site.app.now, by=ITSELF, reason="its mailbox is gone")
    page = visitor()
    site.enter(page, ORGANISER, "/console/items?doubtful=1")
    in_doubt = page.locator("li.row", has=page.get_by_role("button", name="It is a post"))
    settle = in_doubt.get_by_role("button", name="It is a vacancy").first
    found = settle.get_attribute("aria-label").removeprefix("It is a vacancy: ")
    settle.click()
    assert page.get_by_role("status").inner_text() == "Settled; it stays so when it is collected again."
    page.wait_for_load_state()
    assert page.get_by_role("button", name=f"It is a post: {found}").count() == 0
    site.prepare()

    page.goto(f"{site.address}/console")
    page.get_by_role("link", name="Look at it and approve").first.click()
    assert found in titles(page, "Vacancies")
    first, second, third, fourth, *_ = titles(page, "New from members")
    page.get_by_role("button", name=f"Drop: {third}").click()
    page.get_by_role("button", name=f"Move up: {second}").click()
    page.get_by_label("Subject", exact=True).fill("What grows <now>")
    page.get_by_label("Your note to the readers").fill("Dear *all*")
    page.get_by_role("button", name="Save").first.click()
    shown = page.frame_locator("iframe").locator("body")
    assert "Dear all" in shown.inner_text()
    assert third not in shown.inner_text()
    page.get_by_role("button", name="Approve").click()
    assert page.get_by_role("status").inner_text() == "Approved: it goes at its time."
    site.wake("send").result()

    assert [address for address, _ in site.post.taken] == ["bo@example.org"]
    (mail,) = site.post.to("bo@example.org")
    text = text_in(mail)
    assert mail["subject"] == "What grows <now>"
    assert third not in text
    order = [text.index(words) for words in ("Dear all", second, first, fourth)]
    assert order == sorted(order)
    sections = mail.get_body(("html",)).get_content().partition("Vacancies</h2>")
    assert found in sections[2]

    page.goto(f"{site.address}/console/people")
    page.keyboard.press("/")
    page.keyboard.type("rowan")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Cy Rowan").click()
    told = page.get_by_role("main").inner_text()
    assert "Their address is not mailed at all." in told
    assert "its mailbox is gone" in told


def test_two_browsers_that_edit_one_edition_lose_nothing_and_what_is_held_does_not_go(site, visitor):
    site.prepare("minutes")
    ada, eve = visitor(), visitor()
    site.enter(ada, ADMIN, f"/console/editions/{MINUTES}")
    site.enter(eve, EDITOR, f"/console/editions/{MINUTES}")
    first, *rest = titles(ada)
    eve.get_by_role("button", name=f"Drop: {first}").click()
    assert titles(eve) == rest
    assert eve.get_by_role("button", name="Approve").count() == 0
    ada.get_by_label("Your note to the readers").fill("Written for an hour")
    ada.get_by_role("button", name="Save").first.click()
    assert f'drop "{first}"' in ada.get_by_role("main").inner_text()
    assert ada.get_by_label("Your note to the readers").input_value() == "Written for an hour"
    ada.get_by_role("button", name="Do it nevertheless").click()
    assert titles(ada) == rest
    assert editions.current_named(site.app, MINUTES).edition.note == "Written for an hour"
    ada.get_by_role("button", name="Hold it back").click()
    assert ada.get_by_role("status").inner_text() == "Held back until somebody approves it."
    before = len(site.post.taken)
    site.wake("send").result()
    assert len(site.post.taken) == before
    ada.goto(f"{site.address}/console")
    assert "held back from 2 people" in " ".join(ada.get_by_role("main").inner_text().split())
