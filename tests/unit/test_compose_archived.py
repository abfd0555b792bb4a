"""A sent edition as everybody may read it later."""

from dataclasses import replace
from datetime import timedelta

from sample_edition import MONDAY, edition, event, post, rich_edition, section

from digest.compose import as_nobodys, parted, public, read_notice
from digest.model import Edit, Entry, Newness

DAY = timedelta(days=1)


def soup(day, **fields):
    return event("Soup", f"soup/{day}", series="soup", starts_at=MONDAY + day * DAY, **fields)


def series(*days):
    first, *further = (Entry(item=soup(day)) for day in days)
    return replace(first, further=tuple(further))


def test_no_author_is_left():
    shown = public(rich_edition(), edits={}, gone=())
    assert len(shown.entries) == len(rich_edition().entries)
    assert {one.item.author for one in shown.entries} == {None}


def test_what_is_hidden_under_the_key_of_another_source_is_gone():
    entry = Entry(item=post(), also=(("elsewhere", "copy"),))
    edits = {("elsewhere", "copy"): Edit(source="elsewhere", key="copy", hidden=True)}
    assert public(edition(section(entry)), edits=edits, gone=()).sections == ()


def test_of_a_hidden_series_an_occurrence_that_was_let_stand_stays():
    edits = {
        ("site", "soup/*"): Edit(source="site", key="soup/*", hidden=True),
        ("site", "soup/2"): Edit(source="site", key="soup/2", hidden=False),
    }
    (left,) = public(edition(section(series(1, 2, 3))), edits=edits, gone=()).entries
    assert [one.item.key for one in left.occurrences] == ["soup/2"]


def test_a_series_is_over_with_its_last_occurrence():
    shown = edition(section(series(1, 8)))
    (soon,) = parted(shown, MONDAY, gone=(), cancelled=())
    assert [one.item.key for one in soon.current.entries[0].occurrences] == ["soup/1", "soup/8"]
    (between,) = parted(shown, MONDAY + 2 * DAY, gone=(), cancelled=())
    assert [one.item.key for one in between.current.entries[0].occurrences] == ["soup/8"]
    assert between.over.entries == ()
    (after,) = parted(shown, MONDAY + 9 * DAY, gone=(), cancelled=())
    assert (after.current.entries, after.over.entries[0].item.key) == ((), "soup/1")


def test_what_was_said_of_an_event_is_not_said_any_more_once_it_is_over():
    shown = edition(section(Entry(item=soup(1), newness=Newness.REMINDER)))
    (after,) = parted(shown, MONDAY + 9 * DAY, gone=(), cancelled=())
    assert after.over.entries[0].newness is Newness.NEW


def test_a_copy_that_is_still_listed_keeps_a_post():
    entry = Entry(item=post(), also=(("elsewhere", "copy"),))
    assert len(public(edition(section(entry)), edits={}, gone={("site", "p")}).entries) == 1


def test_what_is_filled_per_person_reads_as_for_somebody_of_whom_nothing_is_known():
    text = "---\npublic: yes\n---\n# Dear {{ member.name | 'R&D' }}\n\nAt {{ member.organisation }}, {{ member.name }}."
    shown = as_nobodys(read_notice(text, name="notice.md"))
    assert shown.subject == "Dear R&D"
    assert shown.html == "<h1>Dear R&amp;D</h1>\n<p>At , .</p>\n"
    assert shown.text.endswith("At , .")
