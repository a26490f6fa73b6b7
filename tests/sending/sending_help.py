"""A small firm whose nights are run one by one, and real servers to send to: SMTP by aiosmtpd, HTTP by http.server."""

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
import yaml
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from bare import bare_workspace

from engine.job import night_of
from engine.outgoing import send_digests
from engine.sending.delivering import Delivered
from engine.store import open_store
from engine.store.outbox import Message, messages
from engine.workspace import Workspace, open_workspace

DAY = date(2026, 11, 20)  # a Friday
POLICY = """
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, where: cancelled_on is null, take: sum(amount)}
signals:
  late:
    title: {en: Late promise, zh: 承诺逾期}
    about: promise
    let: {days_late: today - due_on}
    when: kept_on is null and due_on < today
    severity: high
    because:
      en: "{{ kind }} promised for {{ due_on }}, {{ days_late | days }} late"
      zh: "承诺 {{ due_on }} 兑现，已逾期 {{ days_late | days }}"
risk: {red: signals.high >= 3, amber: signals.any >= 1}
"""
PLAY = """
play: keep
about: promise
trigger: signal('late')
clear_after_runs: 1
steps: [{id: go, assign: owner, due: 2 days, template: keep}]
"""
FACTS = {
    "account": "id,name,owner,kind\na1,北方光学,r1,customer\na2,Acme,r2,customer\n",
    "rep": "id,name,role,department,manager,email\n"
    "r1,Ann,sales,east,m1,ann@firm.example\nr2,王伟,sales,east,m1,wang@firm.example\nm1,Mei,manager,east,,\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-01-05,160.25\n",
}
PROMISES = "id,account,kind,made_on,due_on,kept_on\n"
LATE = "p1,a1,delivery,2026-10-01,2026-11-10,\np2,a2,delivery,2026-10-01,2026-11-12,\n"


@dataclass
class Firm:
    """A workspace; `delivery` is what holdfast.yaml says of it."""

    root: Path

    @property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    def settings(self, **delivery: Any) -> None:
        data = {"language": "en", "people": {"r2": {"language": "zh"}}, "sources": "facts"}
        delivery = {"digest": {"when": "daily"}, "retry_minutes": [0], "timeout_seconds": 5, **delivery}
        text = yaml.safe_dump({**data, "delivery": delivery}, allow_unicode=True)
        (self.root / "holdfast.yaml").write_text(text, encoding="utf-8")

    def night(self, day: date = DAY, promises: str = LATE, **facts: str) -> None:
        for name, text in {**FACTS, "promise": PROMISES + promises, **facts}.items():
            (self.root / "facts" / f"{name}.csv").write_text(text, encoding="utf-8")
        with night_of(self.workspace, day):
            pass

    def deliver(self, **options: Any) -> Delivered:
        return send_digests(self.workspace, **options)

    def outbox(self) -> list[Message]:
        """All messages, the oldest first."""
        with open_store(self.workspace.store) as store:
            return messages(store)[::-1]

    def states(self) -> list[tuple[str, str, str | None]]:
        """Who, in which state, and why: all messages, the oldest first."""
        return [(m.person or m.channel, m.state, m.why) for m in self.outbox()]


def made_firm(folder: Path) -> Firm:
    """A firm before its first night."""
    made = bare_workspace(folder)
    (made.rules / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (made.playbooks / "keep.yaml").write_text(PLAY, encoding="utf-8")
    for language, title in {
        "en": "Keep {{ id }} for {{ account.name }}",
        "zh": "为{{ account.name }}兑现 {{ id }}",
    }.items():
        (made.templates / f"keep.{language}.md").write_text(f"# {title}\n\nNow.\n", encoding="utf-8")
    return Firm(made.root)


@dataclass
class Postbox:
    """A mail server: what it took, and what it answers: `at_rcpt` and `at_data` are asked for each message."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    at_rcpt: Callable[[str], str | None] = lambda address: None
    at_data: Callable[[], str | None] = lambda: None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if (answer := self.at_rcpt(address)) is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message: Any = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append(message)
        self.to += envelope.rcpt_tos
        return self.at_data() or "250 taken as 4711"


@contextmanager
def mail_server(authority: trustme.CA | None = None, security: str = "tls", password: str = "") -> Iterator[Postbox]:
    """A mail server on this machine. `authority` makes its certificate, for localhost."""
    box = Postbox()
    context = None
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == password.encode()
        return AuthResult(success=good, handled=good)

    options: dict[str, Any] = {"authenticator": known, "auth_required": True} if password else {}
    if security == "starttls" and context:
        options |= {"tls_context": context, "require_starttls": True}
    elif password:
        options["auth_require_tls"] = False  # it is encrypted from the start
    loop = asyncio.new_event_loop()
    starting = loop.create_server(
        lambda: SMTP(box, loop=loop, **options), "127.0.0.1", 0, ssl=context if security == "tls" else None
    )
    server = loop.run_until_complete(starting)
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@dataclass
class Robot:
    """A web server: the requests that it had, and what it answers: status, headers, body."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[], tuple[int, dict[str, str], str]] = lambda: (200, {}, '{"errcode": 0, "errmsg": "ok"}')


@contextmanager
def robot(authority: trustme.CA | None = None) -> Iterator[Robot]:
    """A web server on this machine."""
    found = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            found.paths.append(self.path)
            found.bodies.append(json.loads(data))
            status, headers, text = found.answer()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    scheme = "https" if authority else "http"
    found.url = f"{scheme}://localhost:{server.server_address[1]}/send?key=very-secret-key"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
