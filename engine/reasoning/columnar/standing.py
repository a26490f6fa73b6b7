"""What all accounts together give to a single one: where the classes of the ranking end, and company-wide measures."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from engine.policy.expressions import Ref, refs
from engine.policy.model import Measure
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.engine import Facts, add_workdays, fact_file, open_database, open_links
from engine.reasoning.columnar.known import ROW, add_assigned, add_known
from engine.reasoning.columnar.measures import add_measures
from engine.reasoning.columnar.night import Night
from engine.reasoning.columnar.rows import Rows
from engine.reasoning.columnar.sql import col
from engine.reasoning.columnar.tiers import add_tiers, class_ends
from engine.reasoning.columnar.used import needs_workdays, used_columns
from engine.reasoning.days import MondayToFriday, Workdays
from engine.reasoning.plan import Level, Plan, tier_expressions

Key = tuple[str, str]


@dataclass(frozen=True)
class Standing:
    """`ends`: for each class but the last the measure and id of its last account, None for a class of nobody; None
    as a whole where accounts are not ranked. `company`: measures that are one value for every subject, by key.
    `types`: the fact types that both were reckoned from.
    """

    ends: tuple[tuple[str, tuple[Any, str] | None], ...] | None = None
    company: Mapping[Key, Any] = field(default_factory=dict)
    types: frozenset[str] = frozenset()


def standing(plan: Plan, facts: Facts, today: date, calendar: Workdays | None = None) -> Standing:
    """Reckoned over all facts in sets, whatever their number. Raises EngineError."""
    company = [m for level in plan.levels for m in level.measures if _is_company_wide(m) and m.needs <= facts.present]
    ranked = plan.ranked and plan.policy.tiers.by == "rank" and plan.policy.tiers.measure is not None
    small = _only(plan, [(m.about, m.name) for m in company], ranked)
    types = {m.about for level in small.levels for m in level.measures} | ({ACCOUNT} if ranked else set())
    if not types:
        return Standing()
    with tempfile.TemporaryDirectory(prefix="holdfast-") as made:
        folder = Path(made) / "none"
        folder.mkdir()
        with open_links(facts, folder) as links, open_database(folder, None) as db:
            used = dict(used_columns(small))
            if ranked:
                used[ACCOUNT] = used[ACCOUNT] | {"active", "tier"}
            night = Night(db, small, today, folder, links / "into", used)
            assigned = "assignment" in facts.present and "owner" in night.used[ACCOUNT]
            if assigned:
                add_assigned(night, fact_file(links, "assignment"))
            for type in sorted(facts.present & plan.policy.contract.keys()):
                add_known(night, type, fact_file(links, type), assigned=assigned)
            if needs_workdays(small):
                add_workdays(night, calendar or MondayToFriday())
            ends = None
            for level in small.levels:
                add_measures(night, level.measures)
                if level.tiers:
                    ends = _class_ends(night) if ranked else None
                    add_tiers(night)
            values = {(m.about, m.name): _one(night, m) for m in company if m.about in night.relations}
            return Standing(ends, values, frozenset(type for type in night.used if _is_read(night, type)))


def _is_read(night: Night, type: str) -> bool:
    """Whether anything but the id is read of a type, or its rows are counted."""
    measures = [m for level in night.plan.levels for m in level.measures]
    return len(night.used[type]) > 1 or any(type in (m.about, m.source) for m in measures)


def _is_company_wide(measure: Measure) -> bool:
    if measure.source is None or measure.link.row_path:
        return False
    of = measure.take.of if measure.take is not None else None
    return not any(ref.subject for ref in refs(measure.where, of))


def _only(plan: Plan, keys: Iterable[Key], ranked: bool) -> Plan:
    """The plan with nothing in it but these measures, the tiers where they are asked for, and what both rest on."""
    measures = plan.policy.measures
    todo, wanted = list(keys), set[Key]()
    tiers = ranked
    if ranked:
        todo += [(ref.type, ref.name) for ref in refs(*tier_expressions(plan.policy))]
    while todo:
        key = todo.pop()
        if key == (ACCOUNT, "tier") and not tiers:
            tiers = True
            todo += [(ref.type, ref.name) for ref in refs(*tier_expressions(plan.policy))]
        if key in measures and key not in wanted:
            wanted.add(key)
            measure = measures[key]
            of = measure.take.of if measure.take is not None else None
            todo += [(ref.type, ref.name) for ref in refs(measure.value, measure.where, of)]
    levels = tuple(
        Level(tuple(m for m in level.measures if (m.about, m.name) in wanted), level.tiers and tiers, ())
        for level in plan.levels
    )
    return replace(plan, levels=levels, ranked=plan.ranked and tiers, risk=(), plays=(), not_judged=())


def _class_ends(night: Night) -> tuple[tuple[str, tuple[Any, str] | None], ...]:
    tiers = night.policy.tiers
    measure = night.policy.measures[ACCOUNT, tiers.measure or ""]
    shares = [(name, share) for name, share in tiers.classes if share is not None]
    rows = Rows(night, ACCOUNT)
    here = rows.column(Ref((), ACCOUNT, measure.name, measure.kind))
    return tuple(
        (name, end)
        for (name, _), end in zip(shares, class_ends(rows, here, [share for _, share in shares]), strict=True)
    )


def _one(night: Night, measure: Measure) -> Any:
    relation = night.relations[measure.about]
    query = sql.select([col(ROW, measure.name)], sql.table(relation.name, ROW)).limit(1)
    found = night.run(query, f"measure {measure.name} about {measure.about}")
    return found[0][0] if found else None
