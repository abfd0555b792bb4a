"""What providers post, at the addresses they post it to: taken in once, and refused from anybody else."""

from base64 import b64encode
from dataclasses import replace

import httpx2
import pytest
from provider_posts import CERTIFICATE, MARKS, NOW, OLD, SIGNERS, TOPIC, certificate, sns
from returned_mail import suppressed
from sqlalchemy import insert
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from digest.app import open_app
from digest.config import Config, Secret
from digest.errors import ReturnsError, UnverifiedError
from digest.model import ITSELF, CampaignStatus
from digest.returns.sns import fetch
from digest.store import campaigns
from digest.store.tables import deliveries, subscribers
from digest.web.hooks import LARGEST, HookPosts
from digest.web.site import create_web

SECRET = "an-address-that-nobody-can-guess-0123"
BO = "bo@orchard.example"
SIGNING = ("mailgun", "resend", "sendgrid")
UNSIGNED = ("brevo", "mailjet", "postmark")
CONFIRMING = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"


def hook(provider):
    made = {"provider": provider, "secret": Secret(SECRET)}
    if provider in SIGNING:
        made["key"] = Secret(SIGNERS[provider].hook.secret)
    return made | ({"topics": [TOPIC]} if provider == "ses" else {})


@pytest.fixture
def app(tmp_path, empty_store):
    values = {
        "network": {"name": "Growers"},
        "sender": {"email": "digest@example.org"},
        "returns": {"hooks": [hook(provider) for provider in SIGNERS]},
    }
    config = Config.model_validate(values).model_copy(update={"base": tmp_path})
    with open_app(config, at=NOW) as opened:
        app = replace(opened, secret=MARKS)
        with app.store.write() as connection:  # the copy that the providers' posts are about
            for number in range(1, 5):
                campaigns.create(
                    connection,
                    name=f"weekly-{number}",
                    digest="weekly",
                    period=str(number),
                    status=CampaignStatus.SENT,
                    by=ITSELF,
                    list_names=[],
                    now=NOW,
                )
            connection.execute(
                insert(subscribers).values(id=77, address=BO, address_key=BO, name="", created_at=NOW, fields={})
            )
            copy = {"campaign_id": 4, "subscriber_id": 77, "address_key": BO, "state": "accepted", "finished_at": NOW}
            connection.execute(insert(deliveries).values(copy))
        yield app


@pytest.fixture
def confirmed():
    return []


@pytest.fixture
def client(app, confirmed):
    hooks = HookPosts(app, certificate=lambda _: certificate(), confirm=confirmed.append)
    with TestClient(create_web(app, hooks), raise_server_exceptions=False) as client:
        yield client


def post(provider, event=None, **how):
    made = SIGNERS[provider].post(event or SIGNERS[provider].bounce, **how)
    return replace(made, headers={}) if provider in UNSIGNED else made


def send(client, provider, made, secret=SECRET):
    return client.post(f"/hooks/{provider}/{secret}", content=made.body, headers=dict(made.headers))


@pytest.mark.parametrize("provider", SIGNERS)
def test_a_bounce_that_a_provider_posts_suppresses_and_counts_once_however_often_it_is_posted(app, client, provider):
    with capture_logs() as logs:
        answers = [send(client, provider, post(provider)).status_code for _ in range(2)]
    assert answers == [200, 200]
    assert suppressed(app, BO) == "bounced"
    assert [(one["known"], one["unmatched"], one["suppressed"]) for one in logs] == [(0, 0, 1), (1, 0, 0)]


@pytest.mark.parametrize("provider", SIGNERS)
def test_without_the_secret_in_the_address_nothing_is_taken(app, client, provider):
    assert send(client, provider, post(provider), secret=SECRET[:-1]).status_code == 404
    assert suppressed(app, BO) is None


@pytest.mark.parametrize("provider", [*SIGNING, "ses"])
@pytest.mark.parametrize("how", [{"key": 1}, {"at": NOW - OLD}], ids=["another's key", "old"])
def test_what_is_signed_with_anothers_key_or_long_ago_is_refused(app, client, provider, how):
    assert send(client, provider, post(provider, **how)).status_code == 403
    assert suppressed(app, BO) is None


@pytest.mark.parametrize("provider", UNSIGNED)
def test_a_password_that_is_sent_must_be_right(app, client, provider):
    login = {"authorization": "Basic " + b64encode(b"any:wrong").decode()}
    assert send(client, provider, replace(post(provider), headers=login)).status_code == 403
    login = {"authorization": "Basic " + b64encode(f"any:{SECRET}".encode()).decode()}
    assert send(client, provider, replace(post(provider), headers=login)).status_code == 200
    assert suppressed(app, BO) == "bounced"


