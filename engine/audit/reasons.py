"""An explanation as data: a tree of reasons, each with its value, its verdict and its place in the policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.policy.faults import Place

_SAID = {"because": "says"}  # below `because` stand the reasons


@dataclass(frozen=True)
class Reason:
    """One node of an explanation.

    `kind` is play, signal, rule, risk, level, condition, severity, value, weight, rows, row, other or note; `text` is
    in the author's words (a condition, a name) or an id. `holds` is the verdict of a condition, None where there is
    none to give. `detail` holds what else belongs to the kind, such as the fields of a row.
    """

    kind: str
    text: str
    value: Any = None
    holds: bool | None = None
    place: Place | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    children: tuple["Reason", ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The node and all below it as plain JSON values; dates as ISO text, money as text."""
        found: dict[str, Any] = {"kind": self.kind, "text": self.text}
        if self.kind == "value":
            found["value"] = plain(self.value)
        if self.holds is not None:
            found["holds"] = self.holds
        if self.place is not None:
            found["place"] = str(self.place)
        found |= {_SAID.get(name, name): plain(value) for name, value in self.detail.items()}
        if self.children:
            found["because"] = [child.as_json() for child in self.children]
        return found


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
