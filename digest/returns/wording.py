"""What servers say in words, in six languages: where no code tells, or one that only says "other"; pure.

Phrases are looked for in what was made small before: lower case, one line, a few thousand characters.
"""

from enum import StrEnum


class Said(StrEnum):
    """What a phrase says."""

    NO_MAILBOX = "no mailbox"
    NO_HOST = "no host"
    FULL = "full"
    POLICY = "policy"
    OURS = "ours"
    DELAYED = "delayed"
    FAILED = "failed"  # no more than that


_PHRASES: dict[Said, tuple[str, ...]] = {
    Said.POLICY: (
        *("spam", "unsolicited", "blacklist", "blocklist", "block list", "denylist", "dnsbl", "spamhaus", "barracuda"),
        *("reputation", "dmarc", "dkim", "spf check", "spf fail", "sender policy", "by policy", "policy reason"),
        *("local policy", "policy violation", "content rejected", "message content", "virus", "malware", "phishing"),
        *("unauthenticated", "not authenticated", "poor trust", "bulk mail", "rate limit", "too many messages"),
        *("blocked using", "has been blocked", "ip address is blocked", "listed at", "listed by"),
        *("richtlinie", "gesperrt wegen", "als unerwünscht", "indésirable", "liste noire", "liste de blocage"),
        *("correo no deseado", "lista negra", "posta indesiderata", "lista nera", "ongewenste", "zwarte lijst"),
    ),
    Said.NO_HOST: (
        *("host not found", "domain not found", "host or domain", "host unknown", "unknown host", "unknown domain"),
        *("no such domain", "domain does not exist", "domain doesn't exist", "domain could not be found"),
        *("domain couldn't be found", "domain was not found", "domain wasn't found", "name service error", "dns error"),
        *("domain existiert nicht", "domaine n'existe pas", "dominio no existe", "dominio non esiste"),
        *("domein bestaat niet", "domaine introuvable", "domäne"),
    ),
    Said.FULL: (
        *("mailbox full", "mailbox is full", "inbox is full", "over quota", "overquota", "quota exceeded"),
        *("exceeded its quota", "exceeds the quota", "out of storage", "storage limit", "insufficient disk"),
        *("exceeded storage", "quota is full", "not enough space", "disk quota"),
        *("postfach voll", "postfach ist voll", "speicherplatz erschöpft", "boîte pleine", "boîte aux lettres pleine"),
        *("boîte aux lettres est pleine", "quota dépassé", "buzón lleno", "buzón está lleno", "cuota excedida"),
        *("casella piena", "casella è piena", "spazio esaurito", "postvak vol", "postvak is vol", "mailbox is vol"),
    ),
    Said.OURS: (
        *("message too large", "message is too large", "message size exceeds", "size limit", "too big"),
        *("line too long", "line length", "bare lf", "bare cr", "bare newline", "sender address rejected"),
        *("sender rejected", "bad sender", "invalid sender", "domain of sender", "sender domain", "malformed header"),
        *("smtputf8", "nachricht ist zu groß", "nachricht zu groß", "message est trop volumineux", "trop volumineux"),
        *("mensaje es demasiado grande", "demasiado grande", "messaggio è troppo grande", "troppo grande"),
        *("bericht is te groot", "te groot"),
    ),
    Said.NO_MAILBOX: (
        *("user unknown", "unknown user", "recipient unknown", "unknown recipient", "unknown local part"),
        *("unknown address", "address unknown", "no such user", "no such recipient", "no such mailbox"),
        *("no such address", "no such account", "no such person", "no mailbox here by that name"),
        *("does not exist", "doesn't exist", "doesn't have a", "could not be found", "couldn't be found"),
        *("wasn't found", "was not found", "recipient not found", "user not found", "address not found"),
        *("mailbox not found", "invalid recipient", "invalid mailbox", "invalid address", "not a valid recipient"),
        *("not a valid mailbox", "account has been disabled", "account is disabled", "account disabled"),
        *("mailbox disabled", "mailbox is disabled", "account has been deactivated", "account is inactive"),
        *("no longer available", "no longer valid", "no longer in use", "not our customer", "no account by that name"),
        *("unbekannter empfänger", "empfänger unbekannt", "empfänger existiert nicht", "benutzer unbekannt"),
        *("adresse existiert nicht", "existiert nicht", "wurde nicht gefunden", "konnte nicht gefunden werden"),
        *("destinataire inconnu", "utilisateur inconnu", "adresse inconnue", "n'existe pas", "introuvable"),
        *("destinatario desconocido", "usuario desconocido", "dirección desconocida", "no existe"),
        *("no se encontró", "no se ha encontrado", "destinatario sconosciuto", "utente sconosciuto"),
        *("indirizzo sconosciuto", "non esiste", "non è stato trovato", "onbekende ontvanger", "ontvanger onbekend"),
        *("gebruiker onbekend", "onbekende gebruiker", "bestaat niet", "niet gevonden"),
    ),
    Said.DELAYED: (
        *("has not yet been delivered", "not yet been delivered", "delivery is delayed", "delivery delayed"),
        *("has been delayed", "delayed mail", "message delayed", "delivery incomplete", "will be retried"),
        *("will retry", "will keep trying", "will continue to try", "still trying", "do not need to resend"),
        *("delivery attempts will continue", "temporary problem delivering", "this is a warning message only"),
        *("zustellung verzögert", "verzögert sich", "noch nicht zugestellt", "weitere zustellversuche"),
        *("remise retardée", "retard de remise", "pas encore été remis", "nouvelle tentative", "entrega retrasada"),
        *("aún no se ha entregado", "se ha retrasado", "se seguirá intentando", "consegna ritardata"),
        *("non è stato ancora consegnato", "in ritardo", "verranno effettuati altri tentativi"),
        *("vertraagd", "nog niet bezorgd", "wordt opnieuw geprobeerd"),
    ),
    Said.FAILED: (
        *("could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered"),
        *("was not delivered", "wasn't delivered", "unable to deliver", "not able to deliver", "undeliverable"),
        *("delivery failed", "delivery failure", "delivery has failed", "delivery status notification (failure)"),
        *("mail failed", "failed mail", "non-delivery", "could not deliver", "did not reach", "not delivered to"),
        *("failed permanently", "permanent error", "permanent fatal error", "returned mail", "returned to sender"),
        *("failure notice", "mail delivery failed", "unrouteable address", "retry timeout exceeded", "giving up"),
        *("nicht zugestellt werden", "unzustellbar", "zustellung fehlgeschlagen", "unzustellbarkeit"),
        *("n'a pas pu être remis", "n'a pas pu être distribué", "non remis", "échec de la remise", "échec de remise"),
        *(
            "no se pudo entregar",
            "no se ha podido entregar",
            "no entregado",
            "error de entrega",
            "no se puede entregar",
        ),
        *("impossibile recapitare", "non è stato recapitato", "mancato recapito", "consegna non riuscita"),
        *("niet worden bezorgd", "niet bezorgd", "onbestelbaar", "bezorging mislukt", "kon niet worden afgeleverd"),
    ),
}


def said_in(text: str) -> frozenset[Said]:
    """All that a text says.

    Args:
        text: at most some thousand characters; case and line breaks do not matter.
    """
    small = " ".join(text.lower().replace("’", "'").split())
    return frozenset(said for said, phrases in _PHRASES.items() if any(phrase in small for phrase in phrases))
