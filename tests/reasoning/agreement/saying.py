"""A policy and its facts in a few lines, for the message of a failed example."""

from engine.policy import expressions as ex


def said(node):
    """An expression about as a policy would write it."""
    match node:
        case None:
            return "none"
        case ex.Literal():
            return f"{node.value!r}"
        case ex.Today():
            return "today"
        case ex.Ref():
            return ("subject." if node.subject else "") + ".".join((*node.path, node.name))
        case ex.Holds():
            return f"signal({node.rule})"
        case ex.Not():
            return f"not {said(node.arg)}"
        case ex.And() | ex.Or():
            return f"({f' {type(node).__name__.lower()} '.join(map(said, node.args))})"
        case ex.Compare() | ex.Arithmetic():
            kinds = f":{node.left.kind[:3]}/{node.right.kind[:3]}"
            return f"({said(node.left)} {node.op}{kinds} {said(node.right)})"
        case ex.In():
            return f"{said(node.arg)} in ({', '.join(map(said, node.options))})"
        case ex.IsMissing():
            return f"({said(node.arg)} is null)"
        case ex.Like():
            return f"({said(node.arg)} like {node.pattern!r})"
        case ex.Negative():
            return f"-{said(node.arg)}"
        case ex.Case():
            branches = " ".join(f"when {said(when)} then {said(then)}" for when, then in node.branches)
            return f"case:{node.kind} {branches} else {said(node.otherwise)} end"
    return f"{node.function}:{node.kind}({', '.join(map(said, node.args))})"


def lines(policy, facts):
    """Every rule and every row."""
    for m in policy.measures.values():
        if m.value is not None:
            yield f"measure {m.about}.{m.name}: {m.kind} = {said(m.value)}"
        else:
            way = f"by {'.'.join(m.link.row_path)} = {m.link.subject_field}" if m.link.row_path else "of the company"
            taken = f"{m.take.function}({said(m.take.of)}) from {m.source} {way} where {said(m.where)}"
            yield f"measure {m.about}.{m.name}: {m.kind} = {taken}"
    tiers = policy.tiers
    matrix = f"{said(tiers.high_turnover)} / {said(tiers.high_profit)}"
    yield f"tiers by {tiers.by}: {tiers.measure} {tiers.classes} {matrix}"
    for s in policy.signals.values():
        grades = ", ".join(f"{name}: {said(when)}" for name, when in s.severity)
        touches = ""
        if s.touches:
            touches = f" touches {s.touches.sources} {s.touches.match} {said(s.touches.when)}"
        yield f"signal {s.name} about {s.about}{touches} weight {s.weight}: {said(s.when)}; {grades}; {_evidence(s)}"
    for level in policy.risk:
        yield f"{level.level}: {said(level.when)}"
    for p in policy.plays.values():
        yield f"play {p.name} about {p.about} of {p.signals}: {said(p.trigger)}; {_evidence(p)}"
    for type, rows in facts.items():
        yield f"{type}: {len(rows)} rows"
        for row in rows:
            yield "  " + ", ".join(f"{name}={_value(value)}" for name, value in row.items() if value is not None)


def _evidence(rule):
    return ", ".join(f"{e.name} = {said(e.value)}" for e in rule.evidence)


def _value(value):
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


class Case:
    """A policy with facts."""

    def __init__(self, policy, facts):
        self.policy, self.facts = policy, facts

    def __repr__(self):
        return "\n".join(("", *lines(self.policy, self.facts)))
