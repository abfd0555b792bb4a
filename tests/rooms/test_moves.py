"""Where a campaign may go from where it is, what each move does and writes down, and what is refused with why."""

from itertools import product

import pytest
from campaign_moves import move as put
from rooms.test_store_outbox import listing, person, rows
from sqlalchemy import update

from digest.app import open_app
from digest.config import load_config
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.core.editions.approval import release
from digest.errors import UsageError
from digest.model import BY_SCHEDULE, ITSELF, By, CampaignStatus, DeliveryState, PersonSkip
from digest.model.organisers import Via
from digest.store import campaigns, outbox
from digest.store.organisers import activity
from digest.store.tables import deliveries

PREPARED, SENDING, SENT, SKIPPED, HELD, PAUSED, CANCELLED = CampaignStatus
ADA = By(via=Via.COMMAND, name="ada")
ALLOWED = {
    Move.RELEASE: ({PREPARED}, SENDING),
    Move.APPROVE: ({PREPARED, HELD}, SENDING),
    Move.APPROVE_AHEAD: ({PREPARED, HELD}, PREPARED),
    Move.EXPIRE: ({PREPARED}, SKIPPED),
    Move.HOLD: ({PREPARED}, HELD),
    Move.STOP: ({SENDING}, HELD),
    Move.PAUSE: ({SENDING}, PAUSED),
    Move.RESUME: ({PAUSED}, SENDING),
    Move.RECOMPOSE: ({PAUSED, HELD}, SENDING),
    Move.RECOMPOSE_AHEAD: ({PAUSED, HELD}, PREPARED),
    Move.HOLD_RECOMPOSED: ({PAUSED, HELD}, HELD),
    Move.FINISH: ({SENDING}, SENT),
    Move.REOPEN: ({SENT}, SENDING),
    Move.SKIP: ({PREPARED, HELD}, SKIPPED),
    Move.CANCEL: ({PREPARED, HELD, SENDING, PAUSED}, CANCELLED),
}
BY_HAND = {Move.HOLD: moves.hold, Move.PAUSE: moves.pause, Move.RESUME: moves.resume, Move.CANCEL: moves.cancel}


@pytest.fixture
def app(tmp_path, now, empty_store):
    """The product with an empty store, and a list of two."""
    path = tmp_path / "config.toml"
    path.write_text('[network]\nname = "Growers"\n[sender]\nemail = "digest@example.org"\n')
    with open_app(load_config(path, environ={})) as opened:
        listing(opened.store, now, members=[person("ada"), person("bo")])
        yield opened


def begun(app, now, status, *, by=ADA, **values):
    """A campaign on record, with its deliveries planned."""
    names = {"name": "weekly-1", "digest": "weekly", "period": "1", "list_names": ["members"]}
    with app.store.write() as connection:
        made = moves.begin(connection, status=status, by=by, now=now, **names, **({"rendered": "{}"} | values))
        outbox.plan_deliveries(connection, made, now)
    return made


def done(app):
    """What the activity says, the latest first: by whom, what, of what, and why."""
    with app.store.read() as connection:
        return [(one.by, one.verb, one.subject, one.detail) for one in activity.latest(connection, limit=9)]


def standing(app):
    with app.store.read() as connection:
        found = campaigns.by_name(connection, "weekly-1")
    return found.status, found.moved_by, found.reason


@pytest.mark.parametrize(("move", "status"), list(product(Move, CampaignStatus)))
def test_a_move_is_made_from_where_it_may_be_and_else_nothing_is(app, now, move, status):
    campaign = begun(app, now, SENDING)
    with app.store.write() as connection:
        put(connection, campaign.id, status, "before")
        campaign = campaigns.by_id(connection, campaign.id)
        moved = moves.moved(connection, campaign, move, by=ADA, now=now, reason="why")
    allowed, target = ALLOWED[move]
    assert moves.may_be(campaign, move) is (status in allowed)
    if status in allowed:
        assert (moved.status, moved.moved_by, moved.reason) == standing(app) == (target, ADA, "why")
        assert done(app)[0] == (ADA, move.value, "weekly-1", "why")
    else:
        assert moved is None
        assert standing(app) == (status, ITSELF, "before")
        assert len(done(app)) == 1


