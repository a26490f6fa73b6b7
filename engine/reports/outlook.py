"""What reports on the cadence read: the policy as it stands, held against facts that need not have had a night.

Only the signals of the cadence table, and what they rest on, are concluded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from engine.action.facts import Facts
from engine.policy.model import Policy
from engine.reasoning.columnar import reason
from engine.reasoning.columnar.asking import open_night as ask_night
from engine.reasoning.days import Workdays
from engine.reports.source import ReportSource, add_conclusions
from engine.store.opening import Store
from engine.telling.touching import resting

NO_RUN = ""


@contextmanager
def open_outlook(
    policy: Policy, facts: Facts, store: Store, today: date, calendar: Workdays, folder: Path, night: date | None = None
) -> Iterator[ReportSource]:
    """The facts as of `today` under a policy. `night`: the day of the night that they are of, where there was one.

    `folder` is for the conclusions. Raises EngineError.
    """
    conclusions = folder / "conclusions"
    reason(cadence_alone(policy), facts, today, conclusions, calendar)
    with ask_night(policy, facts, today, conclusions, calendar) as asked:
        add_conclusions(asked)
        yield ReportSource(NO_RUN, night or today, today, policy, facts, conclusions, store, asked)


def cadence_alone(policy: Policy) -> Policy:
    """The policy with nothing but the signals of the cadence table and what they rest on, without their texts."""
    rules = resting(lean := _lean(policy), (line.rule for line in policy.cadence))
    return replace(lean, signals={name: signal for name, signal in lean.signals.items() if name in rules})


def _lean(policy: Policy) -> Policy:
    signals = {name: replace(signal, evidence=()) for name, signal in policy.signals.items()}
    return replace(policy, signals=signals, plays={}, risk=())
