from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from digest.compose import (
    appearances,
    compose,
    edition_from_json,
    edition_to_json,
    expired,
    fingerprint,
    select,
    still_true,
)
from digest.compose.duplicates import same_title
from digest.config import CategoryConfig, Config, DigestConfig, Network, SectionConfig, Sender
from digest.model import Event, ItemSkip, Kind, Newness, Post, Shown, Vacancy

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
CATEGORIES = ("Seeds", "Tools", "Water", "Bees")
CONFIG = Config(
    network=Network(name="Growers", timezone="Europe/London"),
    sender=Sender(email="news@example.org"),
    categories=tuple(CategoryConfig(name=name) for name in CATEGORIES[:2]),
)

# Quarters of an hour within two months, so that equal times and the edges of windows turn up.
moments = st.integers(-60 * 96, 60 * 96).map(lambda quarters: (NOW + timedelta(minutes=15 * quarters)).astimezone(UTC))
lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
maybe_line = st.none() | lines
base = {
    "source": st.sampled_from(["site", "diary"]),
    "key": st.integers(0, 30).map(str),
    "title": lines,
    "author": maybe_line,
    "categories": st.lists(st.sampled_from(CATEGORIES), max_size=3, unique=True).map(tuple),
    "summary": lines,
    "published_at": st.none() | moments,
    "first_seen_at": moments,
    "doubts": st.lists(lines, max_size=1).map(tuple),
}
posts = st.builds(Post, **base)
events = st.builds(
    Event,
    **base,
    starts_at=moments,
    ends_at=st.none(),
    all_day=st.booleans(),
    location=maybe_line,
    cancelled=st.booleans(),
) | st.builds(Event, **base, starts_at=moments, ends_at=moments, location=maybe_line)
vacancies = st.builds(Vacancy, **base, closes_at=st.none() | moments, employer=maybe_line, salary=maybe_line)
items = st.lists(posts | events | vacancies, max_size=15, unique_by=lambda item: (item.source, item.key))
ledgers = st.lists(
    st.builds(
        Shown,
        source=base["source"],
        key=base["key"],
        newness=st.sampled_from(Newness),
        fingerprint=st.sampled_from(["", "earlier"]),
        shown_at=moments,
    ),
    max_size=10,
)
sections = st.builds(
    SectionConfig,
    kind=st.sampled_from(["post", "event", "vacancy"]),
    categories=st.just(()) | st.lists(st.sampled_from(CATEGORIES), max_size=2).map(tuple),
    sources=st.sampled_from([(), ("site",)]),
    limit=st.none() | st.integers(1, 3),
    remind=st.integers(0, 20).map(lambda days: timedelta(days=days)),
    last_call=st.integers(0, 20).map(lambda days: timedelta(days=days)),
)
digests = st.lists(sections, min_size=1, max_size=5).map(
    lambda sections: DigestConfig(name="news", lists=("members",), sections=tuple(sections))
)


def edition(items, digest, shown, now):
    return compose(items, digest=digest, config=CONFIG, shown=shown, period="2026-W48", now=now)


editions = st.builds(edition, items, digests, ledgers, moments)


def identity(thing):
    return thing.source, thing.key


def composed_in_turn(items, digest, times):
    """The editions of one digest, each knowing what those before it showed."""
    shown = []
    for now in times:
        made = edition(items, digest, shown, now)
        shown += appearances(made)
        yield made


@given(items, digests, ledgers, moments)
def test_every_item_is_chosen_once_or_skipped_for_one_reason(items, digest, shown, now):
    made = edition(items, digest, shown, now)
    fates = [identity(entry.item) for entry in made.entries] + [identity(skip) for skip in made.skipped]
    assert sorted(fates) == sorted(identity(item) for item in items)


@given(items, digests, st.lists(moments, min_size=2, max_size=6).map(sorted))
def test_a_row_of_editions_shows_no_post_twice_and_no_vacancy_more_than_twice(items, digest, times):
    entries = [entry for made in composed_in_turn(items, digest, times) for entry in made.entries]
    for item in items:
        newness = [entry.newness for entry in entries if entry.item is item]
        match item:
            case Post():
                assert newness in ([], [Newness.NEW])
            case Vacancy():
                assert newness in ([], [Newness.NEW], [Newness.LAST_CALL], [Newness.NEW, Newness.LAST_CALL])
            case Event():
                assert newness in ([], [Newness.NEW], [Newness.NEW, Newness.REMINDER])


