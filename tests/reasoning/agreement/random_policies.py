"""Random policies: measures of every take, tiers, chained signals that touch accounts, risk and plays."""

from dataclasses import replace

from random_expressions import Drawing, Names
from random_facts import CONTRACT

from engine.policy import expressions as ex
from engine.policy.faults import Place
from engine.policy.kinds import Kind
from engine.policy.model import (
    SEVERITIES,
    Due,
    Evidence,
    Link,
    Measure,
    Play,
    Policy,
    RiskLevel,
    Signal,
    Step,
    Take,
    Tiers,
    Touches,
)  # fmt: skip
from engine.policy.names import account_path
from engine.policy.strata import strata

AT = Place("rules/random.yaml", 1, 1)
ORDERED = (Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.DATE)
TAKES = {
    "count": None,
    **dict.fromkeys(("sum", "avg"), (Kind.INTEGER, Kind.NUMBER, Kind.MONEY)),
    **dict.fromkeys(("min", "max"), ORDERED),
    **dict.fromkeys(("count_distinct", "top_share", "latest", "previous"), tuple(Kind)),
    "list": (Kind.TEXT, Kind.INTEGER, Kind.DATE),
    **dict.fromkeys(("mean_gap", "median_gap", "max_gap", "spread_gap"), (Kind.DATE,)),
}
GIVES = {"list": Kind.TEXT} | dict.fromkeys(("count", "count_distinct", "max_gap"), Kind.INTEGER)
GIVES |= dict.fromkeys(("avg", "top_share", "mean_gap", "median_gap", "spread_gap"), Kind.NUMBER)
RANKING = ("sum", "count", "avg", "count_distinct", "mean_gap", "max_gap", "spread_gap")
WEIGHTS = (0, 1, 10, 30, 0.1, 0.2, 2.5, 33.333333)
ABOUTS = ("account", "account", "account", "promise", "order", "rep", "recall", "conduct")


def needs(measures, about, *nodes, subject=None):
    """The fact types without which the expressions cannot be judged."""
    found = {about}
    for ref in ex.refs(*nodes):
        type = subject if ref.subject else about
        for name in ref.path:
            type = CONTRACT[type].fields[name].ref
            found.add(type)
        if (ref.type, ref.name) in measures:
            found |= measures[ref.type, ref.name].needs
    return frozenset(found)


def links(about, source):
    """The ways in which rows of `source` can belong to a fact of type `about`, besides company-wide."""
    fields, own = CONTRACT[source].fields, CONTRACT[about].fields
    for name, field in fields.items():
        if field.ref == about:
            yield Link((name,), "id")
        if field.ref and name in own and own[name].ref == field.ref:
            yield Link((name,), name)
        if name == "product" and name in own:
            yield Link((name,), name)
        for below, step in CONTRACT[field.ref].fields.items() if field.ref else ():
            if step.ref == about:
                yield Link((name, below), "id")


def policy(dice):
    """A checked policy, as the loader would give it."""
    measures, pick = {}, dice.pick
    kinds = lambda: {key: m.kind for key, m in measures.items()}  # noqa: E731
    before = pick((3, 2, 4, 1, 0))
    for n in range(before):
        _add_measure(dice, measures, f"m{n}", Names("", measures=kinds()))
    tiers = _tiers(dice, measures, kinds())
    for n in range(before, before + pick((2, 3, 4, 1, 0))):
        _add_measure(dice, measures, f"m{n}", Names("", measures=kinds(), tier=True))
    signals = {}
    for n in range(pick((4, 3, 5, 2, 6, 1))):
        about = pick(ABOUTS)
        reachable = account_path(CONTRACT, about) is not None
        asked = tuple(s.name for s in signals.values() if reachable or s.about == about)
        names = Names(about, measures=kinds(), tier=True, rules=asked)
        signals[f"s{n}"] = _signal(dice, measures, f"s{n}", names)
    of_account = Names("account", measures=kinds(), tier=True, rules=tuple(signals), risk=True)
    risk = []
    for level in pick(((), ("red",), ("red", "amber"), ("red", "amber"))):
        when = Drawing(dice, replace(of_account, risk_levels=False)).condition(pick((2, 1)))
        risk.append(RiskLevel(level, when, AT, needs(measures, "account", when)))
    plays = {}
    for n in range(pick((2, 1, 0))):
        about = pick(ABOUTS)
        reachable = account_path(CONTRACT, about) is not None
        asked = tuple(s.name for s in signals.values() if reachable or s.about == about)
        names = Names(about, measures=kinds(), tier=True, rules=asked, risk=reachable)
        plays[f"p{n}"] = _play(dice, measures, signals, f"p{n}", names)
    levels = strata(measures, tiers, signals)
    return Policy("random", {}, CONTRACT, {}, measures, tiers, signals, tuple(risk), plays, {}, {}, levels)


