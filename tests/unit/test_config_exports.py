"""What other programs export: who left, bounced or complained there is never read as subscribed."""

import io
import zipfile

import pytest

from digest.config.exports import Stood, read_export
from digest.config.exports.person import BY_WORD
from digest.config.lists import ListConfig
from digest.config.spoken import Spoken
from digest.errors import ConfigError

ENTRY = ListConfig(name="members", fields=("region",))


def read(content, tool, entry=ENTRY, stood=None, place="export"):
    raw = content if isinstance(content, bytes) else content.encode()
    return read_export(raw, tool=tool, place=place, entry=entry, stood=stood)


def standing(exported):
    return {one.person.address.partition("@")[0]: one.stood.value for one in exported}


def refusal(*args, **more):
    with pytest.raises(ConfigError) as caught:
        read(*args, **more)
    return [str(problem) for problem in caught.value.problems]


LISTMONK = (
    "uuid,email,name,attributes,status,created_at,updated_at\n"
    '1,ada@example.org,Ada,"{""Region"": ""Fife"", ""n"": {}}",enabled,x,x\n'
    "2,bo@example.org,Bo,{},disabled,x,x\n"
    "3,cy@example.org,Cy,,blocklisted,x,x\n"
)
BUTTONDOWN = (
    "email,notes,metadata,tags,type\n"
    'ada@example.org,,"{""region"": ""Fife""}",,regular\n'
    "bo@example.org,,,,unsubscribed\n"
    "cy@example.org,,,,undeliverable\n"
    "di@example.org,,,,complained\n"
    "ed@example.org,,,,unactivated\n"
    "fay@example.org,,,,premium\n"
    "gus@example.org,,,,churned\n"
)
SYMPA = """\
date 1700000000
email ada@example.org
gecos Ada  Thorn
reception mail
subscribed 1

email bo@example.org
reception nomail

email cy@example.org
bounce 1700000000 1710000000 9 5.1.1


email di@example.org
bounce 1700000000 1710000000 2 4.2.2
"""
MAILMAN = "# members\nAda Thorn <ada@example.org>\n\nbo@example.org\n"


def test_listmonk_tells_by_a_status_and_keeps_fields_as_json():
    found = read(LISTMONK, "listmonk")
    assert standing(found) == {"ada": "subscribed", "bo": "left", "cy": "blocked"}
    assert (found[0].person.name, found[0].person.fields) == ("Ada", {"region": "Fife"})


def test_buttondown_tells_by_the_type_of_a_subscriber():
    found = read(BUTTONDOWN, "buttondown")
    assert standing(found) == {
        "ada": "subscribed",
        "bo": "left",
        "cy": "bounced",
        "di": "complained",
        "ed": "unconfirmed",
        "fay": "subscribed",
        "gus": "left",
    }
    assert found[0].person.fields == {"region": "Fife"}


def test_sympa_tells_a_block_a_member_with_what_came_back():
    found = read(SYMPA, "sympa")
    assert standing(found) == {"ada": "subscribed", "bo": "left", "cy": "bounced", "di": "subscribed"}
    assert found[0].person.name == "Ada Thorn"


@pytest.mark.parametrize("stood", [None, *Stood])
def test_mailman_tells_addresses_and_the_command_how_they_stood(stood):
    found = read(MAILMAN, "mailman", stood=stood)
    assert standing(found) == dict.fromkeys(("ada", "bo"), stood or "subscribed")
    assert found[0].person.name == "Ada Thorn"


