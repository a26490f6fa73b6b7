"""An expression's text to a checked tree: node by node, only what is admitted, every kind fitting."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from engine.policy import expressions as ex
from engine.policy.calls import SIGNAL, called, function_of
from engine.policy.comparing import compared, refuse_null, refuse_unquoted
from engine.policy.fitting import arithmetic_help, arithmetic_kind, said, said_all, unified
from engine.policy.kinds import Kind
from engine.policy.lexing import Lexeme, Unreadable
from engine.policy.literals import as_date, date_literal, literal
from engine.policy.names import Scope, UnknownName, account_path, resolve
from engine.policy.parsing import parse, span
from engine.policy.weighing import MAX_NODES, MAX_TREE_DEPTH, weigh
from engine.policy.wrong import Broken, Slip, Wrong

COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
FORBIDDEN = {
    exp.Query: "a query",
    exp.Star: "a star (*)",
    exp.Tuple: "a list in brackets",
}
Rules = Callable[[str], str]  # a rule's name → the type it is about; raises UnknownName, or Broken where it has a fault


@dataclass(frozen=True)
class Compiled:
    """A checked expression with the names it uses, as written, `let` names opened up too."""

    value: ex.Expression
    names: dict[str, ex.Expression]


def compile_expression(
    text: str, scope: Scope, rules: Rules, kind: Kind | None = None
) -> tuple[Compiled | None, list[Slip]]:
    """The checked tree of `text`, or None and all that is wrong. `kind`: what it must be.

    None without anything wrong: it rests on something that has a fault of its own.
    """
    try:
        tree, words = parse(text)
    except Unreadable as unreadable:
        return None, [unreadable.slip]
    typing = _Typing(scope, rules, words)
    try:
        value = typing.type(tree)
        if kind is not None and value.kind is not kind:
            typing.say(_not_wanted(tree, kind, value.kind))
        typing.check_weight(tree, value)
    except Broken:
        return None, typing.slips
    except RecursionError:
        return None, [Slip("too-deep", 0, 1, "this expression is nested too deeply", "split it with `let`")]
    return (None if typing.slips else Compiled(value, typing.names)), typing.slips


def _not_wanted(tree: exp.Expr, kind: Kind, given: Kind) -> Wrong:
    if kind is Kind.BOOLEAN:
        return Wrong("not-a-condition", tree, f"this should be a condition, but is {said(given)}", "compare it: … > 5")
    return Wrong("wrong-kind", tree, f"this should be {said(kind)}, but is {said(given)}")


@dataclass
class _Typing:
    scope: Scope
    rules: Rules
    words: list[Lexeme]
    names: dict[str, ex.Expression] = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)

    def say(self, wrong: Wrong) -> None:
        """Note what is wrong with a node."""
        self.slips.append(Slip(wrong.code, *span(wrong.node, self.words), wrong.message, wrong.help))

    def type(self, node: exp.Expr) -> ex.Expression:
        """The node as a checked tree. Raises Broken with everything wrong in it noted."""
        try:
            return self._type(node)
        except Wrong as wrong:
            self.say(wrong)
            raise Broken from None

    def check_weight(self, node: exp.Expr, value: ex.Expression) -> None:
        """Raises Broken where the tree, its `let` names written out, is larger than the engines can take."""
        size, depth = weigh(value)
        if size > MAX_NODES or depth > MAX_TREE_DEPTH:
            message = "this expression is too large once its `let` names are written out"
            if depth > MAX_TREE_DEPTH:
                message = f"this expression has more than {MAX_TREE_DEPTH} steps, each within the next"
            self.say(Wrong("too-large", node, message, "make a measure of a part of it"))
            raise Broken

    def _type(self, node: exp.Expr) -> ex.Expression:
        match node:
            case exp.Paren():
                return self.type(node.this)
            case exp.Column() | exp.Dot():
                return self._name(node)
            case exp.Literal():
                return literal(node)
            case exp.Boolean():
                return ex.Literal(bool(node.this), Kind.BOOLEAN)
            case exp.And() | exp.Or():
                return self._logic(node)
            case exp.Not():
                return ex.Not(self._condition(node.this, "not"))
            case exp.Is():
                return self._is(node)
            case exp.Between():
                return self._between(node)
            case exp.In():
                return self._in(node)
            case exp.Like():
                return self._like(node)
            case exp.Neg():
                return self._negative(node)
            case exp.Case():
                return self._case(node)
            case exp.Anonymous():
                return self._call(node)
            case exp.Cast() if isinstance(node.this, exp.Literal) and node.to.this == exp.DataType.Type.DATE:
                return date_literal(node.this.name, node)
            case exp.Null():
                raise Wrong(
                    "null", node, "null stands only behind `is` or `is not`", "leave it out, or write x is null"
                )
        if type(node) in COMPARISONS:
            return self._comparison(COMPARISONS[type(node)], node)
        if type(node) in ARITHMETIC:
            return self._arithmetic(ARITHMETIC[type(node)], node)
        what = next((text for kind, text in FORBIDDEN.items() if isinstance(node, kind)), "this")
        raise Wrong("not-admitted", node, f"{what} is not admitted here", "write a plain condition or value")

    def _each(self, read: Callable[[exp.Expr], ex.Expression], nodes: Iterable[exp.Expr]) -> list[ex.Expression]:
        """The nodes read one by one, with what is wrong in any of them noted before Broken is raised."""
        done: list[ex.Expression] = []
        broken = False
        for node in nodes:
            try:
                done.append(read(node))
            except Broken:
                broken = True
        if broken:
            raise Broken
        return done

    def _name(self, node: exp.Column | exp.Dot) -> ex.Expression:
        parts = tuple(part.name for part in node.parts)
        try:
            value = resolve(self.scope, parts)
        except UnknownName as unknown:
            part = node.parts[min(unknown.position, len(parts) - 1)]
            raise Wrong("unknown-name", part, unknown.message, unknown.help) from unknown
        if parts != ("today",):
            self.names[".".join(parts)] = value
        return value

    def _condition(self, node: exp.Expr, where: str) -> ex.Expression:
        value = self.type(node)
        if value.kind is not Kind.BOOLEAN:
            message = f"`{where}` needs a condition, but this is {said(value.kind)}"
            self.say(Wrong("not-a-condition", node, message, "compare it: … > 5"))
            raise Broken
        return value

    def _logic(self, node: exp.And | exp.Or) -> ex.Expression:
        word = "and" if isinstance(node, exp.And) else "or"
        done = tuple(self._each(lambda operand: self._condition(operand, word), node.flatten()))
        return ex.And(done) if word == "and" else ex.Or(done)

    def _is(self, node: exp.Is) -> ex.Expression:
        if not isinstance(node.expression, exp.Null):
            raise Wrong("not-admitted", node, "`is` stands only before null", "compare with = instead")
        return _negated(node, ex.IsMissing(self.type(node.this)))

    def _between(self, node: exp.Between) -> ex.Expression:
        low, high = node.args["low"], node.args["high"]
        refuse_null(node, node.this, low, high)
        a, b, c = self._each(self.type, (node.this, low, high))
        contract = self.scope.known.contract
        first = compared(contract, ">=", a, b, node.this, low)
        return _negated(node, ex.And((first, compared(contract, "<=", a, c, node.this, high))))

    def _in(self, node: exp.In) -> ex.Expression:
        refuse_null(node, *node.expressions)
        arg = self.type(node.this)
        for item in node.expressions:
            refuse_unquoted(self.scope, node.this, item)
        options = []
        for item, value in zip(node.expressions, self._each(self.type, node.expressions), strict=True):
            comparison = compared(self.scope.known.contract, "=", arg, value, node.this, item)
            if not isinstance(comparison.right, ex.Literal):
                raise Wrong("not-admitted", item, "`in` needs plain values, not names", "write x = a or x = b")
            options.append(comparison.right)
        return _negated(node, ex.In(arg, tuple(options)))

    def _like(self, node: exp.Like) -> ex.Expression:
        arg = self.type(node.this)
        if arg.kind is not Kind.TEXT:
            raise Wrong("wrong-kind", node.this, f"`like` needs a text, but this is {said(arg.kind)}", "compare with =")
        if not isinstance(node.expression, exp.Literal) or not node.expression.is_string:
            raise Wrong("wrong-kind", node.expression, "`like` needs a pattern in quotes", "such as 'Wuxi%'")
        return _negated(node, ex.Like(arg, node.expression.name))

    def _negative(self, node: exp.Neg) -> ex.Expression:
        arg = self.type(node.this)
        if not arg.kind.numeric:
            raise Wrong("wrong-kind", node, f"a minus needs a number, but this is {said(arg.kind)}", "remove the minus")
        if isinstance(arg, ex.Literal) and isinstance(arg.value, int | float):
            return ex.Literal(-arg.value, arg.kind)
        return ex.Negative(arg, arg.kind)

    def _comparison(self, op: str, node: exp.Expr) -> ex.Expression:
        left, right = node.this, node.expression
        refuse_null(node, left, right)
        refuse_unquoted(self.scope, left, right)
        refuse_unquoted(self.scope, right, left)
        a, b = self._each(self.type, (left, right))
        return compared(self.scope.known.contract, op, a, b, left, right)

    def _arithmetic(self, op: str, node: exp.Expr) -> ex.Expression:
        a, b = self._each(self.type, (node.this, node.expression))
        a, b = as_date(a, b, node.this), as_date(b, a, node.expression)
        kind = arithmetic_kind(op, a.kind, b.kind)
        if kind is None:
            message = f"`{op}` does not fit {said(a.kind)} and {said(b.kind)}"
            raise Wrong("wrong-kind", node, message, arithmetic_help(op, a, b))
        return ex.Arithmetic(op, a, b, kind)

    def _case(self, node: exp.Case) -> ex.Expression:
        if node.this is not None:
            raise Wrong("not-admitted", node, "`case` stands with conditions only", "write case when x = 'a' then …")
        default = node.args.get("default")
        last = [] if default is None or isinstance(default, exp.Null) else [default]
        conditions = [branch.this for branch in node.args["ifs"]]
        results = [branch.args["true"] for branch in node.args["ifs"]]
        read = self._each(
            lambda item: self._condition(item, "when") if any(item is c for c in conditions) else self.type(item),
            [*conditions, *results, *last],
        )
        values = read[len(conditions) :]
        kind = unified([value.kind for value in values])
        if kind is None:
            message = f"the branches of this case differ: {said_all(values)}"
            raise Wrong("wrong-kind", node, message, "let all of them give the same kind of value")
        otherwise = values[-1] if last else None
        return ex.Case(tuple(zip(read[: len(conditions)], values, strict=False)), otherwise, kind)

    def _call(self, node: exp.Anonymous) -> ex.Expression:
        if node.name.lower() == SIGNAL:
            return self._signal(node)
        function = function_of(node)
        return called(node, function, self._each(self.type, node.expressions))

    def _signal(self, node: exp.Anonymous) -> ex.Expression:
        if not self.scope.signals:
            help = "it stands in a signal, in risk or in a play, and not below a measure, tiers or touches"
            raise Wrong("signal-here", node, "signal() cannot stand here", help)
        args = node.expressions
        if len(args) != 1 or not isinstance(args[0], exp.Literal) or not args[0].is_string:
            message = "signal() takes the name of one signal, in quotes"
            raise Wrong("argument-count", node, message, "write signal('promise-overdue')")
        rule = args[0].name
        try:
            about = self.rules(rule)
        except UnknownName as unknown:
            raise Wrong("unknown-signal", args[0], unknown.message, unknown.help) from unknown
        scope = self.scope
        if about != scope.about and account_path(scope.known.contract, scope.about) is None:
            message = f"signal '{rule}' is about {about}, which a fact of type {scope.about} does not lead to"
            raise Wrong("signal-reach", args[0], message, f"name a signal about {scope.about}")
        value = ex.Holds(rule)
        self.names[f"signal('{rule}')"] = value
        return value


def _negated(node: exp.Expr, value: ex.Expression) -> ex.Expression:
    """`x not like …` carries its `not` within."""
    return ex.Not(value) if node.args.get("negate") else value
