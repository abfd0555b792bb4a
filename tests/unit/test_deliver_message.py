"""Messages parse back, with the standard library's parser, to exactly what went in."""

import html as html_module
import quopri
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from itertools import groupby
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.config import Sender
from digest.deliver import message_id, prepare_message
from digest.deliver.transfer import Base64, QuotedPrintable, canonical, prepare_body
from digest.model import Field, Recipient, Rendered, Slot

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SENDER = Sender(email="post@growers.example.org", name="Growing Network", reply_to="office@growers.example.org")
FAMILY = "👩‍🌾👨‍👩‍👧‍👦"
HARD = st.sampled_from(
    [
        "\0",
        "\x0c",
        "\x85",
        "\u2028",
        "From ",
        "--=_alternative_=--",
        "é",
        "\t",
        ".",
        "\n.\n",
        "..",
        " \n",
        "=",
        "=\n",
        "\r",
        "\r\n",
        "\n\n",
        "w" * 200,
        " " * 90,
        "." * 90,
        FAMILY,
        "я" * 80,
    ]
)
TEXT = st.lists(HARD | st.text(max_size=90), max_size=6).map("".join)
PLACES = (*Slot, Field("region", "here"))
SLICED = st.lists(TEXT | st.sampled_from(PLACES), max_size=7).map(tuple)
VALUES = st.fixed_dictionaries(dict.fromkeys(PLACES, TEXT))
NO_VALUES = dict.fromkeys(PLACES, "")


def message_for(
    *, subject="News", html=("<p>hi</p>",), text=("hi",), values=NO_VALUES, name="", address="ann@example.org", url=None
):
    rendered = Rendered(subject=subject, html=html, text=text)
    prepared = prepare_message(
        rendered, sender=SENDER, date=NOW, list_id="weekly.growers.example.org", list_name="Weekly"
    )
    return prepared.for_recipient(
        Recipient(address=address, name=name), values=values, message_id="<m@example.org>", unsubscribe_url=url
    )


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert message.defects == []
    assert all(part.defects == [] for part in message.walk())
    return cast("EmailMessage", message)


def read_mailbox(message, field):
    """Name and address; Python 3.11 itself would put a space between the encoded words of a phrase (RFC 2047 not)."""
    raw = next(value for name, value in message.raw_items() if name == field).replace("\r\n", "")
    name, address = parseaddr(raw)
    return str(make_header(decode_header(name))), address


def joined(sliced, values):
    """Between two slots the literals are one text: a line end may begin in one and end in the next."""
    runs = ((is_slot, list(run)) for is_slot, run in groupby(sliced, lambda piece: isinstance(piece, Slot | Field)))
    parts = (map(values.get, run) if is_slot else ["".join(run)] for is_slot, run in runs)
    return "".join(canonical(part) for run in parts for part in run)


def is_wire_form(raw: bytes) -> bool:
    lines = raw.split(b"\r\n")
    whole = b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    return whole and lines[-1] == b"" and not any(line.startswith(b".") for line in lines)


@given(html=SLICED, text=SLICED, values=VALUES)
@example(html=("a.", Slot.NAME, ".b"), text=(Slot.NAME, Slot.NAME), values=dict.fromkeys(Slot, "." * 100))
@example(html=(), text=("\r", "\n.\n"), values=dict.fromkeys(Slot, ""))
@example(html=("я", Slot.NAME, "", Slot.ADDRESS, "ю"), text=("x\n", Slot.NAME, "\n"), values=dict.fromkeys(Slot, "й"))
def test_both_bodies_arrive_as_they_were_written(html, text, values):
    message = parsed(message_for(html=html, text=text, values=values))
    plain, rich = message.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    escaped = {slot: html_module.escape(value) for slot, value in values.items()}
    assert plain.get_payload(decode=True).decode() == joined(text, values)
    assert rich.get_payload(decode=True).decode() == joined(html, escaped)


@given(subject=TEXT, html=SLICED, text=SLICED, values=VALUES, name=TEXT)
def test_every_line_is_short_ascii_ends_in_crlf_and_begins_with_no_dot(subject, html, text, values, name):
    url = "https://growers.example.org/u/" + "t" * 120
    raw = message_for(subject=subject, html=html, text=text, values=values, name=name, url=url)
    assert is_wire_form(raw)
    assert raw.isascii()
    assert b"\0" not in raw
    head, _, body = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 78 or line.startswith(b"List-Unsubscribe: <") for line in head.split(b"\r\n"))
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))


@pytest.mark.parametrize("last", ["a", "=", "é", ".", " ", "=."])
@pytest.mark.parametrize("length", [*range(60, 80), *range(140, 156)])
def test_before_and_after_a_value_a_line_of_any_length_stays_short_and_whole(length, last):
    written = "é" + "x" * length + last
    body = QuotedPrintable.prepare((written, Slot.NAME, written))
    for value in ("Ada", written):
        raw = b"".join(body.pieces_for({Slot.NAME: value})) + body.end
        assert max(map(len, raw.split(b"\r\n"))) <= 76
        assert not any(line.startswith(b".") for line in raw.split(b"\r\n"))
        assert quopri.decodestring(raw).rstrip(b"\r\n").decode() == written + value + written


