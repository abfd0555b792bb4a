"""What a Postfix log proves, and that nothing in a log can break the reading of it."""

from hypothesis import example, given
from hypothesis import strategies as st

from digest.returns.relay_log import read_relay_log

ADA, BO = "<ada.1@example.org>", "<bo.2@example.org>"


def log(text, **names):
    """Lines as Postfix writes them, after the time and the host."""
    return [
        f"Nov 23 08:00:01 relay {line.strip()}\n".encode() for line in text.format(ada=ADA, bo=BO).strip().split("\n")
    ]


TAKEN = """
postfix/smtpd[811]: 4ABC12: client=web[192.0.2.4]
postfix/cleanup[812]: 4ABC12: message-id={ada}
postfix/qmgr[700]: 4ABC12: from=<digest@example.org>, size=36112, nrcpt=1 (queue active)
"""
SENT = """
postfix/smtp[815]: 4ABC12: to=<ada@example.org>, relay=mx[192.0.2.9]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 ok)
postfix/qmgr[700]: 4ABC12: removed
"""


def test_what_the_relay_delivered_is_told_with_its_queue_id_and_the_next_servers_answer():
    (found,) = read_relay_log(log(TAKEN + SENT.strip()), {ADA, BO}).items()
    assert (found[0], str(found[1])) == (ADA, "in the relay's log as 4ABC12: sent (250 2.0.0 ok)")
    assert not found[1].came_back


def test_what_is_still_in_the_queue_was_taken():
    assert read_relay_log(log(TAKEN), {ADA})[ADA].status == "queued"


def test_a_mail_that_broke_off_after_its_headers_was_not_taken():
    lines = """
    postfix/cleanup[812]: 4ABC12: message-id={ada}
    postfix/smtpd[811]: lost connection after DATA (3000 bytes) from web[192.0.2.4]
    """
    assert read_relay_log(log(lines), {ADA}) == {}


def test_what_a_milter_refused_was_not_taken():
    lines = """
    postfix/cleanup[812]: 4ABC12: message-id={ada}
    postfix/cleanup[812]: 4ABC12: milter-reject: END-OF-MESSAGE from web[192.0.2.4]: 5.7.1 no; from=<a> to=<b>
    """
    assert read_relay_log(log(lines), {ADA}) == {}


def test_the_last_word_on_a_mail_counts():
    later = """
    postfix/smtp[815]: 4ABC12: to=<a@b>, relay=none, dsn=4.4.1, status=deferred (connect to mx: timed out)
    postfix/smtp[816]: 4ABC12: to=<a@b>, relay=mx, dsn=5.1.1, status=bounced (host mx said: 550 5.1.1 no such user)
    """
    found = read_relay_log(log(TAKEN + later.strip()), {ADA})[ADA]
    assert (found.status, found.came_back) == ("bounced", True)
    assert found.reply == "(host mx said: 550 5.1.1 no such user)"


def test_a_queue_id_that_is_given_again_belongs_to_another_mail():
    again = """
    postfix/cleanup[812]: 4ABC12: message-id=<other@example.org>
    postfix/smtp[816]: 4ABC12: to=<a@b>, relay=mx, dsn=5.1.1, status=bounced (no)
    """
    assert read_relay_log(log(TAKEN + again.strip()), {ADA})[ADA].status == "queued"
    removed = "postfix/qmgr[700]: 4ABC12: removed\npostfix/smtp[816]: 4ABC12: to=<a@b>, status=bounced (no)"
    assert read_relay_log(log(TAKEN + removed), {ADA})[ADA].status == "queued"


def test_other_forms_of_log_are_read_alike():
    for before in ("2026-11-23T08:00:01.5+00:00 relay postfix-out/", "<22>Nov 23 08:00:01 relay postfix/submission/"):
        lines = [
            f"{before}cleanup[1]: [ID 197553 mail.info] 4Wd2kS3h6Rz2xQy: message-id={ADA}\r\n".encode(),
            f"{before}qmgr[2]: 4Wd2kS3h6Rz2xQy: from=<>, size=1, nrcpt=1 (queue active)\r\n".encode(),
        ]
        assert read_relay_log(lines, {ADA})[ADA].queue_id == "4Wd2kS3h6Rz2xQy"


@given(st.lists(st.binary() | st.sampled_from(log(TAKEN + SENT.strip()))))
@example([b"x/cleanup[1]: ABCDE: message-id=<\xff>\n", b"x/smtp[1]: ABCDE: status=sent (\xff)\n"])
def test_no_bytes_raise_and_only_what_is_wanted_is_found(lines):
    assert set(read_relay_log(lines, {ADA})) <= {ADA}
    assert read_relay_log(lines, set()) == {}
