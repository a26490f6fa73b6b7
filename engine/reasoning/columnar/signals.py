"""Signals: one file of conclusions per rule."""

from sqlglot import exp

from engine.policy.kinds import Kind
from engine.policy.model import Signal, Touches
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.evidence import EVIDENCE, evidence_struct
from engine.reasoning.columnar.expressions import condition
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.night import Night
from engine.reasoning.columnar.rows import SUBJECT, Join, Rows
from engine.reasoning.columnar.sql import Sql, col
from engine.reasoning.columnar.vain import can_hold, nothing
from engine.reasoning.layout import signal_columns, signal_path

TOUCHED = "touched"
MATCH = "match"


def add_signal(night: Night, signal: Signal) -> None:
    """Judges a rule and writes its conclusions."""
    path = signal_path(night.into, signal.name)
    night.concluded[signal.name] = signal_path(night.read_back, signal.name)
    if not can_hold(night, signal.about, signal.when):
        night.idle.add(signal.name)
        night.write(nothing(signal_columns(signal.evidence)), path, signal.name)
        return
    rows = Rows(night, signal.about)
    where = condition(rows, signal.when)
    severity = _severity(rows, signal)
    evidence = evidence_struct(rows, signal.evidence)
    if signal.touches is not None:
        rows.joins[TOUCHED] = _touched(night, signal.about, signal.touches)
        account: Sql = col(TOUCHED, ACCOUNT)
    else:
        account = rows.account() or sql.null(Kind.TEXT)
    columns = {
        SUBJECT: col(ROW, "id"),
        ACCOUNT: account,
        "severity": severity,
        "weight": sql.literal(float(signal.weight)),
        EVIDENCE: evidence,
    }
    query = rows.query((sql.named(value, name) for name, value in columns.items()), where)
    if not night.write(query, path, signal.name):
        night.idle.add(signal.name)


def _severity(rows: Rows, signal: Signal) -> Sql:
    branches = [(condition(rows, when), sql.literal(name)) for name, when in signal.severity if when is not None]
    otherwise = next((sql.literal(name) for name, when in signal.severity if when is None), None)
    if not branches:
        return otherwise or sql.null(Kind.TEXT)
    return sql.case(branches, otherwise)


def _touched(night: Night, about: str, touches: Touches) -> Join:
    """The accounts that a subject touches, each once."""
    if touches.when is not None:
        accounts = Rows(night, ACCOUNT)
        where = condition(accounts, touches.when)
        return Join(sql.inner(accounts.query([sql.named(col(ROW, "id"), ACCOUNT)], where), TOUCHED), None)
    found = [_matches(night, source, touches.match) for source in touches.sources if source in night.relations]
    if not found:
        nobody = sql.select([sql.named(sql.null(Kind.TEXT), ACCOUNT)], None, exp.false())
        return Join(sql.inner(nobody, TOUCHED), None)
    every = sql.select([col(ROW, MATCH), col(ROW, ACCOUNT)], sql.inner(sql.union(found), ROW))
    every.set("distinct", exp.Distinct())
    on = sql.eq(col(TOUCHED, MATCH), col(ROW, touches.match))
    return Join(sql.inner(every, TOUCHED), on, "INNER")


def _matches(night: Night, source: str, match: str) -> exp.Select:
    rows = Rows(night, source)
    account = rows.account() or sql.null(Kind.TEXT)
    there = sql.every([sql.not_null(col(ROW, match)), sql.not_null(account)])
    return rows.query([sql.named(col(ROW, match), MATCH), sql.named(account, ACCOUNT)], there)
