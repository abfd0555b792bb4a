"""A secret that can be guessed is refused with a way out, and not shown."""

from secrets import token_hex, token_urlsafe
from uuid import uuid4

import pytest

from digest.config import load_config
from digest.errors import ConfigError

CONFIG = """\
[network]
name = "Growers"
[sender]
email = "digest@example.org"
[smtp]
host = "127.0.0.1"
[web]
secret = { file = "secret" }
"""


def loaded(tmp_path, value):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    (tmp_path / "secret").write_text(value + "\n")
    return load_config(path, environ={})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("", "has 0 characters and needs 32"),
        ("hunter2", "has 7 characters and needs 32"),
        ("0123456789abcdef0123456789abcde", "has 31 characters and needs 32"),
        ("a" * 43, "repeats itself"),
        ("0123456789abcdef" * 2, "repeats itself"),
        ("swordfish" * 5 + "sword", "repeats itself"),
        ("abcdefg" + "a" * 40, "repeats itself"),
    ],
)
def test_a_secret_that_can_be_guessed_is_refused(tmp_path, value, told):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, value)
    (line,) = str(caught.value).splitlines()
    assert f"web.secret: the secret {told}" in line
    assert "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'" in line
    assert not value or value not in line


@pytest.mark.parametrize("make", [lambda: token_urlsafe(32), lambda: token_hex(16), lambda: str(uuid4())])
def test_a_secret_made_at_random_is_taken(tmp_path, make):
    value = make()
    assert loaded(tmp_path, value).web.secret.reveal() == value


def test_a_former_secret_must_be_as_strong_and_is_not_repeated(tmp_path):
    path = tmp_path / "config.toml"
    (tmp_path / "old").write_text("hunter2")
    path.write_text(
        '[network]\nname = "G"\n[sender]\nemail = "d@example.org"\n[web]\nold_secrets = [{ file = "old" }]\n'
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ={})
    assert "the secret has 7 characters and needs 32" in str(caught.value)
    assert "hunter2" not in str(caught.value)
