"""Facts over a small contract, drawn to hurt: ties, gaps, boundary days, hostile texts, huge and negative amounts."""

from datetime import date, timedelta
from decimal import Decimal

from engine.policy.contract import FactType, Field
from engine.policy.kinds import Kind

TODAY = date(2026, 11, 22)
TEXTS = (
    "", "a", "A", "ab", "b", "visit", "钢材", "王二", "'; drop table x; --", "{{ 7*7 }}", "$m", "$", "😀", "%", "a%b",
    "a_b", 'say "so"', "back\\slash", "two\nlines", "e\u0301", "\u00e9", "null", "5", " a ", "\u2028", "<b>&amp;",
)  # fmt: skip
LISTED = ("a", "b", "visit", "钢材")
NUMBERS = (0.0, -0.0, 0.1, 0.2, 0.3, 1.0, 1.5, 2.0, -1.0, -2.5, 1e-5, 1e-300, 1e300, -1e300, 123456.789, 1 / 3, 1e16)
INTEGERS = (0, 1, 1, 2, 2, 3, 3, 2, 3, 5, 7, 30, -1, -4, 100, 10**12 - 1, 1 - 10**12)
MOST = Decimal(10**18 - 1).scaleb(-4)
SUMS = ("0", "0.0001", "-0.0001", "1", "2", "100", "100.5", "300000", "-20.25", "33.3333", "0.1", "12.5")
MONEY = (*map(Decimal, SUMS), MOST, -MOST)
NEAR = (0, 0, 0, 1, -1, -1, -1, 2, -2, 7, -5, -7, -7, -20, -29, -30, -30, -31, 30, -60, -60, -90, -90, -91)
FAR = (-364, -365, -366, 400, -1000)
DAYS = (
    *(TODAY + timedelta(days=n) for n in (*NEAR, *FAR)),
    date(2024, 2, 29), date(2026, 2, 28), date(2025, 12, 31), date(2026, 1, 31), date(1, 1, 1), date(9999, 12, 31),
    date(1989, 12, 31), date(1990, 1, 1), date(2100, 12, 31), date(2101, 1, 1),
)  # fmt: skip
POOLS = {
    Kind.TEXT: TEXTS,
    Kind.INTEGER: INTEGERS,
    Kind.NUMBER: NUMBERS,
    Kind.MONEY: MONEY,
    Kind.DATE: DAYS,
    Kind.BOOLEAN: (True, False),
}
IDS = {
    "rep": ("r1", "r2", "王", "r'4"),
    "account": ("a1", "a2", "a3", "客户4", 'a"5', "a6"),
    "item": ("i1", "i2"),
}


def _field(name, kind=Kind.TEXT, **more):
    return Field(name, kind, **more)


def _type(name, known_from, *fields):
    return FactType(name, known_from, {field.name: field for field in fields})


def _ref(name, target=None, **more):
    return _field(name, ref=target or name, **more)


TIER = _field("tier", one_of=("A", "B", "C"))
CONTRACT = {
    type.name: type
    for type in (
        _type(
            "account", None, _ref("owner", "rep"), _ref("second", "rep"), TIER, _field("kind"), _field("region"),
            _field("active", Kind.BOOLEAN), _field("signed_on", Kind.DATE), _field("lost_on", Kind.DATE),
            _field("budget", Kind.MONEY), _field("size", Kind.INTEGER), _field("vip", Kind.BOOLEAN),
        ),
        _type(
            "rep", "hired_on", _field("role"), _ref("manager", "rep"), _field("active", Kind.BOOLEAN),
            _field("hired_on", Kind.DATE), _field("left_on", Kind.DATE, planned=True), _field("hours", Kind.NUMBER),
        ),
        _type(
            "assignment", "since", _ref("account", required=True), _ref("rep", required=True),
            _field("since", Kind.DATE, required=True), _field("until", Kind.DATE),
        ),
        _type(
            "order", "ordered_on", _ref("account"), _ref("rep"), _field("ordered_on", Kind.DATE),
            _field("amount", Kind.MONEY), _field("count", Kind.INTEGER), _field("rate", Kind.NUMBER),
            _field("product"), _field("cancelled_on", Kind.DATE), _field("rush", Kind.BOOLEAN),
        ),
        _type(
            "promise", "made_on", _ref("account"), _ref("rep"), _ref("order"), _field("made_on", Kind.DATE),
            _field("due_on", Kind.DATE, planned=True), _field("kept_on", Kind.DATE), _field("value", Kind.MONEY),
            _field("kind"), _field("urged", Kind.INTEGER),
        ),
        _type("recall", "seen_on", _field("product"), _field("seen_on", Kind.DATE), _field("closed_on", Kind.DATE)),
        _type(
            "conduct", None, _ref("rep"), _ref("account"), _field("sign", Kind.INTEGER),
            _field("seen_on", Kind.DATE),
        ),
    )
}  # fmt: skip
DERIVED = {("account", "active"), ("rep", "active")}


def pool(type, field):
    """What a field may hold, None among it where it need not be there."""
    if field.ref is not None:
        known = IDS.get(field.ref) or ids(field.ref)
        values = (*known[:4] * 3, *known, *(f"{field.ref[0]}.{n}" for n in range(3)), "nobody")
    elif (type, field.name) == ("account", "kind"):
        values = ("customer", "customer", "prospect", "a")
    elif field.name in ("product", "region", "role", "kind"):
        values = (*LISTED * 4, *TEXTS)
    else:
        values = field.one_of or POOLS[field.kind]
    return values if field.required else (*values, *(None,) * (1 + len(values) // 8))


def ids(type):
    """The ids of a type's rows."""
    return (*(f"{type}{n}" for n in range(6)), "é'\"")


def facts(dice, contract=CONTRACT):
    """Rows by present type. Some types are absent, some empty."""
    found = {}
    for type in contract.values():
        shape = dice.pick(("many", "many", "many", "some", "many", "many", "some", "empty", "absent"))
        if shape == "absent" and (type.name != "account" or dice.flip()):
            continue
        least, most = {"some": (1, 3), "many": (3, 7)}.get(shape, (0, 0))
        names = dice.some(IDS.get(type.name) or ids(type.name), least, most)
        if dice.large and shape == "many":
            names = [*names, *(f"{type.name[0]}.{n}" for n in range(dice.pick((5, 10, 20))))]
        pools = {name: pool(type.name, f) for name, f in type.fields.items() if (type.name, name) not in DERIVED}
        found[type.name] = [{"id": id} | {name: dice.pick(each) for name, each in pools.items()} for id in names]
    return found
