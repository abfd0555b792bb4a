"""An announcement's whole life in a browser, up to the mails at a real SMTP server; and two browsers at one draft."""

import re
from base64 import b64encode
from datetime import timedelta

import pytest
from console_visit import ADMIN, ORGANISER
from drawn import photo

from browser.desk import desk, text_in

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

PEOPLE = [f"person{number}@example.org" for number in range(12)]


def _with_a_guild(config):
    guild = f'[[lists]]\nname = "guild"\ntitle = "The guild"\nsubscribers = {PEOPLE}\n'
    return config.replace("[[digests]]", f"[limits]\nask_above = 5\n{guild}[[digests]]", 1)


@pytest.fixture(scope="module")
def site(tmp_path_factory, morning):
    with desk(tmp_path_factory.mktemp("network"), morning, change=_with_a_guild) as site:
        yield site


def status(page):
    return page.get_by_role("status").inner_text()


def test_it_is_written_tested_scheduled_sent_watched_paused_and_arrives_as_it_was_written(site, visitor, morning):
    page = visitor()
    site.enter(page, ADMIN, "/console/announcements/new")
    page.get_by_label("Subject").fill("The taps are off <again>")
    page.get_by_label("Text, in Markdown").fill("They come back on **Friday**.")
    page.get_by_label("The guild").first.check()
    mail = page.frame_locator("iframe[name^=shown]").last.locator("strong")  # the preview follows by itself
    mail.wait_for()
    assert mail.inner_text() == "Friday"
    page.get_by_text("Reaches 12 people").wait_for()
    page.get_by_text("Among them").click()
    assert PEOPLE[0] in page.locator("#facts").inner_text()

    page.get_by_role("button", name="Save and send me a test").click()
    assert status(page) == "Saved, and a test is on its way to you."
    (test,) = site.post.to(ADMIN)
    assert "The taps are off <again>" in test["subject"]
    assert test["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"

    page.get_by_role("button", name="Save and go on to sending").click()
    page.get_by_label("Type the number of people: 12").fill("12")
    page.get_by_label("When").fill("2026-11-23T10:00")
    page.get_by_role("button", name="Schedule it").click()
    assert "Scheduled" in status(page)
    page.get_by_role("link", name="Change the time").click()
    page.get_by_label("Type the number of people: 12").fill("12")
    page.get_by_label("When").fill("2026-11-23T09:00")
    page.get_by_role("button", name="Change the time").click()
    assert "09:00" in page.locator("form.note").inner_text()
    site.wake("announcements").result()  # at eight nothing goes
    assert len(site.post.taken) == 1
    site.set_clock(morning + timedelta(minutes=59))
    site.wake("announcements").result()
    page.get_by_role("link", name="Change the time").click()
    page.get_by_label("Type the number of people: 12").fill("11")
    page.get_by_role("button", name="Send it now").click()
    assert "12" in page.get_by_role("alert").inner_text()
    page.get_by_label("Type the number of people: 12").fill("12")
    with page.expect_response("**/progress"):  # the stream is open, and has told its first
        page.get_by_role("button", name="Send it now").click()
    assert status(page) == "It is on its way."

    progress = page.locator("#progress")
    assert "0 of 12 done" in progress.inner_text()
    site.post.seconds, site.post.most = 0.2, 1 + 9
    sending = site.wake("send")
    progress.get_by_text(re.compile("[1-9] of 12 done")).wait_for()  # and now that there is more
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").wait_for()
    site.post.go_on()
    sending.result()
    had = len(site.post.taken) - 1
    assert 0 < had < 12
    progress.get_by_text(f"{12 - had} more get it; the {had} who have it").wait_for()
    site.wake("send").result()  # paused, so nobody gets it
    assert len(site.post.taken) == 1 + had
    page.get_by_role("button", name="Go on").click()
    site.wake("send").result()
    progress.get_by_text("12 of 12 done").wait_for()
    progress.get_by_text("Sent", exact=True).wait_for()

    assert sorted(address for address, _ in site.post.taken[1:]) == sorted(PEOPLE)
    (received,) = site.post.to(PEOPLE[0])
    assert received["subject"] == "The taps are off <again>"
    assert "They come back on <strong" in " ".join(received.get_body(("html",)).get_content().split())
    assert "They come back on Friday." in text_in(received)


def test_two_browsers_that_write_one_draft_lose_nothing(site, visitor):
    ada, max_ = visitor(), visitor()
    site.enter(ada, ADMIN, "/console/announcements/new")
    ada.get_by_label("Subject").fill("Bring a spade")
    ada.get_by_label("All <b>members</b>").first.check()
    ada.get_by_role("button", name="Save", exact=True).click()
    draft = ada.url.partition("?")[0]
    site.enter(max_, ORGANISER, draft.removeprefix(site.address))
    ada.get_by_label("Text, in Markdown").fill("At nine.")
    ada.get_by_role("button", name="Save", exact=True).click()
    max_.get_by_label("Text, in Markdown").fill("At ten.")
    max_.get_by_role("button", name="Save", exact=True).click()
    told = max_.get_by_role("alert").inner_text()
    assert "ada@example.org changed this just now, while you were writing" in told
    assert "At nine." in told
    assert max_.get_by_label("Text, in Markdown").input_value() == "At ten."
    ada.goto(draft)
    assert ada.get_by_label("Text, in Markdown").input_value() == "At nine."  # not overwritten unasked
    max_.get_by_role("button", name="Save", exact=True).click()  # now it is meant
    ada.goto(draft)
    assert ada.get_by_label("Text, in Markdown").input_value() == "At ten."


def test_what_is_written_saves_itself_and_nothing_is_lost_to_another_or_to_a_session_that_ended(site, visitor):
    page, other = visitor(), visitor()
    page.clock.install()
    site.enter(page, ADMIN, "/console/announcements/new")
    saved = page.locator(".saved")
    assert saved.inner_text() == "What you write is saved by itself."
    page.get_by_label("Subject").fill("Saved by itself")
    page.clock.fast_forward(4000)
    saved.filter(has_text=re.compile("^Saved [0-9]")).wait_for()
    place = page.evaluate("location.pathname")
    assert re.fullmatch(r"/console/announcements/\d+", place)

    page.get_by_label("Subject").fill("Saved by a button")  # which is of the version that was saved
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("status").wait_for()

    site.enter(other, ADMIN, place)
    other.get_by_label("Subject").fill("Another's")
    other.get_by_role("button", name="Save", exact=True).click()
    other.get_by_role("status").wait_for()
    page.get_by_label("Subject").fill("Mine")
    page.clock.fast_forward(20000)
    saved.filter(has_text="Somebody else").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    assert "Another's" in page.get_by_role("alert").inner_text()
    page.get_by_role("link", name="Take theirs").click()

    page.context.clear_cookies()
    page.get_by_label("Subject").fill("Out meanwhile")
    page.clock.fast_forward(20000)
    saved.filter(has_text="You were signed out").wait_for()
    page.evaluate("document.querySelector('#writing').dispatchEvent(new Event('saved'))")  # no question on leaving
    site.enter(page, ADMIN, place)
    assert page.get_by_label("Subject").input_value() == "Out meanwhile"
    assert "back in the form" in saved.inner_text()


DROP = """(text) => {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const dropped = new DataTransfer();
  dropped.items.add(new File([bytes], "gate.png", { type: "image/png" }));
  const drop = new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true });
  document.getElementById("body").dispatchEvent(drop);
}"""


def test_a_picture_is_chosen_or_dropped_onto_the_text(site, visitor):
    page = visitor()
    site.enter(page, ADMIN, "/console/announcements/new")
    page.get_by_label("Subject").fill("The gate")
    page.get_by_label("Text, in Markdown").fill("It is painted.")
    page.get_by_label("JPEG, PNG, GIF or WebP").set_input_files(
        {"name": "gate.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_label("What is to be seen on it").fill("A blue gate")
    page.get_by_role("button", name="Add the picture").click()
    assert status(page) == "The picture stands below the text."
    text = page.get_by_label("Text, in Markdown")
    assert re.fullmatch(
        r"It is painted\.\n\n!\[A blue gate\]\(/picture/[0-9a-f]{32}\.jpg\)", text.input_value().strip()
    )
    with page.expect_navigation():
        page.evaluate(DROP, b64encode(photo(300, 200, "PNG")).decode())
    assert len(re.findall(r"/picture/[0-9a-f]{32}", text.input_value())) == 2
    told = "Readers could not load"  # this network's pages are on this machine, and its mail is not
    assert told in page.locator("#facts").inner_text()
