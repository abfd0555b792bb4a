import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_edition import MONDAY, announcement, event, post, vacancy

from digest.compose import announcement_from_json, announcement_to_json, attach, read_attachments, read_notice
from digest.errors import ConfigError
from digest.text.markup import one_line

WHOLE = """---
subject: Seed swap moved to the library
preheader: Same day, warmer room
---
# Seed swap

Bring **labels**.
"""


def problems(text):
    with pytest.raises(ConfigError) as caught:
        read_notice(text, name="notice.md")
    return [(problem.where, problem.what) for problem in caught.value.problems]


def test_front_matter_and_body_become_an_announcement():
    notice = read_notice(WHOLE, name="notice.md")
    assert notice.name == "notice"
    assert notice.subject == "Seed swap moved to the library"
    assert notice.preheader == "Same day, warmer room"
    assert notice.text == "Seed swap\n=========\n\nBring labels."
    assert "<strong>labels</strong>" in notice.html


def test_a_title_is_a_subject():
    assert read_notice("---\ntitle: Hello\n---\nText", name="notice").subject == "Hello"


@pytest.mark.parametrize(("said", "public"), [("", False), ("public: yes\n", True), ("public: No\n", False)])
def test_it_is_for_everybody_to_read_only_where_it_says_so(said, public):
    assert read_notice(f"---\nsubject: Hello\n{said}---\nText", name="notice").public is public


def test_public_is_yes_or_no():
    found = problems("---\nsubject: Hello\npublic: perhaps\n---\nText")
    assert found == [("notice.md, line 3", "public is neither yes nor no")]


@pytest.mark.parametrize(
    "body",
    [
        "# Seed *swap* and\ttea\n\nText",
        "Before it\n\n# Seed swap <i>and</i> tea #\n\n# Another\n",
        "```\n# not this\n```\n\nSeed swap\nand tea\n===\n\nText",
    ],
)
def test_the_first_heading_is_the_subject_where_none_is_given(body):
    notice = read_notice(body, name="notice.md")
    assert notice.subject == "Seed swap and tea"
    assert "Seed swap" in notice.text


def test_a_subject_is_one_line():
    matter = '---\nsubject: "Hello\\r\\nBcc: all@example.org"\n---\nText'
    assert read_notice(matter, name="notice.md").subject == "Hello Bcc: all@example.org"


def test_every_problem_is_told_at_once_with_its_line():
    assert problems("---\nsubject: Hello\n\nsubjet: Again\nid: [1, 2]\n---\n\n") == [
        ("notice.md, line 4", 'there is no such key as "subjet"'),
        ("notice.md, line 5", "id is not one line of text"),
        ("notice.md, line 6", "the announcement has no text"),
    ]


def test_a_near_miss_is_named():
    with pytest.raises(ConfigError, match=r"line 2.*did you mean preheader\?"):
        read_notice("---\npre-header: Hello\n---\nText", name="notice.md")


def test_a_subject_and_a_title_contradict():
    assert problems("---\nsubject: One\ntitle: Two\n---\nText") == [
        ("notice.md, line 3", "there is a subject and a title")
    ]


@pytest.mark.parametrize("text", ["", "Just words", "## Only a second level", "---\nsubject: ''\n---\nWords"])
def test_an_announcement_without_a_subject_is_refused(text):
    assert ("notice.md, line 1", "the announcement has no subject") in problems(text)


def test_broken_front_matter_is_told_with_its_line():
    ((where, _),) = problems("---\npreheader: fine\nsubject: Meeting: the plan\n---\nText")
    assert where == "notice.md, line 3"


@pytest.mark.parametrize("text", [WHOLE, "# Seed swap\n\nBring labels.\n"])
def test_the_same_words_are_the_same_announcement_however_the_file_is_saved(text):
    saved = "\ufeff" + text.replace("\n", "\r\n").removesuffix("\r\n")
    assert read_notice(saved, name="copy.md").identity == read_notice(text, name="notice.md").identity


@pytest.mark.parametrize("changed", [WHOLE.replace("moved", "is moved"), WHOLE.replace("labels", "pens")])
def test_other_words_are_another_announcement(changed):
    assert read_notice(changed, name="notice.md").identity != read_notice(WHOLE, name="notice.md").identity


def test_an_id_makes_a_corrected_text_the_same_announcement():
    first = read_notice("---\nid: swap\n---\n# Seed swp\n", name="notice.md")
    corrected = read_notice("---\nid: swap\n---\n# Seed swap\n", name="notice.md")
    other = read_notice("---\nid: swap-2\n---\n# Seed swap\n", name="notice.md")
    assert first.identity == corrected.identity != other.identity


@given(st.text())
def test_any_text_is_an_announcement_or_a_problem_with_a_place(text):
    try:
        notice = read_notice(text, name="notice.md")
    except ConfigError as refusal:
        problems = refusal.problems
    else:
        problems = ()
        assert notice.subject == one_line(notice.subject) != ""
        assert notice.text
    assert all(problem.where.startswith("notice.md, line ") and problem.fix for problem in problems)


ATTACHING = "---\nsubject: Swap\nid: swap\nattach:\n  - events/swap\n  - An orchard assistant\n---\nText"


def test_what_is_to_be_attached_is_named_with_its_line():
    named = [(one.wanted, one.where) for one in read_attachments(ATTACHING, name="notice.md")]
    assert named == [("events/swap", "notice.md, line 5"), ("An orchard assistant", "notice.md, line 6")]
    (alone,) = read_attachments("---\nsubject: Swap\nattach: swap\n---\nText", name="notice.md")
    assert (alone.wanted, alone.where) == ("swap", "notice.md, line 3")
    assert read_attachments(WHOLE, name="notice.md") == ()


def test_what_is_attached_is_part_of_what_is_sent():
    changed = ATTACHING.replace("events/swap", "events/other")
    without_id = ATTACHING.replace("id: swap\n", "")
    other = changed.replace("id: swap\n", "")
    assert read_notice(ATTACHING, name="n.md").identity == read_notice(changed, name="n.md").identity
    assert read_notice(without_id, name="n.md").identity != read_notice(other, name="n.md").identity


@pytest.mark.parametrize("value", ["{a: b}", "[[a]]", "[{a: b}]"])
def test_an_attachment_that_is_no_name_is_refused_with_its_line(value):
    told = problems(f"---\nsubject: Swap\nattach: {value}\n---\nText")
    assert told == [("notice.md, line 3", "attach is not a list of items")]


def test_cards_stand_in_the_order_in_which_they_were_named():
    notice = attach(announcement(), [event(), vacancy(), post(), post("Taps", "p2")], now=MONDAY)
    assert [section.kind for section in notice.attached.sections] == ["event", "vacancy", "post"]
    assert len(notice.attached.entries) == 4
    assert attach(announcement(), [], now=MONDAY).attached is None


def test_an_announcement_is_read_back_as_it_was_frozen():
    notice = attach(announcement(), [event(), vacancy(closes_at=MONDAY)], now=MONDAY)
    read = announcement_from_json(announcement_to_json(notice))
    assert read == notice
    assert read.attached.composed_at.tzinfo == MONDAY.tzinfo
    assert announcement_from_json(announcement_to_json(announcement())) == announcement()
