"""Expressions: a checked tree printed and read again is the same tree, and what is split says the same as the whole."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_help import BASE

from engine.policy import expressions as ex
from engine.policy.building import Builder
from engine.policy.collect import Draft, collect
from engine.policy.compiling import compile_expression
from engine.policy.conditions import split_condition
from engine.policy.contract_file import build_contract
from engine.policy.fitting import arithmetic_kind, unified
from engine.policy.kinds import Kind
from engine.policy.limits import build_limits
from engine.policy.measures import build_measure
from engine.policy.names import Scope
from engine.policy.reading import Spot


def builder() -> Builder:
    draft = Draft(BASE)
    collect(draft)
    contract, faulty = build_contract(draft)
    return Builder(draft, contract, build_limits(draft), build_measure, faulty)


BUILDER = builder()
SCOPE = Scope(BUILDER, "promise", signals=True)
NAMES = {
    Kind.TEXT: ["text", "id", "account.name", "rep.name", "owner.name"],
    Kind.INTEGER: ["urged"],
    Kind.MONEY: ["value", "account.spend"],
    Kind.DATE: ["due_on", "kept_on", "account.signed_on", "today"],
    Kind.BOOLEAN: ["insisted", "account.active", "signal('promise-overdue')"],
}
NUMERIC = (Kind.INTEGER, Kind.NUMBER, Kind.MONEY)
dates = st.dates(date(1, 1, 1), date(9999, 12, 31))


def compiled(text: str) -> ex.Expression:
    found, slips = compile_expression(text, SCOPE, BUILDER.rule_about)
    assert found is not None, (text, slips)
    return found.value


NAMED = {kind: [(name, compiled(name)) for name in names] for kind, names in NAMES.items()}
PRINTED = {value: name for names in NAMED.values() for name, value in names}


def literals(kind: Kind) -> st.SearchStrategy[ex.Expression]:
    values: dict[Kind, st.SearchStrategy[object]] = {
        Kind.TEXT: st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        Kind.INTEGER: st.integers(-(10**12) + 1, 10**12 - 1),
        Kind.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
        Kind.DATE: dates,
        Kind.BOOLEAN: st.booleans(),
    }
    return values[kind].map(lambda value: ex.Literal(value, kind))  # type: ignore[arg-type]


@st.composite
def trees(draw: st.DrawFn, kind: Kind, depth: int = 4) -> ex.Expression:
    """A checked expression of a kind, over the names of a promise."""
    leaf = [st.sampled_from([value for _, value in NAMED[kind]])] if kind in NAMED else []
    if kind is not Kind.MONEY:
        leaf.append(literals(kind))
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.one_of(leaf))
    below = depth - 1
    if kind is Kind.BOOLEAN:
        return draw(_conditions(below))
    how = draw(st.sampled_from(["leaf", "case", "coalesce", "reckoned", "function"]))
    if how == "case":
        arms = draw(st.lists(st.tuples(trees(Kind.BOOLEAN, below), trees(kind, below)), min_size=1, max_size=2))
        return ex.Case(tuple(arms), draw(st.none() | trees(kind, below)), kind)
    if how == "coalesce":
        name = draw(st.sampled_from(["coalesce", "least", "greatest"]))
        return ex.Call(name, tuple(draw(st.lists(trees(kind, below), min_size=2, max_size=3))), kind)
    if how == "reckoned" and kind is not Kind.TEXT:
        sides = [(op, a, b) for op in "+-*/" for a in Kind for b in Kind if arithmetic_kind(op, a, b) is kind]
        op, a, b = draw(st.sampled_from(sides))
        return ex.Arithmetic(op, draw(trees(a, below)), draw(trees(b, below)), kind)
    if how == "function" and kind is Kind.INTEGER:
        return ex.Call(draw(st.sampled_from(["year", "month", "day"])), (draw(trees(Kind.DATE, below)),), kind)
    if how == "function" and kind is Kind.DATE:
        return ex.Call("add_months", (draw(trees(Kind.DATE, below)), draw(trees(Kind.INTEGER, below))), kind)
    return draw(st.one_of(leaf))


@st.composite
def _conditions(draw: st.DrawFn, depth: int) -> ex.Expression:
    how = draw(st.sampled_from(["and", "or", "not", "compare", "compare", "in", "null", "like"]))
    if how in ("and", "or"):
        joined = ex.And if how == "and" else ex.Or
        parts = draw(st.lists(trees(Kind.BOOLEAN, depth), min_size=2, max_size=3))
        flat = [deeper for part in parts for deeper in (part.args if isinstance(part, joined) else (part,))]
        return joined(tuple(flat))
    if how == "not":
        return ex.Not(draw(trees(Kind.BOOLEAN, depth)))
    kind = draw(st.sampled_from([Kind.TEXT, Kind.DATE, *NUMERIC]))
    if how == "compare":
        other = draw(st.sampled_from(NUMERIC)) if kind in NUMERIC else kind
        op = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
        return ex.Compare(op, draw(trees(kind, depth)), draw(trees(other, depth)))
    if how == "in":
        kind = Kind.INTEGER if kind is Kind.MONEY else kind
        return ex.In(draw(trees(kind, depth)), tuple(draw(st.lists(literals(kind), min_size=1, max_size=3))))
    if how == "like":
        return ex.Like(draw(trees(Kind.TEXT, depth)), draw(st.text("ab%_'承", max_size=5)))
    return ex.IsMissing(draw(trees(kind, depth)))


def printed(node: ex.Expression) -> str:
    """A checked tree as its author could have written it."""
    if node in PRINTED:
        return PRINTED[node]
    match node:
        case ex.Literal(value=str() as text):
            return "'" + text.replace("'", "''") + "'"
        case ex.Literal(value=bool() as yes):
            return "true" if yes else "false"
        case ex.Literal(value=date() as day):
            return f"date '{day.isoformat()}'"
        case ex.Literal():
            return repr(node.value)
        case ex.Not():
            return f"(not {printed(node.arg)})"
        case ex.And():
            return "(" + " and ".join(printed(arg) for arg in node.args) + ")"
        case ex.Or():
            return "(" + " or ".join(printed(arg) for arg in node.args) + ")"
        case ex.Compare() | ex.Arithmetic():
            return f"({printed(node.left)} {node.op} {printed(node.right)})"
        case ex.In():
            return f"({printed(node.arg)} in ({', '.join(printed(option) for option in node.options)}))"
        case ex.IsMissing():
            return f"({printed(node.arg)} is null)"
        case ex.Like():
            return f"({printed(node.arg)} like {printed(ex.Literal(node.pattern, Kind.TEXT))})"
        case ex.Case():
            arms = " ".join(f"when {printed(when)} then {printed(then)}" for when, then in node.branches)
            last = f" else {printed(node.otherwise)}" if node.otherwise else ""
            return f"case {arms}{last} end"
        case ex.Call():
            return f"{node.function}({', '.join(printed(arg) for arg in node.args)})"
    raise AssertionError(node)


@settings(deadline=None)
@given(st.sampled_from(list(Kind)).flatmap(lambda kind: trees(kind)))
def test_printed_and_read_again_it_is_the_same(tree: ex.Expression) -> None:
    assert compiled(printed(tree)) == tree


@settings(deadline=None)
@given(trees(Kind.BOOLEAN), st.sampled_from(["\n", "  ", "\t"]))
def test_a_condition_split_says_the_same_as_the_whole(tree: ex.Expression, gap: str) -> None:
    condition = split_condition(BUILDER, f"{gap}{printed(tree)}{gap}", SCOPE, Spot({}))
    assert condition.value == tree
    assert {each.name for each in condition.names} >= {each.name for part in condition.parts for each in part.names}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("value between 5 and 9", "value >= 5 and value <= 9"),
        ("value not between 5 and 9", "not (value >= 5 and value <= 9)"),
        ("kind not in ('gift')", "not kind in ('gift')"),
        ("text not like 'a%'", "not (text like 'a%')"),
        ("kept_on is not null", "not kept_on is null"),
        ("due_on < '2026-01-31'", "due_on < date '2026-01-31'"),
        ("value > 5 AND urged > 1", "value>5 and urged>1"),
        ("value == 5 or value != 6", "value = 5 or value <> 6"),
        ("insisted or value > 5 and urged > 1", "insisted or (value > 5 and urged > 1)"),
        ("not insisted and value > 5", "(not insisted) and value > 5"),
        ("value - urged - 1 > 5", "(value - urged) - 1 > 5"),
        ("promise.value > 5", "value > 5"),
        ("tier = 'A'", "account.tier = 'A'"),
        ("owner.role = 'sales'", "account.owner.role = 'sales'"),
        ("case when insisted then 5 else null end > 1", "case when insisted then 5 end > 1"),
    ],
)
def test_two_ways_to_write_one_thing(text: str, same: str) -> None:
    assert compiled(text) == compiled(same)


def test_kinds_of_numbers_unify() -> None:
    kinds: dict[str, Kind] = {
        "coalesce(value, 0)": Kind.MONEY,
        "coalesce(value, 0.5)": Kind.NUMBER,
        "urged * 2": Kind.INTEGER,
        "urged / 2": Kind.NUMBER,
        "value * urged": Kind.MONEY,
        "value * value": Kind.NUMBER,
        "today - due_on": Kind.INTEGER,
        "due_on + 5": Kind.DATE,
        "5 + due_on": Kind.DATE,
        "limit.share": Kind.NUMBER,
        "limit.grace_days": Kind.INTEGER,
    }
    assert {text: compiled(text).kind for text in kinds} == kinds
    assert unified([Kind.TEXT, Kind.DATE]) is None


def nodes(tree: ex.Expression) -> Iterator[str]:
    return (type(node).__name__ for node in ex.walk(tree))


def test_limits_and_lets_are_written_out() -> None:
    assert "Case" in set(nodes(compiled("limit.grace_days")))
    assert set(nodes(compiled("limit.share"))) == {"Literal"}