@given(sliced=SLICED, values=VALUES)
def test_either_encoding_gives_the_same_text_and_the_smaller_is_taken(sliced, values):
    quoted, base64 = QuotedPrintable.prepare(sliced), Base64.prepare(sliced)
    assert prepare_body(sliced).size == min(quoted.size, base64.size)
    for body in (quoted, base64):
        head = f"MIME-Version: 1.0\r\nContent-Transfer-Encoding: {body.encoding}\r\n\r\n".encode()
        assert parsed(head + b"".join(body.pieces_for(values))).get_payload(decode=True).decode() == joined(
            sliced, values
        )


def test_cyrillic_goes_in_base64_and_english_in_quoted_printable():
    assert (
        prepare_body(
            (
                "Здравствуйте, ",
                Slot.NAME,
                "! " + "Новости садоводов. " * 9,
            )
        ).encoding
        == "base64"
    )
    assert prepare_body(("Hello ", Slot.NAME, ", here is the café's news. " * 9)).encoding == "quoted-printable"


@given(subject=TEXT, name=TEXT)
@example(subject="=?utf-8?q?not_an_encoded_word?=", name='O\'Hara, "Bee" \\ <ann@elsewhere.test>')
@example(subject="x\r\nBcc: everyone@example.org", name="x\r\nBcc: everyone@example.org")
def test_subject_and_name_arrive_as_one_line_and_add_no_header(subject, name):
    breaks = {*range(0x21), *range(0x7F, 0xA0), 0x2028, 0x2029}

    def squeezed(value):
        spaced = "".join(" " if ord(char) in breaks else char for char in value)
        return " ".join(word for word in spaced.split(" ") if word)

    message = parsed(message_for(subject=subject, name=name))
    assert message["Subject"] == squeezed(subject)
    assert read_mailbox(message, "To") == (squeezed(name), "ann@example.org")
    assert len(message.keys()) == len(set(message.keys())) == 13


def test_the_headers_say_who_what_and_how_to_leave():
    message = parsed(message_for(url="https://growers.example.org/u/" + "t" * 120, name="Ann Őry"))
    assert dict(message.items()) == {
        "From": "Growing Network <post@growers.example.org>",
        "Subject": "News",
        "Date": "Mon, 23 Nov 2026 08:00:00 +0000",
        "Reply-To": "office@growers.example.org",
        "List-Id": '"Weekly" <weekly.growers.example.org>',
        "List-Help": "<mailto:office@growers.example.org>",
        "Feedback-ID": "c1ad516c7a",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "To": "Ann Őry <ann@example.org>",
        "Message-ID": "<m@example.org>",
        "List-Unsubscribe": "<https://growers.example.org/u/" + "t" * 120 + ">",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/alternative; boundary="=_alternative_="',
    }


def test_a_link_outside_ascii_is_percent_encoded_and_one_too_long_for_a_line_is_refused():
    assert parsed(message_for(url="https://example.org/ж?a=1%20b>\n"))["List-Unsubscribe"] == (
        "<https://example.org/%D0%B6?a=1%20b%3E%0A>"
    )
    with pytest.raises(ValueError, match="longer than a header line"):
        message_for(url="https://example.org/" + "t" * 1000)


