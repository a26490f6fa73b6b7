"""Random typed expressions of every node kind."""

from dataclasses import dataclass, field

from random_facts import CONTRACT, DAYS, LISTED, TEXTS

from engine.policy import expressions as ex
from engine.policy.kinds import Kind

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
LIKES = ("%", "a%", "%a", "%a%", "_", "a_b", "", "%材", "_%_", "a\\%", "%'%", "钢_")
SHAPES = ["or", "and", "not", "compare", "compare", "or", "not", "missing", "in", "like", "fact", "case", "constant"]
WHOLE = (0, 1, 2, 3, 10, 30, -1, 365, 10**12 - 1)
DECIMALS = (0.0, 0.5, 1.5, 0.1, 100.5, 1e-5, 1e15, -2.5)
RISK = {"score": Kind.NUMBER, "risk": Kind.TEXT} | dict.fromkeys(
    (f"signals.{name}" for name in ("any", "critical", "high", "medium", "low", "different")), Kind.INTEGER
)


@dataclass(frozen=True)
class Names:
    """What an expression may use: where it stands, the measures made so far, and what else is known there."""

    type: str
    subject: str = ""
    measures: dict = field(default_factory=dict)  # (about, name) → kind
    tier: bool = False
    rules: tuple = ()  # names of signals that may be asked
    risk: bool = False  # whether the names that are known after all signals are known here
    risk_levels: bool = True  # and the risk itself, too

    def refs(self):
        """Every value that can be reached, in at most two steps."""
        found = list(self._from(self.type, False))
        return found + (list(self._from(self.subject, True)) if self.subject else [])

    def is_reckoned(self, ref):
        """Whether a value is a measure, or the tier."""
        return (ref.type, ref.name) in self.measures or (ref.type, ref.name) == ("account", "tier")

    def _from(self, start, subject):
        todo = [((), start)]
        while todo:
            path, type = todo.pop()
            fields = CONTRACT[type].fields
            for name, each in fields.items():
                if (type, name) != ("account", "tier") or self.tier:
                    yield ex.Ref(path, type, name, each.kind, subject)
                if each.ref and len(path) < 2:
                    todo.append(((*path, name), each.ref))
            yield ex.Ref(path, type, "id", Kind.TEXT, subject)
            for (about, name), kind in self.measures.items():
                if about == type:
                    yield ex.Ref(path, type, name, kind, subject)
            if type == "account" and self.risk and path == (() if start == "account" else ("account",)):
                known = (name for name in RISK if name != "risk" or self.risk_levels)
                yield from (ex.Ref(path, type, name, RISK[name]) for name in known)


def constants(kind):
    """Literals of a kind; there are none of money."""
    pools = {
        Kind.TEXT: (*LISTED, *TEXTS), Kind.INTEGER: WHOLE, Kind.NUMBER: DECIMALS, Kind.DATE: DAYS,
        Kind.BOOLEAN: (True, False), Kind.MONEY: (),
    }  # fmt: skip
    return [ex.Literal(value, kind) for value in pools[kind]]


def numeric_kinds(kind):
    """The kinds that widen to a numeric kind."""
    narrower = {Kind.MONEY: (Kind.INTEGER,), Kind.NUMBER: (Kind.MONEY, Kind.INTEGER)}
    return (kind, *narrower.get(kind, ()))


