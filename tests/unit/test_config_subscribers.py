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

    def read(content, more=""):
        (tmp_path / "config.toml").write_text(CONFIG + more, encoding="utf-8")
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "members.csv").write_bytes(raw)
        return read_lists(load_config(tmp_path / "config.toml", environ={}))

    return read


def people(listed):
    return [(line.email, line.name) for line in listed[0].subscribers]


def refusal(listing, content, more=""):
    with pytest.raises(ConfigError) as caught:
        listing(content, more)
    return [str(problem) for problem in caught.value.problems]


def test_a_file_in_another_encoding_is_refused_and_not_taken_for_an_empty_list(listing):
    (told,) = refusal(listing, "email,name\nada@example.org,Ada\nbo@example.org,Zoë\n".encode("latin-1"))
    assert told.startswith("members.csv, line 3: byte 0xeb is not UTF-8")


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
