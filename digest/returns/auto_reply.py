"""Automatic answers of people's mailboxes: vacations, receipts, tests whether a sender is one; pure.

RFC 3834 and what came before it: they say nothing against an address, whatever words they quote.
"""

from collections.abc import Sequence

from digest.model import ReturnKind
from digest.returns.judged import Judged
from digest.returns.mime import Part, one_line, readable
from digest.returns.status import excerpt_of

_MAIL_SYSTEMS = (
    *("mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "maildaemon", "microsoftexchange", "mdaemon"),
    *("mail delivery s", "mail.delivery.s", "system administrator", "smtp_mail_service", "<ndr@", "mail system"),
)
_FIELDS = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-autoresponder", "x-vacation", "x-mail-autoreply")
_PRECEDENCES = ("auto_reply", "junk", "bulk")
_SUBJECTS = (
    *(
        "out of office",
        "out of the office",
        "out-of-office",
        "automatic reply",
        "autoreply",
        "auto-reply",
        "auto reply",
    ),
    *("auto response", "auto-response", "autoresponder", "on vacation", "vacation reply", "away from my mail"),
    *("on leave", "on holiday", "annual leave", "maternity leave", "parental leave", "ooo:"),
    *("automatische antwort", "abwesenheitsnotiz", "abwesend", "abwesenheit", "nicht im büro", "im urlaub"),
    *("réponse automatique", "absence du bureau", "absent du bureau", "en congé", "je suis absent"),
    *("respuesta automática", "fuera de la oficina", "fuera de oficina", "de vacaciones"),
    *("risposta automatica", "fuori ufficio", "fuori sede", "in ferie"),
    *("automatisch antwoord", "automatische beantwoording", "afwezig", "niet op kantoor", "met vakantie"),
    *("resposta automática", "fora do escritório", "ateb awtomatig", "allan o'r swyddfa", "frånvaro", "autosvar"),
)
_CHALLENGE_FIELDS = ("x-boxbe-message-type", "x-tmda-confirm", "x-challenge-response", "x-uol-srv")
_CHALLENGES = (
    *("please confirm your message", "confirm your message", "confirm that you sent", "sender verification"),
    *("verify your message", "needs your confirmation", "verification required", "challenge-response"),
    *("message awaiting confirmation", "awaiting your verification", "anti-spam verification", "antispam uol"),
    *("bestätigen sie ihre nachricht", "confirmez votre message", "confirme su mensaje", "confermare il messaggio"),
    *("bevestig uw bericht", "your mail has been quarantined until"),
)
_LOOKED_AT = 3_000  # characters of what it says


def is_from_a_mail_system(message: Part) -> bool:
    """Whether a server sent it, and nobody's mailbox: by its From, or an empty return path (RFC 5321 section 4.5.5).

    Automatic replies may have an empty return path, too (RFC 3834 section 3.3), and a postmaster may be on leave.
    """
    if _has(_SUBJECTS, readable(message.value("subject"))):
        return False
    sender = f"{message.value('from')} {message.value('return-path')}".lower()
    if any(name in sender for name in _MAIL_SYSTEMS) or message.value("from").strip().endswith("<>"):
        return True
    if message.content_type == "multipart/report":
        return message.parameter("report-type").lower() != "disposition-notification"
    return message.value("return-path").strip() == "<>" and not _says_so(message)


def read_auto_reply(parts: Sequence[Part]) -> Judged | None:
    """An automatic answer by its header fields, subject or type; None for anything else."""
    message = parts[0]
    subject = readable(message.value("subject"))
    if _is_challenge(message, subject, parts):
        return Judged(kind=ReturnKind.CHALLENGE, excerpt=excerpt_of(subject))
    if _says_so(message) or _has(_SUBJECTS, subject) or _is_receipt(parts):
        return Judged(kind=ReturnKind.AUTO_REPLY, excerpt=excerpt_of(subject))
    return None


def _says_so(message: Part) -> bool:
    submitted = message.value("auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or message.value("precedence").lower() in _PRECEDENCES
        or message.value("x-precedence").lower() in _PRECEDENCES
        or any(name in message.fields for name in _FIELDS)
        or bool(message.value("x-auto-response-suppress").strip())
    )


def _is_receipt(parts: Sequence[Part]) -> bool:
    """Whether it says that the mail was read, or deleted unread (RFC 8098)."""
    return any(part.content_type == "message/disposition-notification" for part in parts)


def _is_challenge(message: Part, subject: str, parts: Sequence[Part]) -> bool:
    if any(name in message.fields for name in _CHALLENGE_FIELDS) or _has(_CHALLENGES, subject):
        return True
    texts = [part for part in parts if not part.quoted and part.content_type.startswith("text/") and part.body]
    return bool(texts) and _has(_CHALLENGES, texts[0].text[:_LOOKED_AT])


def _has(phrases: Sequence[str], text: str) -> bool:
    small = one_line(text).lower()
    return any(phrase in small for phrase in phrases)
