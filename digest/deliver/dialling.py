"""How a connection is to be secured, and what it means, for the person who runs this, that none can be made; pure."""

import ssl
from ipaddress import ip_address
from typing import Literal

from aiosmtplib import SMTPAuthenticationError, SMTPConnectError, SMTPException, SMTPResponseException

from digest.config import Smtp
from digest.config.redaction import login_secrets, redacted
from digest.errors import DeliveryError, UnreachableError

_HOST_MISMATCH = {62, 64}  # X509_V_ERR_HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH of OpenSSL's x509_vfy.h
_OUT_OF_DATE = {9, 10}  # X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED


def security(smtp: Smtp) -> tuple[Literal["starttls", "implicit", "none"], int]:
    """How the connection is secured, and the port where none is given (RFC 8314 sections 3.3 and 4.1)."""
    tls = smtp.tls
    if tls == "auto":
        tls = "implicit" if smtp.port == 465 else "none" if is_loopback(smtp.host) else "starttls"
    return tls, smtp.port or {"implicit": 465, "starttls": 587, "none": 25}[tls]


def is_loopback(host: str) -> bool:
    """Whether what is sent there stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def place(smtp: Smtp) -> str:
    """Host and port, for messages."""
    return f"{smtp.host} port {security(smtp)[1]}"


def secrets_of(smtp: Smtp) -> tuple[str, ...]:
    """What no message may repeat of the login, though a server may."""
    return login_secrets(smtp.password.reveal(), smtp.username or "") if smtp.password is not None else ()


def explained(error: Exception, smtp: Smtp) -> DeliveryError:
    """One sentence: where, the cause, the way out; an `UnreachableError` where trying again may do."""
    cause: BaseException = error
    while isinstance(cause, SMTPConnectError) and isinstance(cause.__cause__, OSError):
        cause = cause.__cause__
    kind = DeliveryError
    match cause:
        case ssl.SSLCertVerificationError():
            text, way_out = _distrusted(cause, smtp.host)
        case ssl.SSLError():
            text = f"TLS failed: {cause}"
            way_out = '[smtp] tls = "implicit" is for port 465, "starttls" for port 587'
        case SMTPAuthenticationError() if cause.code // 100 == 5:
            text = f"it refuses the login of {smtp.username}: {cause.code} {cause.message}"
            way_out = "check [smtp] username and password"
        case SMTPResponseException():
            text = f"it answers {cause.code} {cause.message}" if cause.code > 0 else "what answers there is not SMTP"
            kind, way_out = UnreachableError, "check [smtp] host and port, and that the server runs"
        case SMTPException() if "AUTH extension" in str(cause) or "authentication method" in str(cause):
            text = "it offers no login that we know"
            way_out = "check [smtp] port and tls, or leave username and password out"
        case SMTPException() if "STARTTLS" in str(cause):
            text = "it does not offer STARTTLS"
            way_out = '[smtp] tls = "implicit" is for port 465; "none" only for a server that you trust in your network'
        case _:
            text = str(cause) or type(cause).__name__
            kind, way_out = UnreachableError, "check [smtp] host and port, and that the server runs"
    return kind(f"cannot send through {place(smtp)}: {redacted(text, secrets_of(smtp))}; {way_out}")


def _distrusted(error: ssl.SSLCertVerificationError, host: str) -> tuple[str, str]:
    if error.verify_code in _HOST_MISMATCH:
        way_out = "give [smtp] host as the certificate names it"
    elif error.verify_code in _OUT_OF_DATE:
        way_out = "have it renewed, or set this machine's clock right"
    else:
        way_out = "where an authority of your own signed it, name that authority's certificate in [smtp] ca_file"
    return f"its certificate is not valid for {host}: {error.verify_message}", way_out
