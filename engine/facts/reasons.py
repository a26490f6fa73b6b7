"""Why a cell does not fit its field, in words for whoever keeps the file. SQL, asked only of cells that do not fit."""

from sqlglot import exp

from engine.facts import patterns, sql
from engine.facts.limits import TEXT_LIMIT
from engine.facts.sql import Sql
from engine.policy.contract import Field
from engine.policy.kinds import Kind

_OPTIONS_SHOWN = 12
_COMPARED = 50  # characters of a wrong word that are compared with the right ones


def reason_of_kind(field: Field, x: Sql) -> Sql:
    """The sentence for a cell `x` (text) that is there and does not fit."""
    if field.one_of:
        return _not_listed(field, x)
    return {
        Kind.TEXT: _text,
        Kind.INTEGER: _integer,
        Kind.NUMBER: _number,
        Kind.MONEY: _money,
        Kind.DATE: _date,
        Kind.BOOLEAN: _boolean,
    }[field.kind](x)


def _like(x: Sql, pattern: str, sentence: str) -> tuple[Sql, Sql]:
    return sql.matches(x, pattern), sql.text(sentence)


def _holds(x: Sql, part: str, sentence: str) -> tuple[Sql, Sql]:
    return sql.call("contains", x, sql.text(part)), sql.text(sentence)


def _not_listed(field: Field, x: Sql) -> Sql:
    options = [str(each) for each in field.one_of]
    more = ", …" if len(options) > _OPTIONS_SHOWN else ""
    sentence = f"not one of {', '.join(options[:_OPTIONS_SHOWN])}{more}"
    word = sql.call("lower", sql.call("left", x, sql.whole(_COMPARED)))
    ranked = sql.call(
        "list_min",
        sql.array(
            [
                sql.struct(away=sql.call("levenshtein", word, sql.text(each.lower())), option=sql.text(each))
                for each in options
            ]
        ),
    )
    away = sql.call("struct_extract", ranked, sql.text("away"))
    option = sql.call("struct_extract", ranked.copy(), sql.text("option"))
    near = exp.LTE(this=exp.Mul(this=away, expression=sql.whole(3)), expression=sql.call("length", option))
    asked = sql.call("concat", sql.text(f"{sentence}; did you mean "), option.copy(), sql.text("?"))
    return sql.case((near, asked), otherwise=sql.text(sentence))


def _text(x: Sql) -> Sql:
    too_long = exp.GT(this=sql.call("length", x), expression=sql.whole(TEXT_LIMIT))
    return sql.case(
        (too_long, sql.text(f"longer than {TEXT_LIMIT:,} characters")),
        _like(x, patterns.SHORTENED, "a long number that Excel has shortened: store it as text"),
        otherwise=sql.text("holds control characters or line breaks where there may be none"),
    )


def _integer(x: Sql) -> Sql:
    return sql.case(
        _like(x, patterns.ANY_WHOLE, "too large: whole numbers have at most 12 digits"),
        _like(x, patterns.GROUPS, "too large: whole numbers have at most 12 digits"),
        otherwise=sql.text("not a whole number"),
    )


def _number(x: Sql) -> Sql:
    return sql.case(
        _like(x, patterns.NUMBER, "too large for a number"),
        _like(x, patterns.ONE_GROUP, "may mean thousands or a decimal comma: write 1234 or 1.234"),
        _holds(x, "%", "a percent sign is not read: write 0.15 for 15%"),
        otherwise=sql.text("not a number"),
    )


def _money(x: Sql) -> Sql:
    bare = sql.call("regexp_replace", x, sql.text(patterns.CURRENCY), sql.text(r"\1\2"))
    digits = sql.call("replace", bare, sql.text(","), sql.text(""))
    odd_commas = sql.all_of(
        sql.call("contains", bare, sql.text(",")),
        exp.Not(this=sql.matches(bare, patterns.GROUPS)),
        exp.Not(this=sql.matches(bare, patterns.CLEAR_GROUPS)),
    )
    return sql.case(
        _like(bare, patterns.ONE_GROUP, "may mean thousands or a decimal comma: write 1234 or 1.234"),
        (odd_commas, sql.text("not an amount of money: its commas are not between thousands")),
        _like(digits, patterns.MONEY, "too large: amounts have at most 14 digits before the point"),
        _like(digits, patterns.DECIMAL, "more than 4 decimals"),
        _like(digits, patterns.EXPONENT, "amounts are written without an exponent"),
        _holds(x, "%", "a percent sign is not read"),
        otherwise=sql.text("not an amount of money"),
    )


def _date(x: Sql) -> Sql:
    return sql.case(
        _like(x, patterns.ANY_DAY, "there is no such day"),
        otherwise=sql.text("not a date: write it as 2026-11-22"),
    )


def _boolean(_: Sql) -> Sql:
    return sql.text("not one of true, false, yes, no, 1, 0, 是, 否")
