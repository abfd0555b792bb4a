import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Document
from digest.collect.decode import decode, web_encoding
from digest.config import SourceConfig
from digest.errors import SourceError


def read(content, content_type=None, encoding="utf-8"):
    source = SourceConfig(name="page", kind="export", url="https://example.org/", encoding=encoding)
    return decode(source, Document(name="posts.txt", content=content, content_type=content_type))


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("Café “x”".encode(), None),
        ("Café “x”".encode(), "text/plain; charset=utf-8"),
        ("Café “x”".encode(), "text/plain; charset=ISO-8859-1"),
        ("Café “x”".encode(), "text/plain; charset=us-ascii"),
        ("Café “x”".encode(), "text/plain; charset=no-such-thing"),
        ("Café “x”".encode(), 'text/plain; charset="'),
        ("Café “x”".encode("utf-8-sig"), "text/plain; charset=windows-1252"),
        ("Café “x”".encode("cp1252"), "text/plain; charset=windows-1252"),
        ("Café “x”".encode("cp1252"), "text/plain; charset=ISO-8859-1"),
        ("Café “x”".encode("utf-16"), None),
        ("Café “x”".encode("utf-16"), "text/plain; charset=utf-8"),
        ("Café “x”".encode("utf-16-le"), "text/plain; charset=utf-16le"),
    ],
)
def test_text_is_read_whatever_is_said_of_it(content, content_type):
    assert read(content, content_type) == "Café “x”"


def test_config_toml_decides_where_the_server_is_wrong():
    assert read("Привет".encode("cp1251"), "text/plain; charset=utf-8", encoding="windows-1251") == "Привет"


def test_bytes_that_fit_nothing_are_told_by_their_line():
    with pytest.raises(SourceError, match=r"source page: posts.txt, line 2: this is not utf-8; save it as UTF-8, or"):
        read(b"good\nbad \xff\xfe\x00", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "utf-7", "zip", "rot13", "cp037", "nonsense", "\0", None, ""]
)
def test_what_is_no_encoding_of_the_web_is_not_used(name):
    assert web_encoding(name) is None


def test_a_configured_encoding_that_is_none_is_told():
    with pytest.raises(
        SourceError, match='source page: "punycode" is no encoding of the web; write encoding = "utf-8"'
    ):
        read(b"x", encoding="punycode")


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from([None, "utf-8", "latin-1", "cp1252", "koi8-r", "x"]),
)
def test_utf8_is_utf8_whatever_a_server_says(text, charset):
    content_type = None if charset is None else f"text/plain; charset={charset}"
    assert read(b"." + text.encode(), content_type) == "." + text


@given(st.binary(max_size=100), st.sampled_from([None, "utf-8", "utf-16", "latin-1", "gbk", "iso-2022-jp", "big5"]))
def test_any_bytes_are_read_or_refused(content, charset):
    try:
        assert isinstance(read(content, f"text/plain; charset={charset}"), str)
    except SourceError as error:
        assert str(error).startswith("source page: posts.txt, line ")  # noqa: PT017