@given(items, digests, moments)
def test_the_same_moment_again_finds_only_what_the_limit_left(items, digest, now):
    first, second = composed_in_turn(items, digest, [now, now])
    left = {identity(skip) for skip in first.skipped if skip.reason is ItemSkip.OVER_LIMIT}
    assert {identity(entry.item) for entry in second.entries} <= left


@given(items, digests, moments)
def test_without_a_limit_nothing_new_is_left_out(items, digest, now):
    unlimited = tuple(section.model_copy(update={"limit": None}) for section in digest.sections)
    made = edition(items, digest.model_copy(update={"sections": unlimited}), (), now)
    gone = {ItemSkip.PAST_EVENT, ItemSkip.CLOSED_VACANCY, ItemSkip.CANCELLED_EVENT}
    allowed = gone | {ItemSkip.NO_SECTION, ItemSkip.FAR_AHEAD}
    titles = [(item.kind, title) for item in items if (title := same_title(item))]
    if len(set(titles)) < len(titles):
        allowed |= {ItemSkip.DUPLICATE}
    assert {skip.reason for skip in made.skipped} <= allowed


@given(items, digests, ledgers, moments, st.randoms(use_true_random=False))
def test_the_order_of_items_and_ledger_matters_only_between_equals(items, digest, shown, now, random):
    def strip(section):
        return section.model_copy(update={"limit": None})

    digest = digest.model_copy(update={"sections": tuple(strip(section) for section in digest.sections)})
    # Two appearances of one item at one instant cannot be told apart: the schema allows one a campaign.
    shown = list({(one.source, one.key, one.shown_at): one for one in shown}.values())
    first = select(items, digest=digest, shown=shown, now=now, zone=LONDON)
    shuffled, ledger = random.sample(items, len(items)), random.sample(shown, len(shown))
    second = select(shuffled, digest=digest, shown=ledger, now=now, zone=LONDON)
    assert second.skipped == first.skipped
    for before, after in zip(first.chosen, second.chosen, strict=True):
        assert sorted(map(repr, before.entries)) == sorted(map(repr, after.entries))


@given(editions, moments)
def test_nothing_closed_or_over_is_still_true_and_all_else_is(made, now):
    kept = still_true(made, now)
    assert all(expired(entry.item, now, LONDON) is None for entry in kept.entries)
    assert kept.entries == tuple(entry for entry in made.entries if expired(entry.item, now, LONDON) is None)
    assert len(kept.entries) + len(kept.skipped) == len(made.entries) + len(made.skipped)
    assert all(group.entries for section in kept.sections for group in section.groups)
    assert all(section.groups for section in kept.sections)
    assert still_true(kept, now) is kept


@given(editions)
def test_an_edition_is_true_when_it_is_composed(made):
    assert still_true(made, made.composed_at) is made


@given(editions)
def test_every_part_of_an_edition_is_in_reading_order(made):
    for section in made.sections:
        items = [entry.item for entry in section.entries]
        match section.kind:
            case Kind.EVENT:
                assert all(one.starts_at <= other.starts_at for one, other in pairwise(items))
            case Kind.VACANCY:
                dates = [item.closes_at for item in items]
                known = [date for date in dates if date]
                assert dates == sorted(known) + [None] * (len(dates) - len(known))
            case Kind.POST:
                order = [*CATEGORIES[:2], *sorted(CATEGORIES[2:]), None]
                places = [order.index(group.category) for group in section.groups]
                assert places == sorted(set(places))
                for group in section.groups:
                    dates = [entry.item.published_at or entry.item.first_seen_at for entry in group.entries]
                    assert dates == sorted(dates, reverse=True)
                    assert all(group.category in (entry.item.categories or (None,)) for entry in group.entries)


@given(editions)
def test_a_stored_edition_comes_back_as_it_was(made):
    text = edition_to_json(made)
    restored = edition_from_json(text)
    assert restored == made
    assert restored.composed_at.tzinfo is LONDON
    assert edition_to_json(restored) == text
    assert appearances(restored) == appearances(made)


@given(events, events)
def test_a_fingerprint_tells_what_a_reader_must_know(one, other):
    def facts(event):
        return event.starts_at, " ".join((event.location or "").split()).casefold(), event.cancelled

    if facts(one) != facts(other):
        assert fingerprint(one) != fingerprint(other)
