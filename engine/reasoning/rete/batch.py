"""A batch of facts in sight: fetches what expressions need before they are evaluated, in bulk."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from engine.policy.expressions import Expression
from engine.policy.names import ACCOUNT
from engine.reasoning.plan import tier_expressions
from engine.reasoning.rete import tiers
from engine.reasoning.rete.evaluate import Key, Row, Scope, View
from engine.reasoning.rete.needs import Need, hops
from engine.reasoning.rete.night import MeasurePlan, Night, tier_needs
from engine.reasoning.rete.takes import BEFORE_ALL, Fold, Taken
from engine.reasoning.rete.values import Value

SCAN = 2000  # accounts looked at together in a pass over all of them
Group = dict[Value, list[Row]]


@dataclass
class Batch:
    """Some facts and all that has been reckoned about them; dropped as a whole, so that memory stays flat."""

    night: Night
    view: View
    _groups: dict[tuple[str, tuple[str, ...]], Group] = field(default_factory=dict)

    def load(self, type: str, ids: Iterable[Value]) -> dict[str, Row | None]:
        """Brings the facts of these ids into sight; None stands for one that is not known."""
        facts = self.view.facts[type]
        wanted = {id for id in ids if isinstance(id, str)} - facts.keys()
        if wanted:
            facts.update(dict.fromkeys(wanted))
            for rows in self.night.known.where(type, "id", wanted):
                facts.update((row["id"], row) for row in rows)
        return facts

    def add(self, type: str, rows: Iterable[Row]) -> None:
        """Brings rows that are at hand into sight."""
        self.view.facts[type].update((row["id"], row) for row in rows)

    def prepare(self, rows: Collection[Row], subjects: Collection[Row], needs: Iterable[Need]) -> None:
        """Makes everything known that `needs` name, for these rows and their subjects."""
        for need in needs:
            at = subjects if need.of_subject else rows
            for name, type in need.hops:
                facts = self.load(type, {row[name] for row in at if row.get(name) is not None})
                at = [fact for key in {row.get(name) for row in at} if (fact := facts.get(key or "")) is not None]
            if (need.type, need.name) in self.night.measures:
                self.measure((need.type, need.name), at)
            elif need.type == ACCOUNT and need.name == "tier":
                self.set_tiers(at)

    def evaluate(self, type: str, rows: Collection[Row], *nodes: Expression | None) -> None:
        """Makes everything known that expressions about facts of `type` look at."""
        self.prepare(rows, (), self.night.needs(type, *nodes))

    def measure(self, key: Key, subjects: Iterable[Row]) -> None:
        """Reckons a measure for the subjects for which it is not known yet."""
        plan = self.night.measures[key]
        done = self.view.measured[key]
        todo = list({row["id"]: row for row in subjects if row["id"] not in done}.values())
        if not todo:
            return
        if plan.measure.needs - self.night.known.source.present:
            done.update((row["id"], None) for row in todo)
        elif plan.measure.source is None:
            self.prepare(todo, (), plan.value_needs)
            for row in todo:
                done[row["id"]] = plan.value(self.view, row, None) if plan.value else None
        elif not plan.measure.link.row_path and not plan.depends_on_subject:
            if key not in self.night.company:
                self.night.company[key] = self._streamed(plan, [{"id": ""}])[""]
            done.update((row["id"], self.night.company[key]) for row in todo)  # type: ignore[misc]
        elif key[0] in self.night.lasting_types or not plan.measure.link.row_path:
            done.update(self._streamed(plan, todo))
        else:
            done.update(self._at_hand(plan, todo))

    def _at_hand(self, plan: MeasurePlan, subjects: list[Row]) -> dict[str, Value]:
        """A measure from rows that stay in sight, so that other measures find them too."""
        field, source, path = plan.measure.link.subject_field, plan.measure.source or "", plan.measure.link.row_path
        groups = self.linked(source, path, {row.get(field) for row in subjects})
        linked = {subject["id"]: groups.get(subject.get(field), []) for subject in subjects}
        if plan.row_needs:
            rows = {id(row): row for rows in linked.values() for row in rows}
            self.prepare(rows.values(), subjects, plan.row_needs)
        folds = {subject["id"]: plan.fold() for subject in subjects}
        for subject in subjects:
            _take_in(folds[subject["id"]], plan, self.view, linked[subject["id"]], subject)
        return {id: folded.result() for id, folded in folds.items()}

    def _streamed(self, plan: MeasurePlan, subjects: list[Row]) -> dict[str, Value]:
        """A measure from rows that are read once and let go, for subjects that many rows belong to."""
        link, source = plan.measure.link, plan.measure.source or ""
        by_value: dict[Value, list[Row]] = defaultdict(list)
        for subject in subjects:
            by_value[subject.get(link.subject_field)].append(subject)
        folds = {subject["id"]: plan.fold() for subject in subjects}
        for group in self._stream(source, link.row_path, by_value.keys(), by_account=bool(plan.row_needs)):
            passing = Batch(self.night, self.night.view())
            rows = [row for rows in group.values() for row in rows]
            passing.prepare(rows, subjects, plan.row_needs)
            for value, found in group.items():
                for subject in by_value[value] if link.row_path else subjects:
                    _take_in(folds[subject["id"]], plan, passing.view, found, subject)
        return {id: folded.result() for id, folded in folds.items()}

    def linked(self, type: str, path: tuple[str, ...], wanted: Iterable[Value]) -> Group:
        """The rows of a type by their value along `path`, for the wanted values (and maybe others)."""
        groups = self._groups.setdefault((type, path), {})
        new = set(wanted) - groups.keys() - {None}
        if new:
            groups.update((value, []) for value in new)
            for group in self._stream(type, path, new):
                for value, rows in group.items():
                    groups[value] += rows
        return groups

    def _stream(
        self, type: str, path: tuple[str, ...], wanted: Iterable[Value], by_account: bool = False
    ) -> Iterator[Group]:
        """The rows of a type by their value along `path`, in chunks that are small enough to hold.

        `by_account`: those of an account one after the other, so that few chunks ask for the same account.
        """
        order = ACCOUNT if by_account and ACCOUNT in self.night.plan.policy.contract[type].fields else None
        if not path:
            for rows in self.night.known.every(type, order):
                yield {None: rows}
            return
        wanted = set(wanted) - {None}
        if len(path) == 1:
            value_of: dict[Value, Value] | None = None
            found = self.night.known.where(type, path[0], wanted, order)
        else:
            ((_, target),) = hops(self.night.plan.policy.contract, path[:1], type)
            value_of = {}
            for group in self._stream(target, path[1:], wanted):
                value_of.update((row["id"], value) for value, rows in group.items() for row in rows)
            found = self.night.known.where(type, path[0], value_of, order)
        for rows in found:
            yield _grouped(rows, path[0], value_of)

    def set_tiers(self, accounts: Iterable[Row]) -> None:
        """Classes the accounts."""
        policy = self.night.plan.policy
        rows = {row["id"]: row for row in accounts if row["id"] not in self.view.tiers}
        rest = tiers.last_class(policy.tiers)
        active = [row for row in rows.values() if row["active"] and row.get("tier") is None]
        judged = self._judged(active) if active and self.night.plan.ranked else {}
        self.view.tiers.update(
            (id, row["tier"] if row.get("tier") is not None else judged.get(id, rest)) for id, row in rows.items()
        )

    def _judged(self, accounts: list[Row]) -> dict[str, str]:
        """The class of each active customer."""
        policy = self.night.plan.policy
        if policy.tiers.by == "rank":
            if policy.tiers.measure is None:
                return {}
            if self.night.cutoffs is None:
                ranked = self.night.ranked if self.night.ranked is not None else rank(self.night)
                return {row["id"]: ranked[row["id"]] for row in accounts if row["id"] in ranked}
            key = (ACCOUNT, policy.tiers.measure)
            self.measure(key, accounts)
            ends, spent = self.night.cutoffs, self.view.measured[key]
            return {row["id"]: ends.tier(spent[row["id"]], row["id"]) for row in accounts}
        self.prepare(accounts, (), tier_needs(self.night))
        high = [self.night.reader.truth(node, Scope(ACCOUNT)) for node in tier_expressions(policy)]
        return {
            row["id"]: tiers.cell(policy.tiers, *(truth(self.view, row, None) for truth in high)) for row in accounts
        }


def places(night: Night) -> list[tiers.Place]:
    """The places of all active customers in the ranking, best first: one pass over all accounts."""
    key = (ACCOUNT, night.plan.policy.tiers.measure or "")
    found = []
    for rows in night.known.every(ACCOUNT):
        active = [row for row in rows if row["active"]]
        for start in range(0, len(active), SCAN):
            passing = Batch(night, night.view())
            some = active[start : start + SCAN]
            passing.add(ACCOUNT, some)
            passing.measure(key, some)
            found += [tiers.place(passing.view.measured[key][row["id"]], row["id"]) for row in some]
    return sorted(found)


def rank(night: Night) -> dict[str, str]:
    """The classes of those who are not in the last one, kept for the rest of the run."""
    night.ranked = tiers.classes(night.plan.policy.tiers, places(night))
    return night.ranked


def _grouped(rows: list[Row], field: str, value_of: dict[Value, Value] | None) -> Group:
    grouped: Group = defaultdict(list)
    for row in rows:
        value = row.get(field)
        grouped[value if value_of is None else value_of[value]].append(row)
    return grouped


def _take_in(folded: Fold, plan: MeasurePlan, view: View, rows: Iterable[Row], subject: Row) -> None:
    """Shows a fold the rows that pass `where`."""
    where, of, order = plan.where, plan.of, plan.order
    for row in rows:
        if where is None or where(view, row, subject):
            on = BEFORE_ALL if order is None else row.get(order) or BEFORE_ALL
            folded.add(Taken(on, row["id"], None if of is None else of(view, row, subject)))