def test_the_secret_of_one_provider_opens_no_other(app):
    only = app.config.returns.model_copy(
        update={"hooks": [one for one in app.config.returns.hooks if one.provider == "brevo"]}
    )
    narrow = replace(app, config=app.config.model_copy(update={"returns": only}))
    with TestClient(create_web(narrow)) as client:
        assert [send(client, one, post("brevo")).status_code for one in ("postmark", "nobody")] == [404, 404]


def test_an_event_that_says_nothing_of_returns_is_ignored_and_counted(client):
    with capture_logs() as logs:
        answer = send(client, "mailgun", post("mailgun", {"event": "opened"}))
    assert (answer.status_code, logs[0]["ignored"], logs[0]["kinds"]) == (200, {"opened": 1}, {})


@pytest.mark.parametrize(("size", "status"), [(LARGEST, 403), (LARGEST + 1, 413)])
def test_a_post_may_be_large_but_not_endless(client, size, status):
    assert client.post(f"/hooks/postmark/{SECRET}", content=b"x" * size).status_code == status


def test_a_body_that_large_is_taken_nowhere_else(client):
    assert client.post("/unsubscribe/x", content=b"x" * 5_000).status_code == 413


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_is_answered(client, method):
    assert client.request(method, f"/hooks/postmark/{SECRET}").status_code == 405


def confirmation(**changes):
    stamp = NOW.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    envelope = {"Type": "SubscriptionConfirmation", "MessageId": "sns-2", "TopicArn": TOPIC, "Timestamp": stamp}
    return sns(envelope | {"Message": "", "Token": "abc", "SubscribeURL": CONFIRMING} | changes)


def test_a_subscription_of_an_allowed_topic_is_confirmed(client, confirmed):
    assert send(client, "ses", confirmation()).status_code == 200
    assert confirmed == [CONFIRMING]


@pytest.mark.parametrize(
    "changes",
    [
        {"TopicArn": TOPIC + "-of-another"},
        {"SubscribeURL": "https://sns.eu-west-1.amazonaws.com.example.org/?Action=ConfirmSubscription&Token=abc"},
        {"SubscribeURL": "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"},
    ],
)
def test_another_topic_or_address_is_confirmed_by_nobody(client, confirmed, changes):
    assert send(client, "ses", confirmation(**changes)).status_code == 403
    assert confirmed == []


def test_a_confirmation_that_fails_is_posted_again(app):
    def fails(url):
        raise ReturnsError("the host cannot be asked")

    hooks = HookPosts(app, certificate=lambda _: certificate(), confirm=fails)
    with TestClient(create_web(app, hooks), raise_server_exceptions=False) as client:
        assert send(client, "ses", confirmation()).status_code == 500


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/SimpleNotificationService-1.pem",
        "https://sns.eu-west-1.amazonaws.com@example.org/SimpleNotificationService-1.pem",
        "https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-1.pem",
        "https://sns.eu-west-1.amazonaws.com/other.pem",
    ],
)
def test_nobody_but_sns_is_asked(url):
    asked = []
    transport = httpx2.MockTransport(lambda request: asked.append(request) or httpx2.Response(200))
    with pytest.raises(UnverifiedError):
        fetch(url, transport)
    assert asked == []


def test_what_sns_answers_is_handed_on():
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, content=str(request.url).encode()))
    assert fetch(CERTIFICATE, transport) == CERTIFICATE.encode()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx2.Response(302, headers={"location": "http://127.0.0.1/"}), "answers 302"),
        (httpx2.Response(200, content=b"x" * 100_001), "more than"),
    ],
)
def test_an_answer_that_leads_elsewhere_or_has_no_end_is_none(answer, told):
    asked = []
    transport = httpx2.MockTransport(lambda request: asked.append(request) or answer)
    with pytest.raises(ReturnsError, match=told):
        fetch(CERTIFICATE, transport)
    assert len(asked) == 1


def test_what_was_marked_with_a_former_secret_is_known_too(app, confirmed):
    former = app.config.web.model_copy(update={"old_secrets": (Secret(MARKS),)})
    renewed = replace(app, secret="another", config=app.config.model_copy(update={"web": former}))
    hooks = HookPosts(renewed, certificate=lambda _: certificate(), confirm=confirmed.append)
    unnamed = {**SIGNERS["mailgun"].bounce, "recipient": "somebody@else.example"}
    with TestClient(create_web(renewed, hooks)) as client:
        assert send(client, "mailgun", post("mailgun", unnamed)).status_code == 200
    assert suppressed(app, BO) == "bounced"
