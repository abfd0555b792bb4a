"""`[returns]`: where what comes back is read."""

from typing import get_args

import pytest

from digest.config import Hook, load_config
from digest.errors import ConfigError
from digest.returns.providers import PROVIDERS

BEGIN = '[network]\nname = "Growers"\n[sender]\nemail = "post@example.org"\n'
SERVER = '[returns]\nhost = "imap.example.org"\nusername = "returns"\n'


def load(folder, lines):
    path = folder / "config.toml"
    path.write_text(BEGIN + lines, encoding="utf-8")
    return load_config(path, environ={}).returns


def told(folder, lines):
    with pytest.raises(ConfigError) as wrong:
        load(folder, lines)
    return str(wrong.value)


def test_nothing_is_read_by_imap_unless_a_server_is_named(tmp_path):
    assert load(tmp_path, "").host is None


def test_a_server_is_reached_by_tls_and_its_inbox_read(tmp_path, monkeypatch):
    monkeypatch.setenv("WORD", "hidden")
    found = load(tmp_path, f'{SERVER}password = {{ env = "WORD" }}\n')
    assert (found.port, found.tls, found.folder, found.moved_to) == (993, "implicit", "INBOX", None)
    assert found.password.reveal() == "hidden"
    assert "hidden" not in found.model_dump_json()


def test_a_server_needs_a_login(tmp_path):
    assert "host needs username and password" in told(tmp_path, SERVER)


def test_a_password_is_never_written_here_nor_repeated(tmp_path):
    message = told(tmp_path, f'{SERVER}password = "hidden"\n')
    assert "returns.password" in message
    assert "hidden" not in message


def test_there_is_no_way_without_tls(tmp_path):
    assert "returns.tls" in told(tmp_path, '[returns]\ntls = "none"\n')


SECRET = "an-address-that-nobody-can-guess-0123"
MAILGUN = '[[returns.hooks]]\nprovider = "mailgun"\nsecret = { env = "SECRET" }\n'
KEY = 'key = { env = "KEY" }\n'
SES = '[[returns.hooks]]\nprovider = "ses"\nsecret = { env = "SECRET" }\n'


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.setenv("SECRET", SECRET)
    monkeypatch.setenv("KEY", "a signing key")


@pytest.mark.usefixtures("environment")
def test_a_provider_may_post_to_an_address_with_a_secret_and_neither_is_ever_printed(tmp_path):
    found = load(tmp_path, MAILGUN + KEY)
    (hook,) = found.hooks
    assert (hook.provider, hook.secret.reveal(), hook.key.reveal()) == ("mailgun", SECRET, "a signing key")
    for shown in (found.model_dump_json(), repr(found)):
        assert (SECRET in shown, "a signing key" in shown) == (False, False)


def test_every_provider_that_is_read_is_known_here():
    assert set(get_args(Hook.model_fields["provider"].annotation)) == set(PROVIDERS)


@pytest.mark.usefixtures("environment")
def test_whom_nobody_reads_is_not_known_here(tmp_path):
    assert "is not known here" in told(tmp_path, MAILGUN.replace("mailgun", "pigeon"))


@pytest.mark.parametrize(
    ("secret", "why"),
    [("short", "needs 32"), ("a" * 40, "repeats itself"), (SECRET + "/..", "stands in an address")],
)
def test_a_secret_in_an_address_is_one_that_nobody_guesses_and_fits_there(tmp_path, monkeypatch, secret, why):
    monkeypatch.setenv("SECRET", secret)
    monkeypatch.setenv("KEY", "a signing key")
    message = told(tmp_path, MAILGUN + KEY)
    assert why in message
    assert secret not in message


@pytest.mark.usefixtures("environment")
def test_a_secret_is_needed_and_never_written_here(tmp_path):
    assert "is missing" in told(tmp_path, '[[returns.hooks]]\nprovider = "postmark"\n')
    message = told(tmp_path, f'[[returns.hooks]]\nprovider = "postmark"\nsecret = "{SECRET}"\n')
    assert "a secret is not written here" in message
    assert SECRET not in message


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (MAILGUN, "mailgun needs key"),
        (MAILGUN.replace("mailgun", "postmark") + KEY, "leave out key"),
        (MAILGUN.replace("mailgun", "resend") + KEY, "key is not one of resend's"),
        (SES, "ses needs topics"),
        (SES + 'topics = ["returns"]\n', "do not fit"),
        (MAILGUN + KEY + 'topics = ["arn:aws:sns:eu-west-1:111122223333:returns"]\n', "leave them out"),
    ],
)
@pytest.mark.usefixtures("environment")
def test_a_hook_has_what_its_provider_is_verified_by_and_nothing_else(tmp_path, lines, why):
    message = told(tmp_path, lines)
    assert why in message
    assert "a signing key" not in message


@pytest.mark.parametrize(("written", "share"), [('"0.3%"', 0.003), ("0.01", 0.01), ('"5 %"', 0.05)])
def test_a_limit_is_a_share_as_people_write_it(tmp_path, written, share):
    path = tmp_path / "config.toml"
    path.write_text(f"{BEGIN}[limits]\ncomplaints = {written}\n", encoding="utf-8")
    assert load_config(path, environ={}).limits.complaints == pytest.approx(share)


@pytest.mark.parametrize("written", ['"a few"', "0", '"200%"', "true"])
def test_a_limit_that_is_no_share_is_told(tmp_path, written):
    assert "limits.bounces" in told(tmp_path, f"[limits]\nbounces = {written}\n")
