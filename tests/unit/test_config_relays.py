"""`[[relays]]` of config.toml: what each may say, and what they are taken together."""

import pytest

from digest.config import WarmUp, load_config
from digest.errors import ConfigError

HEAD = '[network]\nname = "N"\n[sender]\nemail = "digest@example.org"\n'
ONE = '[[relays]]\nname = "one"\nhost = "one.example.org"\n'


def load(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(HEAD + text)
    return load_config(path, environ={})


def test_without_relays_the_server_of_smtp_carries_everything(tmp_path):
    config = load(tmp_path, '[smtp]\nhost = "mail.example.org"\n')
    assert {name: smtp.host for name, smtp in config.servers.items()} == {"smtp": "mail.example.org"}
    assert config.letter_servers == (config.smtp,)


def test_relays_have_the_keys_of_smtp_and_their_own(tmp_path):
    more = 'rate = "20/second"\nweight = 3\ndomains = ["Example.COM"]\nwarm_up = { start = 500, until = 50000 }\n'
    config = load(tmp_path, ONE + '[[relays]]\nname = "two"\nhost = "two.example.org"\n' + more)
    two = config.relays[1]
    assert (two.rate, two.weight, two.domains, two.maximum(1)) == (20, 3, ("example.com",), 750)
    assert not config.embedded
    assert [one.host for one in config.letter_servers] == ["one.example.org"]  # two is not for everybody


def test_a_relay_for_other_senders_carries_nothing(tmp_path):
    config = load(tmp_path, ONE + '[[relays]]\nname = "x"\nhost = "x.example.org"\nfrom_domains = ["example.com"]\n')
    assert set(config.servers) == {"one"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ONE + ONE, 'two are called "one"'),
        (ONE + 'domains = ["example.com"]\n', "none takes the mail of everybody"),
        (ONE + 'from_domains = ["example.com"]\n', "none takes the mail of everybody"),
        (ONE + '[smtp]\nhost = "mail.example.org"\n', "[smtp] host is of no use beside [[relays]]"),
        (ONE + 'grace = "1 minute"\n', "grace holds for all relays"),
        (ONE.replace("one.example.org", "embedded"), "the embedded mailbox stands alone"),
        (ONE.replace("host", "#"), "host is missing"),
        (ONE + "warm_up = { start = 5 }\n", "write { start = 500"),
        (ONE + "warm_up = [5, 0]\n", "greater than or equal to 1"),
        (ONE + "wieght = 2\n", "did you mean weight?"),
    ],
)
def test_what_is_wrong_with_relays_is_told(tmp_path, text, told):
    with pytest.raises(ConfigError) as error:
        load(tmp_path, text)
    assert told in str(error.value)


def test_a_relays_password_is_never_repeated(tmp_path):
    with pytest.raises(ConfigError) as error:
        load(tmp_path, ONE + 'password = "hunter2hunter2"\n')
    assert "hunter2" not in str(error.value)


def test_a_plan_rises_by_its_factor_to_its_end_or_step_by_step():
    assert [WarmUp(start=500, factor=2, until=3000).maximum(days) for days in range(5)] == [500, 1000, 2000, 3000, 3000]
    assert [WarmUp.model_validate([5, 7]).maximum(days) for days in range(4)] == [5, 7, 7, 7]
