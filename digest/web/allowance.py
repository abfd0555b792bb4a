"""How often one network may ask for a thing."""

from collections import OrderedDict
from datetime import datetime, timedelta

_REMEMBERED = 10_000  # networks


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
