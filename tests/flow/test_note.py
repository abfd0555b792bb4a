"""An editor's word stands above one edition's contents, and is not repeated in the next."""


def test_a_note_stands_in_one_edition_and_not_again_until_it_is_changed(network, sink):
    network.change("config.toml", 'at = "08:00"', 'at = "08:00"\nnote = "note.md"')
    network.json("preview", "weekly", "--at", network.at, "--out", "out")
    assert "midwinter" not in (network.folder / "out/weekly.txt").read_text()
    network.write("note.md", "The last digest before **midwinter**.\n\n<script>alert(1)</script>")
    network.json("preview", "weekly", "--at", network.at, "--out", "out")
    assert "<strong>midwinter</strong>" in (network.folder / "out/weekly.html").read_text()
    network.send()
    body = sink.message("ada@example.org").get_body(("plain",)).get_content()
    assert body.index("The last digest before midwinter.") < body.index("vacancy")
    assert "<script" not in sink.message("ada@example.org").get_body(("html",)).get_content()
    network.write("posts.txt", "A new thing\n\nAdded by Bo under Growing\n\nNews.\n")
    network.send("2026-11-30T08:00")
    assert "midwinter" not in sink.message_of_last("ada@example.org").get_body(("plain",)).get_content()
    network.write("note.md", "A new year.")
    network.write("posts.txt", "Another new thing\n\nAdded by Bo under Growing\n\nNews.\n")
    network.send("2026-12-07T08:00")
    assert "A new year." in sink.message_of_last("ada@example.org").get_body(("plain",)).get_content()


def test_a_note_that_cannot_be_read_is_one_clear_error_and_nothing_is_sent(network, sink):
    network.change("config.toml", 'at = "08:00"', 'at = "08:00"\nnote = "note.md"')
    (network.folder / "note.md").write_bytes(b"caf\xe9")
    done = network.run("send", "weekly", "--at", network.at)
    assert (done.code, sink.taken) == (2, [])
    assert "digests.weekly.note: note.md: cannot be read: it is not UTF-8 at byte 3" in done.err
