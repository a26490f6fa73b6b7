"""Plays: one file per play with the subjects whose trigger holds."""

from sqlglot import exp

from engine.policy.kinds import Kind
from engine.policy.model import Play
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.evidence import EVIDENCE, evidence_struct
from engine.reasoning.columnar.expressions import condition
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.night import Night
from engine.reasoning.columnar.rows import SUBJECT, Join, Rows
from engine.reasoning.columnar.sql import Sql, col
from engine.reasoning.columnar.vain import can_hold, nothing
from engine.reasoning.layout import play_columns, play_path

TOUCHED = "touched"


def add_play(night: Night, play: Play) -> None:
    """Holds a play's trigger against its subjects and writes those for which it holds."""
    path = play_path(night.into, play.name)
    if not can_hold(night, play.about, play.trigger):
        night.write(nothing(play_columns(play.evidence)), path, play.name)
        return
    rows = Rows(night, play.about)
    where = condition(rows, play.trigger)
    evidence = evidence_struct(rows, play.evidence)
    columns = {SUBJECT: col(ROW, "id"), ACCOUNT: rows.account() or _touched(rows, play), EVIDENCE: evidence}
    query = rows.query((sql.named(value, name) for name, value in columns.items()), where)
    night.write(query, path, play.name)


def _touched(rows: Rows, play: Play) -> Sql:
    """The accounts that conclusions about the subject touch, for a subject that has no account of its own."""
    night = rows.night
    touching = [
        sql.parquet(str(night.concluded[rule]), ROW)
        for rule in play.signals
        if rule in night.concluded
        and rule not in night.idle
        and night.policy.signals[rule].about == play.about
        and night.policy.signals[rule].touches is not None
    ]
    if not touching:
        return sql.null(Kind.TEXT)
    keys = [col(ROW, SUBJECT), col(ROW, ACCOUNT)]
    found = sql.union([sql.select(keys, source) for source in touching])
    every = sql.select(keys, sql.inner(found, ROW))
    every.set("distinct", exp.Distinct())
    rows.joins[TOUCHED] = Join(sql.inner(every, TOUCHED), sql.eq(col(TOUCHED, SUBJECT), col(ROW, "id")))
    return col(TOUCHED, ACCOUNT)
