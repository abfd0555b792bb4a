"""What comes back is kept once and in full, and only what speaks against a mailbox costs anybody their mail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from returned_mail import bounce_message, campaign_to, person, returned, states, suppressed

from digest.app import open_app
from digest.config import Config
from digest.core import campaigns as verbs
from digest.core import health
from digest.core import people as people_verbs
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.model import BY_SCHEDULE, ITSELF, BounceClass, By, CampaignStatus, Clarity, Evidence, Hint, ReturnKind, Via
from digest.store import campaigns, people
from digest.store.organisers import activity
from digest.store.people import journal_of, returns

DAY = timedelta(days=1)
SES = By(via=Via.PROVIDER, name="ses")
ADA, BO = "Ada@example.org", "bo@example.org"


@pytest.fixture
def app(store_url, tmp_path, empty_store):
    values = {
        "network": {"name": "Growers"},
        "sender": {"email": "digest@example.org"},
        "store": {"url": store_url},
        "retention": {"returns": "10 days"},
    }
    with open_app(Config.model_validate(values).model_copy(update={"base": tmp_path})) as app:
        yield app


@pytest.fixture
def sent(app, now):
    return campaign_to(app, [ADA, BO], now - DAY)


def take(app, now, *found, by=BY_SCHEDULE):
    return verbs.take_returns(app, found, now, by=by, source="mail")


def did(app, subject):
    with app.store.read() as connection:
        return [(one.verb, str(one.by)) for one in activity.latest(connection, limit=9, subject=subject)]


def test_no_such_mailbox_suppresses_at_once_and_is_written_down(app, sent, now):
    taken = take(app, now, returned(app, sent, ADA, now), by=SES)
    assert taken.suppressed == (ADA,)
    with app.store.read() as connection:
        found = people.suppression_of(connection, ADA)
    assert (found.reason, found.since) == ("bounced", now)
    assert found.detail == "550 5.1.1 <Ada@example.org> is unknown here"
    assert did(app, ADA) == [("suppress", "provider ses")]
    assert suppressed(app, BO) is None


def test_a_complaint_suppresses_at_once_and_takes_consent_back(app, sent, now):
    take(app, now, returned(app, sent, BO, now, kind=ReturnKind.COMPLAINT))
    assert suppressed(app, BO) == "complained"
    with app.store.read() as connection:
        assert [one.verb for one in journal_of(connection, BO)] == ["complain"]


def test_what_is_planned_for_who_is_suppressed_is_taken_back(app, sent, now):
    later = campaign_to(app, [], now, name="weekly-2", unsent=[ADA, BO])
    take(app, now, returned(app, sent, BO, now))
    assert states(app, later) == {ADA.lower(): "queued", BO: "skipped"}


@pytest.mark.parametrize("bounce_class", [BounceClass.POLICY, BounceClass.OURS])
def test_what_is_our_trouble_never_counts_against_a_person_and_is_counted(app, sent, now, bounce_class):
    found = returned(app, sent, ADA, now, bounce_class=bounce_class, clarity=Clarity.COUNTED, status="5.7.1")
    for number in range(9):
        taken = take(app, now, replace(found, key=f"mail:{number}"))
    assert taken.kinds == {f"bounce ({bounce_class})": 1}
    assert suppressed(app, ADA) is None


def test_what_is_read_again_counts_once(app, sent, now):
    full = returned(app, sent, ADA, now, clarity=Clarity.COUNTED, status="5.2.2")
    assert take(app, now, full, full).known == 1
    for _ in range(5):
        taken = take(app, now, full)
    assert (taken.read, taken.known, taken.kinds, suppressed(app, ADA)) == (1, 1, {}, None)


def test_a_full_mailbox_suppresses_once_several_mails_have_come_back(app, now):
    for week in (2, 1, 0):
        at = now - week * 7 * DAY
        made = campaign_to(app, [ADA], at - DAY, name=f"weekly-{week}")
        assert suppressed(app, ADA) is None
        take(app, at, returned(app, made, ADA, at, clarity=Clarity.COUNTED, status="5.2.2"))
    assert suppressed(app, ADA) == "bounced"


def test_a_mail_that_arrives_between_them_forgives_them(app, now):
    for week in (3, 2, 1, 0):
        at = now - week * 7 * DAY
        made = campaign_to(app, [ADA], at - DAY, name=f"weekly-{week}")
        if week != 1:  # this one stayed
            take(app, at, returned(app, made, ADA, at, clarity=Clarity.COUNTED, status="5.2.2"))
    assert suppressed(app, ADA) is None


def test_what_came_before_a_suppression_was_lifted_counts_no_more(app, sent, now):
    take(app, now, returned(app, sent, ADA, now, kind=ReturnKind.COMPLAINT))
    people_verbs.lift(app, ADA, now, by=ITSELF)
    take(app, now, returned(app, sent, ADA, now, clarity=Clarity.COUNTED, status="5.2.2"))
    assert suppressed(app, ADA) is None


def test_a_return_address_alone_suppresses_nobody(app, sent, now):
    leaked = Hint(evidence=Evidence.RETURN_PATH, subscriber_id=person(app, ADA), campaign_id=sent.id)
    take(app, now, returned(app, sent, ADA, now, hints=(leaked,)))
    assert suppressed(app, ADA) is None


def test_a_link_that_tells_no_campaign_is_about_the_latest_mail_that_had_gone(app, sent, now):
    campaign_to(app, [ADA], now + DAY, name="weekly-2")
    link = Hint(evidence=Evidence.UNSUBSCRIBE, subscriber_id=person(app, ADA))
    take(app, now, returned(app, sent, ADA, now, kind=ReturnKind.COMPLAINT, hints=(link,)))
    assert verbs.report(app, sent.name).report.complained == 1


@pytest.mark.parametrize(("vouched", "matched"), [(True, True), (False, False)])
def test_an_address_is_believed_of_a_provider_that_vouches_and_of_nobody_else(app, sent, now, vouched, matched):
    found = returned(app, sent, ADA, now, hints=(), reported_address="ADA@Example.org", vouched=vouched)
    assert take(app, now, found).unmatched == (not matched)
    assert suppressed(app, ADA) == ("bounced" if matched else None)


def test_marks_that_name_two_people_name_nobody_whoever_vouches(app, sent, now):
    other = Hint(evidence=Evidence.MESSAGE_ID, subscriber_id=person(app, BO), campaign_id=sent.id)
    found = returned(app, sent, ADA, now, vouched=True)
    assert take(app, now, replace(found, hints=(*found.hints, other))).unmatched == 1


def test_what_matches_nobody_is_kept_and_listed(app, sent, now):
    take(app, now, returned(app, sent, ADA, now, hints=()))
    count, (kept,) = people_verbs.unmatched(app, limit=10)
    assert (count, kept.campaign, kept.returned.reported_address) == (1, None, ADA)


def test_a_message_is_read_with_the_secret_that_its_marks_were_made_with(app, sent, now, monkeypatch):
    made_before = bounce_message(app, sent, ADA)
    former = app.secret
    monkeypatch.setenv("FORMER", former)
    monkeypatch.setenv("PRESENT", "another secret that nobody can guess, 12345")
    values = {
        "network": {"name": "Growers"},
        "sender": {"email": "digest@example.org"},
        "store": {"url": app.config.store.url},
        "web": {"secret": {"env": "PRESENT"}, "old_secrets": [{"env": "FORMER"}]},
    }
    config = Config.model_validate(values).model_copy(update={"base": app.config.base})
    with open_app(config) as renewed:
        assert verbs.take_mail(renewed, [made_before], now, by=ITSELF).suppressed == (ADA,)


def test_a_report_counts_people_whose_mail_came_back(app, sent, now):
    bounce = returned(app, sent, ADA, now)
    take(app, now, bounce, replace(bounce, key="mail:again"), returned(app, sent, BO, now, kind=ReturnKind.COMPLAINT))
    told = verbs.report(app, sent.name)
    assert (told.report.bounced, told.report.complained) == (1, 1)
    assert [(one.what, one.status, one.people) for one in told.returns] == [
        ("bounce (mailbox)", "5.1.1", 1),
        ("complaint", "", 1),
    ]


def test_forgetting_leaves_nothing_of_a_person_and_the_report_counts_as_before(app, sent, now):
    take(app, now, returned(app, sent, ADA, now), returned(app, sent, BO, now))
    take(app, now, returned(app, sent, ADA, now, key="mail:unmatched", hints=()))
    people_verbs.forget(app, ADA, now, by=ITSELF)
    assert "ada" not in all_returns(app).lower()
    assert BO in all_returns(app)
    assert verbs.report(app, sent.name).report.bounced == 2


def test_what_comes_back_of_who_was_forgotten_names_them_nowhere(app, sent, now):
    found = returned(app, sent, ADA, now)
    people_verbs.forget(app, ADA, now, by=ITSELF)
    elsewhere = replace(found, key="mail:elsewhere", reported_address="alias@orchard.example")
    assert take(app, now, found, elsewhere, replace(found, key="mail:unmatched", hints=())).suppressed == ()
    assert "ada" not in all_returns(app).lower()
    assert verbs.report(app, sent.name).report.bounced == 1


def all_returns(app):
    with app.store.read() as connection:
        rows = connection.execute(returns.returns.select())
        return "\n".join(map(str, rows))


def test_returns_are_erased_after_their_time_and_the_report_counts_as_before(app, sent, now):
    take(app, now - 10 * DAY - timedelta(seconds=1), returned(app, sent, ADA, now - 11 * DAY))
    take(app, now - 10 * DAY + timedelta(seconds=1), returned(app, sent, BO, now - 11 * DAY))
    take(app, now - 11 * DAY, returned(app, sent, ADA, now, key="mail:unmatched", hints=()))
    assert people_verbs.erase_expired(app, now, by=BY_SCHEDULE).returns == 2
    assert "ada" not in all_returns(app).lower()
    assert BO in all_returns(app)
    assert verbs.report(app, sent.name).report.bounced == 2
    assert people_verbs.erase_expired(app, now, by=BY_SCHEDULE).returns == 0


def crowd(count):
    return [f"member{number}@example.org" for number in range(count)]


def status(app, campaign):
    with app.store.read() as connection:
        return campaigns.status_of(connection, campaign.id)


@pytest.mark.parametrize(("bounces", "held"), [(5, False), (6, True)])
def test_a_campaign_of_which_too_many_bounce_is_held_with_what_is_queued(app, now, bounces, held):
    made = campaign_to(app, crowd(100), now, unsent=[ADA])
    taken = take(app, now, *(returned(app, made, one, now) for one in crowd(bounces)))
    assert (taken.held, status(app, made)) == (
        ((made.name,), CampaignStatus.HELD) if held else ((), CampaignStatus.SENDING)
    )
    assert states(app, made)[ADA.lower()] == "queued"


@pytest.mark.parametrize(("accepted", "complaints", "held"), [(100, 1, False), (100, 2, True), (99, 2, False)])
def test_two_complaints_among_a_hundred_hold_a_campaign_and_one_never_does(app, now, accepted, complaints, held):
    made = campaign_to(app, crowd(accepted), now, unsent=[ADA])
    found = [returned(app, made, one, now, kind=ReturnKind.COMPLAINT) for one in crowd(complaints)]
    assert bool(take(app, now, *found).held) == held


def test_a_hold_tells_why(app, now):
    made = campaign_to(app, crowd(100), now, unsent=[ADA])
    take(app, now, *(returned(app, made, one, now, kind=ReturnKind.COMPLAINT) for one in crowd(2)))
    reason = verbs.report(app, made.name).report.reason
    assert reason == "2 called it spam (2.0% of 100; [limits] complaints is 0.3%)"


def test_a_campaign_that_somebody_let_go_again_is_not_held_twice(app, now):
    made = campaign_to(app, crowd(100), now, unsent=[ADA])
    take(app, now, *(returned(app, made, one, now) for one in crowd(6)))
    with app.store.write() as connection:
        moves.moved(connection, campaigns.by_id(connection, made.id), Move.APPROVE, by=ITSELF, now=now)
    taken = take(app, now, *(returned(app, made, one, now) for one in crowd(20)))
    assert (taken.held, status(app, made)) == ((), CampaignStatus.SENDING)


def troubles(app, now):
    return [one for one in health.troubles(app, now) if not one.key.startswith("lists")]


def test_a_campaign_that_is_over_stays_as_it_is_and_the_admins_are_told(app, now):
    made = campaign_to(app, crowd(100), now)
    moves.finish(app, made, now)
    taken = take(app, now, *(returned(app, made, one, now) for one in crowd(20)))
    assert (taken.held, status(app, made)) == ((), CampaignStatus.SENT)
    (trouble,) = troubles(app, now)
    assert trouble.told == "weekly-1: 20 came back (20.0% of 100; [limits] bounces is 5%)"
    assert trouble.mend == "digest report weekly-1"
    assert troubles(app, now + 8 * DAY) == []


def test_a_campaign_that_is_held_for_its_returns_is_one_trouble(app, now):
    made = campaign_to(app, crowd(100), now, unsent=[ADA])
    take(app, now, *(returned(app, made, one, now) for one in crowd(20)))
    assert [one.key for one in troubles(app, now)] == ["held weekly-1"]
