"""Checked expressions as SQL.

A condition may be NULL for false, which filters take as they are; a value of kind boolean never is, except a fact,
a case or a coalesce that is missing itself. So conditions need no coalesce except below `not`.
"""

from sqlglot import exp

from engine.policy.expressions import (
    And,
    Arithmetic,
    Call,
    Case,
    Compare,
    Expression,
    Holds,
    In,
    IsMissing,
    Like,
    Literal,
    Negative,
    Not,
    Or,
    Ref,
    Today,
)
from engine.policy.kinds import Kind
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.constants import constant
from engine.reasoning.columnar.functions import reckon_call
from engine.reasoning.columnar.numbers import as_kind, as_number, comparable, reckon, reckon_negative
from engine.reasoning.columnar.rows import Rows
from engine.reasoning.columnar.sql import Sql

OPERATORS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def condition(rows: Rows, node: Expression) -> Sql:
    """An expression as a filter: NULL stands for false."""
    match node:
        case And():
            return sql.every(condition(rows, arg) for arg in node.args) or exp.true()
        case Or():
            return sql.some(condition(rows, arg) for arg in node.args) or exp.false()
        case Not(arg=IsMissing(arg=inner)):
            return sql.not_null(value(rows, inner))
        case Not():
            return exp.Paren(this=exp.Not(this=_never_missing(rows, node.arg)))
        case Compare():
            return _compare(rows, node)
        case In():
            return _in(rows, node)
        case Like():
            pattern = sql.literal(node.pattern)
            return exp.Paren(this=exp.Like(this=value(rows, node.arg), expression=pattern))
        case IsMissing():
            return sql.is_null(value(rows, node.arg))
        case Holds():
            return rows.signal(node.rule)
    return value(rows, node)


def value(rows: Rows, node: Expression) -> Sql:
    """An expression as a value of its kind."""
    folded = constant(node, rows.night.today)
    if folded is not None:
        return _literal(folded)
    match node:
        case Ref():
            return rows.column(node)
        case Arithmetic():
            return reckon(rows.night.policy, node, value(rows, node.left), value(rows, node.right))
        case Negative():
            return reckon_negative(rows.night.policy, node, value(rows, node.arg))
        case Case():
            branches = [(condition(rows, when), _arm(rows, then, node.kind)) for when, then in node.branches]
            otherwise = _arm(rows, node.otherwise, node.kind) if node.otherwise is not None else sql.null(node.kind)
            return sql.case(branches, otherwise)
        case Call():
            same = node.function in ("coalesce", "least", "greatest")
            args = [_arm(rows, arg, node.kind) if same else value(rows, arg) for arg in node.args]
            return reckon_call(rows.night.policy, node, args)
        case IsMissing() | Holds():
            return condition(rows, node)
        case Today():
            return sql.literal(rows.night.today)
    return _never_missing(rows, node)


def _never_missing(rows: Rows, node: Expression) -> Sql:
    """A boolean with missing as false."""
    found = condition(rows, node)
    if isinstance(node, IsMissing | Holds | Not):
        return found
    return sql.coalesce(found, exp.false())


def _arm(rows: Rows, node: Expression, kind: Kind) -> Sql:
    return as_kind(value(rows, node), node.kind, kind)


def _compare(rows: Rows, node: Compare) -> Sql:
    left, right = value(rows, node.left), value(rows, node.right)
    if node.left.kind.numeric:
        left, right = comparable(rows.night.policy, node.left, left, node.right, right)
    return sql.infix(OPERATORS[node.op], left, right)


def _in(rows: Rows, node: In) -> Sql:
    arg = value(rows, node.arg)
    options = [value(rows, option) for option in node.options]
    if node.arg.kind.numeric and any(option.kind is Kind.NUMBER for option in (node.arg, *node.options)):
        arg = as_number(arg, node.arg.kind)
        options = [as_number(sql_, option.kind) for sql_, option in zip(options, node.options, strict=True)]
    return exp.Paren(this=exp.In(this=arg, expressions=options))


def _literal(node: Literal) -> Sql:
    if node.kind is Kind.NUMBER and isinstance(node.value, int | float):
        return sql.literal(float(node.value))
    return sql.literal(node.value)
