"""Help for the tests of back-tests: a small policy, facts as text, a back-test of both."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from engine.audit.backtest.looking import Asked, BackTest, backtest
from engine.facts.importing import import_facts
from engine.facts.snapshot import Snapshot
from engine.policy.load import check
from engine.policy.model import Policy

ROOT = Path(__file__).parents[2]
END = date(2025, 12, 31)
RULES = """
limits:
  late_days: 45
  late_share: {A: 1.0, B: 1.0, C: 1.0}
  cycle_least_orders: 3
  backtest_horizon_days: 60
  backtest_lost_cycles: 3.0
  backtest_lost_least_days: 60
  backtest_lost_days: 200
  backtest_least_alarms: 1
  backtest_least_losses: 1
  backtest_least_months: 1
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, take: sum(amount)}
  last_order: {about: account, from: order, where: cancelled_on is null, take: max(ordered_on)}
signals:
  late:
    title: {en: Late}
    about: account
    when: active and today - last_order > limit.late_days * limit.late_share
    severity: medium
    weight: 20
    because: {en: "{{ last_order }}"}
  staff: {title: {en: Staff}, about: rep, when: active, severity: low, because: {en: "x"}}
risk: {red: signals.high >= 1, amber: signals.any >= 1}
"""


def policy(**limits: float) -> Policy:
    """The policy of these tests, some limits changed."""
    text = RULES
    for name, value in limits.items():
        line = next(line for line in text.splitlines() if line.strip().startswith(f"{name}:"))
        text = text.replace(line, f"  {name}: {value}")
    contract = (ROOT / "rules" / "facts.yaml").read_text(encoding="utf-8")
    checked = check({"rules/facts.yaml": contract, "rules/rules.yaml": text})
    assert checked.policy is not None, checked.faults
    return checked.policy


def every(days: int, since: date, until: date) -> list[date]:
    """The days from one to another, so many apart."""
    return [since + timedelta(days=days * n) for n in range((until - since).days // days + 1)]


def orders(account: str, days: Iterable[date]) -> list[str]:
    """Rows of orders of 100 each."""
    return [f"{account}-{day},{account},{day},100," for day in days]


def facts(folder: Path, given: Mapping[str, Iterable[str]]) -> Snapshot:
    """A snapshot of rows by type, the first of which names the columns."""
    source = folder / "facts"
    source.mkdir(parents=True)
    for type, rows in given.items():
        (source / f"{type}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    imported = import_facts(policy().contract, source, folder / "store", folder / "rejects.csv", 0.05)
    assert imported.rejected == 0
    return imported.snapshot


def looked(
    snapshot: Snapshot, by: Policy | None = None, acted: Iterable[tuple[str | None, str, date]] = (), **asked: object
) -> BackTest:
    """The back-test, up to the last day of 2025."""
    return backtest(by or policy(), snapshot, Asked(END, **asked), acted, lambda _: None)  # type: ignore[arg-type]
