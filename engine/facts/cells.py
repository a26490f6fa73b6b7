"""One cell: from what the file holds to a typed value, or a reason why not. All of it SQL, set-wise.

A cell goes through three steps: `prepared` (what stands there; missing where empty), `value` (typed; missing where it
does not fit) and `reason` (only asked where `prepared` is there and `value` is not).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from engine.facts import patterns, sql
from engine.facts.limits import BLANKS, CONTROLS, CONTROLS_AND_BREAKS, SHOWN_LIMIT, TEXT_LIMIT
from engine.facts.reasons import reason_of_kind
from engine.facts.spool import FLAW, NEWLINE, RETURN
from engine.facts.sql import Sql
from engine.policy.contract import Field
from engine.policy.kinds import INTEGER_LIMIT, MONEY_LIMIT, Kind

STORED: Mapping[Kind, str] = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.MONEY: "DECIMAL(18, 4)",
    Kind.DATE: "DATE",
    Kind.BOOLEAN: "BOOLEAN",
}
_SIGNED = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_INTEGERS = (*_SIGNED, *(f"U{each}" for each in _SIGNED))
_TIMES = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")
_TRUE, _FALSE = ("true", "1", "yes", "是"), ("false", "0", "no", "否")
_WHOLE_DOUBLE = 10**15  # beyond, a double is no whole number to rely on


@dataclass(frozen=True)
class Cell:
    """A field's cell in one source: its DuckDB type there, whether it comes from a spool, the file's own words."""

    field: Field
    physical: str
    spooled: bool
    words: Mapping[str, str]

    @property
    def native(self) -> bool:
        """Whether the value is used as it is typed in the file, without becoming text."""
        kind, there = self.field.kind, self.physical
        if self.words:
            return False
        if kind is Kind.INTEGER:
            return there in _INTEGERS or there == "DOUBLE"
        if kind is Kind.NUMBER:
            return there in _INTEGERS or there == "DOUBLE" or there.startswith("DECIMAL")
        if kind is Kind.MONEY:
            return there in _INTEGERS or there == "DOUBLE" or _scale(there) <= 4
        if kind is Kind.DATE:
            return there == "DATE" or there in _TIMES
        return kind is Kind.BOOLEAN and there == "BOOLEAN"


def _scale(physical: str) -> int:
    """The decimals of a DECIMAL(p,s); many where it is none."""
    return int(physical.split(",")[1].strip(" )")) if physical.startswith("DECIMAL(") else 99


def prepared(cell: Cell, source: Sql) -> Sql:
    """What stands in the cell: text trimmed, empty text missing, the file's words exchanged."""
    if cell.native:
        return source
    found = source
    if cell.physical == "DOUBLE" and cell.field.kind is Kind.TEXT:
        whole_number = sql.all_of(
            _within(source, _WHOLE_DOUBLE), exp.EQ(this=source, expression=sql.call("trunc", source))
        )
        as_whole = sql.cast_to(sql.try_cast(source, "BIGINT"), "VARCHAR")
        found = sql.case((whole_number, as_whole), otherwise=sql.cast_to(source, "VARCHAR"))
    elif cell.physical != "VARCHAR":
        found = sql.cast_to(source, "VARCHAR")
    if cell.spooled and cell.field.kind is Kind.TEXT:
        found = sql.call("translate", found, sql.text(NEWLINE + RETURN), sql.text("\n\r"))
    trimmed = sql.call("nullif", sql.call("trim", found, sql.text(BLANKS)), sql.text(""))
    found = sql.case((sql.matches(found.copy(), patterns.NOTHING_TO_TRIM), found), otherwise=trimmed)
    swaps = [
        (exp.EQ(this=found.copy(), expression=sql.text(word.strip(BLANKS))), sql.text(meaning))
        for word, meaning in cell.words.items()
    ]
    return sql.case(*swaps, otherwise=found)


def value(cell: Cell, x: Sql) -> Sql:
    """The typed value of a prepared cell; missing where it does not fit."""
    field = cell.field
    if field.one_of and field.kind is Kind.TEXT:
        return _listed(field, x)
    found = _native(field.kind, cell.physical, x) if cell.native else _from_text(field, x)
    if field.one_of:
        options = [sql.whole(each) if isinstance(each, int) else sql.text(each) for each in field.one_of]
        return sql.case((sql.one_of(found, options), found.copy()), otherwise=sql.null(STORED[field.kind]))
    return found


def reason(cell: Cell, x: Sql) -> Sql:
    """Why a prepared cell has no value: a sentence."""
    branches: list[tuple[Sql, Sql]] = [(sql.is_missing(x), sql.text("required, but empty"))]
    if cell.spooled:
        branches.append((sql.call("starts_with", x, sql.text(FLAW)), _part(x, 2)))
    shown = x if not cell.native else sql.cast_to(x, "VARCHAR")
    return sql.case(*branches, otherwise=reason_of_kind(cell.field, shown))


def display(cell: Cell, x: Sql) -> Sql:
    """What stood in the cell, for the list of rejects."""
    if cell.native:
        return sql.cast_to(x, "VARCHAR")
    found = sql.call("left", x, sql.whole(SHOWN_LIMIT))
    if not cell.spooled:
        return found
    return sql.case((sql.call("starts_with", x, sql.text(FLAW)), _part(x, 3)), otherwise=found)


def _part(x: Sql, n: int) -> Sql:
    return sql.call("split_part", x, sql.text(FLAW), sql.whole(n))


def _within(x: Sql, limit: int) -> Sql:
    """-limit < x < limit."""
    return sql.all_of(exp.GT(this=x, expression=sql.whole(-limit)), exp.LT(this=x.copy(), expression=sql.whole(limit)))


