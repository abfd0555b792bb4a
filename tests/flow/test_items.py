"""What `digest items` and `explain` show a person, and what `items edit` takes."""

import email
from email.policy import default

import pytest

LISTS = '[[lists]]\nname = "members"'
FOLDER = '[[sources]]\nname = "diary"\nkind = "folder"\npath = "diary"\n'


@pytest.fixture
def diary(network):
    """A second source, of files."""
    network.change("config.toml", LISTS, FOLDER + LISTS)
    network.write(
        "diary/walk.md", "---\ntitle: Orchard walk\nstarts: 2026-12-04\nends: 2026-12-06\ncancelled: yes\n---\n"
    )
    network.write("diary/spring/talk.md", "---\ntitle: A talk on hedges\nstarts: 2026-12-09 19:00\n---\n")
    network.write("diary/ranger.md", "---\ntitle: Ranger\nkind: vacancy\ncloses: 2026-11-30\n---\n")
    network.write("diary/swap.md", "---\ntitle: Seed swap on 5th December 2026\nstarts: 2026-12-05 14:00\n---\n")
    network.json("collect", "--at", network.at)
    return network


def row(network, start):
    """The words of the row of `digest items` that holds this."""
    return next(line for line in network.run("items").out.splitlines() if start in line)


def test_the_table_marks_what_became_of_each_item(diary):
    diary.json("items", "edit", "ranger", "--pin")
    diary.json("items", "edit", "spring/talk", "--hide")
    (diary.folder / "diary/ranger.md").unlink()
    diary.json("collect", "--at", diary.at)
    assert "cancelled" in row(diary, "Orchard walk")
    assert "hidden, edited" in row(diary, "A talk on hedges")
    assert "merged" in row(diary, "diary/swap")
    for mark in ("pinned", "edited", "withdrawn"):
        assert mark in diary.run("items", "--kind", "vacancy").out
    assert "merged" not in row(diary, "Orchard walk")


def test_whole_days_are_shown_by_the_last_of_them(diary):
    assert "closes Mon 30 Nov 2026 " in " ".join(row(diary, "Ranger").split())
    vacancy = next(item for item in diary.json("items") if item["key"] == "ranger")
    assert vacancy["closes_at"] == "2026-12-01T00:00:00+00:00"


def told(done):
    """A table of two columns, its rows in one line each."""
    return [" ".join(line.split()) for line in done.out.splitlines() if line.strip()]


def test_what_was_set_by_hand_is_told_in_words_and_whole_days_as_those_days(diary):
    rows = told(diary.run("items", "edit", "ranger", "--closes", "2026-12-01", "--category", "Tools", "--pin"))
    assert {"categories Tools", "closes_at Tue 01 Dec 2026", "pinned yes", "hidden no"} <= {*rows}
    rows = told(diary.run("explain", "ranger"))
    begin = rows.index("edited categories: Tools")
    assert rows[begin + 1 : begin + 4] == ["closes_at: Tue 01 Dec 2026", "all_day: yes", "pinned: yes"]
    diary.json("items", "edit", "spring/talk", "--starts", "2026-12-10T18:30", "--category", "")
    rows = told(diary.run("explain", "spring/talk"))
    begin = rows.index("edited categories: none")
    assert rows[begin + 1] == "starts_at: Thu 10 Dec 2026 18:30"


def test_each_problem_of_a_source_is_a_warning_of_its_own(diary):
    for name in ("one", "two"):
        diary.write(f"diary/{name}.md", f"---\ntitle: {name}\nstarts: someday\n---\n")
    first, second = diary.run("collect").err.splitlines()
    assert first.startswith("warning: source diary was read only in part: one.md, line 3: ")
    assert second.startswith("warning: source diary: two.md, line 3: ")


def test_help_tells_in_a_whole_sentence_what_each_command_does(network):
    shown = network.run("--help").out
    assert "..." not in shown.split("Commands:")[1]
    assert "consumes nothing." in " ".join(shown.split())
    assert "kept when it is collected again." in " ".join(network.run("items", "--help").out.split())


def test_check_names_the_categories_that_items_carry_and_no_table_names(network):
    def rows():
        checks = network.json("check", "--at", network.at)["checks"]
        return [(row["level"], row["detail"]) for row in checks if row["what"] == "categories"]

    assert rows() == []
    network.change("posts.txt", "under Tools,Growing", "under tools,Woodwork,Wood1,Wood2,Wood3,Wood4,Wood5")
    network.change("posts.txt", "Added by Iain", "Added by Iain under Wood5")
    ((level, detail),) = rows()
    assert level == "warn"
    assert '"Wood5", ' in detail
    assert " and 1 more, which no [[categories]] names" in detail
    network.change("config.toml", '[[categories]]\nname = "Growing"\n[[categories]]\nname = "Tools"\n', "")
    assert rows() == []