class Drawing:
    """Draws expressions that use `names`."""

    def __init__(self, dice, names):
        self.dice, self.names, self.pick = dice, names, dice.pick
        refs = names.refs()
        self.by_kind = {kind: [r for r in refs if r.kind is kind] for kind in Kind}
        self.kinds = [kind for kind in Kind if kind is not Kind.MONEY or self.by_kind[kind]]
        self.numeric = [kind for kind in self.kinds if kind.numeric]

    @property
    def measured(self):
        """The measures and the tier that can be reached."""
        return [ref for refs in self.by_kind.values() for ref in refs if self.names.is_reckoned(ref)]

    def own(self, kind):
        """A field of the row itself, where it has one of the kind."""
        refs = [ref for ref in self.by_kind[kind] if not ref.path and not ref.subject and ref.name != "id"]
        return self.pick(refs) if refs else self.leaf(kind)

    def leaf(self, kind):
        refs, fixed = self.by_kind[kind], constants(kind)
        if kind is Kind.DATE:
            fixed = [ex.Today(), ex.Today(), *fixed]
        if refs and (not fixed or self.pick((True, True, True, False))):
            reckoned = [ref for ref in refs if self.names.is_reckoned(ref)]
            near = [ref for ref in refs if not ref.path]
            return self.pick(self.pick([some for some in (reckoned, near, refs) if some]))
        return self.pick(fixed)

    def value(self, kind, depth):
        """An expression of a kind."""
        if kind is Kind.BOOLEAN:
            return self.condition(depth)
        if depth <= 0:
            return self.leaf(kind)
        shapes = {"leaf": self.leaf, "case": self.case, "choice": self.choice}
        if kind.numeric:
            shapes |= {"arithmetic": self.arithmetic, "sign": self.signed, "arithmetic again": self.arithmetic}
        if kind in (Kind.INTEGER, Kind.DATE):
            shapes |= {"of dates": self.of_dates, "of dates again": self.of_dates}
        shape = shapes[self.pick(list(shapes))]
        return shape(kind) if shape == self.leaf else shape(kind, depth - 1)

    def condition(self, depth):
        """A boolean expression."""
        if depth <= 0:
            return self.compare(0)
        match self.pick(["signal"] * (4 if self.names.rules else 0) + SHAPES):
            case "compare":
                return self.compare(depth - 1)
            case ("and" | "or") as word:
                parts = tuple(self.condition(depth - 1) for _ in range(self.pick((2, 2, 3))))
                return ex.And(parts) if word == "and" else ex.Or(parts)
            case "not":
                return ex.Not(self.condition(depth - 1))
            case "missing":
                return ex.IsMissing(self.value(self.pick(self.kinds), depth - 1))
            case "in":
                kind = self.pick([kind for kind in self.kinds if kind is not Kind.BOOLEAN])
                options = (
                    [o for k in (Kind.INTEGER, Kind.NUMBER) for o in constants(k)] if kind.numeric else constants(kind)
                )
                count = self.pick((1, 2, 3, 15))
                return ex.In(self.value(kind, depth - 1), tuple(self.pick(options) for _ in range(count)))
            case "like":
                return ex.Like(self.value(Kind.TEXT, depth - 1), self.pick(LIKES))
            case "signal":
                return ex.Holds(self.pick(self.names.rules))
            case "case":
                return (self.choice if self.dice.flip() else self.case)(Kind.BOOLEAN, depth - 1)
            case "constant":
                return ex.Literal(self.dice.flip(), Kind.BOOLEAN)
        return self.leaf(Kind.BOOLEAN)

    def compare(self, depth):
        kind = self.pick(self.kinds)
        other = self.pick(self.numeric) if kind.numeric else kind
        op = self.pick(COMPARISONS[:2] if kind is Kind.BOOLEAN else COMPARISONS)
        return ex.Compare(op, self.value(kind, depth), self.value(other, depth if self.dice.flip() else 0))

    def mixed(self, kind, depth, count):
        """Expressions that widen to `kind`, at least one of that kind."""
        narrower = [each for each in numeric_kinds(kind) if each in self.kinds]
        kinds = [self.pick(narrower) for _ in range(count - 1)]
        return [self.value(each, depth) for each in self.dice.shuffled([kind, *kinds])]

    def case(self, kind, depth):
        values = self.mixed(kind, depth, self.pick((1, 2, 3)))
        last = values.pop() if len(values) > 1 and self.dice.flip() else None
        return ex.Case(tuple((self.condition(depth), value) for value in values), last, kind)

    def choice(self, kind, depth):
        names = ("coalesce",) if kind is Kind.BOOLEAN else ("coalesce", "least", "greatest")
        return ex.Call(self.pick(names), tuple(self.mixed(kind, depth, self.pick((2, 2, 3)))), kind)

    def signed(self, kind, depth):
        arg = self.value(kind, depth)
        return ex.Negative(arg, kind) if self.dice.flip() else ex.Call("abs", (arg,), kind)

    def arithmetic(self, kind, depth):
        if kind is Kind.NUMBER:
            op = self.pick(("+", "-", "*", "/", "/"))
            left, right = self.pick(self.numeric), self.pick(self.numeric)
            if op != "/" and Kind.NUMBER not in (left, right) and (op, left, right) != ("*", Kind.MONEY, Kind.MONEY):
                left = Kind.NUMBER
            return ex.Arithmetic(op, self.value(left, depth), self.value(right, depth), kind)
        op = self.pick(("+", "-", "*"))
        if op == "*":  # kept small, so that nothing leaves 64 bits
            return ex.Arithmetic(op, self.leaf(kind), ex.Literal(self.pick((0, 1, 2, 3, -1, 30)), Kind.INTEGER), kind)
        left, right = self.mixed(kind, depth, 2)
        return ex.Arithmetic(op, left, right, kind)

    def of_dates(self, kind, depth):
        day = self.value(Kind.DATE, depth)
        if kind is Kind.DATE:
            match self.pick(("plus", "minus", "days plus", "month_start", "add_months")):
                case "plus":
                    return ex.Arithmetic("+", day, self.value(Kind.INTEGER, depth), kind)
                case "minus":
                    return ex.Arithmetic("-", day, self.value(Kind.INTEGER, depth), kind)
                case "days plus":
                    return ex.Arithmetic("+", self.value(Kind.INTEGER, depth), day, kind)
                case "month_start":
                    return ex.Call("month_start", (day,), kind)
            return ex.Call("add_months", (day, self.value(Kind.INTEGER, depth)), kind)
        name = self.pick(("-", "-", "year", "month", "day", "workdays", "floor", "ceil"))
        if name == "-":
            return ex.Arithmetic("-", day, self.value(Kind.DATE, depth), kind)
        if name == "workdays":
            return ex.Call(name, (day, self.value(Kind.DATE, depth)), kind)
        if name in ("floor", "ceil"):
            return ex.Call(name, (self.value(self.pick(self.numeric), depth),), kind)
        return ex.Call(name, (day,), kind)
