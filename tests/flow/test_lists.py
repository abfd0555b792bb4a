"""Lists as code: what is planned is told, what is shown is applied, and who left stays away."""

import pytest
from flow.test_people import unsubscribe_path

TWELVE = [f"m{number}@example.org" for number in range(12)]
FIELDS = 'file = "members.csv"\nfields = ["region"]'


def members(network, people, header="email,name"):
    network.write("members.csv", "\n".join([header, *people]) + "\n")


def applied(network, people, header="email,name"):
    members(network, people, header)
    return network.json("lists", "apply")


def on_list(network):
    return {one["email"]: one for one in network.json("lists", "show", "members")["subscribers"]}


def plan(network):
    return network.json("lists", "plan")["lists"][0]


def test_a_plan_tells_totals_then_who_is_added_removed_changed_and_how(network):
    network.change("config.toml", 'file = "members.csv"', FIELDS)
    applied(network, ["ada@example.org,Ada,Fife", "bo@example.org,Bo,", "cy@example.org,Cy,"], "email,name,region")
    members(network, ["ada@example.org,Ada T,Tayside", "cy@example.org,Cy,", "di@example.org,Di,"], "email,name,region")
    told = network.run("lists", "plan").out.splitlines()
    assert told[0] == "members: 1 added, 1 removed, 1 changed, 0 kept out; 3 active before"
    rows = [line.split() for line in told if line.startswith(" members")]
    assert [row[1:3] for row in rows] == [["+", "di@example.org"], ["-", "bo@example.org"], ["~", "ada@example.org"]]
    assert "now Ada T, region: Fife is now Tayside" in " ".join(" ".join(told).split())
    (change,) = plan(network)["changed"]
    assert change["now"] == {"name": "Ada T", "fields": {"region": "Tayside"}}
    network.json("lists", "apply")
    assert on_list(network)["ada@example.org"]["fields"] == {"region": "Tayside"}
    row = network.json("activity", "members")["activity"][0]
    assert (row["verb"], row["detail"]) == ("apply list", "1 added, 1 removed, 1 changed")


@pytest.mark.parametrize(("wanted", "code"), [((), 0), (("--exit-code",), 3)])
def test_a_script_is_told_by_the_exit_code_whether_there_are_changes_where_it_asks(network, wanted, code):
    assert network.run("lists", "plan", *wanted).code == code
    assert network.run("lists", "plan", *wanted, "--json").code == code
    network.json("lists", "apply")
    assert network.run("lists", "plan", *wanted).code == 0


def test_a_plan_in_a_file_is_applied_as_it_was_shown(network):
    shown = network.json("lists", "plan", "--out", "plan.json")
    assert (network.folder / "plan.json").stat().st_mode & 0o077 == 0
    assert network.json("lists", "apply", "plan.json")["lists"] == shown["lists"]
    assert set(on_list(network)) == {"ada@example.org", "bo@example.org", "di@example.org"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("bo@example.org,Bó", "eve@example.org,Eve", "members: newly added: eve@example.org"),
        ("bo@example.org,Bó\n", "", "members: no longer added: bo@example.org"),
        ("bo@example.org,Bó", "bo@example.org,Bob", "members: newly added: bo@example.org"),
    ],
)
def test_what_changed_since_a_plan_is_told_and_nothing_is_applied(network, before, after, told):
    network.json("lists", "plan", "--out", "plan.json")
    network.change("members.csv", before, after)
    done = network.run("lists", "apply", "plan.json")
    assert done.code == 1
    assert "Nothing was changed" in done.err
    assert told in done.err
    assert network.json("lists", "show") == []


def test_a_plan_that_was_applied_is_refused_a_second_time(network):
    network.json("lists", "plan", "--out", "plan.json")
    network.json("lists", "apply", "plan.json")
    assert network.run("lists", "apply", "plan.json").code == 1


@pytest.mark.parametrize("content", ["{}", "no plan", '[{"name": "members"}]'])
def test_a_file_that_is_no_plan_says_so(network, content):
    network.write("plan.json", content)
    done = network.run("lists", "apply", "plan.json")
    assert (done.code, "plan.json is no plan" in done.err) == (2, True)


