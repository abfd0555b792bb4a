"""What others wrote, on its way to a terminal or a spreadsheet: without the characters that steer these.

A title, a server's reply or a name may hold an escape sequence (ECMA-48, whose C1 controls some terminals obey too) or
an override that makes text read backwards (UAX 9, CVE-2021-42574). One character stands in for each, so that
whoever reads sees that something was there. Joiners and directional marks stay: names are written with them.
"""

import re

STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with a replacement character for each that steers; line ends and tabs stay."""
    return STEERING.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))
