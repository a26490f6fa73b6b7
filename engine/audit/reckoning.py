"""Names with their values, reckoned again from the sealed facts: limits by tier, measures down to their rows."""

from dataclasses import replace
from typing import Any

from engine.audit.behind import Behind, measure_of, outside
from engine.audit.reasons import Reason
from engine.policy.expressions import Ref
from engine.policy.kinds import Kind
from engine.policy.model import Condition, Evidence, Policy
from engine.reasoning.rete.evaluate import Row

SHOWN_ROWS = 5  # of the rows behind a measure; the rest is counted
ONE_ROW = ("latest", "max")  # the takes that rest on the latest row
LIMIT = "limit."
_TIER = Ref((), "account", "tier", Kind.TEXT)


class Reckoning:
    """What a name stood for on the day, as reasons."""

    def __init__(self, policy: Policy, behind: Behind) -> None:
        self.policy, self.behind = policy, behind

    def limit(self, name: str, value: Any, account_id: str | None) -> Reason:
        """A limit with its value, for the account's tier where it is by tier."""
        limit = self.policy.limits[name.removeprefix(LIMIT)]
        tier = None
        if None not in limit.values:
            account = self.behind.fact("account", account_id)
            tier = None if account is None else str(self.behind.value("account", account, _TIER))
        return Reason("value", name, value=value, place=limit.places.get(tier), detail={"tier": tier} if tier else {})

    def measured(self, reason: Reason, measure: tuple[str, str], about: str, row: Row, node: Ref) -> Reason:
        """A measure with the rows it was taken from, or that there were none."""
        definition = self.policy.measures[measure]
        _, subject = self.behind.follow(about, row, node.path)
        reason = replace(reason, place=definition.place, detail={"is": definition.text})
        if subject is None:
            return reason
        if definition.source is None or definition.take is None:
            inner = [self.inner(definition.about, used, subject, {definition.name}) for used in definition.names]
            return replace(reason, children=(*reason.children, *inner))
        rows = self.behind.rows(measure, subject)
        shown = tuple(
            self.row(definition.source, r) for r in rows[: 1 if definition.take.function in ONE_ROW else SHOWN_ROWS]
        )
        detail = {"type": definition.source, "count": len(rows), "take": definition.take.function}
        return replace(
            reason, children=(*reason.children, Reason("rows", definition.source, detail=detail, children=shown))
        )

    def inner(self, about: str, used: Evidence, subject: Row, above: set[str]) -> Reason:
        """A name about a fact, reckoned again from the sealed facts."""
        node = used.value
        value = outside(self.behind.value(about, subject, node), node.kind)
        if used.name.startswith(LIMIT):
            return self.limit(used.name, value, subject.get("account", subject["id"]))
        reason = Reason("value", used.name, value=value)
        measure = measure_of(self.policy, node)
        if measure is None or not isinstance(node, Ref) or used.name in above:
            return reason
        return self.measured(reason, measure, about, subject, node)

    def row(self, type: str, row: Row) -> Reason:
        """A fact row with its fields and the names of its people; `locating` says where it came from."""
        detail = {"type": type, "fields": self.behind.fields(type, row), "people": self.behind.people(type, row)}
        return Reason("row", f"{type} {row['id']}", detail=detail)


def leaves(part: Condition | None) -> list[Condition]:
    """The single tests of a condition, in its order."""
    if part is None:
        return []
    return [leaf for inner in part.parts for leaf in leaves(inner)] if part.parts else [part]
