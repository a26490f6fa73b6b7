"""The risk of accounts: their conclusions are counted, then the levels held against the counts."""

from collections.abc import Mapping, Sequence

from sqlglot import exp

from engine.policy.kinds import Kind
from engine.policy.model import SEVERITIES
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.expressions import condition
from engine.reasoning.columnar.known import ROW
from engine.reasoning.columnar.night import Night
from engine.reasoning.columnar.rows import RISK, Join, Rows
from engine.reasoning.columnar.sql import Sql, col
from engine.reasoning.layout import WEIGHT_SCALE, risk_columns, risk_path, scaled_weight
from engine.reasoning.plan import SIGNAL_COUNTS

COUNTED = "counted"
WORD = 60  # rules per bit mask


def add_risk(night: Night) -> None:
    """Makes the table of risks, of accounts with a conclusion or a level, and writes those that have a level."""
    if ACCOUNT not in night.relations:
        empty = [sql.named(sql.cast(exp.null(), type), name) for name, type in risk_columns().items()]
        night.write(sql.select(empty, None, exp.false()), risk_path(night.into), RISK)
        return
    night.run(sql.create_table(RISK, _risks(night)), RISK)
    night.with_risk = True
    columns = [sql.named(col(ROW, name), written) for written, name in _names().items()]
    night.write(sql.select(columns, sql.table(RISK, ROW), sql.not_null(col(ROW, RISK))), risk_path(night.into), RISK)


def _names() -> dict[str, str]:
    """The columns of the file, each with its name in expressions, which is that in the table."""
    counts = {name: f"signals.{name}" for name in SIGNAL_COUNTS}
    return {ACCOUNT: ACCOUNT, "level": RISK, "score": "score", **counts}


def _risks(night: Night) -> exp.Select:
    rules = tuple(rule for rule in night.concluded if rule not in night.idle)
    counts = _counts(night, rules)
    numbers = [name for name in _names().values() if name not in (ACCOUNT, RISK)]
    rows = Rows(night, ACCOUNT, risk=_of_nobody(numbers))
    if counts is not None:
        rows.joins[COUNTED] = Join(sql.inner(counts, COUNTED), sql.eq(col(COUNTED, ACCOUNT), col(ROW, "id")))
        rows.risk = {name: sql.coalesce(col(COUNTED, name), zero) for name, zero in _of_nobody(numbers).items()}
        rows.holds = {rule: _held(number) for number, rule in enumerate(rules)}
    branches = [(condition(rows, level.when), sql.literal(level.level)) for level in night.plan.risk]
    level = sql.case(branches) if branches else sql.null(Kind.TEXT)
    columns = {ACCOUNT: col(ROW, "id"), RISK: level, **rows.risk}
    some = sql.infix(exp.GT, rows.risk["signals.any"], sql.literal(0))
    worth_keeping = sql.infix(exp.Or, some, sql.not_null(level))
    return rows.query((sql.named(value, name) for name, value in columns.items()), worth_keeping)


def _of_nobody(names: Sequence[str]) -> Mapping[str, Sql]:
    return {name: sql.cast(sql.literal(0), sql.DOUBLE if name == "score" else sql.BIGINT) for name in names}


def _counts(night: Night, rules: tuple[str, ...]) -> exp.Select | None:
    """Per account the counts, the score and, as bit masks, the rules that concluded. None without rules.

    Different rules are counted where they conclude more than a low severity.
    """
    if not rules:
        return None
    words = range((len(rules) + WORD - 1) // WORD)
    found = sql.union([_conclusions(night, rule, number, words) for number, rule in enumerate(rules)])
    number = exp.Count(this=exp.Star())
    columns = {ACCOUNT: col(ROW, ACCOUNT), "signals.any": number}
    for severity in SEVERITIES:
        columns[f"signals.{severity}"] = sql.subset(number, sql.eq(col(ROW, "severity"), sql.literal(severity)))
    masks = {_word(word): sql.call("bit_or", col(ROW, _word(word))) for word in words}
    different: Sql = sql.literal(0)
    for word in words:
        mask = sql.call("bit_or", col(ROW, _grave(word)))
        different = sql.infix(exp.Add, different, sql.cast(sql.call("bit_count", mask), sql.BIGINT))
    total = sql.cast(sql.call("sum", col(ROW, "weight")), sql.DOUBLE)
    score = sql.infix(exp.Div, total, sql.literal(float(WEIGHT_SCALE)))
    columns |= {"signals.different": different, "score": score, **masks}
    query = sql.select((sql.named(value, name) for name, value in columns.items()), sql.inner(found, ROW))
    return sql.group(query)


def _conclusions(night: Night, rule: str, number: int, words: range) -> exp.Select:
    """The conclusions of one rule that have an account, with the rule's own bit."""
    weight = scaled_weight(night.policy.signals[rule].weight)
    columns: dict[str, Sql] = {ACCOUNT: col(ROW, ACCOUNT), "severity": col(ROW, "severity")}
    columns["weight"] = sql.cast(sql.literal(weight), sql.BIGINT)
    for word in words:
        bit = 1 << number % WORD if number // WORD == word else 0
        columns[_word(word)] = sql.cast(sql.literal(bit), sql.BIGINT)
        above_low = sql.infix(exp.NEQ, col(ROW, "severity"), sql.literal(SEVERITIES[-1]))
        columns[_grave(word)] = sql.cast(sql.case([(above_low, sql.literal(bit))], sql.literal(0)), sql.BIGINT)
    source = sql.parquet(str(night.concluded[rule]), ROW)
    return sql.select(
        (sql.named(value, name) for name, value in columns.items()), source, sql.not_null(col(ROW, ACCOUNT))
    )


def _word(number: int) -> str:
    return f"rules {number}"


def _grave(word: int) -> str:
    return f"grave {word}"


def _held(number: int) -> Sql:
    """Whether the rule of this number concluded for the account."""
    mask = sql.coalesce(col(COUNTED, _word(number // WORD)), sql.cast(sql.literal(0), sql.BIGINT))
    bit = sql.cast(sql.literal(1 << number % WORD), sql.BIGINT)
    return sql.infix(exp.NEQ, sql.infix(exp.BitwiseAnd, mask, bit), sql.literal(0))
