"""One prepared mail for all who want the same; what they muted beside it makes no difference."""

import pytest
from sample_edition import config, edition, post, render, section, vacancy

from digest.app import open_app
from digest.core.mail import Mail, personal
from digest.model import Delivery, Recipient

EDITION = edition(
    section(vacancy(categories=("Plots",))),
    section(post("Leaf mould", key="1", categories=("Soil",)), post("Two spades", key="2", categories=("Tools",))),
)


@pytest.fixture
def mail(tmp_path, empty_store):
    with open_app(config().model_copy(update={"base": tmp_path})) as app:
        yield Mail.prepare(app, render(EDITION), digest="weekly", edition=EDITION)


def to(*muted):
    recipient = Recipient(address="ada@example.org", muted=frozenset(muted))
    return Delivery(id=1, recipient=recipient, subscriber_id=1, list_ids=())


def test_who_muted_what_is_not_in_it_gets_the_mail_of_all(mail):
    assert mail.html(to("events", "elsewhere")) == mail.html(to())
    assert len(mail._encoded) == 1


def test_each_selection_is_prepared_once_and_has_a_subject_of_its_own(mail):
    readers = [to(), to("soil"), to("soil", "events"), to("vacancies"), to("tools", "vacancies")]
    assert [mail.subject(one) for one in readers] == [
        "Weekly digest: 1 vacancy, 2 posts",
        "Weekly digest: 1 vacancy, 1 post",
        "Weekly digest: 1 vacancy, 1 post",
        "Leaf mould and 1 more",
        "Leaf mould",
    ]
    assert len(mail._encoded) == 4


def test_memory_stays_flat_however_many_selections_there_are(mail, monkeypatch):
    monkeypatch.setattr(personal, "_SELECTIONS", 2)
    first = mail.html(to("soil"))
    for muted in ((), ("tools",), ("vacancies",), ("soil",)):
        mail.html(to(*muted))
    assert len(mail._encoded) == 2
    assert mail.html(to("soil")) == first
