"""A night to be asked: its facts as views, the policy's measures as tables, reckoned as the nightly engine does."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb
from sqlglot import exp

from engine.policy.contract import DERIVED, FactType
from engine.policy.expressions import refs
from engine.policy.kinds import Kind
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar import sql
from engine.reasoning.columnar.engine import Facts, add_workdays, fact_file, open_database, open_links
from engine.reasoning.columnar.known import HAND_TIER, ROW, add_assigned, add_known
from engine.reasoning.columnar.measures import add_measures
from engine.reasoning.columnar.near import Key, carry, is_wide, narrow, rests_on
from engine.reasoning.columnar.night import Night
from engine.reasoning.columnar.sql import Sql, col
from engine.reasoning.columnar.tiers import add_tiers
from engine.reasoning.columnar.used import needs_workdays, used_columns
from engine.reasoning.days import MondayToFriday, Workdays
from engine.reasoning.layout import signal_path
from engine.reasoning.plan import Level, build_plan, tier_expressions

TIERS = "account_tier"


@dataclass
class Asked:
    """An open night. `db` has a view per fact type of the contract, of what is known on the day.

    A view has the type's fields, `id` and what is derived (`active`; an account's `owner` by assignment and `tier`);
    one of an absent type has no rows. The table `account_tier` has account, tier, by_hand. `measured` adds tables.
    """

    db: duckdb.DuckDBPyConnection
    policy: Policy
    today: date
    whole: Night = field(repr=False)
    near: Night | None = field(default=None, repr=False)
    made: dict[tuple[str, tuple[Key, ...], str | None], str] = field(default_factory=dict)

    @property
    def night(self) -> Night:
        """The night to reckon in: of all accounts, or since `narrow` of one."""
        return self.near or self.whole

    def narrow(self, account: str) -> None:
        """From now on only this account's rows are there; values that rest on other accounts stay what they are."""
        self.near = narrow(self.whole, account)

    def measured(self, about: str, wanted: Mapping[str, Kind], name: str | None = None) -> str:
        """The table (id, one column per wanted measure) of every fact of type `about`; `name` is what to call it.

        A measure that the policy does not have, has of another kind, or cannot judge by these facts is missing
        throughout, of the kind that `wanted` names. Raises EngineError.
        """
        key = (about, tuple((measure, kind.value) for measure, kind in sorted(wanted.items())), name)
        if key not in self.made:
            self.reckon((about, measure) for measure in wanted)
            self.made[key] = name or f"measured {len(self.made)}"
            query = self._columns(about, wanted)
            self.night.run(sql.create_table(self.made[key], query), f"measures about {about}")
        return self.made[key]

    def judged(self, about: str, name: str) -> bool:
        """Whether the policy has a measure and the facts can answer it."""
        measure = self.policy.measures.get((about, name))
        return measure is not None and measure.needs <= self.night.relations.keys()

    def reckon(self, keys: Iterable[Key]) -> None:
        """Reckons measures and all they rest on, where they are not there already."""
        if self.near is None:
            _add(self.whole, _missing(self.whole, keys, through=lambda _: True))
            return
        missing = _missing(self.near, keys, through=lambda key: not is_wide(self.policy, key))
        wide = [key for key in missing if is_wide(self.policy, key)]
        _add(self.whole, _missing(self.whole, wide, through=lambda _: True))
        for about in sorted({about for about, _ in wide}):
            carry(self.near, self.whole, about, [name for type, name in wide if type == about])
        _add(self.near, [key for key in missing if key not in wide])

    def _columns(self, about: str, wanted: Mapping[str, Kind]) -> exp.Select:
        relation = self.night.relations.get(about)
        columns: dict[str, Sql] = {"id": col(ROW, "id")}
        for name, kind in wanted.items():
            measure = self.policy.measures.get((about, name))
            there = relation is not None and name in relation.columns and measure is not None and measure.kind is kind
            columns[name] = sql.cast(col(ROW, name), sql.kind_type(kind)) if there else sql.null(kind)
        source = sql.table(about if relation is None else relation.name, ROW)
        return sql.select((sql.named(value, name) for name, value in columns.items()), source)


