from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.compose import appearances, as_of, compose, edition_from_json, edition_to_json, fingerprint, still_true
from digest.config import CategoryConfig, Config, DigestConfig, Network, SectionConfig, Sender
from digest.model import Event, ItemSkip, Kind, Newness, Post, Shown, Skipped, Vacancy

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 6, 22, 8, tzinfo=LONDON)
DAY = timedelta(days=1)
CONFIG = Config(
    network=Network(name="Growers", timezone="Europe/London"),
    sender=Sender(email="news@example.org"),
    categories=(CategoryConfig(name="Seeds"), CategoryConfig(name="Tools")),
)
DIGEST = DigestConfig(name="weekly", title="The weekly", lists=("members",))

MEETING = Event(source="diary", key="meeting", title="Meeting", first_seen_at=NOW, starts_at=NOW + 2 * DAY)
JOB = Vacancy(source="site", key="job", title="Gardener", first_seen_at=NOW, closes_at=NOW + 3 * DAY)


def post(key, *categories, age=0):
    return Post(source="site", key=key, title=key, categories=categories, first_seen_at=NOW - age * DAY)


def edition(*items, digest=DIGEST, now=NOW, shown=()):
    return compose(items, digest=digest, config=CONFIG, shown=shown, period="2026-W26", now=now)


def groups(section):
    return [(group.category, [entry.item.key for entry in group.entries]) for group in section.groups]


def test_an_edition_carries_its_names_its_period_and_the_network_s_time():
    made = edition(JOB, now=NOW.astimezone(UTC))
    assert (made.digest, made.title, made.period) == ("weekly", "The weekly", "2026-W26")
    assert made.composed_at.tzinfo is LONDON
    assert made.composed_at == NOW


def test_a_digest_without_a_title_is_known_by_its_name():
    assert edition(digest=DigestConfig(name="weekly", lists=("members",))).title == "weekly"


def test_sections_follow_the_configuration_and_empty_ones_are_dropped():
    made = edition(post("p"), JOB)
    assert [section.kind for section in made.sections] == [Kind.VACANCY, Kind.POST]
    assert edition().sections == ()


def test_a_section_keeps_its_configured_title():
    titled = DigestConfig(name="w", lists=("m",), sections=(SectionConfig(kind="vacancy", title="Work"),))
    (section,) = edition(JOB, digest=titled).sections
    assert section.title == "Work"


def test_posts_stand_by_category_in_configured_order_then_by_the_alphabet_then_the_uncategorised():
    (section,) = edition(
        post("none"),
        post("water", "water"),
        post("bees", "Bees"),
        post("tools", "Tools"),
        post("both", "Tools", "Seeds", age=1),
        post("mixed", "Bees", "seeds"),
        post("two unknown", "Zinnias", "Bees"),
    ).sections
    assert groups(section) == [
        ("Seeds", ["mixed", "both"]),
        ("Tools", ["tools"]),
        ("Bees", ["bees"]),
        ("water", ["water"]),
        ("Zinnias", ["two unknown"]),
        (None, ["none"]),
    ]


def test_a_section_of_one_category_shows_its_posts_under_that_category():
    tools = DigestConfig(name="w", lists=("m",), sections=(SectionConfig(kind="post", categories=("Tools",)),))
    (section,) = edition(post("both", "Seeds", "Tools"), digest=tools).sections
    assert groups(section) == [("Tools", ["both"])]


def test_events_and_vacancies_stand_in_one_group():
    made = edition(MEETING, JOB)
    assert [groups(section) for section in made.sections] == [[(None, ["job"])], [(None, ["meeting"])]]


def test_what_closed_while_an_edition_waited_is_dropped_with_its_reason():
    made = edition(post("p"), MEETING, JOB)
    assert still_true(made, NOW + DAY) is made
    later = still_true(made, NOW + 2 * DAY)
    assert [entry.item.key for entry in later.entries] == ["job", "p"]
    assert later.skipped == (Skipped(source="diary", key="meeting", reason=ItemSkip.PAST_EVENT),)
    last = still_true(later, NOW + 3 * DAY)
    assert [section.kind for section in last.sections] == [Kind.POST]
    assert last.skipped[1:] == (Skipped(source="site", key="job", reason=ItemSkip.CLOSED_VACANCY),)
    assert last.composed_at == made.composed_at


