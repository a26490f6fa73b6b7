"""How a fault is told while something is being read or checked."""

from dataclasses import dataclass

from sqlglot import exp


class Broken(Exception):
    """Something that is needed here has a fault of its own, which is noted already."""


class Wrong(Exception):
    """What is wrong with a node of an expression."""

    def __init__(self, code: str, node: exp.Expr, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code, self.node, self.message, self.help = code, node, message, help


@dataclass(frozen=True)
class Slip:
    """What is wrong with the characters `start` to `end` (exclusive) of a text."""

    code: str
    start: int
    end: int
    message: str
    help: str = ""