def _when(condition: Sql, result: Sql) -> Sql:
    return sql.case((condition, result))


def _native(kind: Kind, there: str, x: Sql) -> Sql:
    if kind is Kind.INTEGER:
        fits = _within(x, INTEGER_LIMIT)
        if there == "DOUBLE":
            fits = sql.all_of(fits, exp.EQ(this=x, expression=sql.call("trunc", x)))
        return _when(fits, sql.try_cast(x, "BIGINT"))
    if kind is Kind.NUMBER:
        double = sql.cast_to(x, "DOUBLE")
        return _when(sql.call("isfinite", double), _no_minus_zero(double))
    if kind is Kind.MONEY:
        fits = _within(x, MONEY_LIMIT)
        money = sql.try_cast(x, STORED[kind])
        if there == "DOUBLE":  # as exact as the 15 digits that a double keeps
            away = sql.call("abs", exp.Sub(this=sql.cast_to(money, "DOUBLE"), expression=x))
            slack = exp.Mul(this=sql.call("abs", x), expression=exp.Literal.number("1e-15"))
            fits = sql.all_of(fits, exp.LTE(this=away, expression=slack))
        return _when(fits, money)
    if kind is Kind.DATE:
        return _in_calendar(x if there == "DATE" else sql.try_cast(x, "DATE"))
    return x


def _no_minus_zero(x: Sql) -> Sql:
    return exp.Add(this=x, expression=sql.cast_to(sql.whole(0), "DOUBLE"))


def _in_calendar(day: Sql) -> Sql:
    low, high = (sql.cast_to(sql.text(each), "DATE") for each in ("0001-01-01", "9999-12-31"))
    return _when(exp.Between(this=day, low=low, high=high), day.copy())


def _from_text(field: Field, x: Sql) -> Sql:
    kind = field.kind
    if kind is Kind.TEXT:
        return _text(field, x)
    if kind is Kind.INTEGER:
        digits = sql.case((sql.matches(x, patterns.GROUPS), _no_commas(x)), otherwise=x)
        point = sql.call("regexp_replace", digits, sql.text(r"\.0*$"), sql.text(""))
        return _when(sql.matches(digits.copy(), patterns.WHOLE), sql.try_cast(point, "BIGINT"))
    if kind is Kind.NUMBER:
        digits = sql.case((sql.matches(x, patterns.NUMBER), x), (sql.matches(x, patterns.CLEAR_GROUPS), _no_commas(x)))
        number = sql.try_cast(digits, "DOUBLE")
        return _when(sql.call("isfinite", number), _no_minus_zero(number.copy()))
    if kind is Kind.MONEY:
        return _money(x)
    if kind is Kind.DATE:
        parts = sql.call("regexp_replace", x, sql.text(patterns.DAY_PARTS), sql.text(r"\1-\2-\3"))
        return sql.case(
            (sql.matches(x, patterns.DAY), sql.try_cast(x, "DATE")),
            (sql.matches(x, patterns.ANY_DAY), sql.try_cast(parts, "DATE")),
            otherwise=sql.null("DATE"),
        )
    low = sql.call("lower", x)
    return sql.case(
        (sql.one_of(low, [sql.text(each) for each in _TRUE]), exp.true()),
        (sql.one_of(low.copy(), [sql.text(each) for each in _FALSE]), exp.false()),
        otherwise=sql.null("BOOLEAN"),
    )


def _no_commas(x: Sql) -> Sql:
    return sql.call("replace", x, sql.text(","), sql.text(""))


def _money(x: Sql) -> Sql:
    bare = sql.call("regexp_replace", x, sql.text(patterns.CURRENCY), sql.text(r"\1\2"))
    clear = sql.any_of(
        sql.matches(bare, patterns.CLEAR_GROUPS),
        sql.all_of(sql.matches(x, patterns.COMMA_CURRENCY), sql.matches(bare, patterns.GROUPS)),
    )
    digits = sql.case((clear, _no_commas(bare)), otherwise=bare)
    other = _when(sql.matches(digits, patterns.MONEY), sql.try_cast(digits, STORED[Kind.MONEY]))
    plain = (sql.matches(x, patterns.PLAIN_MONEY), sql.try_cast(x, STORED[Kind.MONEY]))
    return sql.case(plain, otherwise=other)


def _text(field: Field, x: Sql) -> Sql:
    plain = CONTROLS_AND_BREAKS if field.name == "id" else CONTROLS
    refused: list[Sql] = [sql.call("regexp_matches", x, sql.text(plain))]
    if field.name == "id" or field.ref:
        shortened = sql.all_of(sql.call("contains", x, sql.text("E+")), sql.matches(x, patterns.SHORTENED))
        refused.append(shortened)
    short = exp.LTE(this=sql.call("length", x), expression=sql.whole(TEXT_LIMIT))
    return _when(sql.all_of(exp.Not(this=exp.paren(sql.any_of(*refused))), short), x)


def _listed(field: Field, x: Sql) -> Sql:
    """A text of a closed list: as it stands, else whatever its case."""
    options = [str(each) for each in field.one_of]
    low = sql.call("lower", x)
    folds = [each.lower() for each in options]
    by_fold = [
        (exp.EQ(this=low.copy(), expression=sql.text(fold)), sql.text(each))
        for each, fold in zip(options, folds, strict=True)
        if folds.count(fold) == 1
    ]
    exact = (sql.one_of(x, [sql.text(each) for each in options]), x)
    return sql.case(exact, *by_fold, otherwise=sql.null("VARCHAR"))
