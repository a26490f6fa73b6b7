"""The rows that a query goes through, and the joins that its expressions ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from engine.policy.expressions import Ref
from engine.policy.kinds import Kind
from engine.policy.names import ACCOUNT, account_path
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.night import Night
from engine.reasoning.columnar.sql import Sql, col
from engine.reasoning.plan import RISK_NAMES, SIGNAL_COUNTS

SUBJECT = "subject"
RISK = "risk"
RISK_COLUMNS = {*RISK_NAMES, *(f"signals.{name}" for name in SIGNAL_COUNTS)}


@dataclass(frozen=True)
class Join:
    """One more source of columns; without `on`, every row with every row."""

    source: Sql
    on: Sql | None
    side: str = "LEFT"


@dataclass
class Rows:
    """The facts of `type`, under the alias `row`; in a measure taken from rows, its subject beside them.

    Compiling an expression against it adds to `joins`, so build the query after all its expressions. `risk` and
    `holds` give ready values in place of the row's own risk names and of signal().
    """

    night: Night
    type: str
    subject: str | None = None
    risk: Mapping[str, Sql] = field(default_factory=dict)
    holds: Mapping[str, Sql] = field(default_factory=dict)
    joins: dict[str, Join] = field(default_factory=dict)

    def column(self, ref: Ref) -> Sql:
        """The value of a reference; missing where the facts on the way are."""
        if ref.type == ACCOUNT and ref.name in RISK_COLUMNS:
            return self._risk(ref)
        alias = self._reach(ref.path, ref.subject)
        return self._field(alias, ref.type, ref.name, ref.kind)

    def account(self) -> Sql | None:
        """The account of the row; None where rows of this type have none."""
        path = account_path(self.night.policy.contract, self.type)
        if path is None:
            return None
        return col(ROW, path[0]) if path else col(ROW, "id")

    def signal(self, rule: str) -> Sql:
        """Whether the rule concluded about this row, or for its account. Never missing."""
        if rule in self.holds:
            return self.holds[rule]
        path = self.night.concluded.get(rule)
        signal = self.night.policy.signals.get(rule)
        same = signal is not None and signal.about == self.type
        key = col(ROW, "id") if same else self.account()
        if path is None or signal is None or key is None or rule in self.night.idle:
            return exp.false()
        alias = f"signal {rule}"
        if alias not in self.joins:
            found = sql.named(col("signal", SUBJECT if same else ACCOUNT), "key")
            query = sql.select([found], sql.parquet(str(path), "signal"))
            if signal.about != ACCOUNT and not (same and signal.touches is None):
                query.set("distinct", exp.Distinct())
            self.joins[alias] = Join(sql.inner(query, alias), sql.eq(col(alias, "key"), key))
        return sql.not_null(col(alias, "key"))

    def source(self) -> exp.Table:
        """What to select from."""
        return sql.table(self.night.relations[self.type].name, ROW)

    def query(self, columns: Iterable[Sql], where: Sql | None = None) -> exp.Select:
        """A query of the rows with all joins; the expressions must be compiled before."""
        query = sql.select(columns, self.source(), where)
        for joined in self.joins.values():
            sql.join(query, joined.source, joined.on, joined.side)
        return query

    def _reach(self, path: tuple[str, ...], subject: bool) -> str | None:
        """The alias of the facts at the end of `path`; None where their type is absent."""
        alias, type = (SUBJECT, self.subject or "") if subject else (ROW, self.type)
        relations, contract = self.night.relations, self.night.policy.contract
        if type not in relations:
            return None
        for hop in path:
            target = contract[type].fields[hop].ref
            if target not in relations or hop not in relations[type].columns:
                return None
            below, alias, type = alias, f"{alias}.{hop}", target
            if alias not in self.joins:
                on = sql.eq(col(alias, "id"), col(below, hop))
                self.joins[alias] = Join(sql.table(relations[type].name, alias), on)
        return alias

    def _field(self, alias: str | None, type: str, name: str, kind: Kind) -> Sql:
        if alias is None or name not in self.night.relations[type].columns:
            return sql.null(kind)
        return col(alias, name)

    def _risk(self, ref: Ref) -> Sql:
        """A name that is known after all signals. Who is not in the table of risks is green, without conclusions."""
        if not ref.path and ref.name in self.risk:
            return self.risk[ref.name]
        alias = self._reach(ref.path, ref.subject)
        if alias is None or not self.night.with_risk:
            return sql.null(ref.kind)
        risk = f"{alias} risk"
        if risk not in self.joins:
            self.joins[risk] = Join(sql.table(RISK, risk), sql.eq(col(risk, ACCOUNT), col(alias, "id")))
        default = "green" if ref.name == "risk" else 0.0 if ref.kind is Kind.NUMBER else 0
        return sql.only_if(sql.not_null(col(alias, "id")), sql.coalesce(col(risk, ref.name), sql.literal(default)))
