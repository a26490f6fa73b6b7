"""Two runs side by side: what is new, gone or changed, and the facts or policy lines that made it so."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.audit.behind import Behind, outside
from engine.audit.reading import reading
from engine.audit.reasons import Reason, plain
from engine.audit.why_not import why_not
from engine.errors import HoldfastError
from engine.policy.differing import PolicyChange, policy_changes
from engine.policy.faults import Place
from engine.policy.model import Policy
from engine.reasoning.layout import risk_path, signal_path

_WHAT = "the conclusions of these runs"
_SIDES = """
create table first (subject varchar, account varchar, severity varchar);
create table second (subject varchar, account varchar, severity varchar)
"""
_FILL = (
    "insert into first select subject, account, severity from read_parquet($1)",
    "insert into second select subject, account, severity from read_parquet($1)",
)
_MOVED = """
select coalesce(a.subject, b.subject), coalesce(a.account, b.account), a.severity, b.severity
from first a full join second b on a.subject = b.subject and a.account is not distinct from b.account
where a.severity is distinct from b.severity
order by all
"""
_RISK = """
select coalesce(a.account, b.account) account, coalesce(a.level, 'green') before, coalesce(b.level, 'green') after
from read_parquet($1) a full join read_parquet($2) b on a.account = b.account
where a.level is distinct from b.level
order by after = 'red' desc, before = 'red' desc, account
"""


@dataclass(frozen=True)
class Side:
    """One of the two runs: its policy, its facts as known on its day, its folder."""

    policy: Policy
    behind: Behind
    folder: Path


@dataclass(frozen=True)
class Part:
    """A name that a condition uses, with its value in either run."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Move:
    """A conclusion that is new, gone or of another severity. `because` is the condition that turned, in its words.

    `fact` is true where the fact itself is new, or not known any more; `changed` names what of the policy behind
    the rule is another.
    """

    rule: str
    subject: str
    account: str | None
    before: str | None
    after: str | None
    because: str = ""
    place: str = ""
    parts: tuple[Part, ...] = ()
    fact: bool = False
    changed: tuple[str, ...] = ()

    @property
    def how(self) -> str:
        """new, gone or changed."""
        return "new" if self.before is None else "gone" if self.after is None else "changed"


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs. `moves` counts by rule and way; `shown` are explained one by one."""

    policy: tuple[PolicyChange, ...]
    moves: tuple[tuple[str, str, int], ...]
    shown: tuple[Move, ...]
    risk: tuple[tuple[str, str, str], ...]

    @property
    def total(self) -> int:
        """How many conclusions differ."""
        return sum(count for _, _, count in self.moves)

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast compare --format json` prints."""
        return {
            "policy": [
                {"kind": c.kind, "name": c.name, "how": c.how, "place": _line(c.place), "detail": c.detail}
                for c in self.policy
            ],
            "counts": [{"rule": rule, "how": how, "count": count} for rule, how, count in self.moves],
            "signals": [
                {
                    "rule": m.rule, "subject": m.subject, "account": m.account, "how": m.how, "before": m.before,
                    "after": m.after, "because": m.because, "place": m.place, "fact_itself": m.fact,
                    "policy": list(m.changed),
                    "values": [{"name": p.name, "before": plain(p.before), "after": plain(p.after)} for p in m.parts],
                }
                for m in self.shown
            ],
            "risk": [{"account": a, "before": before, "after": after} for a, before, after in self.risk],
        }  # fmt: skip


def compare(first: Side, second: Side, most: int, account: str | None = None) -> Comparison:
    """Compare two runs, and explain up to `most` differences (of `account` alone where given). Raises StoreError."""
    changes = policy_changes(first.policy, second.policy)
    touched = {change.name for change in changes}
    moves = [m for m in _moves(first, second) if account is None or m.account == account]
    counts: dict[tuple[str, str], int] = {}
    for move in moves:
        counts[move.rule, move.how] = counts.get((move.rule, move.how), 0) + 1
    shown = tuple(_explained(first, second, move, touched) for move in _spread(moves, most))
    risk = [row for row in _risk(first, second) if account is None or row[0] == account]
    return Comparison(
        tuple(changes), tuple((rule, how, n) for (rule, how), n in sorted(counts.items())), shown, tuple(risk)
    )


