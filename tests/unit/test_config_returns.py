"""`[returns]`: where what comes back is read."""

import pytest

from digest.config import load_config
from digest.errors import ConfigError

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
