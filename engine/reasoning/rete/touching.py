"""Which accounts a conclusion touches that has none of its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.policy.expressions import rules_in
from engine.policy.model import Play, Signal, Touches
from engine.policy.names import ACCOUNT
from engine.reasoning.rete.batch import SCAN, Batch
from engine.reasoning.rete.evaluate import Row, Scope, Truth
from engine.reasoning.rete.judge import Finding
from engine.reasoning.rete.needs import Need, expressions_of
from engine.reasoning.rete.night import Night


@dataclass(frozen=True)
class Touch:
    """How a signal reaches accounts, compiled. `asked`: whether a rule about the same type asks if it concluded."""

    about: str
    touches: Touches
    when: Truth | None
    needs: tuple[Need, ...]
    asked: bool


def touches_of(night: Night) -> Mapping[str, Touch]:
    """The signals that say whom they touch."""
    return {signal.name: _touch(night, signal, signal.touches) for signal in night.plan.signals if signal.touches}


def _touch(night: Night, signal: Signal, touches: Touches) -> Touch:
    when = None if touches.when is None else night.reader.truth(touches.when, Scope(ACCOUNT))
    rules: list[Signal | Play] = [*night.plan.signals, *night.plan.plays]
    asking = {name for rule in rules if rule.about == signal.about for name in rules_in(*expressions_of(rule))}
    played = {name for play in night.plan.plays if play.about == signal.about for name in play.signals}
    needs = () if touches.when is None else night.needs(ACCOUNT, touches.when)
    return Touch(signal.about, touches, when, needs, signal.name in asking | played)


def touched(
    batch: Batch, touch: Touch, findings: Sequence[Finding], accounts: Sequence[Row], ids: Sequence[str]
) -> Iterator[tuple[Finding, str]]:
    """What was found with each account that it touches, among the known `accounts` or, by rows, the `ids`."""
    if not findings:
        return
    if touch.when is not None:
        for account in _holding(batch, touch, accounts):
            for found in findings:
                yield found, account["id"]
        return
    by_value = _by_value(touch, findings)
    owned: dict[str, set[object]] = defaultdict(set)
    for source in touch.touches.sources:
        groups = batch.linked(source, (ACCOUNT,), ids)
        for id in ids:
            owned[id] |= {row.get(touch.touches.match) for row in groups[id]}
    for id, values in owned.items():
        for value in values & by_value.keys():
            for found in by_value[value]:
                yield found, id


def reaching(night: Night, touch: Touch, findings: Sequence[Finding]) -> set[str]:
    """The subjects among what was found that touch any account at all."""
    if not findings:
        return set()
    if touch.when is not None:
        return {found.row["id"] for found in findings} if _reaches_anyone(night, touch) else set()
    by_value = _by_value(touch, findings)
    reached: set[object] = set()
    for source in touch.touches.sources:
        for rows in night.known.where(source, touch.touches.match, by_value.keys()):  # type: ignore[arg-type]
            reached |= {row.get(touch.touches.match) for row in rows if row.get(ACCOUNT) is not None}
    return {found.row["id"] for value in reached & by_value.keys() for found in by_value[value]}


def _reaches_anyone(night: Night, touch: Touch) -> bool:
    for rows in night.known.every(ACCOUNT):
        for start in range(0, len(rows), SCAN):
            batch = Batch(night, night.view())
            some = rows[start : start + SCAN]
            batch.add(ACCOUNT, some)
            if next(_holding(batch, touch, some), None) is not None:
                return True
    return False


def _holding(batch: Batch, touch: Touch, accounts: Sequence[Row]) -> Iterator[Row]:
    batch.prepare(accounts, (), touch.needs)
    return (row for row in accounts if touch.when is not None and touch.when(batch.view, row, None))


def _by_value(touch: Touch, findings: Iterable[Finding]) -> dict[object, list[Finding]]:
    by_value: dict[object, list[Finding]] = defaultdict(list)
    for found in findings:
        if (value := found.row.get(touch.touches.match)) is not None:
            by_value[value].append(found)
    return by_value
