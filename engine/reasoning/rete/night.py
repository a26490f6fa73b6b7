"""What a run holds from start to end: the plan made ready for rows, and what is known of persons and the company."""

from dataclasses import dataclass, field
from datetime import date

from engine.policy.expressions import Expression
from engine.policy.model import Measure
from engine.policy.names import account_path
from engine.reasoning.days import Workdays
from engine.reasoning.plan import Plan, tier_expressions
from engine.reasoning.rete.evaluate import Key, Reader, Reading, Scope, Truth, View
from engine.reasoning.rete.known import Known
from engine.reasoning.rete.needs import Need, needs_of, to_prepare
from engine.reasoning.rete.takes import Fold, fold
from engine.reasoning.rete.tiers import Cutoffs


@dataclass(frozen=True)
class MeasurePlan:
    """A measure with its expressions compiled and what they look at."""

    measure: Measure
    value: Reading | None
    value_needs: tuple[Need, ...]
    where: Truth | None
    of: Reading | None
    row_needs: tuple[Need, ...]
    order: str | None  # the field by which rows are latest
    depends_on_subject: bool  # whether a row may count for one subject and not for another that it is linked to

    def fold(self) -> Fold:
        """What makes the measure's value of rows."""
        taken = self.measure.take
        if taken is None:
            raise TypeError(f"{self.measure.name} is not taken from rows")
        return fold(taken.function, self.measure.kind if taken.of is None else taken.of.kind)


@dataclass
class Night:
    """A run over the facts `known`. `lasting` is what all batches share: the facts that belong to no account."""

    plan: Plan
    known: Known
    reader: Reader
    measures: dict[Key, MeasurePlan]
    lasting: View
    lasting_types: frozenset[str]
    cutoffs: Cutoffs | None = None  # where given, accounts are classed by these
    ranked: dict[str, str] | None = None  # else by rank, set when the tiers are first asked for
    company: dict[Key, object] = field(default_factory=dict)  # company-wide measures, one value for every subject

    def view(self) -> View:
        """An empty view that shares the lasting facts and measures."""
        types = self.plan.policy.contract
        return View(
            facts={t: self.lasting.facts[t] if t in self.lasting_types else {} for t in types},
            measured={k: self.lasting.measured[k] if k[0] in self.lasting_types else {} for k in self.measures},
        )

    def needs(self, type: str, *nodes: Expression | None) -> tuple[Need, ...]:
        """What expressions about a fact of `type` look at."""
        return to_prepare(needs_of(self.plan.policy.contract, Scope(type), *nodes), self.measures)


def prepare_night(plan: Plan, known: Known, today: date, calendar: Workdays) -> Night:
    """Everything that can be made ready before a row is read."""
    policy = plan.policy
    measures = {(m.about, m.name): m for level in plan.levels for m in level.measures}
    abouts = {name: signal.about for name, signal in policy.signals.items()}
    reader = Reader(policy.contract, frozenset(measures), abouts, today, calendar)
    lasting_types = frozenset(t for t in policy.contract if account_path(policy.contract, t) is None)
    lasting = View(facts={t: {} for t in lasting_types}, measured={k: {} for k in measures if k[0] in lasting_types})
    ready = {key: _measure_plan(reader, measure) for key, measure in measures.items()}
    return Night(plan, known, reader, ready, lasting, lasting_types)


def tier_needs(night: Night) -> tuple[Need, ...]:
    """What the classing of accounts looks at."""
    return night.needs("account", *tier_expressions(night.plan.policy))


def _measure_plan(reader: Reader, measure: Measure) -> MeasurePlan:
    contract = reader.contract
    if measure.source is None or measure.take is None:
        scope = Scope(measure.about)
        value = None if measure.value is None else reader.reading(measure.value, scope)
        needs = to_prepare(needs_of(contract, scope, measure.value), reader.measures)
        return MeasurePlan(measure, value, needs, None, None, (), None, False)
    scope = Scope(measure.source, measure.about)
    where, of = measure.where, measure.take.of
    needs = needs_of(contract, scope, where, of)
    return MeasurePlan(
        measure,
        None,
        (),
        None if where is None else reader.truth(where, scope),
        None if of is None else reader.reading(of, scope),
        to_prepare(needs, reader.measures),
        measure.take.order,
        any(need.of_subject for need in needs),
    )
