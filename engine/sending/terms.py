"""What holdfast.yaml says of delivery: the mail server, chat robots, when a digest goes out.

Passwords, signing secrets and the addresses of chat robots (whoever knows one can write there) are never in that
file: it names the environment variable or the file that holds them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from engine.policy.faults import Fault
from engine.policy.reading import Spot
from engine.policy.shapes import LanguageName, PlainText, Shape
from engine.sending.addresses import mail_address

MAIL = "mail"  # the channel of that name; webhooks have their own
FORMS = ("wecom", "dingtalk", "feishu", "slack")
SIGNED = ("dingtalk", "feishu")
ALL = "all"
_WRITTEN = ("password", "secret", "url", "password_env", "secret_env", "url_env")  # where a secret may stand by mistake
_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_LOCAL = ("localhost", "127.0.0.1", "::1")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CHANNEL = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True)
class Secret:
    """Where a secret is: in an environment variable, or in a file."""

    variable: str = ""
    file: Path | None = None


@dataclass(frozen=True)
class Mail:
    """The mail server. `sender` and `reply_to` are header values; `ca_file`: whom to trust instead of the system's."""

    host: str
    port: int
    security: str
    sender: Address
    user: str = ""
    password: Secret | None = None
    reply_to: Address | None = None
    ca_file: Path | None = None
    calendar: bool = False


@dataclass(frozen=True)
class Webhook:
    """A chat robot. `whom`: ids, roles or departments of those whose tasks it tells, or `all`."""

    name: str
    form: str
    url: Secret
    secret: Secret | None = None
    whom: tuple[str, ...] = (ALL,)
    language: str | None = None
    ca_file: Path | None = None


@dataclass(frozen=True)
class Digest:
    """When a digest goes out, and how much it holds: at most `most` tasks; `empty`: also with nothing to do."""

    when: str = "workdays"
    most: int = 20
    empty: bool = False


