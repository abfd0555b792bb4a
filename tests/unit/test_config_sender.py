"""How `[sender]` signs and where its mail returns to: what is wrong is told, and the key never."""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from digest.config import load_config
from digest.errors import ConfigError

ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA = generate_rsa(65_537, 1024)


def pem(key, encryption=None, form=PrivateFormat.PKCS8) -> str:
    return key.private_bytes(Encoding.PEM, form, encryption or NoEncryption()).decode()


def short_rsa() -> str:
    p, q, e = 2**255 - 19, 2**256 - 189, 65_537  # primes
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), RSAPublicNumbers(e, p * q))
    return pem(numbers.private_key())


def load(folder, sender: str, email="post@example.org"):
    path = folder / "config.toml"
    path.write_text(f'[network]\nname = "Growers"\n[sender]\nemail = "{email}"\n{sender}', encoding="utf-8")
    return load_config(path, environ={}).sender


def told(folder, sender: str, **more) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, sender, **more)
    return str(caught.value).replace(str(folder), "").removeprefix("/config.toml: ")


DKIM = '[sender.dkim]\nselector = "autumn"\nkey = { file = "dkim.pem" }\n'


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_rsa_key_is_read_from_a_file_beside_the_configuration(tmp_path, form):
    (tmp_path / "dkim.pem").write_text(pem(RSA, form=form))
    sender = load(tmp_path, DKIM)
    assert sender.dkim.key.public_key() == RSA.public_key()
    assert (sender.dkim.selector, sender.signing_domain) == ("autumn", "example.org")


def test_an_ed25519_key_is_read_from_the_environment_and_the_domain_may_be_another(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGEST_TEST_KEY", pem(ED25519))
    lines = '[sender.dkim]\nselector = "a.b"\ndomain = "Example.ORG"\nkey = { env = "DIGEST_TEST_KEY" }\n'
    sender = load(tmp_path, lines, email="post@news.example.org")
    assert sender.dkim.key.public_key() == ED25519.public_key()
    assert sender.signing_domain == "example.org"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("nonsense", "the secret is no whole private key in PEM; make one with `openssl genrsa -out dkim.pem 2048`"),
        (pem(ED25519).replace("MC4C", "MC4D"), "the secret is no whole private key in PEM"),
        (pem(RSA)[:300], "the secret is no whole private key in PEM"),
        (
            RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            "the secret is no whole private key in PEM",
        ),
        (pem(RSA, BestAvailableEncryption(b"pw")), "the secret key has a password; take it off: `openssl pkey"),
        (pem(generate_ec(SECP256R1())), "the secret key is neither RSA nor Ed25519; make one"),
        (short_rsa(), "the secret RSA key has 511 bits, which no receiver accepts; make one"),
    ],
    ids=["nonsense", "damaged", "cut off", "public", "password", "another kind", "short"],
)
def test_a_key_that_cannot_sign_is_told_with_its_place_and_never_shown(tmp_path, content, what):
    (tmp_path / "dkim.pem").write_text(content)
    message = told(tmp_path, DKIM)
    assert message.startswith(f"sender.dkim.key: {what}")
    assert "\n" not in message
    assert not [line for line in content.split("\n") if len(line) > 10 and line in message]


def test_a_missing_key_file_is_named(tmp_path):
    assert told(tmp_path, DKIM) == (
        "sender.dkim.key: the secret's file dkim.pem cannot be read: No such file or directory"
    )


@pytest.mark.parametrize(
    "lines",
    ['[sender.dkim]\nselector = "a"\nkey = """\nKEY"""\n', 'dkim = """\nKEY"""\n', '[sender.dkim]\nKEY = "a"\n'],
    ids=["as the key", "as the table", "as a name"],
)
def test_a_key_written_into_the_configuration_is_refused_and_not_repeated(tmp_path, lines):
    body = re.sub(r"-----.*-----|\n", "", pem(ED25519))
    message = told(tmp_path, lines.replace("KEY", pem(ED25519) if '"""' in lines else "private_key"))
    assert body not in message
    assert "sender.dkim" in message


def test_a_key_is_in_no_dump_and_no_hash(tmp_path):
    (tmp_path / "dkim.pem").write_text(pem(ED25519))
    load(tmp_path, DKIM)
    config = load_config(tmp_path / "config.toml", environ={})
    (tmp_path / "dkim.pem").write_text(pem(RSA))
    other = load_config(tmp_path / "config.toml", environ={})
    assert config.hash == other.hash
    assert '"key":"***"' in config.model_dump_json()
    body = re.sub(r"-----.*-----|\n", "", pem(ED25519))
    assert body not in repr(config)


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ('selector = "a b"', "sender.dkim.selector: 'a b' has characters that do not fit"),
        ('selector = "-a"', "sender.dkim.selector: '-a' has characters that do not fit"),
        ('selector = "a"\ndomain = "post@example.org"', "sender.dkim.domain: 'post@example.org': write a domain"),
        ('selector = "a"\ndomain = "[192.0.2.1]"', "sender.dkim.domain: '[192.0.2.1]': write a domain"),
        ('selektor = "a"', "sender.dkim.selector: is missing"),
    ],
)
def test_a_selector_or_domain_that_no_record_can_have_is_refused(tmp_path, lines, what):
    (tmp_path / "dkim.pem").write_text(pem(ED25519))
    assert what in told(tmp_path, f'[sender.dkim]\n{lines}\nkey = {{ file = "dkim.pem" }}\n')


def test_an_address_without_a_domain_name_signs_for_none(tmp_path):
    (tmp_path / "dkim.pem").write_text(pem(ED25519))
    assert "set dkim.domain" in told(tmp_path, DKIM, email="post@[192.0.2.1]")


def test_verp_needs_room_before_the_at_sign(tmp_path):
    lines = f'verp = true\nreturn_path = "{"r" * 21}@example.org"\n'
    assert load(tmp_path, lines).verp
    assert load(tmp_path, lines.replace("true", "false").replace("r" * 21, "r" * 64)).return_path
    assert "set return_path to one with at most 21" in told(tmp_path, lines.replace("r" * 21, "r" * 22))
    assert "at most 21" in told(tmp_path, "verp = true\n", email=f"{'p' * 22}@example.org")
    assert "sender.verp_delimiter" in told(tmp_path, 'verp = true\nverp_delimiter = "a"\n')
