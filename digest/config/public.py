"""Whether an address can be reached by everybody; told by how it is written, nothing is looked up."""

from ipaddress import ip_address
from urllib.parse import urlsplit

_NOWHERE = ("localhost", "local", "internal", "intranet", "lan", "home", "test", "invalid", "example", "onion")
"""Last labels that the public DNS does not have (RFC 6761, RFC 6762 and habit)."""


def is_public(url: str) -> bool:
    """Whether a web address is of the public internet."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        pass  # a name
    return "." in host and host.rpartition(".")[2] not in _NOWHERE
