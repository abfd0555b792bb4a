"""Where a request comes from, as coarsely as it is kept: the network, never the address."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

_PREFIX = {4: 24, 6: 48}  # bits: what one household, office or hoster's customer has at the least


def network_of(request: Request, proxies: Sequence[IPv4Network | IPv6Network]) -> str:
    """The network of whoever asks, such as "192.0.2.0/24" or "2001:db8:1::/48"; "" where it is not known.

    Behind a web server of ours (`proxies`) it is the last address in X-Forwarded-For that is none of them: what stands
    before it is what the client itself says.
    """
    came = [request.client.host if request.client else ""]
    for field in reversed(request.headers.getlist("x-forwarded-for")):
        came += [part.strip() for part in reversed(field.split(","))]
    for text in came:
        address = _address(text)
        if address is None:
            return ""
        if not any(address in proxy for proxy in proxies):
            return str(ip_network((address, _PREFIX[address.version]), strict=False))
    return ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
