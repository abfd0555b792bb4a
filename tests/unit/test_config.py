"""Each broken configuration in tests/cases/config has beside it the whole message a person reads."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from digest.config import Config, load_config, locate_config
from digest.config.subscribers import read_lists
from digest.errors import ConfigError

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests/cases/config"

MINIMAL = """
[network]
name = "Growers"
[sender]
email = "digest@example.org"
"""


def write(folder: Path, text: str, name: str = "config.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, text: str, **environ: str) -> Config:
    return load_config(write(folder, text), environ=environ)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_mistake_is_told_at_once_with_its_place(case, monkeypatch):
    monkeypatch.delenv("DIGEST_TEST_MISSING", raising=False)
    with pytest.raises(ConfigError) as caught:
        load_config(case, environ={})
    told = str(caught.value).replace(str(case), "config.toml") + "\n"
    assert told == case.with_suffix(".expected").read_text(encoding="utf-8")


def test_the_sample_configuration_is_valid_and_complete():
    config = load_config(ROOT / "config.toml", environ={})
    assert [digest.name for digest in config.digests] == ["weekly"]
    assert {source.kind for source in config.sources} == {"export", "folder", "feed", "calendar"}
    assert len(read_lists(config)[0].subscribers) >= 8


def test_a_missing_file_says_how_to_name_one(tmp_path):
    with pytest.raises(ConfigError, match=r"--config PATH or \$DIGEST_CONFIG"):
        load_config(tmp_path / "none.toml", environ={})


def test_a_file_that_is_not_utf8_says_so(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b'[network]\nname = "Caf\xe9"\n')
    with pytest.raises(ConfigError, match=r"config\.toml, line 2: byte 0xe9 is not UTF-8"):
        load_config(path, environ={})


def test_option_then_environment_then_the_current_folder(tmp_path):
    assert locate_config(tmp_path, {"DIGEST_CONFIG": "x"}) == tmp_path
    assert locate_config(None, {"DIGEST_CONFIG": "x.toml"}) == Path("x.toml")
    assert locate_config(None, {}) == Path("config.toml")


def test_the_environment_overrides_the_file(tmp_path):
    config = load(tmp_path, MINIMAL, DIGEST_SMTP_HOST="mail.example.org", DIGEST_SMTP_PORT="2525")
    assert (config.smtp.host, config.smtp.port) == ("mail.example.org", 2525)


def test_a_secret_is_never_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGEST_TEST_PASSWORD", "hunter2")
    text = MINIMAL + '[smtp]\nusername = "u"\npassword = { env = "DIGEST_TEST_PASSWORD" }\n'
    config = load(tmp_path, text)
    assert config.smtp.password.reveal() == "hunter2"
    assert "hunter2" not in repr(config) + str(config.smtp) + config.model_dump_json()


def test_a_secret_may_stand_in_a_file_beside_the_configuration(tmp_path):
    (tmp_path / "password").write_text("hunter2\n")
    config = load(tmp_path, MINIMAL + '[smtp]\nusername = "u"\npassword = { file = "password" }\n')
    assert config.smtp.password.reveal() == "hunter2"


def test_the_hash_changes_with_the_configuration_and_not_with_a_secret(tmp_path, monkeypatch):
    text = MINIMAL + '[web]\nsecret = { env = "DIGEST_TEST_SECRET" }\n'
    monkeypatch.setenv("DIGEST_TEST_SECRET", "one secret that is long enough to be taken")
    first = load(tmp_path, text).hash
    monkeypatch.setenv("DIGEST_TEST_SECRET", "two secrets, of which this is the second one")
    assert load(tmp_path, text).hash == first
    assert load(tmp_path, text + "port = 9000\n").hash != first


def test_values_are_read_as_a_person_writes_them(tmp_path):
    text = MINIMAL + (
        '[smtp]\nhost = "mail.example.org"\nrate = "600/minute"\ngive_up_after = "2 days"\n'
        '[[lists]]\nname = "members"\nsubscribers = ["Ada Thorn <ada@example.org>", { email = "b@example.org" }]\n'
        '[[digests]]\nname = "weekly"\nlists = ["members"]\nevery = "weekly"\non = "Fri"\n'
        "at = 07:30:00\napproval = true\n"
        '[[digests.sections]]\nkind = "events"\nremind = "3d"\n'
    )
    config = load(tmp_path, text)
    (digest,) = config.digests
    assert config.smtp.rate == 10
    assert config.smtp.give_up_after == timedelta(days=2)
    assert (digest.every, digest.days, digest.at, digest.approval) == ("week", (4,), time(7, 30), "required")
    assert (digest.sections[0].kind, digest.sections[0].remind) == ("event", timedelta(days=3))
    assert [line.name for line in config.lists[0].subscribers] == ["Ada Thorn", ""]


LISTS = MINIMAL + '[[lists]]\nname = "members"\nfile = "members.csv"\nsubscribers = ["ada@example.org"]\n'


def test_every_bad_line_of_a_list_is_told_with_file_and_line(tmp_path):
    config = load(tmp_path, LISTS)
    write(tmp_path, 'email,name\nok@example.org,Ok\nnot-an-address,Bad\n\nx@example.org,"a","b"\n', "members.csv")
    with pytest.raises(ConfigError) as caught:
        read_lists(config)
    told = str(caught.value)
    assert "members.csv, line 3: 'not-an-address'" in told
    assert "members.csv, line 5: 3 values, but the header names 2 columns" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name\nAda\n", "members.csv, line 1: no column is named email"),
        ("", "members.csv, line 1: no column is named email"),
        (None, "members.csv: No such file or directory"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path, content, told):
    config = load(tmp_path, LISTS)
    if content is not None:
        write(tmp_path, content, "members.csv")
    with pytest.raises(ConfigError) as caught:
        read_lists(config)
    assert told in str(caught.value)
    assert str(caught.value).count("members.csv") == 1


def test_repeated_addresses_are_told_and_the_first_line_wins(tmp_path):
    config = load(tmp_path, LISTS)
    write(tmp_path, "email,name\nADA@example.org,Other\nb@example.org,B\nB@Example.org,B2\n", "members.csv")
    (listed,) = read_lists(config)
    assert [line.address for line in listed.subscribers] == ["ada@example.org", "b@example.org"]
    assert [str(problem) for problem in listed.repeated] == [
        'members.csv, line 2: ADA@example.org stands already at config.toml: list "members"',
        "members.csv, line 4: B@example.org stands already at members.csv, line 3",
    ]


def test_spreadsheets_write_a_mark_semicolons_and_other_columns(tmp_path):
    config = load(tmp_path, LISTS)
    (tmp_path / "members.csv").write_bytes("\ufeffName;Email;Since\r\nŴil;wil@example.org;2019\r\n".encode())
    (listed,) = read_lists(config)
    assert [(line.address, line.name) for line in listed.subscribers][1:] == [("wil@example.org", "Ŵil")]


def test_a_source_writes_the_networks_language_unless_it_names_its_own(tmp_path):
    text = MINIMAL.replace('"Growers"', '"Growers"\nlanguage = "en-US"') + (
        '[[sources]]\nname = "a"\nkind = "folder"\npath = "a"\n'
        '[[sources]]\nname = "b"\nkind = "folder"\npath = "b"\nlanguage = "de"\n'
    )
    assert [source.language for source in load(tmp_path, text).sources] == ["en-US", "de"]


def test_a_sources_language_has_to_be_one_whose_dates_are_known(tmp_path):
    text = MINIMAL + '[[sources]]\nname = "a"\nkind = "folder"\npath = "a"\nlanguage = "xx"\n'
    with pytest.raises(ConfigError, match=r"'xx': is not a language we know the dates of; write a tag such as"):
        load(tmp_path, text)
