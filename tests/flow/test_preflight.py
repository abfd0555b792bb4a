"""Errors in a mail are told before it is sent, and keep it from being sent unless a person insists."""

BROKEN_FOOTER = """\
<mj-section><mj-column><mj-text>
<p>{{ why }} {{ slot.address }} <a href="{{ slot.view_url }}">View</a> {{ network.postal_address }}</p>
</mj-text></mj-column></mj-section>
"""
NOTICE = "---\nsubject: The shed key\n---\nIt hangs by the door. [Where is that?]({})\n"


def break_footer(network):
    network.write("own/email/_partials/footer.mjml.j2", BROKEN_FOOTER)
    network.change("config.toml", "[web]", '[paths]\ntemplates = "own"\n[web]')


def checked(network, wanted="weekly", *more):
    done = network.run("check", "--email", wanted, "--at", network.at, "--json", *more)
    return done.code, done.json


def test_a_sound_edition_passes_and_nothing_is_stored(network):
    code, told = checked(network)
    assert (code, told["errors"], told["warnings"], told["findings"]) == (0, 0, 0, [])
    assert told["subject"].startswith("1 vacancy closes this week, Seed swap on 5th December 2026")
    assert network.json("status")["campaigns"] == []
    assert "nothing found" in network.run("check", "--email", "weekly", "--at", network.at).out


def test_an_edition_that_nobody_could_leave_is_held_until_its_template_is_mended(network, sink):
    break_footer(network)
    code, told = checked(network)
    assert (code, told["errors"]) == (1, 1)
    assert [(one["level"], one["what"]) for one in told["findings"]] == [("error", "unsubscribe")]
    refused = network.run("send", "weekly", "--at", network.at)
    assert refused.code == 1
    assert "unsubscribe: the HTML has no link to unsubscribe" in refused.err
    assert "digest approve weekly-2026-W48" in refused.err
    assert sink.taken == []
    network.change("config.toml", 'templates = "own"\n', "")
    assert network.send()["accepted"] == 3


def test_a_person_who_insists_sends_it(network, sink):
    break_footer(network)
    assert network.run("send", "weekly", "--at", network.at).code == 1
    assert network.json("send", "weekly", "--at", network.at, "--force")["accepted"] == 3
    assert sink.recipients == ["ada@example.org", "bo@example.org", "di@example.org"]


def test_preparing_holds_the_edition_with_the_reason(network, sink):
    break_footer(network)
    held = network.json("prepare", "weekly", "--at", network.at)
    assert (held["status"], held["reason"][:12]) == ("held", "unsubscribe:")
    assert sink.taken == []


def test_a_weekday_that_contradicts_its_date_is_told(network):
    network.change("posts.txt", "twelve screws", "oak felled on Friday 5th December 2024, twelve screws")
    code, told = checked(network)
    assert (code, [one["what"] for one in told["findings"]]) == (0, ["weekday"])
    assert told["findings"][0]["detail"].startswith('"Friday 5th December 2024" is a Thursday')


def test_what_closed_since_the_edition_was_frozen_is_looked_at_as_it_will_be_sent(network):
    network.json("prepare", "weekly", "--at", network.at)
    code, told = checked(network, "weekly", "--at", "2026-11-27T18:00")
    assert (code, told["errors"], "vacancy" in told["subject"]) == (0, 0, False)


def test_where_no_mail_would_go_out_that_is_said(network):
    network.write("posts.txt", "")
    code, told = checked(network)
    assert (code, told["nothing"], told["findings"]) == (0, "nothing new", [])


def test_a_broken_announcement_is_not_sent_unless_a_person_insists(network, sink):
    network.write("notice.md", NOTICE.format("map.html"))
    code, told = checked(network, "notice.md")
    assert (code, told["subject"], [one["what"] for one in told["findings"]]) == (1, "The shed key", ["link"])
    refused = network.run("announce", "notice.md", "--to", "board", "--json")
    assert refused.code == 1
    assert 'link: <a> "Where is that?"' in refused.json["error"]
    assert network.json("status")["campaigns"] == []
    assert sink.taken == []
    assert network.json("announce", "notice.md", "--to", "board", "--force")["accepted"] == 2


def test_a_sound_announcement_is_sent(network):
    network.write("notice.md", NOTICE.format("https://growers.example.org/door"))
    assert checked(network, "notice.md")[0] == 0
    assert network.json("announce", "notice.md", "--to", "board")["accepted"] == 2


def test_a_digest_or_file_that_is_not_there_is_named(network):
    assert 'There is no digest "weakly"' in network.run("check", "--email", "weakly").err
    missing = network.run("check", "--email", "missing.md")
    assert (missing.code, "missing.md cannot be read" in missing.err) == (2, True)


def test_clients_that_nobody_knows_are_a_mistake_of_the_configuration(network):
    network.change("config.toml", "[sender]", '[brand]\nclients = ["lotus"]\n[sender]')
    refused = network.run("check")
    assert refused.code == 2
    assert "brand.clients" in refused.err
    assert "'outlook-classic'" in refused.err
