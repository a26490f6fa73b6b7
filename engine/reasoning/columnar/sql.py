"""SQL trees, built node by node: names are quoted identifiers, values literals, nothing is joined as text."""

from collections.abc import Iterable
from datetime import date

from sqlglot import exp

from engine.policy.kinds import Kind
from engine.reasoning.layout import column_type

Sql = exp.Expression

_TYPES = {kind: column_type(kind) for kind in Kind}
DATE, TEXT, MONEY = _TYPES[Kind.DATE], _TYPES[Kind.TEXT], _TYPES[Kind.MONEY]
BIGINT, DOUBLE, BOOLEAN = _TYPES[Kind.INTEGER], _TYPES[Kind.NUMBER], _TYPES[Kind.BOOLEAN]
INTEGER = exp.DataType.build("INTEGER")
HUGEINT = exp.DataType.build("HUGEINT", dialect="duckdb")
WHOLE = exp.DataType.build("DECIMAL(38, 0)")


def name(text: str) -> exp.Identifier:
    """A quoted identifier."""
    return exp.Identifier(this=text, quoted=True)


def col(table: str, column: str) -> exp.Column:
    """A column of a table or alias."""
    return exp.Column(this=name(column), table=name(table))


def table(text: str, alias: str | None = None) -> exp.Table:
    """A table or view."""
    return exp.Table(this=name(text), alias=exp.TableAlias(this=name(alias)) if alias else None)


def parquet(path: str, alias: str) -> exp.Table:
    """The rows of a Parquet file."""
    read = exp.Anonymous(this="read_parquet", expressions=[exp.Literal.string(path)])
    return exp.Table(this=read, alias=exp.TableAlias(this=name(alias)))


def inner(query: exp.Query, alias: str) -> exp.Subquery:
    """A query in brackets, to select from."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=name(alias)))


def named(value: Sql, alias: str) -> exp.Alias:
    """A value under a name."""
    return exp.Alias(this=value, alias=name(alias))


def literal(value: str | int | float | bool | date) -> Sql:
    """A constant. Doubles are written with an exponent, which keeps DuckDB from taking them for decimals."""
    match value:
        case bool():
            return exp.true() if value else exp.false()
        case str():
            return exp.Literal.string(value)
        case date():
            return cast(exp.Literal.string(value.isoformat()), DATE)
        case int():
            number = exp.Literal.number(abs(value))
        case float():
            digits = repr(abs(value))
            number = exp.Literal.number(digits if "e" in digits else f"{digits}e0")
    return number if value >= 0 else exp.Paren(this=exp.Neg(this=number))


def null(kind: Kind) -> Sql:
    """A missing value."""
    return cast(exp.null(), _TYPES[kind])


def kind_type(kind: Kind) -> exp.DataType:
    """The column type of a kind."""
    return _TYPES[kind]


def cast(value: Sql, to: exp.DataType) -> exp.Cast:
    """A cast that must succeed."""
    return exp.Cast(this=value, to=to)


def call(function: str, *arguments: Sql) -> exp.Anonymous:
    """A function call."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def infix(node: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """`(left op right)`, in brackets of its own."""
    return exp.Paren(this=node(this=left, expression=right))


def eq(left: Sql, right: Sql) -> Sql:
    """`left = right`."""
    return infix(exp.EQ, left, right)


def every(conditions: Iterable[Sql]) -> Sql | None:
    """All conditions; None where there are none."""
    return _chain(exp.And, list(conditions))


def some(conditions: Iterable[Sql]) -> Sql | None:
    """At least one condition; None where there are none."""
    return _chain(exp.Or, list(conditions))


def _chain(node: type[exp.And] | type[exp.Or], conditions: list[Sql]) -> Sql | None:
    result: Sql | None = conditions[0] if conditions else None
    for condition in conditions[1:]:
        result = node(this=result, expression=condition)
    return exp.Paren(this=result) if result is not None and len(conditions) > 1 else result


def is_null(value: Sql) -> Sql:
    """`value is null`."""
    return exp.Paren(this=exp.Is(this=value, expression=exp.null()))


def not_null(value: Sql) -> Sql:
    """`value is not null`."""
    return exp.Paren(this=exp.Not(this=exp.Is(this=value, expression=exp.null())))


def coalesce(value: Sql, *others: Sql) -> Sql:
    """The first value that is there."""
    return exp.Coalesce(this=value, expressions=list(others))


def case(branches: Iterable[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    """`case when … then … else … end`."""
    return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in branches], default=otherwise)


def only_if(condition: Sql, value: Sql) -> Sql:
    """The value where the condition holds, else missing."""
    return case([(condition, value)])


def between(value: Sql, low: Sql, high: Sql) -> Sql:
    """`value between low and high`."""
    return exp.Paren(this=exp.Between(this=value, low=low, high=high))


def struct(members: Iterable[tuple[str, Sql]]) -> Sql:
    """A struct; one without members cannot be."""
    return exp.Struct(expressions=[exp.PropertyEQ(this=name(key), expression=value) for key, value in members])


def subset(aggregate: Sql, condition: Sql | None) -> Sql:
    """An aggregate over the rows for which the condition holds."""
    return aggregate if condition is None else exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def ordered(value: Sql, *keys: Sql) -> Sql:
    """The argument of an aggregate whose rows come in order of `keys`."""
    return exp.Order(this=value, expressions=[exp.Ordered(this=key) for key in keys])


def select(columns: Iterable[Sql], source: Sql | None, where: Sql | None = None) -> exp.Select:
    """`select columns from source where …`; without a source, of one row."""
    query = exp.Select(expressions=list(columns))
    if source is not None:
        query.set("from_", exp.From(this=source))
    if where is not None:
        query.set("where", exp.Where(this=where))
    return query


def join(query: exp.Select, source: Sql, on: Sql | None, side: str = "LEFT") -> None:
    """Joins `source` to a query, in place; without `on`, every row to every row."""
    joined = exp.Join(this=source, on=on, side=side) if on is not None else exp.Join(this=source, kind="CROSS")
    query.append("joins", joined)


def group(query: exp.Select, keys: int = 1) -> exp.Select:
    """Groups a query by its first columns, in place. By position, so that a constant among them is no position."""
    query.set("group", exp.Group(expressions=[exp.Literal.number(n) for n in range(1, keys + 1)]))
    return query


def union(queries: list[exp.Select]) -> exp.Query:
    """All rows of all queries."""
    result: exp.Query = queries[0]
    for query in queries[1:]:
        result = exp.Union(this=result, expression=query, distinct=False)
    return result


def create_table(text: str, query: exp.Query) -> exp.Create:
    """A temporary table of a query's rows."""
    properties = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=table(text), kind="TABLE", properties=properties, expression=query)


def create_view(text: str, query: exp.Query) -> exp.Create:
    """A temporary view."""
    properties = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=table(text), kind="VIEW", properties=properties, expression=query)


def drop_table(text: str) -> exp.Drop:
    """Drops a table."""
    return exp.Drop(tables=[table(text)], kind="TABLE")


def drop_view(text: str) -> exp.Drop:
    """Drops a view."""
    return exp.Drop(tables=[table(text)], kind="VIEW")


def copy_to(query: exp.Query, path: str) -> exp.Copy:
    """Writes a query's rows to a Parquet file."""
    options = {"FORMAT": "PARQUET", "COMPRESSION": "SNAPPY"}
    params = [exp.CopyParameter(this=exp.var(key), expression=exp.var(value)) for key, value in options.items()]
    return exp.Copy(this=exp.Subquery(this=query), kind=False, files=[exp.Literal.string(path)], params=params)
