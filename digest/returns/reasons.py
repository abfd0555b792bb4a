"""Plain words for what servers answer: by enhanced status code (RFC 3463, IANA's registry), else by the code; pure."""

import re

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

# What is not named here is told by its class and subject alone.
_EXACT = {
    "4.2.1": "the mailbox is switched off for now",
    "4.2.2": "the mailbox is full",
    "4.3.1": "the server is out of space",
    "4.4.1": "the next server does not answer",
    "4.4.2": "the connection broke",
    "4.7.0": "slowed down: the server takes our mail more slowly",
    "4.7.1": "slowed down or greylisted: the server wants us to come back later",
    "4.7.28": "slowed down: too much of our mail at once",
    "5.1.0": "the address is refused",
    "5.1.1": "no such mailbox",
    "5.1.2": "no such domain, or it takes no mail",
    "5.1.3": "the address is not written as an address",
    "5.1.6": "the mailbox has moved",
    "5.1.7": "our sender's address is refused",
    "5.1.8": "our sender's domain is refused",
    "5.1.10": "the domain takes no mail",
    "5.2.1": "the mailbox is switched off",
    "5.2.2": "the mailbox is full",
    "5.2.3": "the mail is too large for the mailbox",
    "5.3.4": "the mail is too large for the server",
    "5.4.1": "no server there takes mail for the address",
    "5.4.4": "no way to the domain's server is known",
    "5.4.6": "the mail goes round in circles",
    "5.6.7": "the server takes no addresses outside ASCII",
    "5.7.20": "not signed with DKIM in a way that counts",
    "5.7.21": "not signed with DKIM in a way that counts",
    "5.7.22": "not signed with DKIM in a way that counts",
    "5.7.23": "SPF does not allow our server",
    "5.7.25": "our server's address has no matching name (reverse DNS)",
    "5.7.26": "not authenticated: SPF, DKIM or DMARC fails",
    "5.7.27": "our sender's domain takes no mail",
    "5.7.28": "refused: too much of our mail at once",
}
_BY_SUBJECT = {
    "41": "the address cannot be checked for now",
    "42": "the mailbox takes nothing for now",
    "43": "the server has trouble of its own",
    "44": "the network or the next server has trouble",
    "45": "the server did not understand the conversation",
    "46": "something in the mail is not taken for now",
    "47": "slowed down by policy",
    "51": "the address is refused",
    "52": "the mailbox takes no mail",
    "53": "the server cannot take this mail",
    "54": "no way to the domain's server",
    "55": "the server did not understand the conversation",
    "56": "something in the mail is not taken",
    "57": "refused by policy",
}
_BY_CODE = {
    421: "the server closed the connection for now",
    450: "the mailbox takes nothing for now",
    451: "the server has trouble of its own, or wants us to come back later",
    452: "the server is out of space, or takes fewer at once",
    530: "the server wants a login",
    550: "refused: no such mailbox, or policy",
    551: "the mailbox is elsewhere",
    552: "the mailbox is full, or the mail too large",
    553: "the address is refused",
    554: "refused, often by policy",
}


def plain_reason(state: str, *, code: int | None, reply: str) -> str:
    """Why a delivery stands as it does, in words that need no RFC.

    Args:
        state: of the delivery; only what is deferred or rejected has a server's reason.
        code: the reply's code (RFC 5321 section 4.2); None where no reply came.
        reply: the reply's text, which usually begins with the enhanced code.
    """
    if state == "unknown":
        return "perhaps arrived: no answer came after the mail was handed over"
    if code is None:
        return "no answer: the connection broke or took too long"
    enhanced = _ENHANCED.search(reply)
    if enhanced is not None and int(enhanced[1]) == code // 100:
        return _EXACT.get(enhanced[0]) or _BY_SUBJECT.get(enhanced[1] + enhanced[2]) or _of_code(code)
    return _of_code(code)


def _of_code(code: int) -> str:
    return _BY_CODE.get(code, "refused for now" if code // 100 == 4 else "refused")
