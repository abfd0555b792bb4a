"""After a real death in the middle of a real conversation: the doubt is settled by the relay's own log."""

import email
import gzip
import signal

from faults.conftest import CAMPAIGN, EVERYBODY, held, is_once_each, rows, sending, states


def postfix_log(sink):
    """What a Postfix relay would have written about what it has taken."""
    for number, (address, content) in enumerate(sink.taken):
        queue_id, message_id = f"4ABC{number:02}", email.message_from_bytes(content)["Message-ID"]
        yield f"Nov 23 08:00:01 relay postfix/cleanup[8]: {queue_id}: message-id={message_id}"
        yield f"Nov 23 08:00:01 relay postfix/qmgr[7]: {queue_id}: from=<a@b>, size=1, nrcpt=1 (queue active)"
        yield f"Nov 23 08:00:02 relay postfix/smtp[9]: {queue_id}: to=<{address}>, dsn=2.0.0, status=sent (250 ok)"


def test_the_log_proves_what_arrived_and_exactly_the_rest_is_sent_again(members, sink):
    with held(sink, "DATA", 9) as hold, sending(members) as sender:
        sender.reaches(hold)
        sender.tell(signal.SIGKILL)
        sender.finished()
    assert sink.is_left()
    in_flight = {address for address, state in rows(members) if state == "in_flight"}
    members.json("settle", CAMPAIGN)  # whoever looks first knows who was only claimed
    in_doubt = {address for address, state in rows(members) if state == "unknown"}
    assert in_doubt < in_flight
    arrived = in_doubt & set(sink.recipients)
    text = "\n".join(postfix_log(sink))
    (members.folder / "mail.log.1.gz").write_bytes(gzip.compress(text.encode()))
    told = members.json("settle", CAMPAIGN, "--log", "mail.log.1.gz")
    assert (told["settled"]["accepted"], set(told["addresses"])) == (len(arrived), in_doubt - arrived)
    assert states(members)["unknown"] == told["in_doubt"] == len(in_doubt - arrived)
    again = members.json("settle", CAMPAIGN, "--resend", "--yes")
    assert (again["settled"]["queued"], again["in_doubt"]) == (len(in_doubt - arrived), 0)
    last = members.json("send", CAMPAIGN, "--at", members.at)
    assert (last["status"], last["accepted"], last["unknown"]) == ("sent", len(EVERYBODY), 0)
    assert is_once_each(sink)
    assert set(sink.recipients) == set(EVERYBODY)


def test_while_it_is_being_sent_nothing_is_settled(members, sink):
    with held(sink, "DATA", 3) as hold, sending(members) as sender:
        sender.reaches(hold)
        refused = members.run("settle", CAMPAIGN, "--leave")
        assert (refused.code, "is being sent by another process" in refused.err) == (1, True)
        assert states(members)["in_flight"] > 0
        hold.released.set()
        done = sender.finished()
    assert (done.code, done.json["accepted"], done.json["unknown"]) == (0, len(EVERYBODY), 0)
