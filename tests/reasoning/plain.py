"""The third voice: a policy held against rows in the plainest Python, straight from the definitions.

It shares nothing with the engines but the policy itself: no batches, no SQL, no rule engine. Slow, and short enough
to be read against the design. Money is a Fraction.
"""

from calendar import monthrange
from datetime import date
from fractions import Fraction
from math import ceil, floor

from plain_facts import Known
from plain_values import finite, like, ordered, shifted, taken, widen

from engine.policy import expressions as ex
from engine.policy.kinds import Kind
from engine.policy.model import SEVERITIES

COUNTS = ("any", *SEVERITIES, "different")


class Voice(Known):
    """A policy held against facts; `speak` says what it concludes."""

    def __init__(self, policy, facts, today, calendar):
        super().__init__(policy.contract, facts, today)
        self.policy, self.calendar, self.memo = policy, calendar, {}

    # expressions

    def holds(self, node, type, row, subject=None):
        return self.value(node, type, row, subject) is True

    def value(self, node, type, row, subject=None):
        def one(x):
            return self.value(x, type, row, subject)

        match node:
            case ex.Literal():
                return Fraction(str(node.value)) if node.kind is Kind.MONEY else node.value
            case ex.Today():
                return self.today
            case ex.Ref():
                return self.ref(node, type, row, subject)
            case ex.Holds():
                return self.concluded_for(node.rule, type, row)
            case ex.Not():
                return one(node.arg) is not True
            case ex.And():
                return all(one(a) is True for a in node.args)
            case ex.Or():
                return any(one(a) is True for a in node.args)
            case ex.IsMissing():
                return one(node.arg) is None
            case ex.Compare():
                a, b = self.alike(node.left, node.right, one)
                if a is None or b is None:
                    return False
                return {"=": a == b, "<>": a != b}[node.op] if node.op in ("=", "<>") else ordered(node.op, a, b)
            case ex.In():
                return any(self.value(ex.Compare("=", node.arg, o), type, row, subject) for o in node.options)
            case ex.Like():
                text = one(node.arg)
                return text is not None and like(text, node.pattern)
            case ex.Arithmetic():
                return self.reckon(node, one)
            case ex.Negative():
                value = one(node.arg)
                return None if value is None else -value
            case ex.Case():
                for when, then in node.branches:
                    if one(when) is True:
                        return widen(one(then), then.kind, node.kind)
                return None if node.otherwise is None else widen(one(node.otherwise), node.otherwise.kind, node.kind)
            case ex.Call():
                return self.call(node, one)
        raise AssertionError(node)

    def alike(self, left, right, one):
        kinds = {left.kind, right.kind}
        kind = left.kind if len(kinds) == 1 else Kind.NUMBER if Kind.NUMBER in kinds else Kind.MONEY
        return widen(one(left), left.kind, kind), widen(one(right), right.kind, kind)

    def reckon(self, node, one):
        a, b, kinds = one(node.left), one(node.right), (node.left.kind, node.right.kind)
        if a is None or b is None:
            return None
        if Kind.DATE in kinds:
            if kinds == (Kind.DATE, Kind.DATE):
                return (a - b).days
            day, days = (a, b) if isinstance(a, date) else (b, a)
            return shifted(day, -days if node.op == "-" else days)
        if node.kind is Kind.NUMBER:
            a, b = (widen(v, k, Kind.NUMBER) for v, k in zip((a, b), kinds, strict=True))
            if a is None or b is None or (node.op == "/" and b == 0):
                return None
            return finite({"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__}[node.op](b))
        return {"+": a + b, "-": a - b, "*": a * b}[node.op]

    def call(self, node, one):
        values = [one(a) for a in node.args]
        if node.function in ("coalesce", "least", "greatest"):
            values = [widen(v, a.kind, node.kind) for v, a in zip(values, node.args, strict=True)]
        if node.function == "coalesce":
            return next((v for v in values if v is not None), None)
        if any(v is None for v in values):
            return None
        match node.function, values:
            case "least", _:
                return min(values)
            case "greatest", _:
                return max(values)
            case "abs", [x]:
                return abs(x)
            case ("floor" | "ceil") as name, [x]:
                x = widen(x, node.args[0].kind, Kind.NUMBER)
                return (floor(x) if name == "floor" else ceil(x)) if abs(x) <= 10**12 else None
            case ("year" | "month" | "day") as name, [d]:
                return getattr(d, name)
            case "month_start", [d]:
                return date(d.year, d.month, 1)
            case "add_months", [d, n]:
                months = d.year * 12 + d.month - 1 + n
                year, month = months // 12, months % 12 + 1
                return date(year, month, min(d.day, monthrange(year, month)[1])) if 1 <= year <= 9999 else None
            case "workdays", [a, b]:
                if not all(date(1990, 1, 1) <= d <= date(2100, 12, 31) for d in (a, b)):
                    return None
                first, last, sign = (a, b, 1) if a <= b else (b, a, -1)
                worked = set(self.calendar.workday_numbers(first, last)) - {first.toordinal()}
                return sign * len(worked)
        raise AssertionError(node)

    def ref(self, node, type, row, subject):
        type, row = self.reach(*(subject if node.subject else (type, row)), node.path)
        if row is None:
            return None
        if type == "account" and node.name == "tier":
            return self.tier(row)
        if type == "account" and (node.name in ("risk", "score") or node.name.startswith("signals.")):
            return self.standing(row)[node.name]
        if (type, node.name) in self.policy.measures and node.name not in self.contract[type].fields:
            return self.measure(type, node.name, row)
        return row.get(node.name)

    # measures and tiers

    def measure(self, type, name, row):
        key = ("measure", type, name, row["id"])
        if key not in self.memo:
            self.memo[key] = self.reckon_measure(self.policy.measures[type, name], row)
        return self.memo[key]

    def reckon_measure(self, m, subject):
        if not m.needs <= self.present:
            return None
        if m.value is not None:
            return self.value(m.value, m.about, subject)
        linked = []
        for row in self.rows.get(m.source, {}).values():
            if m.link.row_path:
                type, end = self.reach(m.source, row, m.link.row_path[:-1])
                own = subject.get(m.link.subject_field)
                if (
                    end is None
                    or own is None
                    or self.ref(ex.Ref((), type, m.link.row_path[-1], Kind.TEXT), type, end, None) != own
                ):
                    continue
            if m.where is None or self.holds(m.where, m.source, row, (m.about, subject)):
                linked.append(row)
        linked.sort(key=lambda r: r["id"])
        of = m.take.of
        pairs = [(row, None if of is None else self.value(of, m.source, row, (m.about, subject))) for row in linked]
        return taken(m.take, pairs, of.kind if of is not None else None)

    def tier(self, account):
        if account.get("tier") is not None:
            return account["tier"]
        tiers = self.policy.tiers
        last = tiers.classes[-1][0] if tiers.classes else "C"
        if not account["active"]:
            return last
        if tiers.by == "matrix":
            high = (tiers.high_turnover, tiers.high_profit)
            if any(not self.needs(e, "account") <= self.present for e in high):
                return last
            return tiers.cells[tuple(self.holds(e, "account", account) for e in high)]
        if tiers.measure is None or not self.policy.measures["account", tiers.measure].needs <= self.present:
            return last
        if "rank" not in self.memo:
            places = []
            for row in self.rows["account"].values():
                if row["active"]:
                    value = self.measure("account", tiers.measure, row)
                    places.append((value is None, 0 if value is None else -value, row["id"]))
            self.memo["rank"] = [id for _, _, id in sorted(places)]
        rank = self.memo["rank"].index(account["id"]) + 1
        number = len(self.memo["rank"])
        return next(
            (n for n, share in tiers.classes if share is None or rank - 1 < Fraction(repr(share)) * number), last
        )

    def needs(self, node, type):
        keys = [(r.type, r.name) for r in ex.refs(node)]
        return frozenset().union(*(self.policy.measures[k].needs for k in keys if k in self.policy.measures))

    # conclusions

    def judged(self, rule):
        return self.policy.signals[rule].needs <= self.present

    def concluded(self, rule):
        """(subject, account, severity, evidence) of every conclusion of a rule."""
        if not self.judged(rule):
            return []
        if rule not in self.memo:
            signal = self.policy.signals[rule]
            found = []
            for row in self.rows.get(signal.about, {}).values():
                if self.holds(signal.when, signal.about, row):
                    grave = next(n for n, c in signal.severity if c is None or self.holds(c, signal.about, row))
                    evidence = self.evidence(signal, row)
                    found += [(row["id"], account, grave, evidence) for account in self.accounts(signal, row)]
            self.memo[rule] = found
        return self.memo[rule]

    def accounts(self, signal, row):
        touches = signal.touches
        if touches is None:
            return [self.account_of(signal.about, row)]
        if touches.when is not None:
            return [a["id"] for a in self.rows.get("account", {}).values() if self.holds(touches.when, "account", a)]
        value = row.get(touches.match)
        others = [other for source in touches.sources for other in self.rows.get(source, {}).values()]
        matching = {o["account"] for o in others if value is not None and o.get(touches.match) == value}
        return sorted(matching - {None})

    def concluded_for(self, rule, type, row):
        if self.policy.signals[rule].about == type:
            return any(subject == row["id"] for subject, *_ in self.concluded(rule))
        account = self.account_of(type, row)
        return account is not None and any(of == account for _, of, *_ in self.concluded(rule))

    def evidence(self, rule, row):
        return tuple((e.name, self.value(e.value, rule.about, row)) for e in rule.evidence)

    def standing(self, account):
        key = ("standing", account["id"])
        if key not in self.memo:
            mine = [(r, c[2]) for r in self.policy.signals for c in self.concluded(r) if c[1] == account["id"]]
            weights = [Fraction(round(self.policy.signals[r].weight * 10**6), 10**6) for r, _ in mine]
            counts = {"any": len(mine), "different": len({r for r, grave in mine if grave != "low"})}
            counts |= {s: sum(1 for _, grave in mine if grave == s) for s in SEVERITIES}
            self.memo[key] = {"score": float(sum(weights))} | {f"signals.{n}": counts[n] for n in COUNTS}
            levels = [level for level in self.policy.risk if level.needs <= self.present]
            held = (level.level for level in levels if self.holds(level.when, "account", account))
            self.memo[key]["risk"] = next(held, "green")
        return self.memo[key]

    def speak(self):
        """Signals by rule, risk by account, plays by name, and the rules that were not judged."""
        signals = {r: self.concluded(r) for r in self.policy.signals if self.judged(r)}
        risk = {}
        for account in self.rows.get("account", {}).values():
            standing = self.standing(account)
            if standing["risk"] != "green":
                figures = [standing[f"signals.{name}"] for name in COUNTS]
                risk[account["id"]] = (standing["risk"], standing["score"], *figures)
        plays = {name: self.played(play) for name, play in self.policy.plays.items() if self.playable(play)}
        rules = [*self.policy.signals.values(), *self.policy.plays.values()]
        not_judged = {r.name: sorted(r.needs - self.present) for r in rules if r.needs - self.present}
        return {"signals": signals, "risk": risk, "plays": plays, "not_judged": not_judged}

    def playable(self, play):
        return play.needs <= self.present and any(self.judged(rule) for rule in play.signals)

    def played(self, play):
        found = []
        touching = [
            r for r in play.signals if self.policy.signals[r].touches and self.policy.signals[r].about == play.about
        ]
        for row in self.rows.get(play.about, {}).values():
            if self.holds(play.trigger, play.about, row):
                touched = {c[1] for rule in touching for c in self.concluded(rule) if c[0] == row["id"]}
                accounts = sorted(touched) or [self.account_of(play.about, row)]
                found += [(row["id"], account, self.evidence(play, row)) for account in accounts]
        return found


def speak(policy, facts, today, calendar):
    """What the plain voice concludes."""
    return Voice(policy, facts, today, calendar).speak()
