"""SQL built from checked parts: every name quoted, every text a literal, nothing joined by hand."""

import re
from collections.abc import Sequence
from string import Template

from sqlglot import exp

Sql = exp.Expr  # any part of a statement


def name(text: str) -> exp.Identifier:
    """A quoted identifier."""
    return exp.to_identifier(text, quoted=True)


def col(text: str, of: str | None = None) -> exp.Column:
    """A quoted column, of the table or alias `of` where given."""
    return exp.column(name(text), table=name(of) if of else None)


def table(text: str, alias: str | None = None) -> exp.Table:
    """A quoted table or view."""
    return exp.Table(this=name(text), alias=exp.TableAlias(this=name(alias)) if alias else None)


def named(value: Sql, alias: str) -> exp.Alias:
    """A value under a quoted alias."""
    return exp.Alias(this=value, alias=name(alias))


def text(value: str) -> exp.Literal:
    """A text literal."""
    return exp.Literal.string(value)


def whole(value: int) -> Sql:
    """A whole-number literal."""
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))


def null(kind: str) -> Sql:
    """A missing value of a DuckDB type."""
    return exp.cast(exp.null(), kind)


def call(function: str, *arguments: Sql, **options: Sql) -> exp.Anonymous:
    """A function call; options become `name = value` arguments."""
    given = [exp.EQ(this=exp.column(exp.to_identifier(key)), expression=value) for key, value in options.items()]
    return exp.Anonymous(this=function, expressions=[*arguments, *given])


def case(*branches: tuple[Sql, Sql], otherwise: Sql | None = None) -> Sql:
    """`case when … then … else … end`; with no branch at all, `otherwise`."""
    rest = otherwise if otherwise is not None else exp.null()
    if not branches:
        return rest
    return exp.Case(ifs=[exp.If(this=condition, true=result) for condition, result in branches], default=rest)


def struct(**members: Sql) -> exp.Struct:
    """A struct literal."""
    return exp.Struct(expressions=[exp.PropertyEQ(this=name(key), expression=each) for key, each in members.items()])


def array(values: Sequence[Sql]) -> exp.Array:
    """A list literal."""
    return exp.Array(expressions=list(values))


def one_of(value: Sql, options: Sequence[Sql]) -> Sql:
    """`value in (…)`."""
    return exp.In(this=value, expressions=list(options))


def is_missing(value: Sql) -> Sql:
    """`value is null`."""
    return exp.Is(this=value, expression=exp.null())


def is_there(value: Sql) -> Sql:
    """`value is not null`."""
    return exp.Not(this=is_missing(value))


def all_of(*conditions: Sql) -> Sql:
    """Every condition holds."""
    return exp.and_(*conditions, copy=False)


def any_of(*conditions: Sql) -> Sql:
    """At least one condition holds."""
    return exp.or_(*conditions, copy=False)


def matches(value: Sql, pattern: str) -> Sql:
    """The whole text fits the RE2 pattern."""
    return call("regexp_full_match", value, text(pattern))


def cast_to(value: Sql, kind: str) -> Sql:
    """A cast that must succeed."""
    return exp.cast(value, kind, copy=False)


def try_cast(value: Sql, kind: str) -> Sql:
    """A cast that gives missing where it fails."""
    return exp.TryCast(this=value, to=exp.DataType.build(kind, dialect="duckdb"))


_OWN_NAME = re.compile(r"[a-z]+_?[0-9]*")


def fill(template: str, **names: str | Sequence[str]) -> str:
    """A fixed statement with `$name` for the importer's own tables and columns (`rows_3`; `v0`, `v1`), nothing else."""
    lists = {key: [each] if isinstance(each, str) else list(each) for key, each in names.items()}
    for each in lists.values():
        if not all(_OWN_NAME.fullmatch(one) for one in each):
            raise ValueError(f"not names of ours: {each!r}")
    return Template(template).substitute({key: ", ".join(each) for key, each in lists.items()})
