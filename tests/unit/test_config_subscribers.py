"""List files, as spreadsheets and people write them: taken whole, or refused whole with the place and a way out."""

import pytest

from digest.config import load_config
from digest.config.subscribers import read_lists
from digest.errors import ConfigError

CONFIG = """
[network]
name = "Growers"
[sender]
email = "digest@example.org"
[[lists]]
name = "members"
file = "members.csv"
"""


@pytest.fixture
def listing(tmp_path):
    """Reads a list's file of this content."""

    def read(content, more="", config=CONFIG):
        (tmp_path / "config.toml").write_text(config + more, encoding="utf-8")
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "members.csv").write_bytes(raw)
        return read_lists(load_config(tmp_path / "config.toml", environ={}))

    return read


def people(listed):
    return [(line.address, line.name) for line in listed[0].subscribers]


def refusal(listing, content, more=""):
    with pytest.raises(ConfigError) as caught:
        listing(content, more)
    return [str(problem) for problem in caught.value.problems]


WRITTEN = "Email;Name\r\nada@example.org;Ada\r\nbo@example.org;Zoë “Zed” O’Neil\r\n"


@pytest.mark.parametrize(
    "content",
    [
        WRITTEN.encode("utf-8"),
        WRITTEN.encode("utf-8-sig"),
        WRITTEN.encode("utf-16"),
        WRITTEN.encode("utf-16-le"),
        WRITTEN.encode("utf-16-be"),
        b"\xfe\xff" + WRITTEN.encode("utf-16-be"),
        WRITTEN.encode("cp1252"),
        b"sep=;\r\n" + WRITTEN.encode("cp1252"),
        WRITTEN.replace(";", ",").encode(),
        WRITTEN.replace(";", "\t").encode("utf-16"),
    ],
    ids=["utf-8", "mark", "utf-16", "le", "be", "be with a mark", "cp1252", "announced separator", "comma", "tab"],
)
def test_a_file_is_read_in_whatever_encoding_and_separator_spreadsheets_write(listing, content):
    assert people(listing(content)) == [("ada@example.org", "Ada"), ("bo@example.org", "Zoë “Zed” O’Neil")]


def test_a_broken_file_in_utf_8_is_refused_and_not_taken_for_another_encoding(listing):
    broken = "email,name\nada@example.org,Adá\n".encode() + b"bo@example.org,Zo\xeb\n"
    (told,) = refusal(listing, broken)
    assert told.startswith("members.csv, line 3: byte 0xeb is not UTF-8")


def test_bytes_that_are_in_no_encoding_refuse_the_file(listing):
    (told,) = refusal(listing, b"email,name\nada@example.org,Ad\x81\n")
    assert told.startswith("members.csv, line 2: byte 0x81 is not UTF-8")


def test_a_separator_that_is_announced_counts_as_a_line(listing):
    assert refusal(listing, "sep=;\nemail;name\nada;A\n")[0].startswith("members.csv, line 3: 'ada'")


@pytest.mark.parametrize(
    "header",
    ["email", "E-Mail", "E-mail address", "EMAIL ADDRESS", "e_mail", "Mail", '"Email"', "Subscriber Email", "Ebost"],
)
def test_the_address_is_found_by_any_of_its_wordings(listing, header):
    assert people(listing(f"Region,{header}\nTayside,ada@example.org\n")) == [("ada@example.org", "")]


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("Full Name", "Ada Thorn", "Ada Thorn"),
        ("First name,Last name", "Ada,Thorn", "Ada Thorn"),
        ("Surname,Forename", "Thorn,Ada", "Ada Thorn"),
        ("Given name", "Ada", "Ada"),
        ("First name,Name,Last name", "A,Ada Thorn,T", "Ada Thorn"),
        ("Name", '"Thorn, Ada"', "Thorn, Ada"),
        ("Name", ' "Thorn, Ada"', "Thorn, Ada"),
    ],
)
def test_a_name_is_one_column_or_made_of_first_and_last(listing, header, row, name):
    assert people(listing(f"email,{header}\nada@example.org,{row}\n")) == [("ada@example.org", name)]


