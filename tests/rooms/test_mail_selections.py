"""One prepared mail for all who want the same; what they muted beside it makes no difference."""

from dataclasses import replace

import pytest
from sample_edition import config, edition, page_of, post, render, section, vacancy

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


def test_each_language_is_prepared_once_and_who_reads_one_it_was_not_made_in_gets_the_networks(tmp_path, empty_store):
    told = config()
    network = told.network.model_copy(update={"languages": ("en-GB", "cy", "de")})
    several = told.model_copy(update={"base": tmp_path, "network": network})
    with open_app(several) as app:
        first, welsh = (app.in_language(tag).renderer.edition(EDITION, item_url=page_of) for tag in ("en-GB", "cy"))
        mail = Mail.prepare(app, replace(first, translations={"cy": welsh}), digest="weekly", edition=EDITION)
        reads = {tag: replace(to(), recipient=replace(to().recipient, language=tag)) for tag in ("cy", "de", "en-GB")}
        assert mail.html(reads["de"]) == mail.html(reads["en-GB"]) == mail.html(to())
        assert 'lang="cy"' in mail.html(reads["cy"])
        muted = replace(reads["cy"], recipient=replace(reads["cy"].recipient, muted=frozenset({"soil"})))
        assert [mail.subject(one) for one in (muted, reads["cy"])] == [
            "Weekly digest: 1 swydd wag, 1 postiad",
            "Weekly digest: 1 swydd wag, 2 bostiad",
        ]
        assert set(mail._encoded) == {("", frozenset()), ("cy", frozenset()), ("cy", frozenset({"soil"}))}