@pytest.mark.parametrize("move", Move)
def test_only_cancelling_and_expiring_take_back_what_is_planned(app, now, move):
    (status, *_), _ = ALLOWED[move]
    campaign = begun(app, now, SENDING)
    with app.store.write() as connection:
        put(connection, campaign.id, status)
        moves.moved(connection, campaign, move, by=ADA, now=now)
    taken_back = move in {Move.CANCEL, Move.EXPIRE}
    skipped = ("skipped", PersonSkip.CANCELLED.value) if taken_back else ("queued", "")
    assert rows(app.store, campaign) == {"ada": skipped, "bo": skipped}


@pytest.mark.parametrize("move", BY_HAND)
def test_a_person_makes_a_move_by_name_and_it_is_written_down_as_theirs(app, now, move):
    (status, *_), target = ALLOWED[move]
    campaign = begun(app, now, SENDING)
    with app.store.write() as connection:
        put(connection, campaign.id, status)
    assert BY_HAND[move](app, "weekly-1", by=ADA, now=now).status is target
    assert standing(app) == (target, ADA, f"by hand ({move})")
    assert done(app)[0] == (ADA, move.value, "weekly-1", f"by hand ({move})")


def test_a_move_that_cannot_be_made_says_what_the_campaign_is_and_would_have_to_be(app, now):
    begun(app, now, SENDING)
    with pytest.raises(UsageError, match="weekly-1 is sending; only what is prepared can be told to hold"):
        moves.hold(app, "weekly-1", by=ADA, now=now)
    with (
        pytest.raises(UsageError, match="only what is held or prepared can be told to approve"),
        app.store.write() as c,
    ):
        moves.on_word(c, "weekly-1", Move.APPROVE, by=ADA, now=now)
    assert standing(app)[0] is SENDING
    with pytest.raises(UsageError, match='no campaign "weekly-2"; the latest are: weekly-1'):
        moves.pause(app, "weekly-2", by=ADA, now=now)


def test_what_has_no_mail_yet_is_not_sent_on_anybodys_word_and_may_be_cancelled(app, now):
    begun(app, now, HELD, reason="a template is broken", rendered=None)
    with (
        pytest.raises(UsageError, match="no mail yet: a template is broken; mend that, then `digest prepare weekly`"),
        app.store.write() as connection,
    ):
        moves.on_word(connection, "weekly-1", Move.APPROVE, by=ADA, now=now)
    assert standing(app)[0] is HELD
    with pytest.raises(UsageError, match="only what is paused can be told to resume"):
        moves.resume(app, "weekly-1", by=ADA, now=now)
    moves.cancel(app, "weekly-1", by=ADA, now=now)
    assert standing(app)[0] is CANCELLED


@pytest.mark.parametrize(
    ("status", "by"), [(PREPARED, ADA), (SENDING, ADA), (HELD, ITSELF), (SKIPPED, ITSELF)], ids=str
)
def test_what_begins_is_written_down_as_who_asked_and_stands_by_nobodys_word_where_it_waits(app, now, status, by):
    begun(app, now, status, reason="why")
    assert standing(app) == (status, by, "why")
    assert done(app) == [(ADA, "prepare", "weekly-1", f"{status}: why")]


def test_who_lets_go_what_another_process_let_go_before_finds_it_as_that_one_left_it(app, now):
    waiting = begun(app, now, PREPARED)
    first, _ = release(app, waiting, by=BY_SCHEDULE, now=now, edited=False)
    second, told = release(app, waiting, by=ADA, now=now, edited=False)
    assert (first.status, second.status, told) == (SENDING, SENDING, "")
    assert standing(app) == (SENDING, BY_SCHEDULE, "")
    assert [verb for _, verb, *_ in done(app)] == ["release", "prepare"]


