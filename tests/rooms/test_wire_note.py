"""What a process has on the wire, read after its death: it makes a doubt smaller, and only where that is proven."""

import fcntl
import os
from datetime import UTC, datetime

import pytest
from rooms.test_store_outbox import ADA, BO, CY, DI, listing, planned
from sqlalchemy import select, update

from digest.model import Accepted, Deferred, Rejected, Stage, Unknown
from digest.store import outbox
from digest.store.outbox import chunks, progress, wire
from digest.store.outbox.wire import WireNote
from digest.store.tables import campaigns as campaigns_table
from digest.store.tables import deliveries

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


class Sender:
    """One process that has claimed four people's mail, as a ledger does, and noted it."""

    def __init__(self, store, now):
        listing(store, now, members=[ADA, BO, CY, DI])
        self.store = store
        self.campaign = planned(store, now, "members")
        (self.chunk,) = outbox.due_by_chunk(store, self.campaign, now)
        self.note = WireNote.open(store)
        self.note.claimed(self.chunk)
        with store.write() as connection:
            assert len(progress.claim(connection, self.campaign.id, [one.id for one in self.chunk], now)) == 4

    def __getitem__(self, name):
        return next(one for one in self.chunk if one.recipient.address.startswith(name))

    @property
    def path(self):
        (path,) = (self.store.lock_folder / "wire").iterdir()
        return path

    def dies(self):
        """The system lets go of its lock, and nothing is cleared away."""
        self.note.close()

    def states(self):
        """By name, once the next process has looked and taken the chunk."""
        outbox.settle_noted(self.store, NOW)
        with self.store.write() as connection:
            outbox.orphans_to_unknown(connection, self.campaign)
            rows = connection.execute(select(deliveries.c.address_key, deliveries.c.state))
            return {key.partition("@")[0]: state for key, state in rows}


IN_DOUBT = dict.fromkeys(("ada", "bo", "cy", "di"), "unknown")


@pytest.fixture
def sender(store, now):
    return Sender(store, now)


def test_what_was_only_claimed_goes_on_and_only_what_was_on_the_wire_is_in_doubt(sender):
    sender.note.begun(sender["ada"])
    sender.dies()
    assert sender.states() == {"ada": "unknown", "bo": "queued", "cy": "queued", "di": "queued"}
    with sender.store.read() as connection:
        attempts = connection.execute(select(deliveries.c.attempts, deliveries.c.first_tried_at)).all()
    assert attempts.count((0, None)) == 3  # as if it had not been claimed
    assert list((sender.store.lock_folder / "wire").iterdir()) == []


def test_what_the_server_had_answered_is_no_doubt_though_it_was_not_written_down(sender):
    for name in ("ada", "bo", "cy", "di"):
        sender.note.begun(sender[name])
    sender.note.answered(sender["ada"], Accepted(reply="ok"))
    sender.note.answered(sender["bo"], Deferred(stage=Stage.RCPT, code=450, reply="later"))
    sender.note.answered(sender["cy"], Rejected(stage=Stage.DOT, code=554, reply="no"))
    sender.note.answered(sender["di"], Unknown(reply="lost"))
    sender.dies()
    assert sender.states() == {"ada": "accepted", "bo": "queued", "cy": "queued", "di": "unknown"}
    with sender.store.read() as connection:
        taken = select(deliveries.c.reply, deliveries.c.code, deliveries.c.finished_at)
        row = connection.execute(taken.where(deliveries.c.state == "accepted")).one()
        shown = connection.execute(select(campaigns_table.c.shown_since)).scalar_one()
    assert row == ("taken by the server, as was noted before the process ended", 250, NOW)
    assert shown is not None


def test_a_claim_that_comes_too_late_takes_nothing_back_of_what_has_begun(sender):
    sender.note.begun(sender["ada"])
    sender.note.claimed(sender.chunk)
    sender.dies()
    assert sender.states()["ada"] == "unknown"


def test_what_was_written_down_before_the_death_stays_as_it_was_written(sender):
    sender.note.begun(sender["ada"])
    sender.note.answered(sender["ada"], Accepted(reply="ok"))
    with sender.store.write() as connection:  # and the process dies before the place is free again
        progress.record(connection, [progress.accepted_row(sender["ada"].id, Accepted(reply="2.0.0 ours"), NOW)])
    sender.dies()
    assert sender.states()["ada"] == "accepted"
    with sender.store.read() as connection:
        kept = select(deliveries.c.reply).where(deliveries.c.state == "accepted")
        assert connection.execute(kept).scalar_one() == "2.0.0 ours"


