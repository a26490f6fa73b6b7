"""Which rests on which: measures, tiers and signals in strata, and cycles among them."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from engine.policy import expressions as ex
from engine.policy.model import Measure, Signal, Tiers
from engine.policy.names import ACCOUNT

Key = tuple[str, ...]
TIER: Key = ("tier",)


class Cycle(Exception):
    """Things that rest on each other: `rings`, each with its members in order."""

    def __init__(self, rings: list[list[Key]]) -> None:
        super().__init__("; ".join(" → ".join(said(member) for member in [*ring, ring[0]]) for ring in rings))
        self.rings = rings


def said(key: Key) -> str:
    """A key in words: "measure spend"."""
    return f"{key[0]} {key[-1]}" if len(key) > 1 else "the tiers"


def strata(
    measures: Mapping[tuple[str, str], Measure], tiers: Tiers | None, signals: Mapping[str, Signal]
) -> dict[Key, int]:
    """The level of each measure, of the tiers and of each signal, from 1; each rests on lower levels. Raises Cycle."""
    graph: dict[Key, set[Key]] = {TIER: set()}
    for (about, name), measure in measures.items():
        graph["measure", about, name] = _rests_on(
            measures, (measure.where, measure.value, measure.take.of if measure.take else None)
        )
    if tiers is not None:
        graph[TIER] = _rests_on(measures, (tiers.high_turnover, tiers.high_profit) if tiers.by == "matrix" else ())
        if tiers.by == "rank" and tiers.measure:
            graph[TIER].add(("measure", ACCOUNT, tiers.measure))
    for name, signal in signals.items():
        nodes = [signal.when, *(c for _, c in signal.severity), *(e.value for e in signal.evidence)]
        if signal.touches is not None:
            nodes.append(signal.touches.when)
        graph["signal", name] = _rests_on(measures, nodes)
    graph = {key: {dep for dep in deps if dep in graph} for key, deps in graph.items()}
    rings = list(_rings(graph))
    if rings:
        raise Cycle(rings)
    levels: dict[Key, int] = {}
    for key in TopologicalSorter(graph).static_order():
        levels[key] = 1 + max((levels[dep] for dep in graph[key]), default=0)
    return levels


def _rings(graph: Mapping[Key, set[Key]]) -> Iterator[list[Key]]:
    """Members that rest on each other, ring by ring; who stands in one is not looked for in others."""
    rest = dict(graph)
    while True:
        try:
            TopologicalSorter(rest).prepare()
            return
        except CycleError as error:
            ring = list(reversed(error.args[1]))[:-1]
            yield ring
            rest = {key: deps.difference(ring) for key, deps in rest.items() if key not in ring}


def _rests_on(measures: Mapping[tuple[str, str], Measure], nodes: Iterable[ex.Expression | None]) -> set[Key]:
    found: set[Key] = set()
    for node in nodes:
        for ref in ex.refs(node):
            if (ref.type, ref.name) in measures:
                found.add(("measure", ref.type, ref.name))
            elif ref.type == ACCOUNT and ref.name == "tier":
                found.add(TIER)
        found.update(("signal", rule) for rule in ex.rules_in(node))
    return found
