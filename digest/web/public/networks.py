"""Where a request comes from, as far as it is kept, and how often one network may ask for a thing."""

from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import Request

_PREFIX = {4: 24, 6: 48}  # bits: about what one household, office or host has
_INSIDE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
_REMEMBERED = 10_000  # networks


def network_of(request: Request) -> str:
    """The prefix of the client's address, such as ``192.0.2.0/24``; "" where a proxy in our own network asks."""
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback or any(address in network for network in _INSIDE):
        return ""
    return _prefix(address)


def _prefix(address: IPv4Address | IPv6Address) -> str:
    return str(ip_network(f"{address}/{_PREFIX[address.version]}", strict=False))


class Allowance:
    """So many a network within a time, in this process; who asks from a network that is not known is not counted."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most, self._within = most, within
        self._asked: OrderedDict[str, list[datetime]] = OrderedDict()

    def takes(self, network: str, now: datetime) -> bool:
        """Count one more; whether it is within the allowance."""
        if not network:
            return True
        lately = [at for at in self._asked.pop(network, ()) if at > now - self._within]
        allowed = len(lately) < self._most
        self._asked[network] = [*lately, now] if allowed else lately
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        return allowed
