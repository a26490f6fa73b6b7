"""What stands behind a recorded value: its fact rows, found again in the sealed snapshot by the policy itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.facts.snapshot import Snapshot
from engine.policy.contract import DERIVED
from engine.policy.expressions import Expression, Ref
from engine.policy.kinds import MONEY_PLACES, Kind
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT
from engine.reasoning.days import MondayToFriday, Workdays
from engine.reasoning.plan import build_plan
from engine.reasoning.rete.batch import Batch, rank
from engine.reasoning.rete.evaluate import Row, Scope
from engine.reasoning.rete.known import known_facts
from engine.reasoning.rete.needs import needs_of, to_prepare
from engine.reasoning.rete.night import Night, prepare_night
from engine.reasoning.rete.source import ParquetSource, Source
from engine.reasoning.rete.values import Value


@dataclass
class Behind:
    """A snapshot as known on `today`, to be asked about single facts. Reckons by the plain Python definitions."""

    policy: Policy
    snapshot: Snapshot
    today: date
    calendar: Workdays = field(default_factory=MondayToFriday)
    source: Source | None = None  # in place of the snapshot's rows: what they would be after a change
    ranked: dict[str, str] | None = None  # the classes of the ranking, where they are known

    def __post_init__(self) -> None:
        contract = self.policy.contract
        if self.source is None:
            types = sorted(self.snapshot.present & contract.keys())
            columns = {type: contract[type].fields.keys() for type in types}
            self.source = ParquetSource({type: self.snapshot.path(type) for type in types}, contract, columns)
        plan = build_plan(self.policy, self.source.present & contract.keys())
        known = known_facts(self.source, contract, self.today)
        self._night: Night = prepare_night(plan, known, self.today, self.calendar)
        self._night.ranked = self.ranked
        self._batch = Batch(self._night, self._night.view())

    def tiers(self) -> dict[str, str]:
        """The classes of the ranking, of those who are not in the last one; worked out once."""
        if self._night.ranked is None:
            rank(self._night)
        return self._night.ranked or {}

    @property
    def present(self) -> frozenset[str]:
        """The fact types that have a file, also an empty one."""
        return self._night.known.source.present

    def of_account(self, type: str, account: str) -> list[Row]:
        """The known facts of a type that belong to an account, by id."""
        found = self._batch.linked(type, (ACCOUNT,), [account]).get(account, [])
        self._batch.add(type, found)
        return sorted(found, key=lambda row: str(row["id"]))

    def every(self, type: str) -> Iterator[Row]:
        """All known facts of a type."""
        for rows in self._night.known.every(type):
            yield from rows

    def concluded(self, rule: str, subject: str) -> bool:
        """Whether a conclusion of the rule about this subject was taken in."""
        return subject in self._batch.view.holding.get(rule, ())

    def fact(self, type: str, id: str | None) -> Row | None:
        """The fact as known on the day; None where there is none."""
        if id is None or type not in self.policy.contract:
            return None
        return self._batch.load(type, [id]).get(id)

    def follow(self, type: str, row: Row | None, path: tuple[str, ...]) -> tuple[str, Row | None]:
        """The fact at the end of a path of refs, and its type."""
        for name in path:
            type = self.policy.contract[type].fields[name].ref or type
            row = None if row is None else self.fact(type, row.get(name))
        return type, row

    def stand(self, account: str, level: str, counts: Mapping[str, Any]) -> None:
        """Take in an account's recorded risk: its level, its score and the counts of its signals."""
        self._batch.view.standing[account] = {"risk": level, **counts}

    def conclude(self, rule: str, subject: str, account: str | None) -> None:
        """Take in a recorded conclusion, for conditions that ask for it."""
        self._batch.view.holding.setdefault(rule, set()).add(subject)
        if account is not None:
            self._batch.view.touched.setdefault(rule, set()).add(account)

    def value(self, type: str, row: Row, node: Expression) -> Value:
        """The value of an expression about a fact of the type, in the form the engine reckons with."""
        self._batch.evaluate(type, [row], node)
        return self._night.reader.reading(node, Scope(type))(self._batch.view, row, None)

    def subject_value(self, type: str, subject: Row, source: str, node: Expression) -> Value:
        """The value of an expression in a measure of `type` over rows of `source` that looks at the subject alone."""
        scope = Scope(source, type)
        needs = to_prepare(needs_of(self.policy.contract, scope, node), self._night.reader.measures)
        self._batch.prepare((), [subject], needs)
        return self._night.reader.reading(node, scope)(self._batch.view, {}, subject)

    def rows(self, measure: tuple[str, str], subject: Row) -> list[Row]:
        """The rows that a measure of the subject was taken from, the latest first."""
        plan = self._night.measures[measure]
        source, link = plan.measure.source, plan.measure.link
        if source is None or plan.measure.take is None:
            return []
        if link.row_path:
            value = subject.get(link.subject_field)
            found = self._batch.linked(source, link.row_path, [value]).get(value, [])
        else:
            found = [row for chunk in self._night.known.every(source) for row in chunk]
        self._batch.prepare(found, [subject], plan.row_needs)
        kept = [row for row in found if plan.where is None or plan.where(self._batch.view, row, subject)]
        order = self.policy.contract[source].known_from
        return sorted(
            kept, key=lambda row: ((row.get(order) or date.min) if order else date.min, row["id"]), reverse=True
        )

    def fields(self, type: str, row: Row) -> dict[str, Any]:
        """A row's own fields that are not missing, `id` first, money as Decimal."""
        contract = self.policy.contract[type].fields
        derived = {field.name for field in DERIVED.get(type, ())}
        shown = {name: outside(row.get(name), field.kind) for name, field in contract.items() if name not in derived}
        return {"id": row["id"], **{name: value for name, value in shown.items() if value is not None}}

    def people(self, type: str, row: Row) -> dict[str, str]:
        """The names of the persons whom a row refers to, by id."""
        named = {row.get(name) for name, field in self.policy.contract[type].fields.items() if field.ref == "rep"}
        found = {id: self.fact("rep", id) for id in named if id and "rep" in self.snapshot.present}
        return {id: str(person["name"]) for id, person in found.items() if person is not None and person.get("name")}


def outside(value: Any, kind: Kind) -> Any:
    """An engine's value as people read it: money as Decimal."""
    return Decimal(value).scaleb(-MONEY_PLACES) if kind is Kind.MONEY and isinstance(value, int) else value


def measure_of(policy: Policy, node: Expression) -> tuple[str, str] | None:
    """The measure that an expression names, where it is nothing but that."""
    if not isinstance(node, Ref):
        return None
    key = (node.type, node.name)
    return key if key in policy.measures else None


def is_tier(node: Expression) -> bool:
    """Whether an expression is an account's tier."""
    return isinstance(node, Ref) and node.type == ACCOUNT and node.name == "tier"