def test_two_columns_that_could_be_the_address_are_asked_about(listing):
    (told,) = refusal(listing, "E-mail,Mail address\nada@example.org,bo@example.org\n")
    assert 'line 1: the columns "E-mail" and "Mail address" could both be the email' in told
    content = "E-mail,Mail address\nada@example.org,bo@example.org\n"
    assert people(listing(content, 'columns = { email = "Mail address" }\n')) == [("bo@example.org", "")]
    assert people(listing("Email,Mail\nada@example.org,bo@example.org\n")) == [("ada@example.org", "")]


def test_columns_say_what_a_file_calls_what_we_read(listing):
    more = 'columns = { email = "Contact", name = "Who", region = "Health board" }\nfields = ["region", "role"]\n'
    listed = listing("Who;Contact;Health  Board;ROLE\nAda;ada@example.org; Tayside ;\n", more)
    assert people(listed) == [("ada@example.org", "Ada")]
    assert listed[0].subscribers[0].fields == {"region": "Tayside", "role": ""}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('fields = ["region"]\n', "no column is named region; there are: email, name (add it, or say in the list"),
        ('columns = { email = "Contact" }\n', "no column is named Contact; there are: email, name"),
        ('columns = { regoin = "Region" }\n', 'regoin, which is not among the fields; write fields = ["regoin"]'),
        ('fields = ["name"]\n', "fields names name, which is kept anyway"),
        ('subscribers = [{ email = "bo@example.org", fields = { town = "x" } }]\n', "bo@example.org has town"),
    ],
)
def test_a_field_or_column_that_is_none_is_told_with_a_way_out(listing, more, told):
    assert told in refusal(listing, "email,name\nada@example.org,Ada\n", more)[0]


def test_a_value_is_one_line_without_control_characters_and_no_longer_than_a_line_may_be(listing):
    content = 'email,org\nada@example.org,"Thorn\r\nBcc: x\u2028y\x7f\x85z"\n' + f"bo@example.org,{'a' * 600}\n"
    fields = [line.fields["org"] for line in listing(content, 'fields = ["org"]\n')[0].subscribers]
    assert fields == ["Thorn Bcc: x y z", "a" * 500]


def test_what_a_list_states_itself_may_have_fields_too(listing):
    more = 'fields = ["org"]\nsubscribers = [{ email = "bo@example.org", name = "Bo", fields = { org = "Fife" } }]\n'
    listed = listing("email,org\nada@example.org,Dee\n", more)
    assert [line.fields for line in listed[0].subscribers] == [{"org": "Fife"}, {"org": "Dee"}]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('email,name\nada@example.org,Ada\nbo@example.org,"Bo\n', 3),
        ('email,name\nada@example.org,"Ada"x\nbo@example.org,Bo\n', 2),
        ('"email,name\n', 1),
    ],
    ids=["a quote never closed", "words after a quote", "in the header"],
)
def test_quotes_that_do_not_match_refuse_the_file_with_their_line(listing, content, line):
    (told,) = refusal(listing, content)
    assert told.startswith(f"members.csv, line {line}: ")
    assert told.endswith("(check its quotes)")


def test_a_row_that_ends_before_its_name_is_a_person_without_one(listing):
    assert people(listing("email,name,town\nada@example.org\nbo@example.org,Bo\n")) == [
        ("ada@example.org", ""),
        ("bo@example.org", "Bo"),
    ]


def test_spaces_and_capitals_around_headers_and_values_make_no_difference(listing):
    assert people(listing(" Email ; NAME \n  ada@example.org ;  Ada   Thorn \n")) == [("ada@example.org", "Ada Thorn")]


