"""Who is to be contacted by when: the duties of the policy's cadence table, as a table of the night.

A duty is a line of the table that applies to an account. It falls due so many days after the last contact as the limit
says, and is overdue exactly when its signal holds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from engine.policy.expressions import And, Arithmetic, Compare, Expression, IsMissing, Or, Today, refs
from engine.policy.kinds import Kind
from engine.policy.model import Policy, Signal
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.expressions import condition, value
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.rows import Rows
from engine.reasoning.columnar.sql import Sql, col
from engine.reasoning.columnar.takes import conjuncts
from engine.reports.source import ReportSource

TABLE = "duty"
_TIER = re.compile(r"-[a-z]$")


@dataclass(frozen=True)
class Line:
    """A line of the cadence table: its signal, who contacts how, the measure of the last contact, and its reckoning.

    `tier`: where it is for that one alone, under a condition. `since` is the day it counts from, `days`
    the limit, `applies` what makes it a duty of an account.
    """

    rule: str
    role: str
    channel: str
    tier: str | None
    last: str
    since: Expression
    days: Expression
    applies: Expression


def cadence_lines(policy: Policy) -> tuple[Line, ...]:
    """The lines of the policy's cadence table, as its signals have them."""
    return tuple(line for signal in policy.signals.values() if signal.generated for line in _line(policy, signal))


def add_duties(source: ReportSource, tier: str | None = None) -> None:
    """Makes the table `duty`: account, rule, role, channel, last_on, days, due_on, overdue.

    `tier` leaves out the lines that are for another tier alone.
    `due_on` is missing where nobody was ever contacted and nothing says since when to count; such a duty is overdue.
    Only lines whose signal could be judged are there.
    """
    asked = source.asked
    lines = [line for line in cadence_lines(source.policy) if line.rule in asked.night.concluded]
    lines = [line for line in lines if tier is None or line.tier in (None, tier)]
    names = [ref for line in lines for ref in refs(line.since, line.days, line.applies)]
    asked.reckon([*((ref.type, ref.name) for ref in names), *((ACCOUNT, line.last) for line in lines)])
    queries = [duty_query(source, line) for line in lines]
    found = (
        sql.union(queries) if queries else sql.select([sql.named(v, n) for n, v in _NONE.items()], None, exp.false())
    )
    asked.night.run(sql.create_table("duty without signals", found), "duties")
    source.rows(_DUTY)


def _line(policy: Policy, signal: Signal) -> Iterator[Line]:
    who = _contact(policy, signal.name)
    if who is None:
        return
    parts = conjuncts(signal.when)
    for n, part in enumerate(parts):
        match part:
            case Or(
                args=(IsMissing(), Compare(op=">", left=Arithmetic(op="-", left=Today(), right=since), right=days))
            ):
                role, channel = who
                rest = And((*parts[:n], *parts[n + 1 :]))
                tier = signal.name[-1].upper() if _TIER.search(signal.name) else None
                yield Line(signal.name, role, channel, tier, f"last_{role}_{channel}", since, days, rest)
                return


def _contact(policy: Policy, rule: str) -> tuple[str, str] | None:
    """The role and channel that the name of a cadence signal speaks of."""
    for role in policy.contract["rep"].fields["role"].one_of:
        for channel in policy.contract["interaction"].fields["channel"].one_of:
            stem = f"{role}_{channel}_overdue".replace("_", "-")
            if rule == stem or (rule.startswith(stem) and _TIER.match(rule[len(stem) :])):
                return str(role), str(channel)
    return None


def duty_query(source: ReportSource, line: Line) -> exp.Select:
    """Whose duty the line is: account, rule, role, channel, last_on, since, days; its measures reckoned before."""
    rows = Rows(source.asked.night, ACCOUNT)
    where = condition(rows, line.applies)
    since, days = value(rows, line.since), value(rows, line.days)
    known = source.asked.night.relations[ACCOUNT].columns
    columns: dict[str, Sql] = {
        "account": col(ROW, "id"),
        "rule": sql.literal(line.rule),
        "role": sql.literal(line.role),
        "channel": sql.literal(line.channel),
        "last_on": col(ROW, line.last) if line.last in known else sql.null(Kind.DATE),
        "since": since,
        "days": sql.cast(days, sql.INTEGER),
    }
    return rows.query([sql.named(column, name) for name, column in columns.items()], where)


_NONE = {
    "account": sql.null(Kind.TEXT), "rule": sql.null(Kind.TEXT), "role": sql.null(Kind.TEXT),
    "channel": sql.null(Kind.TEXT), "last_on": sql.null(Kind.DATE), "since": sql.null(Kind.DATE),
    "days": sql.cast(exp.null(), sql.INTEGER),
}  # fmt: skip
_DUTY = """
create temporary table duty as
select d.account, d.rule, d.role, d.channel, d.last_on, d.days, d.since + d.days as due_on,
       s.rule is not null as overdue
from "duty without signals" d
left join signals s on s.rule = d.rule and s.account = d.account
"""