def test_a_day_still_ends_at_the_network_s_midnight_after_an_edition_was_stored():
    start = datetime(2026, 6, 26, tzinfo=LONDON).astimezone(UTC)
    fair = Event(source="diary", key="fair", title="Fair", first_seen_at=NOW, starts_at=start, all_day=True)
    stored = edition_from_json(edition_to_json(edition(fair)))
    midnight = datetime(2026, 6, 27, tzinfo=LONDON)
    assert still_true(stored, midnight - timedelta(seconds=1)).entries
    assert not still_true(stored, midnight).entries


def test_the_ledger_gets_a_line_for_every_entry():
    off = Event(source="diary", key="off", title="Off", first_seen_at=NOW, starts_at=NOW + 9 * DAY, cancelled=True)
    known = Shown(source="diary", key="off", newness=Newness.NEW, fingerprint="earlier", shown_at=NOW - DAY)
    made = edition(JOB, off, post("p"), shown=[known])
    assert appearances(made) == (
        Shown(source="site", key="job", newness=Newness.LAST_CALL, fingerprint="", shown_at=NOW),
        Shown(source="diary", key="off", newness=Newness.CANCELLED, fingerprint=fingerprint(off), shown_at=NOW),
        Shown(source="site", key="p", newness=Newness.NEW, fingerprint="", shown_at=NOW),
    )


def test_a_stored_edition_keeps_the_network_s_zone():
    restored = edition_from_json(edition_to_json(edition(MEETING)))
    assert restored.composed_at.tzinfo is LONDON
    assert restored.entries[0].item.starts_at == MEETING.starts_at


@pytest.mark.parametrize("text", ["", "{}", '{"zone": null, "edition": {}}'])
def test_what_is_no_edition_is_refused(text):
    with pytest.raises(ValueError, match="_Frozen"):
        edition_from_json(text)


FAR = replace(JOB, closes_at=NOW + 60 * DAY)


def reasons(made):
    return {(one.source, one.key): one.reason for one in made.skipped}


def test_another_sources_copy_is_skipped_as_one_and_what_was_shown_of_it_was_shown_of_both():
    copy = replace(FAR, source="board", key="9", first_seen_at=NOW + timedelta(hours=1))
    made = edition(FAR, copy)
    (entry,) = made.entries
    assert (entry.item.key, entry.also) == ("job", (("board", "9"),))
    assert reasons(made) == {("board", "9"): ItemSkip.DUPLICATE}
    (_, known) = appearances(made)
    assert (known.source, known.key) == ("board", "9")
    again = edition(FAR, copy, shown=[known], now=NOW + DAY)
    assert reasons(again) == {("site", "job"): ItemSkip.ALREADY_SHOWN, ("board", "9"): ItemSkip.DUPLICATE}


def test_what_is_listed_under_another_key_by_now_is_skipped_as_replaced():
    made = edition(replace(FAR, key="new", replaces=("job",)), replace(FAR, withdrawn=True))
    assert [entry.item.key for entry in made.entries] == ["new"]
    assert reasons(made) == {("site", "job"): ItemSkip.REPLACED}


def test_categories_that_differ_by_case_alone_stand_in_one_order_whichever_came_first():
    one, other = post("one", "Bees"), post("other", "bees")
    assert groups(edition(one, other).sections[0]) == groups(edition(other, one).sections[0])


@pytest.mark.parametrize(
    ("hours", "day"),
    [(15, 22), (16, 23)],  # midnight in London is 16 hours after 8
)
def test_days_are_counted_from_the_networks_day_on_which_it_is_sent(hours, day):
    frozen = edition(FAR)
    sent_at = (NOW + timedelta(hours=hours)).astimezone(UTC)
    read = as_of(frozen, sent_at)
    assert (read.composed_at.tzinfo, read.composed_at.day) == (LONDON, day)
    assert read.composed_at == (NOW if day == 22 else sent_at)


def test_of_a_series_whose_next_date_is_over_the_others_stand_as_one_entry():
    starts = [MEETING.starts_at + week * 7 * DAY for week in range(4)]
    dates = [replace(MEETING, key=f"m/{place}", series="m", starts_at=start) for place, start in enumerate(starts)]
    (entry,) = still_true(edition(*dates), starts[0] + DAY).entries
    assert [one.item.key for one in entry.occurrences] == ["m/1", "m/2", "m/3"]
