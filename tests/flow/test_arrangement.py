"""An edition arranged by the command line, and what of it arrives."""


def test_an_edition_is_arranged_approved_and_arrives_so(network, sink):
    network.change("config.toml", 'name = "weekly"', 'name = "weekly"\napproval = "required"')
    network.json("prepare", "weekly", "--at", network.at)
    name = "weekly-2026-W48"
    seen = network.json("edition", "show", name)
    assert seen["arrived"] == []
    bench = 'A bench made of pallets 👩🏽‍🌾 & <script>alert("hi")</script>'
    network.json("edition", "drop", name, "Orchard Assistant - £21,500 - Thistle Farm", "--version", seen["version"])
    late = network.run("edition", "move", name, bench, "last", "--version", seen["version"])
    assert (late.code, 'drop "Orchard Assistant' in late.err) == (2, True)
    network.json("edition", "move", name, bench, "last")
    network.json("edition", "word", name, "--subject", "Swap your seeds", "--note", "Come *early*.")
    network.write("posts.txt", (network.folder / "posts.txt").read_text() + "\n\nNewts\n\nAdded by Una\n\nThey came.\n")
    network.json("collect", "--at", network.at)
    assert [one["title"] for one in network.json("edition", "show", name, "--at", network.at)["arrived"]] == ["Newts"]
    told = network.run("edition", "show", name, "--at", network.at)
    assert "1 new item since the draft" in told.err
    network.json("edition", "add", name, "Newts")
    network.json("approve", name)
    assert network.send()["accepted"] == 3
    mail = sink.message("ada@example.org")
    text = mail.get_body(("plain",)).get_content()
    assert mail["subject"] == "Swap your seeds"
    assert "Orchard Assistant" not in text
    assert text.index("early") < text.index("Newts")
    verbs = [one["verb"] for one in network.json("activity")["activity"]]
    assert {"drop", "move last", "word", "bring in", "approve"} <= set(verbs)
