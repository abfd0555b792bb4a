"""Who changes their mind gets what they were skipped for, while its campaign still runs, and never twice."""

import threading
from datetime import timedelta

import pytest
from people_pages import CONFIG, opened, subscriber_id
from sqlalchemy import select, update

from digest.core import people
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.core.people import Change, list_ids_of
from digest.model import ITSELF, CampaignStatus, DeliveryState, Offer, PersonSkip, Terms
from digest.store import campaigns, outbox
from digest.store.tables import campaigns as campaigns_table
from digest.store.tables import deliveries

ADA = "ada@example.org"


@pytest.fixture
def app(tmp_path, now, empty_store):
    with opened(tmp_path, now) as app:
        yield app


@pytest.fixture
def campaign(app, now):
    """A weekly edition of posts, queued for everybody on the members' list."""
    with app.store.write() as connection:
        made = campaigns.create(
            connection,
            name="weekly-1",
            digest="weekly",
            period="1",
            status=CampaignStatus.SENDING,
            by=ITSELF,
            list_names=["members"],
            now=now,
            terms=Terms(offers=(Offer(section="posts", categories=()),), alternatives=("monthly",)),
        )
        outbox.plan_deliveries(connection, made, now)
    return made


def adas(app):
    """State and reason of Ada's delivery."""
    with app.store.read() as connection:
        query = select(deliveries.c.state, deliveries.c.reason).where(deliveries.c.address_key == ADA)
        return tuple(connection.execute(query).one())


def put(app, table, **values):
    with app.store.write() as connection:
        connection.execute(update(table).values(**values))


def leave(app, now):
    who = subscriber_id(app)
    people.unsubscribe(app, who, list_ids_of(app, who, ["members"]), now, by=ITSELF)


def mistake(app, now):
    who = subscriber_id(app)
    people.take_back(app, who, list_ids_of(app, who, ["members"]), now, by=ITSELF)


def changing(**values):
    return lambda app, now: people.change_preferences(app, ADA, Change(**values), now, by=ITSELF)


def pause(app, now):
    changing(pause_until=now + timedelta(days=9))(app, now)


CHANGES = {
    "a mistake": (leave, mistake, PersonSkip.UNSUBSCRIBED),
    "a pause": (pause, changing(resume=True), PersonSkip.PAUSED),
    "a mute": (changing(mute=["posts"]), changing(unmute=["posts"]), PersonSkip.NOTHING_WANTED),
    "a choice": (changing(choose="monthly"), changing(choose="weekly"), PersonSkip.ALTERNATIVE),
    "a suppression": (
        lambda app, now: people.suppress(app, ADA, now, by=ITSELF, reason="by hand"),
        lambda app, now: people.lift(app, ADA, now, by=ITSELF),
        PersonSkip.SUPPRESSED,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_somebody_was_skipped_for_and_wants_after_all_is_queued_again(app, campaign, now, change):
    against, back, why = CHANGES[change]
    against(app, now)
    assert adas(app) == (DeliveryState.SKIPPED, why)
    back(app, now)
    assert adas(app) == (DeliveryState.QUEUED, "")


@pytest.mark.parametrize("status", [CampaignStatus.SENT, CampaignStatus.CANCELLED, CampaignStatus.SKIPPED])
def test_a_campaign_that_is_over_is_not_begun_again(app, campaign, now, status):
    leave(app, now)
    put(app, campaigns_table, status=status.value)
    mistake(app, now)
    assert adas(app) == (DeliveryState.SKIPPED, PersonSkip.UNSUBSCRIBED)


@pytest.mark.parametrize("state", [DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.REJECTED])
def test_who_got_it_perhaps_or_was_refused_gets_it_no_second_time(app, campaign, now, state):
    put(app, deliveries, state=state.value)
    for against, back, _ in CHANGES.values():
        against(app, now)
        back(app, now)
        assert adas(app) == (state, "")


def test_who_wants_it_but_still_may_not_have_it_stays_skipped(app, campaign, now):
    pause(app, now)
    leave(app, now)
    mistake(app, now)
    assert adas(app) == (DeliveryState.SKIPPED, PersonSkip.PAUSED)


@pytest.mark.parametrize("why", [PersonSkip.CANCELLED, PersonSkip.OVER])
def test_what_was_taken_back_for_another_reason_stays_so(app, campaign, now, why):
    put(app, deliveries, state=DeliveryState.SKIPPED.value, reason=why.value)
    pause(app, now)
    changing(resume=True)(app, now)
    assert adas(app) == (DeliveryState.SKIPPED, why)


@pytest.fixture
def running(tmp_path, now, store_url, empty_store):
    """A campaign on either database of which nothing is left to send, as everybody has paused."""
    with opened(tmp_path, now, config=CONFIG.replace("[web]", f'[store]\nurl = "{store_url}"\n[web]', 1)) as app:
        with app.store.write() as connection:
            names = {"name": "weekly-1", "digest": "weekly", "period": "1", "list_names": ["members"]}
            made = campaigns.create(connection, status=CampaignStatus.SENDING, by=ITSELF, now=now, **names)
            outbox.plan_deliveries(connection, made, now)
        put(app, deliveries, state=DeliveryState.SKIPPED.value, reason=PersonSkip.PAUSED.value)
        yield app, made


def test_who_is_queued_again_while_a_campaign_ends_is_not_left_behind(running, now):
    app, made = running
    ending = threading.Thread(target=moves.finish, args=(app, made, now))
    with app.store.write() as connection:
        assert outbox.queue_person(connection, subscriber_id(app), now) == 1
        ending.start()
        ending.join(0.5)
    ending.join()
    with app.store.read() as connection:
        assert campaigns.status_of(connection, made.id) is CampaignStatus.SENDING


def test_nobody_is_queued_for_a_campaign_that_ends_meanwhile(running, now):
    app, made = running
    queued = []

    def again():
        with app.store.write() as connection:
            queued.append(outbox.queue_person(connection, who, now))

    who, coming = subscriber_id(app), threading.Thread(target=again)
    with app.store.write() as connection:
        current = campaigns.locked(connection, made.id)
        moves.moved(connection, current, Move.FINISH, by=ITSELF, now=now)
        coming.start()
        coming.join(0.5)
    coming.join()
    assert queued == [0]
