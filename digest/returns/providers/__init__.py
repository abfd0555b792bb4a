"""What providers post about mails that came back: verified, then read; pure.

A reader refuses what it cannot verify (`UnverifiedError`), and ignores and counts what says nothing of returns. A
repeated event gives a `Return` of the same key.
"""

from collections.abc import Callable, Mapping

from digest.returns.providers import brevo, mailgun, mailjet, postmark, resend, sendgrid, ses
from digest.returns.providers.hook import Heard, Hook, Post

__all__ = ["PROVIDERS", "Heard", "Hook", "Post", "Reader"]

Reader = Callable[..., Heard]
"""``read(post, hook, now=now)``."""

PROVIDERS: Mapping[str, Reader] = {
    "brevo": brevo.read,
    "mailgun": mailgun.read,
    "mailjet": mailjet.read,
    "postmark": postmark.read,
    "resend": resend.read,
    "sendgrid": sendgrid.read,
    "ses": ses.read,
}
