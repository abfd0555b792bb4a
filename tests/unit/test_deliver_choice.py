"""Which relay carries which mail: laws of the choice, for any mails, weights, domains and limits."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import Candidate, Choice

DOMAINS = ("a.example", "b.example", "c.example")

relay = st.builds(
    Candidate,
    name=st.just(""),
    weight=st.sampled_from((0.5, 1.0, 3.0, 10.0)),
    domains=st.frozensets(st.sampled_from(DOMAINS[:2])),
    left=st.none() | st.integers(0, 30),
    is_well=st.booleans(),
)


@st.composite
def relays(draw):
    drawn = draw(st.lists(relay, min_size=1, max_size=4))
    return [
        Candidate(name=str(number), weight=one.weight, domains=one.domains, left=one.left, is_well=one.is_well)
        for number, one in enumerate(drawn)
    ]


mails = st.lists(st.sampled_from(DOMAINS), max_size=60)


@given(relays(), mails)
def test_every_mail_is_given_once_to_a_relay_that_fits_or_waits_because_none_may_have_it(candidates, domains):
    shared = Choice().share_out(domains, candidates)
    known = {one.name: one for one in candidates}
    given_ = [place for places in shared.by_relay.values() for place in places]
    assert sorted([*given_, *shared.later]) == list(range(len(domains)))
    for name, places in shared.by_relay.items():
        assert known[name].left is None or len(places) <= known[name].left
        assert all(not known[name].domains or domains[place] in known[name].domains for place in places)
    counts = {name: len(places) for name, places in shared.by_relay.items()}
    for place in shared.later:
        fitting = [one for one in candidates if not one.domains or domains[place] in one.domains]
        assert all(one.left == counts.get(one.name, 0) for one in fitting)


@given(relays(), mails)
def test_who_is_not_well_gets_only_what_no_other_could_have(candidates, domains):
    unlimited = [
        Candidate(name=one.name, weight=one.weight, domains=one.domains, is_well=one.is_well) for one in candidates
    ]
    shared = Choice().share_out(domains, unlimited)
    well = [one for one in unlimited if one.is_well]
    for one in unlimited:
        if not one.is_well:
            for place in shared.by_relay.get(one.name, ()):
                assert not any(not other.domains or domains[place] in other.domains for other in well)


@given(
    st.lists(st.sampled_from((0.5, 1.0, 3.0, 10.0)), min_size=2, max_size=5), st.lists(st.integers(0, 9), max_size=30)
)
def test_each_gets_its_part_by_weight_however_few_are_shared_out_at_a_time(weights, chunks):
    candidates = [Candidate(name=str(number), weight=weight) for number, weight in enumerate(weights)]
    choice, counts = Choice(), Counter()
    for size in chunks:
        for name, places in choice.share_out(["a.example"] * size, candidates).by_relay.items():
            counts[name] += len(places)
        for one in candidates:
            part = sum(counts.values()) * one.weight / sum(weights)
            assert counts[one.name] - part < 1
            assert part - counts[one.name] < len(candidates)


def test_a_relay_that_names_the_domain_comes_before_one_for_everybody():
    general, own = Candidate(name="general", weight=1000), Candidate(name="own", domains=frozenset({"a.example"}))
    shared = Choice().share_out(["a.example", "b.example"], [general, own])
    assert shared.by_relay == {"own": [0], "general": [1]}


def test_what_is_above_a_relays_day_goes_over_another_by_then():
    first, second = Candidate(name="first", left=1), Candidate(name="second", left=2)
    shared = Choice().share_out(["a.example"] * 5, [first, second])
    assert {name: len(places) for name, places in shared.by_relay.items()} == {"first": 1, "second": 2}
    assert len(shared.later) == 2
