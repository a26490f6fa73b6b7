"""Who takes which customer: the best division by weighted terms, found by OR-Tools' constraint solver.

Customers weigh differently (hours by tier), people have room for so many hours, and load and value should lie evenly
on them: the generalised assignment problem. A matching or a minimum-cost flow cannot keep to a person's hours, since
customers are not of one size; CP-SAT can, in whole numbers. It runs on one thread, from one seed, to a limit counted in
steps and not in seconds, over rows in the order of their ids, so that the same facts give the same proposal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from engine.handover.candidates import Candidate, Moving

_PARTS = 100  # hours are reckoned in hundredths
_PERCENT = 100
_PER_MILLE = 1000  # value is reckoned in thousandths of all that the people hold
_LEVELS = (0.5, 0.75, 0.9)  # from each share of a person's hours on, every further hour costs once more
_STEPS = 3.0  # CP-SAT's deterministic time; beyond it the best division found so far stands
_SEED = 1


@dataclass(frozen=True)
class Weights:
    """What counts how much, in points. `load` per hour and level, `over` per hour beyond the person's hours, `value`
    per hundredth of all value beyond an even share, `skill` per missing step."""

    department: int = 100
    second: int = 60
    region: int = 20
    skill: int = 8
    load: int = 4
    value: int = 1
    over: int = 10000


@dataclass(frozen=True)
class Fit:
    """How a person fits a customer. `region` is None where one side has none; `short`: steps of skill that are missing
    by what the tier asks for; `rated`: whether any skill that counts is rated."""

    department: bool
    second: bool
    region: bool | None
    short: int
    rated: bool


@dataclass(frozen=True)
class Proposal:
    """A customer's new carer. `free`: hours a week that the person has left once everything proposed is taken,
    negative where the work of all customers is more than all have room for."""

    account: str
    rep: str | None
    fit: Fit | None = None
    free: float = 0.0


def fit(customer: Moving, person: Candidate, care: dict[str, float]) -> Fit:
    """How a person fits a customer by what the tier asks for (D1.care.A, D1.care.B, D1.care.C)."""
    region = None
    if person.region and customer.places:
        own = _plain(person.region)
        region = any(own == place or own in place or place in own for place in map(_plain, customer.places))
    rated = [(need, person.skills[skill]) for skill, need in care.items() if skill in person.skills]
    short = sum(max(0, round(need - rate)) for need, rate in rated)
    same = customer.department is not None and person.department == customer.department
    return Fit(same, person.id == customer.second, region, short, bool(rated))


def propose(
    customers: Sequence[Moving], people: Sequence[Candidate], care: dict[str, dict[str, float]], weights: Weights
) -> dict[str, Proposal]:
    """A carer for each customer, by id. `care`: the skills asked for, by tier.

    Nobody gets a customer of their own or one for which they were refused; a customer for whom nobody is left has no
    rep. Whatever the order of the rows, the proposal is the same.
    """
    customers, people = sorted(customers, key=lambda c: c.id), sorted(people, key=lambda p: p.id)
    fits = {
        (c.id, p.id): fit(c, p, care.get(c.tier, {}))
        for c in customers for p in people if p.id != c.owner and p.id not in c.barred
    }  # fmt: skip
    chosen = _solve(customers, people, fits, weights) if fits else {}
    hours = {p.id: p.hours for p in people}
    for c in customers:
        if c.id in chosen:
            hours[chosen[c.id]] += c.hours
    free = {p.id: round(p.capacity - hours[p.id], 1) for p in people}
    return {
        c.id: Proposal(c.id, chosen[c.id], fits[c.id, chosen[c.id]], free[chosen[c.id]]) if c.id in chosen
        else Proposal(c.id, None)
        for c in customers
    }  # fmt: skip


def points(fit: Fit, weights: Weights) -> int:
    """What speaks against giving a customer to a person, load aside."""
    return (
        weights.department * (not fit.department)
        + weights.second * (not fit.second)
        + weights.region * (fit.region is False)
        + weights.skill * fit.short
    )


def _solve(
    customers: Sequence[Moving], people: Sequence[Candidate], fits: dict[tuple[str, str], Fit], weights: Weights
) -> dict[str, str]:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    takes = {pair: model.new_bool_var("") for pair in fits}
    best = _best(customers, people, fits, weights)
    for c in customers:
        if c.id in best:
            model.add_exactly_one(takes[c.id, p.id] for p in people if (c.id, p.id) in takes)
    places = {p.id: n for n, p in enumerate(people)}
    point = _PARTS * len(customers) * len(people)  # the smaller id wins a tie: no sum of places outweighs one point
    costs = [(points(fit, weights) * point + places[pair[1]]) * takes[pair] for pair, fit in fits.items()]
    hours = {c.id: ceil(round(c.hours * _PARTS, 3)) for c in customers}
    worth, wealth = _worth(customers, people)
    start = 0  # what the division costs at which the search begins
    even = (sum(worth.values()) + sum(wealth.values())) // len(people)
    for p in people:
        mine = [(c.id, takes[c.id, p.id]) for c in customers if (c.id, p.id) in takes]
        held, most = ceil(round(p.hours * _PARTS, 3)), sum(hours[id] for id, _ in mine)
        load = held + sum(hours[id] * var for id, var in mine)
        for level, weight in (*((level, weights.load) for level in _LEVELS), (1.0, weights.over)):
            beyond = max(int(p.capacity * _PARTS * level), held)
            if weight and held + most > beyond:
                excess = model.new_int_var(0, held + most - beyond, "")
                model.add(excess >= load - beyond)
                first = held + sum(hours[id] for id, _ in mine if best[id] == p.id)
                model.add_hint(excess, max(0, first - beyond))
                costs.append(weight * point // _PARTS * excess)
                start += weight * point // _PARTS * max(0, first - beyond)
        value, most = wealth[p.id], sum(worth[id] for id, _ in mine)
        if weights.value and value + most > max(even, value):
            excess = model.new_int_var(0, value + most, "")
            model.add(excess >= value + sum(worth[id] * var for id, var in mine) - max(even, value))
            first = value + sum(worth[id] for id, _ in mine if best[id] == p.id)
            model.add_hint(excess, max(0, first - max(even, value)))
            costs.append(weights.value * point * _PERCENT // _PER_MILLE * excess)
            start += weights.value * point * _PERCENT // _PER_MILLE * max(0, first - max(even, value))
    model.minimize(sum(costs))
    start += sum(points(fits[pair], weights) * point + places[pair[1]] for pair in best.items())
    for pair, var in takes.items():
        model.add_hint(var, best[pair[0]] == pair[1])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.max_deterministic_time = _STEPS
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE) or start < solver.objective_value:  # cut short
        return best
    return {account: rep for (account, rep), var in takes.items() if solver.value(var)}


def _best(
    customers: Sequence[Moving], people: Sequence[Candidate], fits: dict[tuple[str, str], Fit], weights: Weights
) -> dict[str, str]:
    """One customer after the other, the largest first, to whom it costs least by fit and hours: where the search
    begins."""
    hours = {p.id: p.hours for p in people}
    best = {}
    for c in sorted(customers, key=lambda c: (-c.hours, c.id)):
        costs = []
        for p in people:
            if (c.id, p.id) in fits:
                before, after = hours[p.id], hours[p.id] + c.hours
                levels = [(p.capacity * level, weights.load) for level in _LEVELS] + [(p.capacity, weights.over)]
                load = sum(weight * max(0.0, after - max(most, before)) for most, weight in levels)
                costs.append((points(fits[c.id, p.id], weights) + round(load, 6), p.id))
        if costs:
            best[c.id] = min(costs)[1]
            hours[best[c.id]] += c.hours
    return best


def _worth(customers: Sequence[Moving], people: Sequence[Candidate]) -> tuple[dict[str, int], dict[str, int]]:
    """What customers bring and what people hold, by id, in thousandths of all of it."""
    total = sum(c.value for c in customers) + sum(p.value for p in people)
    share = _PER_MILLE / total if total > 0 else 0.0
    worth, wealth = ({each.id: round(max(0.0, each.value) * share) for each in some} for some in (customers, people))
    return worth, wealth


def _plain(text: str) -> str:
    """A place without the endings that one side writes and the other does not."""
    short = text.strip().casefold()
    return short[:-1] if len(short) > 2 and short[-1] in "省市区县" else short
