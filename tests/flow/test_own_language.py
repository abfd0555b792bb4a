"""A network of two languages: what surrounds the posts is said to each person in theirs."""

import pytest

TWO = 'timezone = "Europe/London"\nlanguages = ["en-GB", "cy"]\n'
FOOT = {"en": "View on the web", "cy": "Gweld ar y we"}
NOTICE = "---\nsubject: The barn is full\n---\nPlease bring no more straw.\n"


@pytest.fixture
def bilingual(network):
    network.change("config.toml", 'timezone = "Europe/London"\n', TWO)
    network.json("lists", "apply")
    assert network.run("preferences", "bo@example.org", "--language", "CY").code == 0
    return network


def text(mail):
    return mail.get_body(("plain",)).get_content()


def html(mail):
    return mail.get_body(("html",)).get_content()


def test_each_gets_the_same_edition_in_the_language_they_chose_and_reads_it_so_on_the_web(bilingual, sink, visit):
    assert bilingual.send()["accepted"] == 3
    ada, bo, di = (sink.message(f"{name}@example.org") for name in ("ada", "bo", "di"))
    assert "1 vacancy closes this week" in ada["Subject"]
    assert "1 swydd wag yn cau yr wythnos hon" in bo["Subject"]
    assert ('lang="en-GB"' in html(ada), 'lang="cy"' in html(bo)) == (True, True)
    assert [FOOT["en"] in text(one) for one in (ada, bo, di)] == [True, False, True]
    assert [FOOT["cy"] in text(one) for one in (ada, bo, di)] == [False, True, False]
    assert all("Three pallets, twelve screws and one afternoon." in text(one) for one in (ada, bo, di))
    view = {name: _link(text(mail), "/view/") for name, mail in (("ada", ada), ("bo", bo))}
    assert view["bo"] == f"{view['ada']}?language=cy"
    shown = {name: visit.get(url).text for name, url in view.items()}
    assert [FOOT["cy"] in shown["ada"], 'lang="cy"' in shown["bo"]] == [False, True]
    assert visit.get(f"{view['ada']}?language=xx").text == shown["ada"]
    for page in ("/unsubscribe/", "/preferences/"):
        assert '<html lang="cy"' in visit.get(_link(text(bo), page)).text
        assert '<html lang="en-GB"' in visit.get(_link(text(ada), page)).text


def _link(text, path):
    found = next(word for word in text.split() if path in word)
    return path + found.partition(path)[2].rstrip(">")


def test_what_is_muted_and_the_lines_that_follow_it_are_said_in_the_language_of_who_muted_it(bilingual, sink):
    bilingual.run("preferences", "bo@example.org", "--mute", "vacancies")
    bilingual.send()
    bo = sink.message("bo@example.org")
    assert "Orchard Assistant" not in text(bo)
    assert "swydd" not in bo["Subject"]
    assert "vacanc" not in bo["Subject"]
    assert FOOT["cy"] in text(bo)


def test_announcement_test_preview_and_resend_are_in_the_language_of_whom_they_are_for(bilingual, sink):
    bilingual.write("notice.md", NOTICE)
    bilingual.json("announce", "notice.md", "--to", "members", "--at", bilingual.at)
    assert [FOOT["cy"] in text(sink.message(f"{name}@example.org")) for name in ("ada", "bo")] == [False, True]
    bilingual.change("config.toml", 'name = "board"', 'name = "board"\nlanguage = "de"')
    bilingual.json("announce", "notice.md", "--to", "members", "--to", "board", "--at", bilingual.at)
    assert 'lang="de"' in html(sink.message("cy@example.org"))
    bilingual.json("preview", "weekly", "--as", "bo@example.org", "--at", bilingual.at)
    assert FOOT["cy"] in (bilingual.folder / "var/preview/weekly.txt").read_text()
    assert bilingual.run("send", "weekly", "--test", "bo@example.org", "--at", bilingual.at).code == 0
    assert FOOT["cy"] in text(sink.message_of_last("bo@example.org"))
    campaign = bilingual.send()["campaign"]
    sink.taken.clear()
    assert bilingual.run("resend", campaign, "bo@example.org").code == 0
    assert FOOT["cy"] in text(sink.message("bo@example.org"))
    bilingual.write("sorry.md", "---\nsubject: One more thing\n---\nIt is on the Sunday.\n")
    bilingual.json("announce", "sorry.md", "--correcting", campaign, "--at", "2026-11-23T09:00")
    assert FOOT["cy"] in text(sink.message_of_last("bo@example.org"))


