"""What providers post about mails that came back: verified, then read; pure.

A reader refuses what it cannot verify (`UnverifiedError`), and ignores and counts what says nothing of returns. A
repeated event gives a `Return` of the same key.
"""

from collections.abc import Mapping

from digest.returns.providers import brevo, mailgun, mailjet, postmark, resend, sendgrid, ses
from digest.returns.providers.hook import Heard, Hook, Post, Reader, by_password

__all__ = ["PROVIDERS", "Heard", "Hook", "Post", "Reader"]

PROVIDERS: Mapping[str, Reader] = {
    "brevo": by_password(brevo.events),
    "mailgun": mailgun.read,
    "mailjet": by_password(mailjet.events),
    "postmark": by_password(postmark.events),
    "resend": resend.read,
    "sendgrid": sendgrid.read,
    "ses": ses.read,
}