@dataclass(frozen=True)
class Delivery:
    """All of it. `retry_minutes`: the pauses before the next tries, the last one from then on; `keep_days`: for so
    long the outbox keeps the texts of what was sent."""

    mail: Mail | None = None
    webhooks: tuple[Webhook, ...] = ()
    digest: Digest = field(default_factory=Digest)
    retry_minutes: tuple[float, ...] = (1, 5, 15, 60, 240)
    timeout_seconds: float = 60.0
    keep_days: int = 30

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the ways out."""
        return ((MAIL,) if self.mail else ()) + tuple(hook.name for hook in self.webhooks)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _float(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


_Amount = Annotated[float, BeforeValidator(_float), Field(ge=0, le=100_000)]


class _MailShape(Shape):
    host: PlainText
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["tls", "starttls", "none"] = "tls"
    user: PlainText | None = None
    password_env: PlainText | None = None
    password_file: PlainText | None = None
    sender: Annotated[PlainText, Field(alias="from")]
    reply_to: PlainText | None = None
    ca_file: PlainText | None = None
    calendar: bool = False


class _WebhookShape(Shape):
    name: PlainText
    form: Literal["wecom", "dingtalk", "feishu", "slack"]
    url_env: PlainText | None = None
    url_file: PlainText | None = None
    secret_env: PlainText | None = None
    secret_file: PlainText | None = None
    whom: Annotated[list[PlainText], BeforeValidator(_listed), Field(alias="for", min_length=1)] = [ALL]  # noqa: RUF012
    language: LanguageName | None = None
    ca_file: PlainText | None = None


class _DigestShape(Shape):
    when: Literal["workdays", "daily", "changes"] = "workdays"
    most: Annotated[int, Field(ge=1, le=200)] = 20
    empty: bool = False


class DeliveryShape(Shape):
    """The key `delivery` of holdfast.yaml."""

    mail: _MailShape | None = None
    webhooks: list[_WebhookShape] | None = None
    digest: _DigestShape | None = None
    retry_minutes: Annotated[list[_Amount], Field(min_length=1, max_length=20)] | None = None
    timeout_seconds: Annotated[float, BeforeValidator(_float), Field(ge=0.1, le=600)] = 60.0
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 30


def delivery_of(form: DeliveryShape, spot: Spot, root: Path) -> tuple[Delivery, list[Fault]]:
    """What the shape says, and all that is wrong with it. Paths are taken from the folder `root`."""
    faults: list[Fault] = []
    mail = None
    if form.mail is not None:
        mail, wrong = _mail(form.mail, spot / "mail", root)
        faults += wrong
    hooks: list[Webhook] = []
    for n, shape in enumerate(form.webhooks or ()):
        hook, wrong = _webhook(shape, spot / "webhooks" / n, root)
        taken = {MAIL, *(other.name for other in hooks)}
        if hook.name in taken:
            help = "'mail' means the mail server" if hook.name == MAIL else "no two may have the same name"
            wrong.append(_wrong(spot / "webhooks" / n / "name", f"the name '{hook.name}' is taken", help))
        hooks.append(hook)
        faults += wrong
    digest = form.digest or _DigestShape()
    pauses = tuple(form.retry_minutes) if form.retry_minutes else Delivery.retry_minutes
    return Delivery(
        mail, tuple(hooks), Digest(digest.when, digest.most, digest.empty), pauses, form.timeout_seconds, form.keep_days
    ), faults  # fmt: skip


def plain_secrets(data: object, spot: Spot) -> tuple[object, list[Fault]]:
    """The data of `delivery` without secrets written out in it, and a fault for each."""
    if not isinstance(data, dict):
        return data, []
    faults: list[Fault] = []

    def without(part: object, at: Spot, keys: tuple[str, ...]) -> object:
        if not isinstance(part, dict):
            return part
        for key in keys:
            if key in part:
                message = f"'{key}' must not stand in this file: whoever reads it could use it"
                help = f"put it into an environment variable or a file: `{key}_env: …` or `{key}_file: …`"
                faults.append(Fault("plain-secret", (at / key).key, message, help, len(key)))
        return {key: value for key, value in part.items() if key not in keys}

    rest = dict(data)
    if "mail" in rest:
        rest["mail"] = without(rest["mail"], spot / "mail", ("password",))
    if isinstance(rest.get("webhooks"), list):
        rest["webhooks"] = [
            without(hook, spot / "webhooks" / n, ("url", "secret")) for n, hook in enumerate(rest["webhooks"])
        ]
    return rest, faults


def masked(text: str, data: object) -> str:
    """The text of holdfast.yaml to be shown with its faults, where secrets stand in it without them."""
    delivery = data.get("delivery") if isinstance(data, dict) else None
    if not isinstance(delivery, dict):
        return text
    hooks = delivery.get("webhooks")
    parts = [delivery.get("mail"), *(hooks if isinstance(hooks, list) else ())]
    for part in parts:
        for key in _WRITTEN:
            value = part.get(key) if isinstance(part, dict) else None
            meant = key.endswith("_env") and _VARIABLE.fullmatch(str(value))
            if isinstance(value, str | int) and len(str(value)) > 1 and not meant:
                text = text.replace(str(value), "*" * len(str(value)))
    return text


def _mail(shape: _MailShape, spot: Spot, root: Path) -> tuple[Mail, list[Fault]]:
    faults: list[Fault] = []
    if shape.security == "none" and shape.host not in _LOCAL:
        help = "write `security: tls` or `starttls`; without it only a server on this very machine is used"
        faults.append(_wrong(spot / "security", f"mail to {shape.host} would travel in the clear", help))
    if re.search(r"[\s/@]", shape.host):
        faults.append(_wrong(spot / "host", f"'{shape.host}' is no name of a server", "for example smtp.firm.example"))
    password = _secret(shape.password_env, shape.password_file, spot, "password", root, faults)
    if (shape.user is None) != (password is None):
        missing = "password_env" if password is None else "user"
        there = "user" if password is None else "password_env" if shape.password_env else "password_file"
        faults.append(_wrong(spot / there, f"'{there}' needs the key '{missing}' beside it", f"add `{missing}: …`"))
    sender = _header(shape.sender, spot / "from", faults)
    reply_to = _header(shape.reply_to, spot / "reply_to", faults) if shape.reply_to is not None else None
    ca_file = root / shape.ca_file if shape.ca_file else None
    return Mail(
        shape.host, shape.port or _PORTS[shape.security], shape.security, sender or Address(), shape.user or "",
        password, reply_to, ca_file, shape.calendar,
    ), faults  # fmt: skip


def _webhook(shape: _WebhookShape, spot: Spot, root: Path) -> tuple[Webhook, list[Fault]]:
    faults: list[Fault] = []
    if not _CHANNEL.fullmatch(shape.name):
        faults.append(
            _wrong(spot / "name", f"'{shape.name}' cannot be a name", "use at most 40 letters, digits, - or _")
        )
    url = _secret(shape.url_env, shape.url_file, spot, "url", root, faults)
    secret = _secret(shape.secret_env, shape.secret_file, spot, "secret", root, faults)
    if url is None and not faults:
        faults.append(_wrong(spot / "name", f"'{shape.name}' has no address", "add `url_env: …` or `url_file: …`"))
    if secret is not None and shape.form not in SIGNED:
        key = "secret_env" if shape.secret_env else "secret_file"
        faults.append(_wrong(spot / key, f"messages to {shape.form} are not signed", "leave it out"))
    return Webhook(
        shape.name, shape.form, url or Secret(), secret, tuple(shape.whom), shape.language,
        root / shape.ca_file if shape.ca_file else None,
    ), faults  # fmt: skip


def _secret(
    variable: str | None, file: str | None, spot: Spot, name: str, root: Path, faults: list[Fault]
) -> Secret | None:
    if variable is not None and file is not None:
        faults.append(_wrong(spot / f"{name}_file", f"there is {name}_env too", "leave out one of the two"))
    elif variable is not None and not _VARIABLE.fullmatch(variable):
        message = f"'{name}_env' holds no name of an environment variable"
        help = "it takes the variable's name, such as HOLDFAST_MAIL_PASSWORD, not the value itself"
        faults.append(Fault("wrong-value", (spot / f"{name}_env").value, message, help))
    else:
        return Secret(variable or "", root / file if file else None) if variable or file else None
    return Secret()


def _header(text: str, spot: Spot, faults: list[Fault]) -> Address | None:
    found = mail_address(text)
    if found is None:
        help = "write holdfast@firm.example, or `Name <holdfast@firm.example>`"
        faults.append(_wrong(spot, f"'{text}' is no mail address", help))
    return found


def _wrong(spot: Spot, message: str, help: str) -> Fault:
    return Fault("wrong-value", spot.value, message, help)


def variables(delivery: Delivery) -> Iterator[Secret]:
    """Every secret that delivery needs."""
    if delivery.mail is not None and delivery.mail.password is not None:
        yield delivery.mail.password
    for hook in delivery.webhooks:
        yield hook.url
        if hook.secret is not None:
            yield hook.secret
