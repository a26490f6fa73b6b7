"""The promise guard: a wish is put beside the facts, and the policy's own rules say what may be promised.

Rules named promise-verdict-… conclude for a promise with the id `wish`; a play for each gives the wording. Source:
D3.promise.range, D3.promise.graded, D3.guard.firm, .refuse, .hedge, .persuade, D3.risk.kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from engine.action.make import Render, because_text
from engine.errors import FactsError, PolicyError
from engine.facts.told import ToldRow, read_told
from engine.facts.work import Bench
from engine.policy.expressions import Ref
from engine.policy.model import Evidence, Play, Policy, Signal
from engine.reasoning.columnar import reason
from engine.reasoning.days import Workdays
from engine.reasoning.layout import NO_EVIDENCE, play_path, signal_path
from engine.telling.merged import MergedFacts, empty_type, merged, row_of, with_values

PROMISE, REP, ACCOUNT, WISH = "promise", "rep", "account", "wish"
RULES = "promise-verdict-"
VERDICTS: Mapping[str, str] = {"firm": "promise", "hedge": "hedge", "persuade": "persuade", "refuse": "refuse"}
_NAMES = (
    "promise_lead", "promise_least_lead", "promise_most_value", "promise_is_share", "promise_too_soon",
    "promise_too_much", "promise_within", "promise_approved", "promise_approver", "promise_approver_id",
    "promise_offer_on", "promise_offer_value",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What may be promised. `verdict` is promise, hedge, persuade or refuse; `names` the values behind it."""

    verdict: str
    account: str
    account_name: str
    tier: str
    wish: Mapping[str, Any]
    title: str
    because: str
    names: Mapping[str, Any]
    reserve: float
    discount_share: float | None
    template: str
    text_title: str
    text: str
    source: tuple[str, ...]

    @property
    def within(self) -> bool:
        """Whether the wish keeps to the limits of its kind and the customer's tier."""
        return bool(self.names["promise_within"])

    @property
    def approved(self) -> bool:
        """Whether a manager has approved it, by name and with a reason."""
        return bool(self.names["promise_approved"])

    @property
    def needs_approval(self) -> bool:
        """Whether it may only be promised with a manager's name and reason."""
        return not self.approved and (not self.within or self.verdict == "refuse")

    @property
    def offer(self) -> dict[str, Any] | None:
        """The day and the amount that may be named to the customer; None where nothing is to be promised."""
        if self.verdict == "promise":
            return {"due_on": self.wish.get("due_on"), "value": self.wish.get("value")}
        if self.verdict == "hedge":
            return {"due_on": self.names["promise_offer_on"], "value": self.names["promise_offer_value"]}
        return None

    @property
    def most_value(self) -> float | Decimal | None:
        """The most that may be promised: an amount, or for a share of the price a share."""
        return self.discount_share if self.names["promise_is_share"] else self.names["promise_most_value"]


def weigh(
    bench: Bench, policy: Policy, facts: MergedFacts, cells: Mapping[str, str], today: date, calendar: Workdays,
    render: Render, language: str, folder: Path,
) -> Verdict:  # fmt: skip
    """Judge a wish, given as a promise's cells, by the policy's rules over `facts`. Raises HoldfastError."""
    kind = policy.contract[PROMISE]
    read = read_told(bench, kind, [ToldRow(PROMISE, WISH, cells, 1, "")], changes=False)[1]
    faults = [*read.faults]
    account = _known(bench, policy, facts, ACCOUNT, cells.get("account", ""))
    for field in ("rep", "approved_by"):
        if REP in facts.present and cells.get(field) and _known(bench, policy, facts, REP, cells[field]) is None:
            faults.append(f"{field} '{cells[field][:60]}': there is no rep of this id")
    if account is None:
        faults.append(f"account '{cells.get('account', '')[:60]}': there is no account of this id")
    if faults or account is None:
        raise FactsError(
            "\n  ".join(["the wish cannot be weighed:", *faults]), "see the options: holdfast promise check --help"
        )
    wish = with_values(kind, None, WISH, read.values)
    there = _with_wish(bench, policy, facts, wish, folder)
    small, plays = _guard(policy)
    into = folder / "verdict"
    reason(small, there, today, into, calendar=calendar)
    return _verdict(small, plays, into, account, wish, render, language)


