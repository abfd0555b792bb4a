"""Messages that came back are read, handed over, and only then marked as read."""

import io
import mailbox

import pytest

from digest.errors import UsageError
from digest.returns.mailbox import read_path, read_stream
from digest.returns.mime import LARGEST

FIRST = b"Subject: first\n\nFrom the hedge, a line.\nbody\n"
SECOND = b"Subject: second\n\nbody\n"


@pytest.fixture
def maildir(tmp_path):
    made = mailbox.Maildir(tmp_path / "returns")
    for message in (FIRST, SECOND):
        made.add(message)
    return tmp_path / "returns"


def taken(read, *where):
    kept = []
    count = read(*where, kept.extend)
    assert count == len(kept)
    return sorted(kept)


def test_a_maildir_is_read_once_and_its_messages_are_marked_as_seen(maildir):
    assert taken(read_path, maildir) == [FIRST, SECOND]
    assert list((maildir / "new").iterdir()) == []
    assert all(file.name.endswith(":2,S") for file in (maildir / "cur").iterdir())
    assert taken(read_path, maildir) == []


def test_what_another_program_left_unseen_in_a_maildir_is_read_and_keeps_its_flags(maildir):
    (file, _) = sorted((maildir / "new").iterdir())
    file.rename(maildir / "cur" / f"{file.name}:2,F")
    assert len(taken(read_path, maildir)) == 2
    assert (maildir / "cur" / f"{file.name}:2,FS").exists()


def test_nothing_is_marked_that_was_not_kept(maildir):
    def full(messages):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):  # not taken for trouble with the mailbox
        read_path(maildir, full)
    assert len(list((maildir / "new").iterdir())) == 2
    assert taken(read_path, maildir) == [FIRST, SECOND]


def test_a_message_that_vanishes_while_a_maildir_is_read_is_kept_all_the_same(maildir):
    def moving(messages):
        for file in (maildir / "new").iterdir():
            file.unlink()

    assert read_path(maildir, moving) == 2


def test_a_large_maildir_is_handed_over_in_batches(tmp_path):
    made = mailbox.Maildir(tmp_path / "many")
    for number in range(120):
        made.add(b"Subject: %d\n\n" % number)
    sizes = []
    assert read_path(tmp_path / "many", lambda batch: sizes.append(len(batch))) == 120
    assert sizes == [50, 50, 20]


def test_an_mbox_is_divided_into_its_messages(tmp_path):
    path = tmp_path / "returns.mbox"
    made = mailbox.mbox(path)
    made.add(FIRST)
    made.add(SECOND)
    made.close()
    before = path.read_bytes()
    assert [one.rstrip() for one in taken(read_path, path)] == [FIRST.rstrip(), SECOND.rstrip()]
    assert path.read_bytes() == before


def test_a_file_is_one_message_and_a_folder_one_for_each_file(tmp_path):
    (tmp_path / "a.eml").write_bytes(FIRST)
    (tmp_path / "b.eml").write_bytes(SECOND)
    (tmp_path / ".hidden").write_bytes(b"no")
    assert taken(read_path, tmp_path / "a.eml") == [FIRST]
    assert taken(read_path, tmp_path) == [FIRST, SECOND]


def test_a_pipe_brings_one_message_or_an_mbox():
    assert taken(read_stream, io.BytesIO(FIRST)) == [FIRST]
    piped = b"From mailer@orchard.example Mon Nov 23 08:00:00 2026\n"
    assert taken(read_stream, io.BytesIO(piped + FIRST)) == [FIRST]
    both = piped + FIRST + b"\n" + piped + SECOND
    assert [one.rstrip() for one in taken(read_stream, io.BytesIO(both))] == [FIRST.rstrip(), SECOND.rstrip()]


def test_a_line_that_only_begins_like_another_message_divides_nothing():
    message = b"From a@b Mon Nov 23 08:00:00 2026\nSubject: s\n\nDear all,\n\nFrom next week on all is well.\n"
    assert taken(read_stream, io.BytesIO(message)) == [message.partition(b"\n")[2]]


def test_nothing_comes_of_nothing(tmp_path):
    (tmp_path / "empty").touch()
    assert taken(read_path, tmp_path / "empty") == []
    assert taken(read_stream, io.BytesIO(b"\n\n")) == []


def test_of_a_message_without_end_no_more_than_a_megabyte_is_kept(tmp_path):
    (kept,) = taken(read_stream, io.BytesIO(b"Subject: s\n\n" + b"a" * 3_000_000))
    assert LARGEST <= len(kept) < LARGEST + 200_000


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        read_path(tmp_path / "nowhere", print)
