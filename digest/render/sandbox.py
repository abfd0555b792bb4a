"""The second wall around templates: even where something else got into their hands, they could do nothing with it.

The first is that they are handed nothing but plain values (`digest.render.offered`).
"""

from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.render.offered import PLAIN, REACHABLE


class Sandbox(ImmutableSandboxedEnvironment):
    """Lets templates at the attributes of what they are offered, and of Jinja's own, such as `loop`; at no other's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        del self.globals["lipsum"]  # invented filler, from the dice

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may follow this attribute."""
        names = REACHABLE.get(type(obj))
        if names is not None:
            return attr in names
        known = isinstance(obj, PLAIN) or type(obj).__module__.startswith("jinja2.")
        return known and super().is_safe_attribute(obj, attr, value)