def archive(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as written:
        for name, address in files.items():
            written.writestr(f"{name}_members_export_1.csv", f"Email Address,First Name,Region\n{address},A,Fife\n")
    return packed.getvalue()


def test_mailchimp_tells_by_the_names_of_its_files():
    files = {"subscribed": "ada@example.org", "unsubscribed": "bo@example.org", "cleaned": "cy@example.org"}
    found = read(archive(**files, nonsubscribed="di@example.org"), "mailchimp", place="audience.zip")
    assert standing(found) == {"ada": "subscribed", "bo": "left", "cy": "bounced", "di": "unconfirmed"}
    assert found[0].person.fields == {"region": "Fife"}


@pytest.mark.parametrize(
    ("column", "stood"), [("OPTIN_TIME", "subscribed"), ("UNSUB_TIME", "left"), ("CLEAN_TIME", "bounced")]
)
def test_one_file_of_mailchimps_is_told_by_its_columns_where_its_name_is_another(column, stood):
    found = read(f"Email Address,{column}\nada@example.org,x\n", "mailchimp", place="mine.csv")
    assert standing(found) == {"ada": stood}


def test_a_file_of_mailchimps_that_does_not_tell_how_people_stood_is_refused():
    assert "not told how people stood" in refusal("Email Address\nada@example.org\n", "mailchimp")[0]


@pytest.mark.parametrize("tool", ["listmonk", "buttondown"])
def test_an_export_without_its_status_is_refused_unless_the_command_tells(tool):
    assert "not told how people stood" in refusal("email\nada@example.org\n", tool)[0]
    assert standing(read("email\nada@example.org\n", tool, stood=Stood.LEFT)) == {"ada": "left"}


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", archive(cleaned="a@example.org")[:-30]])
def test_an_archive_that_cannot_be_read_says_so(content):
    assert "cannot be read" in refusal(content, "mailchimp")[0]


@pytest.mark.parametrize("word", BY_WORD)
def test_a_plain_file_may_tell_by_a_column_called_status(word):
    (one,) = read(f"email,Status\nada@example.org,{word.upper()}\n", "csv")
    assert one.stood is BY_WORD[word]


@pytest.mark.parametrize("word", ["whatever", ""])
def test_a_status_that_nobody_knows_refuses_the_file(word):
    (told,) = refusal(f"email,status\nada@example.org,{word}\n", "csv")
    assert told.startswith(f"export, line 2: nobody knows what the status {word!r} means")


def test_a_plain_file_without_a_status_tells_of_subscribers():
    assert standing(read("E-mail\nada@example.org\n", "csv")) == {"ada": "subscribed"}


@pytest.mark.parametrize(
    ("statuses", "stood"),
    [
        (("active", "left"), "left"),
        (("left", "active"), "left"),
        (("bounced", "left", "active"), "bounced"),
        (("spam", "bounced"), "complained"),
        (("pending", "active"), "unconfirmed"),
    ],
)
def test_an_address_that_stands_twice_is_read_by_what_speaks_most_against_mailing_it(statuses, stood):
    rows = "".join(f"{'ADA' if number else 'ada'}@example.org,{status}\n" for number, status in enumerate(statuses))
    (one,) = read("email,status\n" + rows, "csv")
    assert one.stood == stood


@pytest.mark.parametrize(
    ("content", "tool", "line"),
    [
        ("email\nada\n", "csv", 2),
        ("Ada <ada>\n", "mailman", 1),
        ("email ada@example.org\n\nemail bo\n", "sympa", 3),
        ("\nreception mail\n", "sympa", 2),
    ],
)
def test_whatever_is_no_address_refuses_the_file_with_its_line(content, tool, line):
    assert refusal(content, tool)[0].startswith(f"export, line {line}: ")


@pytest.mark.parametrize(
    ("content", "tool"),
    [
        ("email,locale\nada@example.org,cy_GB\nbo@example.org,\ncy@example.org,fr\n", "csv"),
        (
            'email,attribs\nada@example.org,"{""Lang"":""Welsh""}"\nbo@example.org,\ncy@example.org,"{""lang"":""fr""}"',
            "listmonk",
        ),
        ("email ada@example.org\nlang cy\n\nemail bo@example.org\n\nemail cy@example.org\nlang fr\n", "sympa"),
        ("Email Address,Language\nada@example.org,Cymraeg\nbo@example.org,\ncy@example.org,fr\n", "mailchimp"),
    ],
)
def test_a_language_that_an_export_tells_comes_with_its_person_and_one_that_nobody_knows_is_told(content, tool):
    stood = Stood.SUBSCRIBED
    spoken = Spoken(("en-GB", "cy"))
    found = read_export(content.encode(), tool=tool, place="export", entry=ENTRY, stood=stood, spoken=spoken)
    assert [one.person.language for one in found] == ["cy", None, None]
    assert [one.astray for one in found] == ["", "", "fr"]
    assert all(one.person.language is None for one in read(content, tool, stood=stood))