@contextmanager
def open_night(
    policy: Policy, snapshot: Facts, today: date, conclusions: Path, calendar: Workdays | None = None
) -> Iterator[Asked]:
    """The facts known on `today` under a policy, and the conclusions about that same day. Raises EngineError.

    `calendar` is for workdays(); without one Monday to Friday are worked.
    """
    plan = build_plan(policy, snapshot.present)
    measures = tuple(m for m in policy.measures.values() if m.needs <= snapshot.present)
    everything = replace(plan, levels=(*plan.levels, Level(measures, False, ())))
    contract = policy.contract
    with open_links(snapshot, conclusions) as links, open_database(links / "none", None) as db:
        used = dict(used_columns(everything))
        used[ACCOUNT] = used[ACCOUNT] | {"active", "owner", "tier"}
        night = Night(db, everything, today, conclusions, links / "into", used)
        whole = replace(night, used={type: _columns(fact) for type, fact in contract.items()}, relations={})
        assigned = "assignment" in snapshot.present
        if assigned:
            add_assigned(night, fact_file(links, "assignment"))
        for type in sorted(snapshot.present & contract.keys()):
            path = fact_file(links, type)
            add_known(whole, type, path, assigned=assigned)
            night.run(_renamed(f"known {type}", f"all {type}"), type)
            add_known(night, type, path, assigned=assigned)
        if needs_workdays(everything):
            add_workdays(night, calendar or MondayToFriday())
        for rule in policy.signals:
            if signal_path(conclusions, rule).is_file():
                night.concluded[rule] = signal_path(links / "into", rule)
        asked = Asked(db, policy, today, night)
        _add_tiers(asked)
        for fact in contract.values():
            night.run(sql.create_view(fact.name, _view(fact, fact.name in snapshot.present)), fact.name)
        yield asked


def _missing(night: Night, keys: Iterable[Key], through: Callable[[Key], bool]) -> list[Key]:
    """The measures that a night does not have yet, among `keys` and what they rest on.

    Only what the measures for which `through` holds rest on is looked at.
    """
    measures, todo, found = night.policy.measures, list(keys), set[Key]()
    while todo:
        key = todo.pop()
        relation = night.relations.get(key[0])
        if key in measures and key not in found and relation is not None and key[1] not in relation.columns:
            found.add(key)
            todo += rests_on(measures[key]) if through(key) else []
    return sorted(found)


def _add(night: Night, keys: Iterable[Key]) -> None:
    """Reckons measures, lower strata first."""
    strata = {key: night.policy.strata["measure", *key] for key in keys}
    for level in sorted(set(strata.values())):
        add_measures(night, (night.policy.measures[key] for key, stratum in strata.items() if stratum == level))


def _columns(fact: FactType) -> frozenset[str]:
    return frozenset(("id", *fact.fields, *(f.name for f in DERIVED.get(fact.name, ()))))


def _renamed(view: str, to: str) -> exp.Alter:
    action = exp.AlterRename(this=sql.table(to))
    return exp.Alter(this=sql.table(view), kind="VIEW", actions=[action])


def _add_tiers(asked: Asked) -> None:
    """Sets the tiers, and makes `account_tier` of them."""
    night = asked.night
    relation = night.relations.get(ACCOUNT)
    if relation is None:
        columns: list[Sql] = [sql.null(Kind.TEXT), sql.null(Kind.TEXT), sql.null(Kind.BOOLEAN)]
        source, where = None, exp.false()
    else:
        if night.plan.ranked:
            asked.reckon((ref.type, ref.name) for ref in refs(*tier_expressions(asked.policy)))
        add_tiers(night)
        columns = [col(ROW, "id"), col(ROW, "tier"), sql.not_null(col("hand", HAND_TIER))]
        source, where = sql.table(night.relations[ACCOUNT].name, ROW), None
    names = (ACCOUNT, "tier", "by_hand")
    named = [sql.named(value, name) for name, value in zip(names, columns, strict=True)]
    query = sql.select(named, source, where)
    if relation is not None:
        sql.join(query, sql.table("all account", "hand"), sql.eq(col("hand", "id"), col(ROW, "id")))
    night.run(sql.create_table(TIERS, query), "tiers")


def _view(fact: FactType, present: bool) -> exp.Select:
    derived = {f.name: f.kind for f in DERIVED.get(fact.name, ())}
    kinds = {"id": Kind.TEXT, **{name: f.kind for name, f in fact.fields.items()}, **derived}
    if not present:
        nothing = (sql.named(sql.null(kind), name) for name, kind in kinds.items())
        return sql.select(nothing, None, exp.false())
    columns: dict[str, Sql] = {name: col(ROW, name) for name in kinds}
    by_tier = fact.name == ACCOUNT and "tier" in columns
    if by_tier:
        columns["tier"] = col(TIERS, "tier")
    query = sql.select((sql.named(c, name) for name, c in columns.items()), sql.table(f"all {fact.name}", ROW))
    if by_tier:
        sql.join(query, sql.table(TIERS, TIERS), sql.eq(col(TIERS, ACCOUNT), col(ROW, "id")))
    return query