@pytest.mark.parametrize(
    "address", ["a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "a@b.test> <c@d.test", "a b@c.d"]
)
def test_an_address_that_would_break_the_header_is_refused(address):
    with pytest.raises(ValueError, match="header"):
        message_for(address=address)


def test_only_an_address_that_is_not_ascii_itself_asks_for_smtputf8():
    prepared = prepare_message(
        Rendered(subject="S", html=("h",), text=("t",)), sender=SENDER, date=NOW, list_id="w.example.org"
    )

    def envelope(address):
        return prepared.envelope(Recipient(address=address), values={}, message_id="<m@x>", unsubscribe_url=None)

    plain, idn, intl = (envelope(a) for a in ("ann@example.org", "ann@bücher.example.org", "анна@bücher.example.org"))
    assert (plain.recipient, plain.smtputf8, plain.sender) == ("ann@example.org", False, "post@growers.example.org")
    assert (idn.recipient, idn.smtputf8) == ("ann@xn--bcher-kva.example.org", False)
    assert (intl.recipient, intl.smtputf8) == ("анна@xn--bcher-kva.example.org", True)
    assert "To: <анна@xn--bcher-kva.example.org>\r\n".encode() in intl.message


def head(sender=SENDER, **more) -> dict[str, str]:
    """The header fields of one copy as they stand, each with its folds."""
    rendered = Rendered(subject="Čšž " * 40, html=("h",), text=("t",))
    prepared = prepare_message(rendered, sender=sender, date=NOW, **{"list_id": "weekly.example.org"} | more)
    url = "https://example.org/unsubscribe/" + "t" * 200
    raw = prepared.for_recipient(Recipient(address="a@b.test"), values={}, message_id="<m@x>", unsubscribe_url=url)
    return dict(message_from_bytes(raw, policy=policy.compat32.clone(linesep="\r\n")).raw_items())


LONG = "Růžový Сад " * 30
WHOLE = ("List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Message-ID")


@given(name=TEXT, feedback=st.lists(TEXT, max_size=3), page=st.none() | TEXT.map("https://example.org/{}".format))
@example(name=LONG, feedback=[LONG] * 3, page="https://example.org/" + LONG)
@example(name="=?utf-8?q?x?=", feedback=["=?utf-8?q?x?="], page="https://example.org/=?utf-8?q?x?=")
@example(name="w" * 200, feedback=["2026-W48", "weekly", "members"], page=None)
def test_what_programs_read_is_never_encoded_nor_folded(name, feedback, page):
    sender = Sender(email="post@growers.example.org", unsubscribe_email="leave+now@growers.example.org")
    fields = head(sender, list_name=name, feedback=feedback, help_url=page and page[:90])
    for field in WHOLE:
        assert fields[field].isascii()
        assert "=?utf-8?b?" not in fields[field]
        assert "\n" not in fields[field]
        assert len(f"{field}: {fields[field]}") <= 998


def test_the_feedback_id_has_the_parts_gmail_reads_and_a_sender_that_stays():
    *parts, sender = head(feedback=("2026-W48", "weekly: all", "Žaneta's Network"))["Feedback-ID"].split(":")
    assert parts == ["2026-W48", "weekly-all", "Zaneta-s-Network"]
    assert 5 <= len(sender) <= 15
    assert head(feedback=("other",))["Feedback-ID"] == f"other:{sender}"
    elsewhere = head(Sender(email="post@elsewhere.test"), feedback=("other",))["Feedback-ID"]
    assert elsewhere != f"other:{sender}"


def test_a_list_keeps_its_name_only_where_it_needs_no_encoding():
    assert head(list_name="Garden Network")["List-Id"] == '"Garden Network" <weekly.example.org>'
    assert head(list_name="Růžový sad")["List-Id"] == "<weekly.example.org>"
    with pytest.raises(ValueError, match="header"):
        head(list_id="weekly.example.org>\r\nBcc: x")


def test_help_is_the_networks_page_or_mail_to_whom_replies_go_to():
    assert head(help_url="https://example.org/о-нас")["List-Help"] == (
        "<https://example.org/%D0%BE-%D0%BD%D0%B0%D1%81>"
    )
    assert head()["List-Help"] == "<mailto:office@growers.example.org>"
    assert head(Sender(email="a?b&c@bücher.example.org"))["List-Help"] == "<mailto:a%3Fb%26c@xn--bcher-kva.example.org>"


def test_mail_is_a_second_way_out_only_where_somebody_reads_it():
    assert head()["List-Unsubscribe"].endswith("t>")
    sender = Sender(email="post@example.org", unsubscribe_email="leave@example.org")
    link, mail = head(sender)["List-Unsubscribe"].split(", ")
    assert link.startswith("<https://example.org/unsubscribe/ttt")
    assert mail == "<mailto:leave@example.org?subject=unsubscribe>"


def test_a_copy_may_return_to_an_address_of_its_own():
    prepared = prepare_message(
        Rendered(subject="S", html=("h",), text=("t",)), sender=SENDER, date=NOW, list_id="w.example.org"
    )
    envelope = prepared.envelope(
        Recipient(address="ann@example.org"), values={}, message_id="<m@x>", unsubscribe_url=None, sender="r+t@x.test"
    )
    assert envelope.sender == "r+t@x.test"
    assert b"r+t@x.test" not in envelope.message


def test_returns_go_to_the_return_path():
    sender = Sender(email="post@example.org", return_path="returns@example.org")
    prepared = prepare_message(
        Rendered(subject="S", html=("h",), text=("t",)), sender=sender, date=NOW, list_id="w.example.org"
    )
    envelope = prepared.envelope(
        Recipient(address="ann@example.org"), values={}, message_id="<m@x>", unsubscribe_url=None
    )
    assert envelope.sender == "returns@example.org"
    assert parsed(envelope.message)["From"] == "post@example.org"


@given(st.text(max_size=40), st.integers(0, 10**9), st.text(max_size=40), st.integers(0, 10**9))
def test_a_message_id_belongs_to_one_campaign_and_one_subscriber(campaign, subscriber, other_campaign, other):
    first = message_id(campaign, subscriber, "example.org")
    assert first == message_id(campaign, subscriber, "example.org")
    same = (campaign, subscriber) == (other_campaign, other)
    assert (first == message_id(other_campaign, other, "example.org")) is same


def test_a_message_id_is_short_ascii_in_angle_brackets():
    made = message_id("weekly/2026-W48", 7, "bücher.example.org")
    assert made.startswith("<")
    assert made.endswith("@xn--bcher-kva.example.org>")
    assert len(f"Message-ID: {made}") <= 78