def test_members_of_a_list_with_a_language_of_its_own_read_it_unless_they_chose_another(bilingual, sink):
    bilingual.change("config.toml", 'title = "All members"', 'title = "All members"\nlanguage = "cy"')
    bilingual.run("preferences", "di@example.org", "--language", "en-GB")
    bilingual.send()
    assert [FOOT["cy"] in text(sink.message(f"{name}@example.org")) for name in ("ada", "bo", "di")] == [
        True,
        True,
        False,
    ]


def test_a_language_is_shown_to_whom_it_is_of_and_forgotten_with_them(bilingual):
    assert bilingual.json("subscriber", "bo@example.org")["language"] == "cy"
    assert "language" not in bilingual.json("subscriber", "ada@example.org")
    refused = bilingual.run("preferences", "bo@example.org", "--language", "de")
    assert (refused.code, "known: en-GB, cy" in refused.err) == (2, True)
    assert bilingual.run("forget", "bo@example.org", "--yes").code == 0
    bilingual.send()


def test_a_file_tells_the_language_of_who_chose_none_and_never_of_who_chose(bilingual, sink):
    header, ada, bo, di = "email,language", "ada@example.org", "bo@example.org", "di@example.org"
    bilingual.write("members.csv", f"{header}\n{ada},Welsh\n{bo},en-GB\n{di},fr\n")
    told = bilingual.run("lists", "plan")
    assert "members.csv, line 4: 'fr' is none of the network's languages, en-GB, cy" in told.err
    assert "language: none is now cy" in told.out
    (change,) = bilingual.json("lists", "plan")["lists"][0]["changed"]
    assert (change["email"], change["now"]["language"]) == ("ada@example.org", "cy")
    bilingual.json("lists", "apply")
    assert bilingual.json("lists", "plan")["lists"][0]["changes"] is False
    bilingual.send()
    assert [FOOT["cy"] in text(sink.message(f"{name}@example.org")) for name in ("ada", "bo", "di")] == [
        True,
        True,
        False,
    ]
    bilingual.run("preferences", "ada@example.org", "--language", "cy")
    bilingual.write("members.csv", f"{header}\n{ada},en\n{bo},\n{di},\n")
    assert bilingual.json("lists", "plan")["lists"][0]["changes"] is False


def test_an_export_tells_the_language_of_who_is_there_already_and_never_of_who_chose(bilingual, sink):
    bilingual.write("export.csv", "email,language\nada@example.org,cy\nbo@example.org,en-GB\nnew@example.org,cy\n")
    asked = ("import", "export.csv", "--list", "members")
    told = bilingual.run(*asked, "--dry-run")
    assert "2 unchanged, 0 unconfirmed; 1 told of in another language" in told.out
    assert "language: none is now cy" in told.out
    assert "language" not in bilingual.json("subscriber", "ada@example.org")
    assert bilingual.json(*asked, "--yes")["languages"] == [{"email": "ada@example.org", "language": "cy"}]
    bilingual.send()
    read = [FOOT["cy"] in text(sink.message(f"{name}@example.org")) for name in ("ada", "bo", "di", "new")]
    assert read == [True, True, False, True]
    bilingual.run("preferences", "ada@example.org", "--language", "en-GB")
    assert bilingual.json(*asked, "--dry-run")["languages"] == []
