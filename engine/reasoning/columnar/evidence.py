"""The evidence of a conclusion: the values of the names that its rule uses."""

from collections.abc import Iterable

from sqlglot import exp

from engine.policy.model import Evidence
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.expressions import value
from engine.reasoning.columnar.rows import Rows
from engine.reasoning.columnar.sql import Sql
from engine.reasoning.layout import evidence_columns

EVIDENCE = "evidence"


def evidence_struct(rows: Rows, evidence: Iterable[Evidence]) -> Sql:
    """One value with a field for every name, of the types that the layout fixes."""
    found = {e.name: value(rows, e.value) for e in evidence}
    columns = evidence_columns(evidence)
    members = [(name, sql.cast(found.get(name, exp.null()), sql.kind_type(k))) for name, k in columns.items()]
    return sql.struct(members)