def _moves(first: Side, second: Side) -> Iterator[Move]:
    for rule in sorted(first.policy.signals.keys() | second.policy.signals.keys()):
        paths = [signal_path(side.folder, rule) for side in (first, second)]
        if not any(path.is_file() for path in paths):
            continue
        with reading(_WHAT) as db:
            db.execute(_SIDES)
            for fill, path in zip(_FILL, paths, strict=True):
                if path.is_file():
                    db.execute(fill, [str(path)])
            moved = db.execute(_MOVED).fetchall()
        for subject, account, before, after in moved:
            yield Move(rule, subject, account, before, after)


def _risk(first: Side, second: Side) -> list[tuple[str, str, str]]:
    with reading(_WHAT) as db:
        rows = db.execute(_RISK, [str(risk_path(first.folder)), str(risk_path(second.folder))]).fetchall()
    return [(account, before, after) for account, before, after in rows]


def _spread(moves: list[Move], most: int) -> list[Move]:
    """Up to `most` of the differences: of each rule and way the first, then the second, and so on."""
    turns: dict[tuple[str, str], int] = {}
    ranked = []
    for move in moves:
        turn = turns[move.rule, move.how] = turns.get((move.rule, move.how), 0) + 1
        ranked.append((turn, move))
    chosen = sorted(ranked, key=lambda each: each[0])[:most]
    return sorted((move for _, move in chosen), key=lambda m: (m.rule, m.how, m.account or "", m.subject))


def _explained(first: Side, second: Side, move: Move, touched: set[str]) -> Move:
    """The difference with the condition that turned: the first that fails where the rule does not hold."""
    absent, present = (first, second) if move.before is None else (second, first)
    changed = tuple(sorted(touched & _behind(present, move.rule)))
    named = Move(move.rule, move.subject, move.account, move.before, move.after, changed=changed)
    if move.before is not None and move.after is not None:
        return _regraded(first, second, named)
    if move.rule not in absent.policy.signals:
        return named
    signal = absent.policy.signals[move.rule]
    if absent.behind.fact(signal.about, move.subject) is None:
        return Move(move.rule, move.subject, move.account, move.before, move.after, fact=True, changed=changed)
    try:
        absence = why_not(absent.policy, absent.behind, move.rule, move.account, move.subject, tried=False)
    except HoldfastError:
        return named
    if absence.first is None:
        return named
    parts = _parts(first, second, move, absence.first)
    return Move(
        move.rule, move.subject, move.account, move.before, move.after, absence.first.text,
        _line(absence.first.place), parts, changed=changed,
    )  # fmt: skip


def _parts(first: Side, second: Side, move: Move, failing: Reason) -> tuple[Part, ...]:
    names = dict.fromkeys(_names(failing))
    found = [Part(name, _value(first, move, name), _value(second, move, name)) for name in names]
    return tuple(part for part in found if part.before != part.after)


def _regraded(first: Side, second: Side, move: Move) -> Move:
    """A conclusion that holds in both, with the values of its rule that are others."""
    signal = second.policy.signals.get(move.rule)
    names = [e.name for e in signal.evidence] if signal else []
    parts = (Part(name, _value(first, move, name), _value(second, move, name)) for name in names)
    differing = tuple(part for part in parts if part.before != part.after)
    return Move(move.rule, move.subject, move.account, move.before, move.after, parts=differing, changed=move.changed)


def _names(reason: Reason) -> Iterator[str]:
    for child in reason.children:
        if child.kind == "value":
            yield child.text
        elif child.kind in ("condition", "rule"):
            yield from _names(child)


def _value(side: Side, move: Move, name: str) -> Any:
    """The value of a name of the rule in one of the runs; missing where it is not known there."""
    signal = side.policy.signals.get(move.rule)
    row = None if signal is None else side.behind.fact(signal.about, move.subject)
    if signal is None or row is None:
        return None
    used = next((e for e in signal.evidence if e.name == name), None)
    return None if used is None else outside(side.behind.value(signal.about, row, used.value), used.value.kind)


def _behind(side: Side, rule: str) -> set[str]:
    """The names of the policy that a rule rests on: itself, its limits and measures."""
    signal = side.policy.signals[rule]
    return {rule} | {e.name.removeprefix("limit.").rsplit(".", 1)[-1] for e in signal.evidence}


def _line(place: Place | None) -> str:
    return f"{place.file}:{place.line}" if place else ""
