"""Fault fixtures: `given` texts over the base policy, and the faults that are expected of them, as a user sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from engine.policy.faults import show
from engine.policy.load import Checked, check, read_texts

HERE = Path(__file__).parent
BASE = read_texts(HERE / "base")


@dataclass(frozen=True)
class Case:
    """One fixture; a given text of None takes the file out of the base policy."""

    name: str
    given: Mapping[str, str | None]
    expect: str


@cache
def cases() -> list[Case]:
    """Every fixture in tests/policy/faults."""
    return [
        Case(f"{file.stem}: {case['name']}", case["given"], case["expect"])
        for file in sorted((HERE / "faults").glob("*.yaml"))
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def checked(given: Mapping[str, str | None]) -> Checked:
    """The base policy with the given files over it."""
    return check({file: text for file, text in (BASE | dict(given)).items() if text is not None})


@cache
def fixture(name: str) -> Checked:
    """What the check says of the fixture of this name."""
    return checked(next(case.given for case in cases() if case.name == name))


def shown(found: Checked) -> str:
    """All faults as text."""
    return "\n\n".join(show(fault, found.texts) for fault in found.faults)