def _known(bench: Bench, policy: Policy, facts: MergedFacts, type: str, id: str) -> dict[str, Any] | None:
    return row_of(bench, policy.contract[type], facts, id)


def _with_wish(bench: Bench, policy: Policy, facts: MergedFacts, wish: Mapping[str, Any], folder: Path) -> MergedFacts:
    """The facts with the wish among the promises; people are a type that is there, be it empty."""
    with_wish = merged(bench, policy.contract, facts, {PROMISE: {WISH: dict(wish)}}, folder)
    if REP in with_wish.present:
        return with_wish
    return replace(with_wish, files={**with_wish.files, REP: empty_type(bench, policy.contract[REP], folder)})


def _guard(policy: Policy) -> tuple[Policy, Mapping[str, Play]]:
    """The policy with nothing but the guard's rules and plays, its rules with all the values that are shown."""
    rules = {name: _showing(policy, rule) for name, rule in policy.signals.items() if name.startswith(RULES)}
    missing = [f"{RULES}{name}" for name in VERDICTS if f"{RULES}{name}" not in rules]
    if missing:
        raise PolicyError(f"the policy has no rule {missing[0]}", "see rules/signals/promise-guard.yaml as shipped")
    plays = {n: play for n, play in policy.plays.items() if play.signals and set(play.signals) <= rules.keys()}
    return replace(policy, signals=rules, plays=plays, risk=()), plays


def _showing(policy: Policy, rule: Signal) -> Signal:
    there = {each.name for each in rule.evidence}
    more = []
    for name in _NAMES:
        measure = policy.measures.get((PROMISE, name))
        if measure is None:
            raise PolicyError(f"the policy has no measure {name}", "see rules/measures/promise-guard.yaml as shipped")
        if name not in there:
            more.append(Evidence(name, Ref((), PROMISE, name, measure.kind)))
    return replace(rule, evidence=(*rule.evidence, *more))


def _verdict(
    policy: Policy, plays: Mapping[str, Play], into: Path, account: Mapping[str, Any], wish: Mapping[str, Any],
    render: Render, language: str,
) -> Verdict:  # fmt: skip
    with duckdb.connect(":memory:") as db:
        found = [(s, row) for s in policy.signals.values() for row in _rows(db, signal_path(into, s.name))]
        if len(found) != 1:
            raise PolicyError(
                f"the guard gives {len(found)} verdicts on this wish, where there must be one",
                "see rules/signals/promise-guard.yaml: its conditions must leave nothing out and not overlap",
            )
        [(signal, names)] = found
        play = next((p for p in plays.values() if signal.name in p.signals), None)
        values: dict[str, Any] = next(_rows(db, play_path(into, play.name)), {}) if play is not None else {}
    tier = str(names.get("tier") or values.get("tier") or account.get("tier") or policy.tiers.classes[-1][0])
    template = play.steps[0].template if play is not None else ""
    words = policy.templates.get((template, language)) or policy.templates.get((template, "en"))
    title, body = "", ""
    if words is not None:
        extra: dict[str, Any] = {"assignee": "", "reasons": [], "due": None, "step": "", "play_title": ""}
        names_there = {**extra, **values}
        title = render(words.title, names_there, language, policy.words)
        body = render(words.body, names_there, language, policy.words)
    return Verdict(
        VERDICTS.get(signal.name.removeprefix(RULES), signal.name.removeprefix(RULES)),
        str(account["id"]), str(account.get("name") or account["id"]), tier, wish,
        signal.title.get(language) or next(iter(signal.title.values())),
        because_text(render, policy, signal.because, names, language),
        names, _limit(policy, "promise_reserve", tier) or 0.0, _limit(policy, "promise_discount_share", tier),
        template, title, body, signal.source,
    )  # fmt: skip


def _limit(policy: Policy, name: str, tier: str) -> float | None:
    limit = policy.limits.get(name)
    value = None if limit is None else limit.values.get(tier, limit.values.get(None))
    return None if value is None else float(value)


def _rows(db: duckdb.DuckDBPyConnection, path: Path) -> Any:
    """The values behind the wish in a file of conclusions."""
    if not path.is_file():
        return
    db.execute("select unnest(evidence) from read_parquet($1) where subject = $2", [str(path), WISH])
    columns = [name for name, *_ in db.description or ()]
    for row in db.fetchall():
        yield {n: v for n, v in zip(columns, row, strict=True) if n != NO_EVIDENCE}
