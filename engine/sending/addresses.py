"""Mail addresses out of data: taken as one address or not at all, never as a list, a header or a command."""

import re
from email.headerregistry import Address

LONGEST = 254  # characters of an address (RFC 5321)
_NAMED = re.compile(r"\s*(.*?)\s*<([^<>]*)>\s*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def mail_address(text: str) -> Address | None:
    """`name@firm.example` or `Name <name@firm.example>` as an address; None where it is not exactly one.

    A domain in other letters is written as mail servers take it (IDNA); a name before the @ must be ASCII.
    """
    if not text.isprintable():
        return None
    named = _NAMED.fullmatch(text)
    name, spec = (named[1].strip('"'), named[2]) if named else ("", text.strip())
    local, at, domain = spec.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = domain.split(".")
    known = at and len(local) <= 64 and _LOCAL.fullmatch(local) and all(_LABEL.fullmatch(label) for label in labels)
    if not known or len(local) + 1 + len(domain) > LONGEST:
        return None
    return Address(name, local, domain)