def test_while_its_owner_lives_a_note_says_nothing(sender):
    assert sender.states() == IN_DOUBT
    assert sender.path.exists()


def test_a_note_of_another_boot_says_nothing_and_is_cleared_away(sender, monkeypatch, tmp_path):
    sender.dies()
    (tmp_path / "boot").write_text("0" * 36)
    monkeypatch.setattr(wire, "_BOOT_ID", tmp_path / "boot")
    assert sender.states() == IN_DOUBT
    assert list((sender.store.lock_folder / "wire").iterdir()) == []


def test_where_the_system_does_not_tell_its_boot_nothing_is_noted_and_nothing_believed(sender, monkeypatch, tmp_path):
    sender.dies()
    monkeypatch.setattr(wire, "_BOOT_ID", tmp_path / "none")
    note = WireNote.open(sender.store)
    note.claimed(sender.chunk)
    note.close()
    assert sender.states() == IN_DOUBT


def test_a_note_that_is_lost_leaves_everything_claimed_in_doubt(sender):
    sender.dies()
    sender.path.unlink()
    assert sender.states() == IN_DOUBT


@pytest.mark.parametrize("length", [0, 1, 95, 96, 1000, 65_631])
def test_a_note_that_is_cut_off_says_nothing(sender, length):
    sender.dies()
    os.truncate(sender.path, length)
    assert sender.states() == IN_DOUBT


def test_a_note_about_another_store_says_nothing(sender):
    sender.dies()
    path = sender.path
    content = bytearray(path.read_bytes())
    content[60] ^= 1  # within the store's mark
    path.write_bytes(content)
    assert sender.states() == IN_DOUBT


def test_once_another_has_taken_the_chunk_an_old_note_says_nothing(sender, now):
    sender.dies()
    with sender.store.write() as connection:
        chunks.take(connection, sender.campaign, sender.chunk[0].lease.chunk)
        connection.execute(update(deliveries).values(state="in_flight"))  # by whoever took it, and is elsewhere
    assert sender.states() == IN_DOUBT


def test_where_two_notes_disagree_the_server_may_have_it(sender):
    sender.dies()
    notes = [WireNote.open(sender.store) for _ in range(4)]  # in whatever order they are read
    for note in notes:
        note.claimed(sender.chunk)
    notes[2].begun(sender["cy"])
    for note in notes:
        note.close()
    assert sender.states() == {"ada": "queued", "bo": "queued", "cy": "unknown", "di": "queued"}


def test_what_is_settled_is_noted_no_more_and_its_place_is_used_again(sender):
    for _ in range(2 * wire._PLACES):
        sender.note.settled([sender["ada"]])
        sender.note.claimed([sender["ada"]])
    sender.note.settled(sender.chunk[1:])
    sender.dies()
    assert sender.states() == IN_DOUBT | {"ada": "queued"}


def test_who_finds_no_place_is_in_doubt(sender, monkeypatch):
    sender.dies()
    sender.path.unlink()
    monkeypatch.setattr(wire, "_PLACES", 3)
    note = WireNote.open(sender.store)
    note.claimed(sender.chunk)
    note.close()
    assert sorted(sender.states().values()) == ["queued", "queued", "queued", "unknown"]


def test_a_folder_that_cannot_be_written_costs_the_note_and_nothing_else(sender):
    sender.dies()
    sender.path.unlink()
    folder = sender.store.lock_folder / "wire"
    folder.rmdir()
    folder.write_text("in its way")
    note = WireNote.open(sender.store)
    note.claimed(sender.chunk)
    note.begun(sender["ada"])
    note.settled(sender.chunk)
    note.close()
    assert sender.states() == IN_DOUBT


def test_a_note_whose_all_is_settled_goes_with_its_owner(sender):
    sender.note.settled(sender.chunk)
    path = sender.path
    sender.dies()
    assert not path.exists()


def test_a_note_is_its_owners_alone(sender):
    assert sender.path.stat().st_mode & 0o777 == 0o600
    assert sender.path.parent.stat().st_mode & 0o777 == 0o700
    handle = os.open(sender.path, os.O_RDONLY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)


def test_a_restored_store_believes_no_note_of_the_one_before(sender):
    sender.dies()
    outbox.forget_noted(sender.store)
    assert sender.states() == IN_DOUBT
