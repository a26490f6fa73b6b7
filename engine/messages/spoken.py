"""The language in which errors are shown: the workspace's once one is opened, the environment's before."""

import os
import re
from contextvars import ContextVar

ENGLISH, CHINESE = "en", "zh"
_LINE = re.compile(r"""^language\s*[:：]\s*["']?(en|zh)\b""", re.MULTILINE)
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def spoken() -> str:
    """The language to show errors in."""
    return _spoken.get() or language_of_environment()


def speak(language: str) -> None:
    """Show errors in `language` from now on; an empty one stands for the environment's."""
    _spoken.set(language)


def language_in(settings: str) -> str:
    """The language that the text of a holdfast.yaml names, however broken it is; empty where it names none."""
    found = _LINE.search(settings)
    return found[1] if found else ""


def language_of_environment() -> str:
    """The language of the environment; English where it says nothing."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return CHINESE if value.lower().startswith("zh") else ENGLISH
    return ENGLISH