def test_of_a_file_with_ten_people_who_left_none_comes_back_and_the_plan_names_them(network, sink, visit):
    applied(network, [f"{address}," for address in TWELVE])
    network.send()
    for address in TWELVE[:10]:
        path = unsubscribe_path(sink.message(address))
        assert visit.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    members(network, [f"{address},Again" for address in [*TWELVE, "new@example.org"]])
    told = plan(network)
    assert sorted(out["email"] for out in told["kept_out"]) == sorted(TWELVE[:10])
    assert {out["reason"] for out in told["kept_out"]} == {"unsubscribed"}
    assert told["added"] == ["new@example.org"]
    network.json("lists", "apply")
    active = {email for email, one in on_list(network).items() if one["status"] == "active"}
    assert active == {"m10@example.org", "m11@example.org", "new@example.org"}


NOTICE = "---\nsubject: A walk\n{matter}---\nCome along.\n"


@pytest.fixture
def regions(network):
    network.change("config.toml", 'file = "members.csv"', FIELDS)
    people = ["ada@example.org,Ada,Fife", "bo@example.org,Bo,Tayside", "di@example.org,Di,Fife"]
    members(network, people, "email,name,region")
    network.write("notice.md", NOTICE.format(matter=""))
    return network


def test_an_announcement_goes_to_those_who_meet_its_condition_and_are_on_no_list_that_is_left_out(regions, sink):
    words = ("announce", "notice.md", "--to", "members", "--except", "board", "--where", "region = Fife")
    assert regions.json(*words)["recipients"] == 1
    assert sink.recipients == ["di@example.org"]
    assert regions.json(*words)["accepted_now"] == 0


def test_the_announcement_itself_may_say_whom_it_is_not_for(regions, sink):
    regions.write("notice.md", NOTICE.format(matter='except: board\nwhere: region in (Fife, "The Borders")\n'))
    regions.json("announce", "notice.md", "--to", "members")
    assert sink.recipients == ["di@example.org"]


def test_what_the_command_says_and_what_the_announcement_says_both_hold(regions, sink):
    regions.write("notice.md", NOTICE.format(matter="where: region = Fife\n"))
    regions.json("announce", "notice.md", "--to", "members", "--where", "region != Tayside", "--except", "board")
    assert sink.recipients == ["di@example.org"]


def test_the_same_announcement_to_another_part_of_its_lists_is_refused(regions, sink):
    regions.json("announce", "notice.md", "--to", "members", "--where", "region = Fife")
    done = regions.run("announce", "notice.md", "--to", "members")
    assert (done.code, "goes to another part of its lists" in done.err) == (2, True)
    assert sink.recipients == ["ada@example.org", "di@example.org"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--where", "regoin = Fife"), 'there is no field "regoin"; did you mean region?'),
        (("--where", "town = Fife"), 'there is no field "town"; known: region'),
        (("--where", "region = The North"), "a value of several words needs quotes"),
        (("--except", "bord"), "known: members, board"),
        (("--correcting", "x", "--where", "region = Fife"), "leave --except and --where out"),
    ],
)
def test_an_audience_that_is_none_says_so_before_anything_goes(regions, sink, words, told):
    lists = () if "--correcting" in words else ("--to", "members")
    done = regions.run("announce", "notice.md", *lists, *words)
    assert (done.code, sink.taken) == (2, [])
    assert told in done.err


@pytest.mark.parametrize(
    ("matter", "told"),
    [
        ("where: region Fife\n", "notice.md, line 3: at character 8 stands"),
        ("except: {a: b}\n", "notice.md, line 3: except is not a list of lists"),
    ],
)
def test_a_mistake_in_what_an_announcement_says_of_its_audience_is_told_with_its_line(regions, matter, told):
    regions.write("notice.md", NOTICE.format(matter=matter))
    done = regions.run("announce", "notice.md", "--to", "members")
    assert (done.code, told in done.err) == (2, True)
