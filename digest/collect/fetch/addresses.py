"""Which addresses may be contacted, and connections that go to a checked address and nowhere else.

The check stands where connections are opened, so that no redirect and no second answer of the DNS gets round it.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore2

from digest.collect.fetch.failures import LastingError, TransientError
from digest.model import Told

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""All addresses of a host, the preferred first; raises OSError when it has none."""

_TRIED = 3  # addresses of one host that are tried in turn

_SHARED = IPv4Network("100.64.0.0/10")  # carrier-grade NAT, RFC 6598
_RESERVED = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("3fff::/20"),
)  # RFC 6890, 7526, 9637
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 section 2.4; every other block has a purpose of its own
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 section 2.1
_METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16"))
)  # where cloud machines are told their own secrets


def not_public(address: str) -> Told | None:
    """What kind of address this is when it is none of the public internet (RFC 6890), such as "a private address".

    IPv6 addresses that carry an IPv4 one (mapped, 6to4, NAT64, Teredo) are judged by that one too.

    Raises:
        ValueError: when it is no IP address.
    """
    ip = ip_address(address)
    return next((kind for form in _forms(ip) if (kind := _kind(form))), None)


def is_metadata(address: str) -> bool:
    """Whether cloud machines are told their own secrets there; no source is, whatever config.toml allows."""
    return any(_plain(form) in _METADATA for form in _forms(ip_address(address)))


def _forms(ip: IPv4Address | IPv6Address) -> Iterable[IPv4Address | IPv6Address]:
    if isinstance(ip, IPv4Address):
        return (ip,)
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    if ip.sixtofour:
        return (ip.sixtofour,)
    if ip.teredo:
        return ip.teredo  # the server and the client
    if ip in _NAT64:
        return (IPv4Address(int(ip) & 0xFFFF_FFFF),)
    return (ip,)


def _plain(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Without the zone of a scoped address (RFC 4007 section 11)."""
    return ip if isinstance(ip, IPv4Address) else IPv6Address(int(ip))


def _kind(ip: IPv4Address | IPv6Address) -> Told | None:
    ip = _plain(ip)
    kinds = (
        (ip in _METADATA, "metadata"),
        (ip.is_unspecified, "unspecified"),
        (ip.is_loopback, "this_machine"),
        (ip.is_link_local, "link_local"),
        (ip.is_multicast, "multicast"),
        (isinstance(ip, IPv4Address) and ip in _SHARED, "shared"),
        (any(ip in block for block in _RESERVED), "reserved"),
        (isinstance(ip, IPv4Address) and ip.is_reserved, "reserved"),
        (ip.is_private, "private"),
        (isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST, "reserved"),
        (not ip.is_global, "reserved"),
    )
    return next((Told(f"address_{kind}") for holds, kind in kinds if holds), None)


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the operating system, which orders the addresses by RFC 6724."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


class CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Opens connections to checked addresses only.

    A host is looked up once for each connection; if any of its addresses is not public it is refused as a whole, and
    what is dialled is a checked address, never the name. TLS goes on to verify the name.
    What is allowed is allowed of the host that the source names, not of where that one redirects.
    """

    def __init__(
        self, network: httpcore2.AsyncNetworkBackend, resolve: Resolver, *, source_host: str, allow_private: bool
    ) -> None:
        self._network = network
        self._resolve = resolve
        self._source_host = source_host
        self._allow_private = allow_private
        self._opened: list[httpcore2.AsyncNetworkStream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (the interface's own)
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to one of the host's addresses.

        Raises:
            LastingError: before anything is sent, when it has no address or one that may not be contacted.
            TransientError: when the name cannot be looked up at present.
            httpcore2.ConnectError: when nobody answers there.
        """
        addresses = await self._checked(host, port)
        for address in addresses[:-1]:
            try:
                return await self._open(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue  # the next may answer; what the last one does is told
        return await self._open(addresses[-1], port, timeout, local_address, socket_options)

    async def _open(self, *place: Any) -> httpcore2.AsyncNetworkStream:
        stream = await self._network.connect_tcp(*place)
        self._opened.append(stream)
        return stream

    async def aclose(self) -> None:
        """Close what was opened; httpcore2 forgets a connection when a deadline ends its TLS handshake."""
        for stream in self._opened:
            await stream.aclose()

    async def _checked(self, host: str, port: int) -> Sequence[str]:
        addresses = await self._addresses(host, port)
        for address in addresses:
            metadata = is_metadata(address)
            kind = not_public(address)
            named_by_source = host == self._source_host
            if kind and (metadata or not (named_by_source and self._allow_private)):
                named = address if address == host else Told("address_of", host=host, address=address)
                fix = "fix_metadata" if metadata else "fix_private" if named_by_source else "fix_redirect"
                raise LastingError(Told("not_public", address=named, kind=kind, fix=Told(fix)))
        return addresses[:_TRIED]

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            return (str(ip_address(host)),)
        except ValueError:
            pass  # a name
        try:
            addresses = await self._resolve(host, port)
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise TransientError(Told("not_looked_up", host=host)) from None
            addresses = ()
        except (OSError, UnicodeError):
            addresses = ()
        if not addresses:
            raise LastingError(Told("no_host", host=host))
        return addresses