def test_a_period_that_has_a_campaign_begins_no_other_and_nothing_is_written_down(app, now):
    made = begun(app, now, PREPARED)
    names = {"name": "again", "digest": "weekly", "period": "1", "list_names": ["members"]}
    with app.store.write() as connection:
        assert moves.begin(connection, status=PREPARED, by=BY_SCHEDULE, now=now, **names) is None
    assert done(app) == [(ADA, "prepare", made.name, "prepared")]


def test_what_begins_keeps_everything_that_it_was_made_of(app, now):
    made = begun(app, now, PREPARED, content="[]", config_hash="c", template_hash="t")
    assert (made.edition, made.rendered, made.config_hash, made.template_hash) == ("[]", "{}", "c", "t")
    assert (made.digest, made.period, made.list_names, made.created_at) == ("weekly", "1", ("members",), now)


def settled(app, campaign, state, reason=""):
    with app.store.write() as connection:
        own = update(deliveries).where(deliveries.c.campaign_id == campaign.id)
        connection.execute(own.values(state=state.value, reason=reason))


@pytest.mark.parametrize(
    ("state", "reason", "status"),
    [
        (DeliveryState.QUEUED, "", SENDING),
        (DeliveryState.DEFERRED, "", SENDING),
        (DeliveryState.ACCEPTED, "", SENT),
        (DeliveryState.REJECTED, "", SENT),
        (DeliveryState.UNKNOWN, "", SENT),
        (DeliveryState.SKIPPED, PersonSkip.UNSUBSCRIBED.value, SENT),
        (DeliveryState.SKIPPED, PersonSkip.OVER.value, CANCELLED),
    ],
)
def test_a_campaign_is_finished_when_nothing_is_left_to_send(app, now, state, reason, status):
    campaign = begun(app, now, SENDING)
    settled(app, campaign, state, reason)
    moves.finish(app, campaign, now)
    told = standing(app)
    assert told[0] is status
    if status is CANCELLED:
        assert told[1:] == (ITSELF, PersonSkip.OVER.value)


def test_what_was_over_for_some_and_reached_others_is_sent(app, now):
    campaign = begun(app, now, SENDING)
    settled(app, campaign, DeliveryState.ACCEPTED)
    with app.store.write() as connection:
        one = update(deliveries).where(deliveries.c.address_key == "bo@example.org")
        connection.execute(one.values(state=DeliveryState.SKIPPED.value, reason=PersonSkip.OVER.value))
    moves.finish(app, campaign, now)
    assert standing(app)[0] is SENT


@pytest.mark.parametrize("status", [PAUSED, HELD, CANCELLED, PREPARED])
def test_what_is_not_being_sent_is_not_finished_and_what_is_cancelled_is_taken_back(app, now, status):
    campaign = begun(app, now, SENDING)
    with app.store.write() as connection:
        put(connection, campaign.id, status)
    moves.finish(app, campaign, now)
    assert standing(app)[0] is status
    skipped = ("skipped", "campaign cancelled") if status is CANCELLED else ("queued", "")
    assert set(rows(app.store, campaign).values()) == {skipped}


@pytest.mark.parametrize("status", [PAUSED, HELD, PREPARED])
def test_what_is_kept_back_stays_so_though_it_is_over_for_everybody(app, now, status):
    campaign = begun(app, now, SENDING)
    settled(app, campaign, DeliveryState.SKIPPED, PersonSkip.OVER.value)
    with app.store.write() as connection:
        put(connection, campaign.id, status)
    moves.finish(app, campaign, now)
    assert standing(app)[0] is status


def test_the_words_that_stand_in_the_activity_already_are_kept():
    words = "release approve hold stop pause resume recompose finish reopen skip cancel"
    ahead = "approve ahead", "recompose ahead"
    assert {move.value for move in Move} == {*words.split(), "hold the recomposed", *ahead, "expire"}
