"""Cells that a spreadsheet shows and does not calculate (OWASP: CSV injection)."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_text(value: str) -> str:
    """A cell that is no formula, whatever it begins with."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
