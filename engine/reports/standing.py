"""Where one account stands: its tier and why, its risk and why."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from engine.policy.expressions import Expression
from engine.policy.model import SEVERITIES, Measure
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.expressions import condition
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.rows import Rows
from engine.reasoning.columnar.sql import col
from engine.reasoning.columnar.tiers import last_place
from engine.reasoning.layout import signal_path
from engine.reports.dossier import Fact, Section
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, SaidWord, Table

Say = Callable[[str, Mapping[str, Any], str, Mapping[str, Mapping[str, str]]], str]  # as delivery's `render`
_SIGNALS = (
    Column("severity", As.WORD), Column("signal"), Column("because"), Column("rule", spare=True),
    Column("weight", As.NUMBER, spare=True), Column("subject", spare=True),
)  # fmt: skip


def tier_facts(source: ReportSource, account: str) -> list[Fact]:
    """The tier of an active account and why it has it; nothing for others, who are not classed."""
    [(tier, by_hand, active)] = source.rows(_TIER, [account])
    tiers = source.policy.tiers
    measure = source.policy.measures.get((ACCOUNT, tiers.measure or ""))
    if not active:
        return []
    if by_hand:
        return [Fact("tier", tier, note=Said("tier_by_hand"))]
    if not source.asked.night.plan.ranked:
        return [Fact("tier", tier, note=Said("tier_not_judged"))]
    if tiers.by == "matrix" and tiers.high_turnover is not None and tiers.high_profit is not None:
        turnover, profit = (_holds(source, account, side) for side in (tiers.high_turnover, tiers.high_profit))
        note = Said("tier_by_matrix", {"turnover": _side(turnover), "profit": _side(profit)})
        return [Fact("tier", tier, note=note)]
    return _ranked(source, account, tier, measure) if measure is not None else [Fact("tier", tier)]


def risk_section(source: ReportSource, account: str, language: str, say: Say) -> Section:
    """The risk of an account: its level, its score, and the signals behind them with their reasons."""
    rows = signal_rows(source, account, language, say)
    levels = source.rows("select level from account_risk where account = $1", [account])
    level = levels[0][0] if levels else "green"
    facts = (Fact("risk", level, As.WORD), Fact("score", sum(row[4] for row in rows), As.NUMBER))
    return Section("risk", facts, Table(Said("section_risk"), _SIGNALS, tuple(rows)))


def signal_rows(source: ReportSource, account: str, language: str, say: Say) -> list[tuple[Any, ...]]:
    """The signals that hold for an account, the gravest first: severity, title, reason, rule, weight, subject."""
    policy = source.policy
    found = []
    for rule, severity, weight, subject in source.rows(_HELD, [account]):
        signal = policy.signals[rule]
        path = signal_path(source.asked.night.read_back, rule)
        [(evidence,)] = source.rows(_EVIDENCE, [str(path), subject, account])
        because = say(signal.because.get(language, ""), evidence or {}, language, policy.words)
        found.append((severity, signal.title.get(language, rule), because, rule, weight, subject))
    return sorted(found, key=lambda row: (SEVERITIES.index(row[0]), -row[4], row[3], row[5]))


def _ranked(source: ReportSource, account: str, tier: str, measure: Measure) -> list[Fact]:
    """The tier by rank: the account's place and value, and where the classes above the last end."""
    table = source.measured(ACCOUNT, {measure.name: measure.kind}, "ranking")
    columns = [sql.named(col(ROW, name), said) for name, said in (("id", "id"), (measure.name, "value"))]
    source.asked.night.run(sql.create_view("ranked_by", sql.select(columns, sql.table(table, ROW))), "tiers")
    [(count,)] = source.rows("select count(*) from account where active")
    ends = [(name, last_place(share, count)) for name, share in source.policy.tiers.classes if share is not None]
    found = source.rows(_RANKS, [account, [place for _, place in ends]])
    [(place, value)] = [(place, value) for id, place, value in found if id == account]
    values = {place: value for _, place, value in found}
    note = Said("tier_by_rank", {"place": place, "count": count, "value": value, "measure": SaidWord(measure.name)})
    facts = [Fact("tier", tier, note=note)]
    for name, last in ends:
        if last:
            ending = Said("tier_ends", {"place": last, "tier": name, "value": values[last]})
            facts.append(Fact(f"tier_{name}_ends", values[last], As.MONEY, ending))
    return facts


def _holds(source: ReportSource, account: str, wanted: Expression) -> bool:
    rows = Rows(source.asked.night, ACCOUNT)
    where = condition(rows, wanted)
    here = sql.eq(col(ROW, "id"), sql.literal(account))
    query = rows.query([exp.Count(this=exp.Star())], sql.every([here, where]))
    [(count,)] = source.asked.night.run(query, "tiers")
    return bool(count)


def _side(high: bool) -> Said:
    return Said("is_high" if high else "is_low")


_TIER = """
select t.tier, t.by_hand, a.active from account a join account_tier t on t.account = a.id where a.id = $1
"""
_HELD = "select rule, severity, weight, subject from signals where account = $1"
_EVIDENCE = "select any_value(evidence) from read_parquet($1) where subject = $2 and account = $3"
_RANKS = """
with ranks as (
    select a.id, r.value, row_number() over (order by r.value desc nulls last, a.id) as place
    from account a join ranked_by r using (id) where a.active
)
select id, place, value from ranks where id = $1 or place in (select unnest($2::bigint[]))
"""