def _add_measure(dice, measures, name, known, about=None, functions=tuple(TAKES)):
    pick = dice.pick
    about = about or pick(("account", "account", "account", "promise", "rep", "recall", "order"))
    if functions != RANKING and pick((False, False, False, True)):
        drawing = Drawing(dice, Names(about, measures=known.measures, tier=known.tier))
        value = drawing.value(pick(drawing.kinds), pick((2, 1, 3)))
        measures[about, name] = Measure(
            name, about, value.kind, AT, value=value, needs=needs(measures, about, value)
        )  # fmt: skip
        return
    source = pick(("order", "order", "promise", "conduct", "recall", "assignment", "account", "rep"))
    drawing = Drawing(dice, Names(source, about, known.measures, known.tier))
    where = drawing.condition(pick((1, 2, 0))) if pick((False, False, True)) else None
    function = pick(functions)
    of = None
    if TAKES[function] is not None:
        kind = pick([kind for kind in TAKES[function] if kind in drawing.kinds])
        of = drawing.own(kind) if pick((True, True, False)) else drawing.value(kind, 1)
    order = CONTRACT[source].known_from if function in ("latest", "previous") else None
    link = pick([*list(links(about, source)) * 3, Link()])
    found = needs(measures, source, where, of, subject=about) | {about}
    kind = GIVES.get(function) or of.kind
    measures[about, name] = Measure(
        name, about, kind, AT, source, link, where, Take(function, of, order), None, found
    )  # fmt: skip


def _tiers(dice, measures, kinds):
    if dice.flip():
        _add_measure(dice, measures, "ranked", Names("", measures=kinds), about="account", functions=RANKING)
        kinds = {key: m.kind for key, m in measures.items()}
    ranked = [name for (about, name), kind in kinds.items() if about == "account" and kind.numeric]
    classes = dice.pick(((("A", 0.05), ("B", 0.2), ("C", None)), (("A", 0.29), ("B", 0.58), ("C", None)),
                                    (("A", 1.0), ("B", None)), (("C", None),)))  # fmt: skip
    by = dice.pick(("rank", "rank", "matrix"))
    if by == "rank":
        measure = dice.pick(ranked) if ranked else None
        return Tiers("rank", measure, classes if measure else (("C", None),), None, None, {}, AT)
    drawing = Drawing(dice, Names("account", measures=kinds))
    cells = {(True, True): "A", (True, False): "B", (False, True): "B", (False, False): "C"}
    return Tiers("matrix", None, (), drawing.condition(1), drawing.condition(1), cells, AT)


def _evidence(dice, drawing):
    """Some values of any kind, and most measures and the tier that are at hand."""
    names = [f"x{n}" for n in range(dice.pick((3, 2, 1, 0)))]
    yield from (Evidence(name, drawing.value(dice.pick(drawing.kinds), dice.pick((2, 1, 0)))) for name in names)
    for n, ref in enumerate(drawing.measured):
        if len(ref.path) < 2 and dice.pick((True, True, False)):
            yield Evidence(f"m{n}", ref)


def _signal(dice, measures, name, names):
    drawing = Drawing(dice, names)
    when = drawing.condition(dice.pick((2, 3, 2, 4, 1, 0)))
    if dice.pick((True, False)):
        when = ex.Or((when, ex.Not(when))) if dice.flip() else ex.Not(when)
    graves = sorted(dice.some(range(4), 1, 3))
    severity = tuple(
        (SEVERITIES[g], drawing.condition(1) if i < len(graves) - 1 else None) for i, g in enumerate(graves)
    )
    found = needs(measures, names.type, when, *(c for _, c in severity))
    touches = None
    if account_path(CONTRACT, names.type) is None and dice.pick((True, True, True, False)):
        if names.type == "recall" and dice.flip():
            touches = Touches(("order",), "product")
            found |= {"account"}
        else:
            whom = Drawing(dice, Names("account", measures=names.measures, tier=True)).condition(1)
            touches = Touches(when=whom)
            found |= needs(measures, "account", whom)
    weight, evidence = dice.pick(WEIGHTS), tuple(_evidence(dice, drawing))
    return Signal(
        name, names.type, when, severity, weight, {}, {}, evidence, (), AT, AT, found, touches=touches
    )  # fmt: skip


def _play(dice, measures, signals, name, names):
    drawing = Drawing(dice, names)
    trigger = drawing.condition(dice.pick((2, 1, 0)))
    named = tuple(dict.fromkeys(ex.rules_in(trigger))) or tuple(signals)
    steps = (Step("act", "owner", Due(1, True), "t", (), AT),)
    evidence = tuple(_evidence(dice, drawing))
    return Play(
        name, names.type, trigger, named, steps, {}, evidence, (), AT, AT, needs=needs(measures, names.type, trigger)
    )  # fmt: skip