@pytest.mark.parametrize("blank", ["\n", ",\n", " , \n", "\t,\t\n", "\r\n"])
def test_blank_rows_are_passed_over_and_the_lines_after_them_are_told_right(listing, blank):
    content = f"email,name\nada@example.org,Ada\n{blank}bo@example.org,Bo\n"
    assert people(listing(content)) == [("ada@example.org", "Ada"), ("bo@example.org", "Bo")]
    (told,) = refusal(listing, content + "cy,Cy\n")
    assert told.startswith("members.csv, line 5: 'cy'")


@pytest.mark.parametrize("row", [",Joan", " ,Joan", '"",Joan'])
def test_a_row_with_a_name_and_no_address_says_so(listing, row):
    assert refusal(listing, f"email,name\n{row}\n") == [
        "members.csv, line 2: no address in this row (add it in the column email, or delete the line)"
    ]


def test_a_row_that_ends_before_its_address_says_so(listing):
    assert refusal(listing, "name,email\nJoan\n")[0].startswith("members.csv, line 2: no address in this row")


def test_a_row_with_too_many_values_is_told_once_and_nothing_of_it_is_believed(listing):
    assert refusal(listing, "email,name\nnobody,Thorn,Ada\n") == [
        "members.csv, line 2: 3 values, but the header names 2 columns (put quotes around a value that holds a comma)"
    ]


def test_every_fault_of_every_list_is_told_at_once(listing):
    more = '[[lists]]\nname = "board"\nfile = "members.csv"\n'
    assert len(refusal(listing, "email\nada\nbo\n", more)) == 4


def test_a_list_has_its_own_title_and_else_its_name(listing):
    content = "email\nada@example.org\n"
    assert listing(content)[0].title == "members"
    assert listing(content, 'title = "All members"\n')[0].title == "All members"


def test_a_header_decides_what_separates_whatever_the_rows_hold(listing):
    assert people(listing("email\tname\nada@example.org\tThorn; Ada, of the, barn;;\n")) == [
        ("ada@example.org", "Thorn; Ada, of the, barn;;")
    ]


def test_what_would_break_a_line_of_a_mail_is_no_part_of_a_name(listing):
    assert people(listing('email,name\nada@example.org,"Ada\r\nBcc: x\x7fy"\n')) == [
        ("ada@example.org", "Ada Bcc: x y")
    ]


TWO = '[network]\nname = "Growers"\nlanguages = ["en-GB", "cy"]\n'
SPOKEN = "email,Iaith\nada@example.org,cy\nbo@example.org,CY_gb\ncy@example.org,Saesneg\ndi@example.org,\n"


def bilingual(listing, content, more=""):
    config = CONFIG.replace('[network]\nname = "Growers"\n', TWO)
    return listing(content, more, config)[0]


def languages(listed):
    return [one.language for one in listed.subscribers]


def test_a_column_tells_the_language_of_each_by_its_tag_or_any_name_of_it(listing):
    listed = bilingual(listing, SPOKEN)
    assert (languages(listed), listed.astray) == (["cy", "cy", "en-GB", None], ())
    named = bilingual(listing, SPOKEN.replace("Iaith", "Speaks"), 'columns = { language = "speaks" }')
    assert languages(named) == languages(listed)


def test_a_language_that_the_network_has_not_is_told_once_with_its_line_and_loses_nobody(listing):
    listed = bilingual(listing, SPOKEN.replace(",CY_gb", ",Klingon").replace(",Saesneg", ",Klingon"))
    assert languages(listed) == ["cy", None, None, None]
    (told,) = map(str, listed.astray)
    assert told.startswith(
        "members.csv, line 3: 'Klingon' is none of the network's languages, en-GB, cy (2 lines, this the first)"
    )


def test_where_there_is_one_language_a_column_of_that_name_is_but_a_field(listing):
    (listed,) = listing(SPOKEN.replace("Iaith", "language"), 'fields = ["language"]')
    assert languages(listed) == [None] * 4
    assert listed.subscribers[1].fields == {"language": "CY_gb"}
    assert languages(listing(SPOKEN)[0]) == [None] * 4
