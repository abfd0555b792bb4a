"""One thing published by several sources is one entry, whoever published it first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.compose import appearances, compose
from digest.compose.duplicates import kin, merge
from digest.config import Config
from digest.model import Bearer, Event, ItemSkip, Origin, Post, Vacancy

DAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
CONFIG = Config.model_validate(
    {
        "network": {"name": "G", "timezone": "Europe/London"},
        "sender": {"email": "g@example.org"},
        "lists": [{"name": "all"}],
        "digests": [{"name": "weekly", "lists": ["all"]}],
    }
)


def post(source, key, **facts):
    return Post(**({"title": f"{source} {key}", "first_seen_at": DAY} | facts), source=source, key=key)


def event(source, key, **facts):
    return Event(**({"title": "Seed swap", "first_seen_at": DAY, "starts_at": DAY} | facts), source=source, key=key)


def merged(*items):
    return merge(items, UTC)


def test_the_same_address_is_the_same_thing_however_it_is_decorated():
    site = post("site", "1", url="https://Example.org/a?utm_source=x#top", text="Whole.")
    feed = post("feed", "2", url="https://example.org/a", author="Una", first_seen_at=DAY + timedelta(days=1))
    (one,) = merged(feed, site)
    assert (one.item.source, one.item.key, one.item.author, one.item.text) == ("site", "1", "Una", "Whole.")
    assert one.keys == (("site", "1"), ("feed", "2"))


def test_the_same_title_on_the_same_day_is_the_same_event():
    calendar = event("calendar", "uid", location="The Old Dairy")
    website = event("site", "1", title="Seed  SWAP", starts_at=DAY + timedelta(hours=2), url="https://example.org/swap")
    (one,) = merged(calendar, website)
    assert (one.item.location, one.item.url) == ("The Old Dairy", "https://example.org/swap")
    assert merged(calendar, replace(website, starts_at=DAY + timedelta(days=1)))[1:]


def test_two_events_without_a_title_are_two():
    assert len(merged(event("calendar", "uid", title=""), event("site", "1", title=" "))) == 2


def test_facts_beat_prose_and_the_origin_of_each_field_is_known():
    mention = post("site", "1", url="https://example.org/job", text="A long story about the position.", summary="A.")
    advert = Vacancy(
        source="jobs",
        key="9",
        title="Ranger",
        first_seen_at=DAY + timedelta(days=2),
        url="https://example.org/job",
        closes_at=DAY,
        salary="£20,000",
    )
    (one,) = merged(mention, advert)
    assert isinstance(one.item, Vacancy)
    assert (one.item.source, one.item.first_seen_at) == ("site", DAY)
    assert Origin(field="salary", source="jobs", key="9") in one.item.origins
    assert Origin(field="text", source="site", key="1") in one.item.origins


def test_a_time_is_never_put_together_of_two():
    whole_day = event(
        "a", "1", all_day=True, text="Rich in every other way.", location="There", url="https://example.org/x"
    )
    timed = event(
        "b", "1", starts_at=DAY + timedelta(hours=3), ends_at=DAY + timedelta(hours=5), url="https://example.org/x"
    )
    (one,) = merged(whole_day, timed)
    assert (one.item.starts_at, one.item.ends_at, one.item.all_day) in (
        (whole_day.starts_at, None, True),
        (timed.starts_at, timed.ends_at, False),
    )


def test_an_address_that_a_source_uses_for_everything_recognises_nothing():
    front = "https://example.org/"
    assert len(merged(post("a", "1", url=front), post("a", "2", url=front), post("b", "1", url=front))) == 3


def test_a_source_tells_its_own_items_apart():
    assert len(merged(event("a", "1"), event("a", "2"))) == 2
    assert len(merged(event("a", "1"), event("a", "2"), event("b", "1"))) == 2


def test_a_second_post_that_calls_the_first_off_is_the_same_event_cancelled():
    first, word = (
        event("a", "1", location="Here"),
        event("a", "2", cancelled=True, first_seen_at=DAY + timedelta(days=1)),
    )
    (one,) = merged(first, word)
    assert (one.item.key, one.item.cancelled, one.item.location) == ("1", True, "Here")
    assert len(merged(first, replace(word, title="Another"))) == 2
    assert len(merged(replace(first, series="s"), word)) == 2
    assert len(merged(first, word, replace(first, key="3"))) == 2


def test_undated_posts_of_one_title_are_not_taken_for_one():
    assert len(merged(post("a", "1", title="Hello"), post("b", "1", title="Hello"))) == 2


def test_what_was_shown_of_one_source_is_not_shown_again_of_another():
    site = post("site", "1", url="https://example.org/a")
    feed = post("feed", "2", url="https://example.org/a", first_seen_at=DAY + timedelta(days=1))
    digest = CONFIG.digests[0]
    first = compose([site], digest=digest, config=CONFIG, shown=(), period="1", now=DAY)
    again = compose([feed, site], digest=digest, config=CONFIG, shown=appearances(first), period="2", now=DAY)
    assert again.entries == ()
    assert {(one.source, one.reason) for one in again.skipped} == {
        ("site", ItemSkip.ALREADY_SHOWN),
        ("feed", ItemSkip.DUPLICATE),
    }
    both = compose([feed, site], digest=digest, config=CONFIG, shown=(), period="1", now=DAY)
    later = compose([feed], digest=digest, config=CONFIG, shown=appearances(both), period="2", now=DAY)
    assert (len(both.entries), later.entries) == (1, ())


sources = st.sampled_from("abc")
things = st.lists(
    st.builds(
        lambda source, key, title, url, day: event(
            source,
            str(key),
            title=title,
            url=url and f"https://example.org/{url}",
            starts_at=DAY + timedelta(days=day),
        ),
        sources,
        st.integers(0, 99),
        st.sampled_from(["Swap", "Walk"]),
        st.sampled_from(["x", "y", None]),
        st.integers(0, 1),
    ),
    max_size=12,
    unique_by=lambda item: (item.source, item.key),
)


@given(things)
def test_everything_is_in_exactly_one_merged_thing_with_one_of_each_source(items):
    found = merge(items, UTC)
    keys = [pair for one in found for pair in one.keys]
    assert sorted(keys) == sorted((item.source, item.key) for item in items)
    assert all(len({source for source, _ in one.keys}) == len(one.keys) for one in found)
    assert all((one.item.source, one.item.key) == one.keys[0] for one in found)


ALIKE = st.builds(
    lambda source, key, title, url, day, replaces, withdrawn: Post(
        source=source,
        key=key,
        title=title,
        url=url,
        first_seen_at=DAY,
        published_at=DAY + timedelta(days=day),
        replaces=tuple(sorted(replaces)),
        withdrawn=withdrawn,
    ),
    st.sampled_from("abc"),
    st.sampled_from("1234"),
    st.sampled_from(["Seeds", "SEEDS ", "Hedges", "Moss", ""]),
    st.sampled_from([None, "https://example.org/1", "http://www.example.org/1/", "https://example.org/2"]),
    st.integers(0, 1),
    st.sets(st.sampled_from("1234"), max_size=1),
    st.booleans(),
)


@given(st.lists(ALIKE, max_size=9, unique_by=lambda one: (one.source, one.key)), st.data())
def test_merging_what_an_item_may_be_of_one_thing_with_makes_of_it_what_merging_everything_makes(items, data):
    if not items:
        return
    place = data.draw(st.integers(0, len(items) - 1))
    told = [Bearer(one.source, one.key, one.title, one.url or "", one.replaces) for one in items]
    near = kin(told, [place])
    pair = (items[place].source, items[place].key)

    def of(some):
        return [one for one in merge(some, UTC) if pair in (*one.keys, *one.former)]

    assert of([items[one] for one in sorted(near)]) == of(items)
