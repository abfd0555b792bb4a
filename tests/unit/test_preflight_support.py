"""The shipped facts about mail programs, against the reference they were taken from."""

import json
from pathlib import Path
from typing import get_args

import pytest

from digest.config import Client
from digest.render.preflight.support import CLIENTS, FEATURES, PROGRAMS

REFERENCE = Path(__file__).parents[3] / "shared" / "data" / "caniemail.json"
COLUMNS = (
    ("gmail", "desktop-webmail"),
    ("gmail", "ios"),
    ("gmail", "android"),
    ("outlook", "windows"),
    ("outlook", "outlook-com"),
    ("outlook", "macos"),
    ("apple-mail", "ios"),
    ("apple-mail", "macos"),
    ("yahoo", "desktop-webmail"),
    ("thunderbird", "macos"),
    ("samsung-email", "android"),
)


@pytest.fixture(scope="module")
def reference():
    if not REFERENCE.exists():
        pytest.skip("the reference is not beside this checkout")
    return {feature["slug"]: feature for feature in json.loads(REFERENCE.read_text(encoding="utf-8"))["data"]}


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.slug)
def test_every_fact_is_the_reference_s(reference, feature):
    stats = reference[feature.slug]["stats"]
    latest = [list(stats.get(family, {}).get(platform, {"": "u"}).values())[-1] for family, platform in COLUMNS]
    assert feature.support == "".join(verdict[0] for verdict in latest)


def test_every_line_has_a_letter_for_each_program_and_something_to_be_recognised_by():
    assert len(COLUMNS) == len(PROGRAMS)
    for feature in FEATURES:
        assert len(feature.support) == len(PROGRAMS)
        assert set(feature.support) <= set("yanu")
        assert feature.signs


def test_every_line_is_about_something_that_a_program_lacks():
    assert [feature.slug for feature in FEATURES if "n" not in feature.support] == []


def test_no_feature_and_no_sign_stands_twice():
    slugs = [feature.slug for feature in FEATURES]
    signs = [sign for feature in FEATURES for sign in feature.signs]
    assert len(set(slugs)) == len(slugs)
    assert len(set(signs)) == len(signs)


def test_the_names_of_config_toml_cover_every_program_once():
    assert set(CLIENTS) == set(get_args(Client))
    assert sorted(number for programs in CLIENTS.values() for number in programs) == list(range(len(PROGRAMS)))
