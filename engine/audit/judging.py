"""Whether a rule holds for one fact, by the plain definitions, with the rules that it rests on."""

from engine.audit.behind import Behind
from engine.policy.expressions import Expression, rules_in
from engine.policy.model import Policy, Signal
from engine.policy.names import ACCOUNT, account_path
from engine.reasoning.rete.evaluate import Row


def judge(policy: Policy, behind: Behind, rule: str, row: Row, account: str | None) -> bool:
    """Whether a signal concludes for the fact `row` and this account; what it rests on is judged first."""
    signal = policy.signals[rule]
    if not signal.needs <= behind.present:
        return False
    settle(policy, behind, signal.about, row, account, signal.when)
    if not behind.value(signal.about, row, signal.when):
        return False
    return signal.touches is None or account is None or _touches(policy, behind, signal, row, account)


def settle(
    policy: Policy, behind: Behind, about: str, row: Row, account: str | None, *nodes: Expression | None
) -> None:
    """Take in the conclusions that expressions about the fact ask for."""
    for rule in dict.fromkeys(rules_in(*nodes)):
        below = policy.signals[rule]
        rows = [row] if below.about == about else subjects(policy, behind, rule, account)
        for each in rows:
            if judge(policy, behind, rule, each, account):
                behind.conclude(rule, each["id"], account)


def subjects(policy: Policy, behind: Behind, rule: str, account: str | None) -> list[Row]:
    """The facts that a signal could conclude about for an account: its own, or those that may touch it."""
    signal = policy.signals[rule]
    path = account_path(policy.contract, signal.about)
    if path is None:
        return list(behind.every(signal.about)) if signal.touches and signal.about in behind.present else []
    if account is None:
        return []
    if not path:
        found = behind.fact(ACCOUNT, account)
        return [] if found is None else [found]
    return behind.of_account(signal.about, account)


def _touches(policy: Policy, behind: Behind, signal: Signal, row: Row, account: str) -> bool:
    touches = signal.touches
    if touches is None:
        return True
    if touches.when is not None:
        owner = behind.fact(ACCOUNT, account)
        return owner is not None and bool(behind.value(ACCOUNT, owner, touches.when))
    wanted = row.get(touches.match)
    return wanted is not None and any(
        each.get(touches.match) == wanted
        for type in touches.sources
        if type in behind.present
        for each in behind.of_account(type, account)
    )
