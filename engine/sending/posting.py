"""Messages to chat robots by HTTPS, signed where the robot asks for it, and what its answer means.

Redirects are not followed: the address is a secret, and belongs to one server. Answers that the makers document as
"try later" are tried later; what an error between us and the robot leaves open is unsure.
"""

import base64
import hashlib
import hmac
import http.client
import json
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from engine.sending.chat import Payload
from engine.sending.secrets import secret_value
from engine.sending.terms import Webhook
from engine.sending.tls import trusting
from engine.sending.trouble import Later, Refused, Taken, Trouble, Unsure, reply_text

_LOCAL = ("localhost", "127.0.0.1", "::1")
_GATEWAYS = (502, 504)  # a server on the way gave up: the robot may have had the message
_LONGEST_ANSWER = 65_536
_LONGEST_PAUSE = 86_400.0
_BUSY = {
    "wecom": {-1, 45009, 45033},
    "dingtalk": {-1, 130101, 302033, 410100},
    "feishu": {11232, 11233, 11247, 230020, 99991400},
}


def post(
    hook: Webhook, content: Payload, timeout: float, now: datetime, claim: Callable[[], bool]
) -> str:  # fmt: skip
    """Send a payload; gives the robot's answer. `claim` is asked right before it goes out for good.

    Raises Refused, Later, Unsure, and Taken where `claim` says no.
    """
    url, secret = _secrets(hook)
    parts = _address(url)
    body, query = _signed(hook.form, content, secret, now)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if query:
        path += ("&" if parts.query else "?") + query
    hidden = [url, secret, path, parts.query, *(value for _, value in parse_qsl(parts.query)), *parts.path.split("/")]
    hidden = [text for text in hidden if len(text) > 5]
    connection = _connect(parts, hook, timeout)
    try:
        if not claim():
            raise Taken
        return _exchange(hook.form, connection, path, body, hidden)
    finally:
        connection.close()


def try_post(hook: Webhook, timeout: float) -> None:
    """Connect without sending anything. Raises Later where that cannot be."""
    url, _ = _secrets(hook)
    _connect(_address(url), hook, timeout).close()


def dingtalk_sign(secret: str, milliseconds: int) -> str:
    """DingTalk's signature of a moment: HMAC-SHA256 with the secret over moment and secret, in base64."""
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def feishu_sign(secret: str, seconds: int) -> str:
    """Feishu's signature of a moment: HMAC-SHA256 with moment and secret as the key over nothing, in base64."""
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def _secrets(hook: Webhook) -> tuple[str, str]:
    return secret_value(hook.url), secret_value(hook.secret) if hook.secret is not None else ""


def _address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        local = parts.scheme == "http" and parts.hostname in _LOCAL
        good = (parts.scheme == "https" or local) and parts.hostname and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isascii() or " " in url:
        raise Later("address", whole=True)
    return parts


def _signed(form: str, content: Payload, secret: str, now: datetime) -> tuple[bytes, str]:
    """The body of the request, and what its address gets besides."""
    query = ""
    if secret and form == "dingtalk":
        moment = round(now.timestamp() * 1000)
        query = urlencode({"timestamp": moment, "sign": dingtalk_sign(secret, moment)})
    elif secret and form == "feishu":
        seconds = round(now.timestamp())
        content = {"timestamp": str(seconds), "sign": feishu_sign(secret, seconds), **content}
    return json.dumps(content, ensure_ascii=False).encode(), query


def _connect(parts: SplitResult, hook: Webhook, timeout: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    try:
        if parts.scheme == "http":
            connection = http.client.HTTPConnection(host, parts.port, timeout=timeout)
        else:
            connection = _secure(host, parts.port or 443, trusting(hook.ca_file), timeout)
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise Later("certificate", reply_text(error.verify_message), whole=True) from None
    except TimeoutError:
        raise Later("timeout", whole=True) from None
    except socket.gaierror:
        raise Later("no_host", host, whole=True) from None
    except (OSError, http.client.HTTPException) as error:
        raise Later("connect", reply_text(getattr(error, "strerror", None) or str(error)), whole=True) from None
    return connection


def _secure(host: str, port: int, context: ssl.SSLContext, timeout: float) -> http.client.HTTPConnection:
    """A connection by TLS, through the proxy that the environment names for it."""
    proxy = "" if proxy_bypass(host) else getproxies().get("https", "")
    if not proxy:
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if parts.scheme != "http" or not parts.hostname:
        raise Later("proxy", whole=True)
    found = http.client.HTTPSConnection(parts.hostname, parts.port or 80, timeout=timeout, context=context)
    headers = {}
    if parts.username:
        login = base64.b64encode(f"{parts.username}:{parts.password or ''}".encode()).decode()
        headers["Proxy-Authorization"] = f"Basic {login}"
    found.set_tunnel(host, port, headers)
    return found


def _exchange(form: str, connection: http.client.HTTPConnection, path: str, body: bytes, hidden: list[str]) -> str:
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "holdfast"}
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        answer = response.read(_LONGEST_ANSWER)
    except TimeoutError:
        raise Unsure("timeout") from None
    except (OSError, http.client.HTTPException) as error:
        raise Unsure("lost", reply_text(getattr(error, "strerror", None) or type(error).__name__)) from None
    said = reply_text(f"{response.status} " + answer.decode("utf-8", "replace"), hidden)
    pause = _pause(response.getheader("Retry-After"))
    if (trouble := _trouble(form, response.status, answer, said, pause)) is not None:
        raise trouble
    return said


def _trouble(form: str, status: int, answer: bytes, said: str, pause: float) -> Trouble | None:
    """What an answer means; None where the robot has taken the message."""
    if status == 429:
        return Later("too_fast", said, pause=pause)
    if status in _GATEWAYS:
        return Unsure("gateway", said)
    if status >= 500 or status == 408:
        return Later("later", said, pause=pause)
    if 300 <= status < 400:
        return Refused("redirect", str(status))
    if form == "slack":
        return None if status == 200 and answer.strip() == b"ok" else _odd(status, said)
    code = _code(answer)
    if code is None:
        return _odd(status, said)
    if code == 0 and status == 200:
        return None
    fast = code in _BUSY[form] or (form == "feishu" and code == 9499 and b"too many" in answer.lower())
    return Later("too_fast", said, pause=pause) if fast else Refused("refused", said)


def _odd(status: int, said: str) -> Trouble:
    return Unsure("reply", said) if 200 <= status < 300 else Refused("refused", said)


def _code(answer: bytes) -> int | None:
    try:
        data: Any = json.loads(answer)
    except ValueError:
        return None
    for name in ("errcode", "code", "StatusCode"):
        if isinstance(data, dict) and isinstance(data.get(name), int):
            return int(data[name])
    return None


def _pause(header: str | None) -> float:
    """The seconds that a server asks to wait, from a number or a date; at most a day."""
    if not header:
        return 0.0
    try:
        seconds = float(header)
    except ValueError:
        try:
            at = parsedate_to_datetime(header)
        except ValueError:
            return 0.0
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_PAUSE) if seconds == seconds else 0.0
