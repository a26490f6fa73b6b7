"""What may stop a message: refused for good, to be tried later, or gone out with nobody knowing whether it arrived."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.delivery.render import clean

_LONGEST = 300


@dataclass
class Trouble(Exception):
    """`why`: a word of phrases `send_…`; `reply`: what the server said. `whole`: the way out itself does not work."""

    why: str
    reply: str = ""
    whole: bool = False


@dataclass
class Refused(Trouble):
    """It will not be taken, however often it is tried."""


@dataclass
class Later(Trouble):
    """It did not go out, which is certain; `pause`: the seconds that the server asks for."""

    pause: float = 0.0


@dataclass
class Unsure(Trouble):
    """It went out, and no answer came: it may have arrived."""


class Taken(Exception):
    """Somebody else has seen to the message in the meantime."""


def reply_text(text: str | bytes, secrets: Iterable[str] = ()) -> str:
    """What a server said: on one line, short, and without any secret, should it repeat one."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        said = said.replace(secret, "***")
    said = re.sub(r"\s+", " ", clean(said)).strip()
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
