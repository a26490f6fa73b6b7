"""What somebody asks about by an id: a task, an account, a person, any other fact."""

from dataclasses import dataclass

from engine.audit.behind import Behind
from engine.errors import UsageError
from engine.policy.faults import nearest
from engine.policy.model import Play, Policy, Signal
from engine.policy.names import ACCOUNT, account_path
from engine.reasoning.rete.evaluate import Row
from engine.store.opening import Store
from engine.store.sealed import SealedRun
from engine.store.tasks import SHORTEST_PREFIX

TASK, SIGNAL, PLAY = "task", "signal", "play"
FIRST = (ACCOUNT, "rep")  # the types that an id is looked for in first
HELP = "see holdfast tasks, or holdfast account for the customers"


@dataclass(frozen=True)
class Asked:
    """What is asked about: `kind` is task or a type of fact. `also`: what else is called or begins so: (kind, id)."""

    kind: str
    id: str
    name: str | None = None
    also: tuple[tuple[str, str], ...] = ()


def task_asked(store: Store, what: str, kind: str | None) -> Asked | None:
    """The task whose id this is, where it is a whole one, or where only a task is looked for.

    Raises UsageError where an account has the very same id.
    """
    id = what.strip().lower()
    if kind not in (None, TASK) or not store.rows("select 1 from task where id = ?", [id]):
        return None
    if kind is None and store.rows("select 1 from episode where account = ? limit 1", [what]):
        raise UsageError(f"'{what}' is both a task and an account", "say which: --as task, or --as account")
    return Asked(TASK, id)


def subject_asked(
    store: Store, policy: Policy, behind: Behind, run: SealedRun, what: str, kind: str | None,
    rule: Signal | Play | None = None,
) -> Asked | None:  # fmt: skip
    """The account, person or other fact with the id, by the facts of a night; None where there is none.

    With a rule: only what it can be about. `kind` names the type where several have the id; otherwise an account comes
    before a person, and both before others.
    """
    types = [kind] if kind is not None else _types(policy, behind, rule)
    found: list[tuple[str, Row]] = []
    for type in types:
        if type not in policy.contract:
            raise UsageError(
                f"there is nothing called '{type}'", nearest(type, (TASK, *policy.contract)) or "see rules/facts.yaml"
            )
        row = behind.fact(type, what) if type in behind.present else None
        if row is not None:
            found.append((type, row))
        elif type == ACCOUNT and _known(store, run, what):
            found.append((type, {}))
    if not found:
        return None
    (type, row), *others = found
    also = tuple((other, what) for other, _ in others)
    if rule is None and kind is None:
        also += tuple((TASK, id) for id in _begins(store, what))
    return Asked(type, what, row.get("name") or _name(store, what), also)


def rule_asked(policy: Policy, name: str, kind: str | None) -> tuple[Signal | Play, str | None]:
    """The signal or play of the name, and what is left to say what the id is. Raises UsageError."""
    signal, play = policy.signals.get(name), policy.plays.get(name)
    if signal is not None and play is not None and kind not in (SIGNAL, PLAY):
        raise UsageError(f"'{name}' is both a signal and a play", "say which: --as signal, or --as play")
    found = {SIGNAL: signal, PLAY: play}.get(kind or "", signal or play)
    if found is None:
        known = {SIGNAL: (*policy.signals,), PLAY: (*policy.plays,)}.get(kind or "", (*policy.signals, *policy.plays))
        said = kind if kind in (SIGNAL, PLAY) else "signal or play"
        raise UsageError(
            f"there is no {said} '{name}' in the policy of that night", nearest(name, known) or "see rules/"
        )
    return found, None if kind in (SIGNAL, PLAY) else kind


def unknown(what: str, run: SealedRun, policy: Policy, behind: Behind, rule: Signal | Play | None = None) -> UsageError:
    """What is said of an id that nothing has."""
    ids = [str(row["id"]) for row in behind.every(ACCOUNT)] if ACCOUNT in behind.present else []
    if rule is not None and rule.about != ACCOUNT and account_path(policy.contract, rule.about) is None:
        message = f"there is no {rule.about} '{what}' in the facts of {run.today}"
        return UsageError(message, f"'{rule.name}' is about a {rule.about}")
    if rule is not None:
        return UsageError(f"there is no account '{what}' in the facts of {run.today}", nearest(what, ids) or HELP)
    return UsageError(f"there is no task and no account '{what}'", nearest(what, ids) or HELP)


def _types(policy: Policy, behind: Behind, rule: Signal | Play | None) -> list[str]:
    if rule is None:
        return [*FIRST, *sorted((policy.contract.keys() & behind.present) - set(FIRST))]
    touches = rule.touches is not None if isinstance(rule, Signal) else False
    if rule.about == ACCOUNT:
        return [ACCOUNT]
    if account_path(policy.contract, rule.about) is None and not touches:
        return [rule.about]
    return [ACCOUNT, rule.about]


def _known(store: Store, run: SealedRun, account: str) -> bool:
    """Whether there was anything about an account that the facts of a night no longer have."""
    return bool(
        store.rows(
            "select 1 from episode e join run r on r.id = e.opened_run where e.account = ? and r.number <= ? limit 1",
            [account, run.number],
        )
    )


def _name(store: Store, account: str) -> str | None:
    rows = store.rows("select account_name from episode where account = ? order by id desc limit 1", [account])
    return str(rows[0][0]) if rows and rows[0][0] else None


def _begins(store: Store, what: str) -> list[str]:
    """The tasks whose ids begin so."""
    start = what.strip().lower()
    if len(start) < SHORTEST_PREFIX or not (start.isalnum() and start.isascii()):
        return []
    rows = store.rows("select id from task where id >= ? and id < ? order by id limit 3", [start, start + "~"])
    return [str(id) for (id,) in rows]
