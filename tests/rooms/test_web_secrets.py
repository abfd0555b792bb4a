"""Links in mails already sent, when the secret that signs them is changed."""

import pytest

from digest.app import open_app
from digest.config import load_config
from digest.errors import TokenError
from digest.tokens import Scope

SECRETS = {name: f"{name}-0123456789-abcdefghijklmnop" for name in ("FIRST", "SECOND", "OTHER")}
FIRST, SECOND, OTHER = (f'{{ file = "{name}" }}' for name in SECRETS)


def opened(tmp_path, web):
    for name, secret in SECRETS.items():
        (tmp_path / name).write_text(secret)
    path = tmp_path / "config.toml"
    path.write_text(f'[network]\nname = "Growers"\n[sender]\nemail = "digest@example.org"\n[web]\n{web}')
    return open_app(load_config(path, environ={}))


def test_a_link_made_with_a_former_secret_is_read_and_none_is_made_with_it(tmp_path, empty_store):
    with opened(tmp_path, f"secret = {FIRST}\n") as app:
        sent = app.link(Scope.UNSUBSCRIBE, 7, 1).rsplit("/", 1)[1]
    with opened(tmp_path, f"secret = {SECOND}\nold_secrets = [{OTHER}, {FIRST}]\n") as app:
        made = app.link(Scope.UNSUBSCRIBE, 7, 1).rsplit("/", 1)[1]
        assert app.numbers_in(Scope.UNSUBSCRIBE, sent) == app.numbers_in(Scope.UNSUBSCRIBE, made) == (7, 1)
        with pytest.raises(TokenError):
            app.numbers_in(Scope.VIEW, sent)
    for former in ("", f"old_secrets = [{OTHER}]\n"):
        with opened(tmp_path, f"secret = {SECOND}\n{former}") as app:
            assert app.numbers_in(Scope.UNSUBSCRIBE, made) == (7, 1)
            with pytest.raises(TokenError):
                app.numbers_in(Scope.UNSUBSCRIBE, sent)
