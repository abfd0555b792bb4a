"""What the DNS says of the sender: SPF, DMARC, and whether our key's signatures will be believed."""

import asyncio

import dns.asyncresolver
import dns.exception
import dns.resolver
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from digest.config import Dkim, Sender
from digest.deliver import contradiction, public_record, wire_domain
from digest.deliver.check import Check

_STRONG_RSA = 2048  # bits; RFC 8301 section 3.2
_SECONDS = 5.0  # for one look-up
_REFUSED = "large providers refuse or hide such mail"


async def look_up(sender: Sender, resolver: dns.asyncresolver.Resolver | None = None) -> list[Check]:
    """SPF (RFC 7208) of the domain that mail returns to, DMARC (RFC 7489) and DKIM (RFC 6376) of the From domain.

    Args:
        sender: whose records.
        resolver: asked; the system's unless given.
    """
    domain = wire_domain(sender.email)
    dkim = _dkim(sender, sender.dkim, resolver) if sender.dkim else _any_dkim(domain, resolver)
    return list(
        await asyncio.gather(
            _stated("SPF", wire_domain(sender.envelope), "v=spf1", resolver),
            _stated("DMARC", f"_dmarc.{domain}", "v=DMARC1", resolver),
            dkim,
        )
    )


async def _stated(what: str, name: str, starts: str, resolver: dns.asyncresolver.Resolver | None) -> Check:
    try:
        records = await _texts(name, resolver)
    except (dns.exception.DNSException, OSError) as error:
        return _unknown(what, name, error)
    for record in records or ():
        if record.startswith(starts):
            return Check(what=what, level="ok", detail=record)
    return Check(what=what, level="warn", detail=f"no {what} record at {name}; {_REFUSED}")


async def _any_dkim(domain: str, resolver: dns.asyncresolver.Resolver | None) -> Check:
    """Whether anything is published, where the server signs and nobody told us the selector."""
    name = f"_domainkey.{domain}"
    try:
        published = await _texts(name, resolver) is not None
    except (dns.exception.DNSException, OSError) as error:
        return _unknown("DKIM", name, error)
    if published:
        return Check(what="DKIM", level="ok", detail=f"keys are published under {name}")
    detail = f"no DKIM record at {name}; {_REFUSED}; let the server sign, or set [sender.dkim]"
    return Check(what="DKIM", level="warn", detail=detail)


async def _dkim(sender: Sender, dkim: Dkim, resolver: dns.asyncresolver.Resolver | None) -> Check:
    domain = wire_domain(sender.signing_domain)
    name = f"{dkim.selector}._domainkey.{domain}"
    try:
        records = await _texts(name, resolver)
    except (dns.exception.DNSException, OSError) as error:
        return _unknown("DKIM", name, error)
    if not records:
        detail = f"nothing is published at {name}; publish this TXT record: {public_record(dkim.key)}"
        return Check(what="DKIM", level="warn", detail=detail)
    if len(records) > 1:
        detail = f"{len(records)} TXT records at {name}, of which receivers take any; leave one"
        return Check(what="DKIM", level="fail", detail=detail)
    if problem := contradiction(records[0], dkim.key):
        detail = f"{name}: {problem}; publish this TXT record: {public_record(dkim.key)}"
        return Check(what="DKIM", level="fail", detail=detail)
    if weak := _weakness(dkim, domain, wire_domain(sender.email)):
        return Check(what="DKIM", level="warn", detail=f"{name} publishes our key; but {weak}")
    return Check(what="DKIM", level="ok", detail=f"{name} publishes our key")


def _weakness(dkim: Dkim, domain: str, from_domain: str) -> str:
    if not (f".{domain}".endswith(f".{from_domain}") or f".{from_domain}".endswith(f".{domain}")):
        return f"{domain} is no part of {from_domain}, so DMARC does not count the signature"
    if not isinstance(dkim.key, RSAPrivateKey):
        return "several large providers do not verify Ed25519 yet; an RSA key is read by all"
    if dkim.key.key_size < _STRONG_RSA:
        return f"it has {dkim.key.key_size} bits; make one of {_STRONG_RSA} under a new selector"
    return ""


async def _texts(name: str, resolver: dns.asyncresolver.Resolver | None) -> list[str] | None:
    """The TXT records of a name; empty when it has none; None when there is no such name."""
    asked = resolver or dns.asyncresolver.Resolver()
    try:
        answer = await asked.resolve(name, "TXT", lifetime=_SECONDS)
    except dns.resolver.NoAnswer:
        return []
    except dns.resolver.NXDOMAIN:
        return None
    return [b"".join(record.strings).decode("ascii", "replace") for record in answer]


def _unknown(what: str, name: str, error: Exception) -> Check:
    return Check(what=what, level="warn", detail=f"{name} could not be looked up: {type(error).__name__}")