def test_of_what_was_collected_long_ago_that_is_listed_which_a_digest_has_not_shown(network):
    long_ago = "2025-01-06T08:00"
    network.change("config.toml", LISTS, FOLDER + LISTS)
    network.write("posts.txt", "A bench of pallets\n\nAdded by Una\n\nThree pallets and one afternoon.\n")
    network.write("diary/.keep", "")
    network.send(at=long_ago)
    assert network.json("items") == []
    assert "1 more are history: shown long ago, or long over; --all shows them" in network.run("items").err
    assert [item["title"] for item in network.json("items", "--all")] == ["A bench of pallets"]
    network.write("diary/hedges.md", "---\ntitle: A talk on hedges\nstarts: 2025-01-08 19:00\n---\n")
    network.json("collect", "--at", long_ago)
    assert [item["title"] for item in network.json("items")] == ["A talk on hedges"]


def test_an_empty_category_leaves_an_item_without_any(network):
    network.json("collect", "--at", network.at)
    key = next(item["key"] for item in network.json("items") if item["title"].startswith("A bench"))
    assert network.json("items", "edit", key, "--category", "")["categories"] == []
    assert next(item for item in network.json("items") if item["key"] == key)["categories"] == []
    refused = network.run("items", "edit", key, "--category", "", "--category", "Growing")
    assert (refused.code, refused.err) == (2, 'digest: --category "" is for an item of no category: give it alone\n')


def test_clear_is_refused_beside_what_would_be_set(network):
    network.json("collect", "--at", network.at)
    key = next(item["key"] for item in network.json("items") if item["title"].startswith("A bench"))
    network.json("items", "edit", key, "--note", "Kept")
    refused = network.run("items", "edit", key, "--clear", "--pin")
    assert refused.code == 2
    assert "--clear forgets everything that was set by hand: give it alone" in refused.err
    assert next(item for item in network.json("items") if item["key"] == key)["note"] == "Kept"


@pytest.mark.parametrize(
    "wanted", ["spring/talk", "diary/spring/talk", "diary/spring/talk.md", "talk.md", "a TALK on hedges"]
)
def test_an_item_is_found_by_its_file_and_by_its_title(diary, wanted):
    assert diary.json("explain", wanted, "--at", diary.at)["key"] == "spring/talk"


def test_what_is_not_found_is_told_with_the_nearest(diary):
    told = diary.run("explain", "spring/tlak.md").err
    assert "did you mean diary/spring/talk?" in told
    assert "a file's key is its path within its source's folder, without .md" in told
    assert "did you mean diary/walk?" in diary.run("explain", "orchard wolk").err
    told = diary.run("explain", "posts/j1").err
    assert "an item goes by its title too" in told
    assert "a file's key" not in told


def test_a_name_that_fits_several_items_is_refused(diary):
    refused = diary.run("explain", "seed swap on 5th december 2026")
    assert refused.code == 2
    assert "names several items" in refused.err


def test_a_preview_names_the_digests_own_list(network):
    network.json("preview", "weekly", "--at", network.at, "--out", "out")
    message = email.message_from_bytes((network.folder / "out/weekly.eml").read_bytes(), policy=default)
    assert message["List-Id"].endswith("<weekly.example.org>")


def test_the_deadlines_before_an_event_are_read_shown_and_set_by_hand(diary):
    text = "Please book by 4 December. Abstracts by 2 December.\n"
    diary.write("diary/pruning.md", f"---\ntitle: Pruning day\nstarts: 2026-12-12 10:00\n---\n{text}")
    diary.json("collect", "--at", diary.at)
    assert diary.json("explain", "pruning", "--at", diary.at)["book_by"] == "2026-12-05T00:00:00+00:00"
    assert "Fri 04 Dec 2026" in diary.run("items", "edit", "pruning", "--pin").out
    assert diary.json("items", "edit", "pruning", "--book-by", "2026-12-08")["book_by"] == "2026-12-09T00:00:00+00:00"
    assert diary.json("explain", "pruning", "--at", diary.at)["abstracts_by"] == "2026-12-03T00:00:00+00:00"
    abstracts = diary.json("items", "edit", "pruning", "--abstracts-by", "2026-12-03T17:00")["abstracts_by"]
    assert abstracts == "2026-12-03T17:00:00+00:00"
    assert "Thu 03 Dec 2026 17:00" in diary.run("items", "edit", "pruning", "--unpin").out
    refused = diary.run("items", "edit", "ranger", "--book-by", "2026-12-08")
    assert "no vacancy has such a date" in refused.err
    diary.json("preview", "weekly", "--at", diary.at, "--out", "out")
    mail = email.message_from_bytes((diary.folder / "out/weekly.eml").read_bytes(), policy=default)
    for form in ("plain", "html"):
        body = mail.get_body((form,))
        assert body is not None
        told = " ".join(body.get_content().replace("\u00a0", " ").split())
        assert "Book by Tue 8 December" in told
        assert "Abstracts by Thu 3 December, 5 pm" in told
