"""What providers post is verified, read, and known again."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_posts import CERTIFICATE, MARKS, NOW, OLD, SIGNERS, TOPIC, certificate, changed, sns

from digest.errors import UnverifiedError
from digest.model import BounceClass, Clarity, ReturnKind
from digest.returns.providers import PROVIDERS, Hook, Post

SIGNED = ("ses", "mailgun", "sendgrid", "resend")
MAILBOX = (ReturnKind.BOUNCE, BounceClass.MAILBOX, Clarity.COUNTED)
GONE = (ReturnKind.BOUNCE, BounceClass.MAILBOX, Clarity.DEFINITE)
POLICY = (ReturnKind.BOUNCE, BounceClass.POLICY, Clarity.COUNTED)
OURS = (ReturnKind.BOUNCE, BounceClass.OURS, Clarity.COUNTED)
COMPLAINT, AUTO, DELAYED = (
    (kind, None, None) for kind in (ReturnKind.COMPLAINT, ReturnKind.AUTO_REPLY, ReturnKind.DELAYED)
)


def read(provider, post, hook=None, now=NOW):
    return PROVIDERS[provider](post, hook or SIGNERS[provider].hook, now=now)


def posted(provider, event, **how):
    return read(provider, SIGNERS[provider].post(event, **how))


def what(found):
    return found.kind, found.bounce_class, found.clarity


def edited(event, /, **changes):
    """The event with some values replaced, wherever these keys stand."""
    if isinstance(event, dict):
        return {key: changes[key] if key in changes else edited(value, **changes) for key, value in event.items()}
    return [edited(one, **changes) for one in event] if isinstance(event, list) else event


def test_every_provider_has_its_posts_here():
    assert set(SIGNERS) == set(PROVIDERS)


@pytest.mark.parametrize("provider", SIGNERS)
def test_a_bounce_is_read_for_whom_it_is_about(provider):
    (found,) = posted(provider, SIGNERS[provider].bounce).returns
    assert what(found) == GONE
    assert (found.subscriber_id, found.campaign_id) == (77, 4)
    assert (found.vouched, found.corroborated) == (True, True)
    assert (found.reported_address, found.status) == ("bo@orchard.example", "5.1.1")
    assert "user unknown" in found.excerpt
    assert found.received_at == NOW - timedelta(minutes=1)


@pytest.mark.parametrize("provider", SIGNERS)
def test_a_post_with_anothers_key_is_refused(provider):
    with pytest.raises(UnverifiedError):
        posted(provider, SIGNERS[provider].bounce, key=1)


@pytest.mark.parametrize("provider", SIGNERS)
def test_a_post_without_a_signature_is_refused(provider):
    with pytest.raises(UnverifiedError):
        read(provider, Post(headers={}, body=json.dumps(SIGNERS[provider].bounce).encode()))


@pytest.mark.parametrize("provider", [one for one in SIGNED if one != "mailgun"])  # which signs no event
def test_a_post_that_was_changed_is_refused(provider):
    post = SIGNERS[provider].post(SIGNERS[provider].bounce)
    with pytest.raises(UnverifiedError, match="not signed"):
        read(provider, changed(post, b"bo@orchard.example", b"di@orchard.example"))


@pytest.mark.parametrize("provider", SIGNED)
def test_an_old_post_is_refused_and_one_from_the_future(provider):
    for at in (NOW - OLD, NOW + timedelta(minutes=6)):
        with pytest.raises(UnverifiedError, match="too old"):
            posted(provider, SIGNERS[provider].bounce, at=at)


@pytest.mark.parametrize("provider", SIGNERS)
def test_a_repeated_post_is_known_again_and_another_event_is_not(provider):
    event = SIGNERS[provider].bounce
    (first,) = posted(provider, event).returns
    (second,) = read(provider, SIGNERS[provider].post(event), now=NOW + timedelta(minutes=2)).returns
    assert first.key == second.key
    assert first.key.startswith(f"{provider}:")
    if provider in ("postmark", "sendgrid", "brevo", "mailjet"):
        other = edited(event, ID=4243, sg_event_id="sg-2", ts_event=1, time=1)
        assert posted(provider, other).returns[0].key != first.key


def test_a_mailgun_signature_serves_one_event_only():
    event = SIGNERS["mailgun"].bounce
    (first,) = posted("mailgun", event).returns
    (forged,) = posted("mailgun", edited(event, id="e-2", recipient="di@orchard.example")).returns
    assert forged.key == first.key


@pytest.mark.parametrize(
    ("provider", "event", "name"),
    [
        ("ses", {"eventType": "Delivery", "mail": {}}, "Delivery"),
        ("postmark", {"RecordType": "SubscriptionChange"}, "SubscriptionChange"),
        ("postmark", {"RecordType": "Bounce", "Type": "Subscribe"}, "Bounce Subscribe"),
        ("mailgun", {"event": "unsubscribed"}, "unsubscribed"),
        ("mailgun", {"event": "failed", "reason": "suppress-unsubscribe"}, "failed"),
        ("sendgrid", {"event": "open"}, "open"),
        ("sendgrid", {"event": "dropped", "reason": "Unsubscribed Address"}, "dropped"),
        ("brevo", {"event": "unsubscribed"}, "unsubscribed"),
        ("mailjet", {"event": "sent"}, "sent"),
        ("resend", {"type": "email.opened", "data": {}}, "email.opened"),
        ("resend", {"type": "\ud800\n"}, "?"),
        ("brevo", {}, "without a name"),
    ],
)
def test_an_event_that_says_nothing_of_returns_is_ignored_and_counted(provider, event, name):
    found = posted(provider, event)
    assert (found.returns, found.ignored) == ((), {name: 1})


def bounced(**changes):
    return edited(SIGNERS["ses"].bounce, **changes)


@pytest.mark.parametrize(
    ("provider", "event", "expected"),
    [
        ("ses", bounced(bounceSubType="NoEmail", status="", diagnosticCode=""), GONE),
        (
            "ses",
            bounced(bounceType="Transient", bounceSubType="MailboxFull", status="4.2.2", diagnosticCode=""),
            MAILBOX,
        ),
        ("ses", bounced(bounceType="Transient", bounceSubType="MessageTooLarge", status="", diagnosticCode=""), OURS),
        ("ses", bounced(bounceType="Transient", bounceSubType="ContentRejected", status="", diagnosticCode=""), POLICY),
        ("ses", bounced(bounceType="Transient", status="", diagnosticCode=""), AUTO),
        ("ses", bounced(status="5.7.1", diagnosticCode="smtp; 550 5.7.1 blocked"), POLICY),
        ("postmark", {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, COMPLAINT),
        ("postmark", {"RecordType": "Bounce", "Type": "SoftBounce", "Details": "over quota"}, MAILBOX),
        ("postmark", {"RecordType": "Bounce", "Type": "Blocked", "Details": "no such user"}, POLICY),
        ("postmark", {"RecordType": "Bounce", "Type": "AutoResponder"}, AUTO),
        ("postmark", {"RecordType": "Bounce", "Type": "Transient"}, DELAYED),
        ("postmark", {"RecordType": "Bounce", "Type": "HardBounce", "Details": "550 5.7.1 blocked"}, POLICY),
        ("mailgun", {"event": "complained"}, COMPLAINT),
        ("mailgun", {"event": "failed", "severity": "temporary"}, DELAYED),
        ("mailgun", {"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}, GONE),
        ("mailgun", {"event": "failed", "severity": "permanent", "reason": "old"}, MAILBOX),
        ("sendgrid", {"event": "spamreport"}, COMPLAINT),
        ("sendgrid", {"event": "dropped", "reason": "Bounced Address"}, GONE),
        ("sendgrid", {"event": "dropped", "reason": "Spam Reporting Address"}, COMPLAINT),
        ("sendgrid", {"event": "deferred"}, DELAYED),
        ("sendgrid", {"event": "bounce", "status": "5.0.0", "bounce_classification": "Reputation"}, POLICY),
        ("brevo", {"event": "spam"}, COMPLAINT),
        ("brevo", {"event": "soft_bounce", "reason": "mailbox full"}, MAILBOX),
        ("brevo", {"event": "deferred"}, DELAYED),
        ("brevo", {"event": "error"}, OURS),
        ("mailjet", {"event": "spam"}, COMPLAINT),
        ("mailjet", {"event": "bounce", "hard_bounce": False, "error": "quota exceeded"}, MAILBOX),
        ("mailjet", {"event": "blocked", "error_related_to": "spam", "error": "policy issue"}, POLICY),
        ("mailjet", {"event": "blocked", "error": "preblocked"}, GONE),
        ("resend", {"type": "email.complained", "data": {"to": ["bo@orchard.example"]}}, COMPLAINT),
        ("resend", {"type": "email.delivery_delayed", "data": {"to": ["bo@orchard.example"]}}, DELAYED),
    ],
)
def test_an_event_is_read_for_what_it_is(provider, event, expected):
    (found,) = posted(provider, event).returns
    assert what(found) == expected


def test_every_recipient_of_a_post_is_read():
    event = bounced(bouncedRecipients=[{"emailAddress": f"p{n}@orchard.example", "status": "5.1.1"} for n in range(3)])
    found = posted("ses", event).returns
    assert [one.reported_address for one in found] == [f"p{n}@orchard.example" for n in range(3)]
    assert len({one.key for one in found}) == 3


@pytest.mark.parametrize(("feedback", "kind"), [("abuse", ReturnKind.COMPLAINT), ("not-spam", ReturnKind.UNKNOWN)])
def test_a_complaint_by_way_of_ses_is_one_unless_it_says_otherwise(feedback, kind):
    complaint = {"complaintFeedbackType": feedback, "complainedRecipients": [{"emailAddress": "bo@orchard.example"}]}
    (found,) = posted("ses", {"notificationType": "Complaint", "mail": {}, "complaint": complaint}).returns
    assert found.kind is kind


CONFIRMATION = {
    "Type": "SubscriptionConfirmation",
    "MessageId": "sns-2",
    "Message": "You have chosen to subscribe",
    "SubscribeURL": f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=23ab",
    "Timestamp": "2026-11-24T07:59:00.000Z",
    "Token": "23ab",
    "TopicArn": TOPIC,
}


def test_a_subscription_of_an_allowed_topic_is_confirmed_at_an_address_of_sns():
    assert read("ses", sns(CONFIRMATION)).to_confirm == CONFIRMATION["SubscribeURL"]


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_versions_of_the_signature_of_sns_are_known(version):
    assert read("ses", sns(CONFIRMATION, version=version)).to_confirm


@pytest.mark.parametrize(
    "envelope",
    [
        CONFIRMATION | {"TopicArn": "arn:aws:sns:eu-west-1:999900001111:theirs"},
        CONFIRMATION | {"SubscribeURL": "https://sns.eu-west-1.amazonaws.com.forger.example/?Action=x"},
        CONFIRMATION | {"SubscribeURL": "http://169.254.169.254/latest"},
        CONFIRMATION | {"SigningCertURL": "https://forger.example/SimpleNotificationService-1.pem"},
        CONFIRMATION | {"SigningCertURL": CERTIFICATE.replace("https://sns.", "https://x@forger.example/sns.")},
        CONFIRMATION | {"SigningCertURL": CERTIFICATE.replace("https", "http")},
        CONFIRMATION | {"SigningCertURL": CERTIFICATE.replace("/Simple", "/../Simple")},
        CONFIRMATION | {"Type": "Elsewhere"},
    ],
)
def test_what_is_not_from_an_allowed_topic_and_an_address_of_sns_is_refused(envelope):
    with pytest.raises(UnverifiedError):
        read("ses", sns(envelope))


def test_no_certificate_is_fetched_from_an_address_that_is_not_one_of_sns():
    fetched = []
    hook = replace(SIGNERS["ses"].hook, fetch=lambda url: fetched.append(url) or certificate())
    with pytest.raises(UnverifiedError):
        read("ses", sns(CONFIRMATION | {"SigningCertURL": "https://forger.example/x.pem"}), hook)
    assert fetched == []
    read("ses", sns(CONFIRMATION), hook)
    assert fetched == [CERTIFICATE]


@pytest.mark.parametrize(
    "answer", [b"no certificate", certificate(1), certificate(until=datetime(2026, 1, 1, tzinfo=UTC))]
)
def test_a_certificate_that_is_none_or_anothers_or_over_proves_nothing(answer):
    with pytest.raises(UnverifiedError):
        read("ses", sns(CONFIRMATION), replace(SIGNERS["ses"].hook, fetch=lambda _url: answer))


@pytest.mark.parametrize("provider", ["postmark", "brevo", "mailjet"])
@pytest.mark.parametrize(
    "post",
    [
        Post(headers={"authorization": "Bearer password"}, body=b"{}"),
        Post(headers={"authorization": f"Basic {b64encode(b'any:password').decode()}"}, body=b"{}"),
        Post(headers={}, body=b"{}", path_secret="password"),
    ],
)
def test_a_provider_that_signs_nothing_knows_the_secret(provider, post):
    assert read(provider, post).ignored
    for wrong in (replace(post, headers={}, path_secret=""), replace(post, headers={"authorization": "Basic !"})):
        with pytest.raises(UnverifiedError, match="secret"):
            read(provider, wrong)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_without_a_secret_nothing_is_believed(provider):
    for post in (Post(headers={}, body=b"{}"), SIGNERS[provider].post(SIGNERS[provider].bounce)):
        with pytest.raises(UnverifiedError):
            read(provider, post, Hook(secret="", marks=MARKS))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(PROVIDERS)), st.data())
def test_a_signed_post_may_hold_anything(provider, data):
    """Each value of a real event in turn becomes something else."""
    event = SIGNERS[provider].bounce
    keys = sorted(keys_of(event))
    found = posted(provider, edited(event, **{data.draw(st.sampled_from(keys)): data.draw(JSON)}))
    for one in found.returns:
        repr(one).encode()
        assert one.received_at <= NOW


def keys_of(event):
    if isinstance(event, dict):
        return set(event).union(*map(keys_of, event.values()))
    return set().union(*map(keys_of, event)) if isinstance(event, list) else set()


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b"{", b"\xff", b"null", b'{"a":' * 50_000])
def test_a_post_that_is_no_json_is_refused(provider, body):
    post = SIGNERS[provider].post(SIGNERS[provider].bounce)
    with pytest.raises(UnverifiedError):
        read(provider, replace(post, body=body, headers={"authorization": "Basic !"}))
    if provider in ("postmark", "brevo", "mailjet") and body != b"null":
        with pytest.raises(UnverifiedError, match="not JSON"):
            read(provider, replace(post, body=body))
