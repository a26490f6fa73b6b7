"""Mail out by SMTP, so that it is known at every step whether a message can have gone out.

A server takes a message with its answer to the single dot that ends it. Whatever fails before that dot is sent has
not been taken; whatever fails after it is unsure.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from engine.sending.letter import dotted
from engine.sending.secrets import secret_value
from engine.sending.terms import Mail
from engine.sending.tls import trusting
from engine.sending.trouble import Later, Refused, Taken, Trouble, Unsure, reply_text

_PATIENCE = 10  # times the timeout: for so long a server may think about a message that it has in full
_CLOSING = 421


@dataclass(frozen=True)
class PostOffice:
    """An open connection to a mail server."""

    server: smtplib.SMTP
    timeout: float

    def send(self, sender: str, to: str, data: bytes, claim: Callable[[], bool]) -> str:
        """Send a message; gives the server's answer. `claim` is asked right before it goes out for good.

        Raises Refused, Later, Unsure, and Taken where `claim` says no; then the connection is of no more use.
        """
        try:
            self._ask("mail", "sender", lambda: self.server.mail(sender))
            self._ask("rcpt", "recipient", lambda: self.server.rcpt(to))
            self._ask("data", "refused", lambda: self.server.docmd("DATA"), wanted=354)
            self.server.send(dotted(data))
        except (OSError, smtplib.SMTPException) as error:
            raise Later("lost", _said(error), whole=True) from None
        if not claim():
            raise Taken
        try:
            if self.server.sock is not None:
                self.server.sock.settimeout(self.timeout * _PATIENCE)
            self.server.send(b".\r\n")
            code, reply = self.server.getreply()
            if self.server.sock is not None:
                self.server.sock.settimeout(self.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise Unsure("timeout" if "timed out" in str(error) else "lost", _said(error)) from None
        if code != 250:
            raise _refusal(code, reply, "refused")
        return reply_text(reply)

    def reset(self) -> bool:
        """Make ready for the next message after one that was refused; False where the server does not take part."""
        try:
            return self.server.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def close(self) -> None:
        """Say goodbye; whatever the server makes of it."""
        try:
            self.server.quit()
        except (OSError, smtplib.SMTPException):
            self.server.close()

    def _ask(self, step: str, why: str, ask: Callable[[], tuple[int, bytes]], wanted: int = 250) -> None:
        code, reply = ask()
        if code == wanted or (step == "rcpt" and code == 251):
            return
        raise _refusal(code, reply, why)


def open_post(mail: Mail, timeout: float) -> PostOffice:
    """Connect and log in. Raises Later (`whole`), for that concerns every message."""
    password = secret_value(mail.password) if mail.password is not None else ""
    context = trusting(mail.ca_file)
    server: smtplib.SMTP | None = None
    try:
        if mail.security == "tls":
            server = smtplib.SMTP_SSL(mail.host, mail.port, timeout=timeout, context=context)
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=timeout)
            if mail.security == "starttls":
                server.starttls(context=context)
        if mail.user:
            server.login(mail.user, password)
        server.ehlo_or_helo_if_needed()
    except BaseException as error:
        if server is not None:
            server.close()
        if isinstance(error, OSError | smtplib.SMTPException):
            raise _unreached(error, password) from None
        raise
    return PostOffice(server, timeout)


def _unreached(error: OSError | smtplib.SMTPException, password: str) -> Later:
    match error:
        case ssl.SSLCertVerificationError():
            return Later("certificate", reply_text(error.verify_message), whole=True)
        case smtplib.SMTPAuthenticationError():
            return Later("login", reply_text(f"{error.smtp_code} {_text(error.smtp_error)}", [password]), whole=True)
        case smtplib.SMTPNotSupportedError():
            return Later("no_tls" if "STARTTLS" in str(error) else "login", reply_text(str(error)), whole=True)
        case smtplib.SMTPResponseException():
            return Later("connect", reply_text(f"{error.smtp_code} {_text(error.smtp_error)}", [password]), whole=True)
        case TimeoutError():
            return Later("timeout", whole=True)
        case socket.gaierror():
            return Later("no_host", whole=True)
        case _:
            return Later("connect", reply_text(_said(error), [password]), whole=True)


def _refusal(code: int, reply: bytes, why: str) -> Trouble:
    said = reply_text(f"{code} {_text(reply)}")
    if code == _CLOSING or code == -1:
        return Later("later", said, whole=True)
    return Refused(why, said) if code >= 500 else Later("later", said)


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _said(error: OSError | smtplib.SMTPException) -> str:
    return reply_text(getattr(error, "strerror", None) or str(error) or type(error).__name__)
