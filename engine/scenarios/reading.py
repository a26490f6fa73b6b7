"""Test files to scenarios ready to run, or all their faults at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.errors import PolicyError
from engine.policy.faults import Fault, nearest, show_all
from engine.policy.model import Policy
from engine.policy.names import ACCOUNT
from engine.policy.reading import Spot
from engine.policy.scenarios import Entry, SignalEntry, TaskEntry, read_tests
from engine.scenarios.days import day_of
from engine.scenarios.model import SIGNALS, TASKS, Scenario, Wanted
from engine.scenarios.rows import REP, Filling, Row
from engine.scenarios.typed import Typed, typed_rows

NO_TESTS = "there are no tests in rules/tests"


class ScenarioFaults(PolicyError):
    """Test files that cannot be run; the message shows every fault with its place."""

    def __init__(self, faults: list[Fault], texts: Mapping[str, str]) -> None:
        ordered = sorted(set(faults), key=lambda fault: (fault.place, fault.message))
        count = "1 fault" if len(ordered) == 1 else f"{len(ordered)} faults"
        self.faults, self.texts, self.count = tuple(ordered), texts, f"{count} in the tests"
        super().__init__(show_all(self.faults, texts, "en", self.count))

    def said(self, language: str) -> tuple[str, str]:
        """Every fault in `language`; there is no hint besides."""
        return show_all(self.faults, self.texts, language, self.count), ""


def read_scenarios(policy: Policy, texts: Mapping[str, str], only: str = "") -> list[Scenario]:
    """The tests among policy texts whose name or file holds `only`. Raises ScenarioFaults; PolicyError where none."""
    entries, faults = read_tests(texts)
    drafts = [_Draft(policy, entry, faults) for entry in entries]
    rows = [row for draft in drafts for type in draft.rows.values() for row in type]
    typed, wrong = typed_rows(policy.contract, rows)
    faults += wrong
    if faults:
        raise ScenarioFaults(faults, texts)
    values = iter(typed)
    scenarios = [
        draft.scenario({type: [next(values) for _ in rows] for type, rows in draft.rows.items()}) for draft in drafts
    ]
    wanted = [
        s for s in scenarios if only.casefold() in s.name.casefold() or only.casefold() in s.place.file.casefold()
    ]
    if not scenarios:
        raise PolicyError(NO_TESTS, "write one, as docs/tests.md shows")
    if not wanted:
        raise PolicyError(f"no test has '{only}' in its name or file", "run `holdfast test` without --only")
    return wanted


@dataclass
class _Draft:
    """A test while it is understood; faults go to `faults`."""

    policy: Policy
    entry: Entry
    faults: list[Fault]
    on: date = field(init=False)
    rows: dict[str, list[Row]] = field(init=False)

    def __post_init__(self) -> None:
        shape, spot = self.entry.shape, self.entry.spot
        self.on = self._on()
        absent = frozenset(shape.nothing)
        filling = Filling(self.policy.contract, self.on, self.faults.append)
        self.rows = filling.rows(shape.given, spot / "given", absent)
        for n, type in enumerate(shape.nothing):
            here = spot / "nothing" / n
            if type not in self.policy.contract:
                self._unknown(type, here, "fact type", self.policy.contract)
            elif type in shape.given:
                self._fault(here, f"'{type}' is given as well", "take it out of one of the two", len(type))
            else:
                self.rows[type] = []
        self._check_ids()
        self._check_refs()
        self.ids = {type: frozenset(row.id for row in rows) for type, rows in self.rows.items()}
        self.signals = self._all(shape.expect.signals, spot / "expect" / SIGNALS)
        self.tasks = self._all(shape.expect.tasks, spot / "expect" / TASKS)
        self.no_signals = self._all(shape.unwanted.signals, spot / "not" / SIGNALS)
        self.no_tasks = self._all(shape.unwanted.tasks, spot / "not" / TASKS)
        for account in shape.expect.risk:
            self._known(account, spot / "expect" / "risk" / account, ACCOUNT, key=True)
        for n, name in enumerate(shape.expect.unjudged):
            known = [*self.policy.signals, *self.policy.plays]
            if name not in known:
                self._unknown(name, spot / "expect" / "unjudged" / n, "rule or play", known)
        self.done = frozenset(self._step(n) for n in range(len(shape.done)))
        said = shape.expect.model_fields_set | shape.unwanted.model_fields_set
        if not said and not shape.only:
            self._fault(spot, f"test '{shape.name}' expects nothing", "add `expect:`, `not:` or `only: true`", key=True)

    def scenario(self, facts: Mapping[str, list[Typed]]) -> Scenario:
        """The test with its typed facts."""
        shape = self.entry.shape
        only = {True: {SIGNALS, TASKS}, "all": {SIGNALS, TASKS}, False: set()}.get(shape.only, {str(shape.only)})
        return Scenario(
            shape.name, (self.entry.spot / "name").key, self.on, facts, self.done, self.signals, self.tasks,
            self.no_signals, self.no_tasks, dict(shape.expect.risk), tuple(shape.expect.unjudged), frozenset(only),
        )  # fmt: skip

    def _on(self) -> date:
        own, spot = self.entry.shape.on, self.entry.spot
        text, here = (own, spot / "on") if own is not None else (self.entry.file_on, self.entry.file_spot / "on")
        if text is None:
            self._fault(spot, "this test has no day", "add `on: 2026-11-22`, or one for the whole file", key=True)
            return date.min
        day = None if text.startswith("today") else day_of(text, date.min)
        if day is None:
            self._fault(here, f"'{text}' is not a day", "write year-month-day, such as 2026-11-22", len(text))
        return day or date.min

    def _check_ids(self) -> None:
        for type, rows in self.rows.items():
            seen: set[str] = set()
            for row in rows:
                if row.id in seen:
                    here = row.spot / "id"
                    self._fault(here, f"there is another {type} '{row.id}'", "give each an id of its own", len(row.id))
                seen.add(row.id)

    def _check_refs(self) -> None:
        ids = {type: {row.id for row in rows} for type, rows in self.rows.items()}
        for type, rows in self.rows.items():
            for name, ref in ((n, f.ref) for n, f in self.policy.contract[type].fields.items() if f.ref):
                for row in rows:
                    value = row.cells.get(name)
                    if value is not None and ref in ids and str(value) not in ids[ref]:
                        self._unknown(str(value), row.spot / name, ref, ids[ref])

    def _all(self, entries: Iterable[str | SignalEntry | TaskEntry], spot: Spot) -> tuple[Wanted, ...]:
        return tuple(self._wanted(entry, spot / n) for n, entry in enumerate(entries))

    def _wanted(self, entry: str | SignalEntry | TaskEntry, spot: Spot) -> Wanted:
        of_tasks = spot.path[-2] == TASKS
        known: Mapping[str, Any] = self.policy.plays if of_tasks else self.policy.signals
        key, what = ("play", "play") if of_tasks else ("rule", "signal")
        if isinstance(entry, str):
            return Wanted(entry, self._named(entry, spot, what, known), {})
        fields = {name: value for name, value in entry.model_dump().items() if value is not None}
        name, source = fields.pop(key, None), fields.pop("source", None)
        names = frozenset(known)
        if name is not None:
            names = frozenset({name})
            if name not in known:
                self._unknown(name, spot / key, what, known)
        if source is not None:
            names &= self._named(source, spot / "source", "source", {})
        for field_name, type in ((ACCOUNT, ACCOUNT), ("assignee", REP)):
            if field_name in fields:
                self._known(fields[field_name], spot / field_name, type)
        if "subject" in fields:
            self._check_subject(fields["subject"], spot / "subject", [known[n].about for n in names if n in known])
        if "step" in fields:
            steps = [step.id for n in sorted(names) if n in known for step in known[n].steps]
            if fields["step"] not in steps:
                self._unknown(fields["step"], spot / "step", "step", steps)
        if "due" in fields:
            text = fields.pop("due")
            day = day_of(text, self.on)
            if day is None:
                self._fault(spot / "due", f"'{text}' is not a day", "write 2026-11-22 or today + 2", len(text))
            fields["due_on"] = str(day)
        return Wanted(name or source or "", names, fields)

    def _named(self, text: str, spot: Spot, what: str, known: Mapping[str, Any]) -> frozenset[str]:
        """The rules or plays of a name, or of a source."""
        if text in known:
            return frozenset({text})
        of_tasks = TASKS in spot.path
        held: Mapping[str, Any] = self.policy.plays if of_tasks else self.policy.signals
        found = frozenset(name for name, one in held.items() if text in one.source)
        if not found:
            sources = {source for one in held.values() for source in one.source}
            self._unknown(text, spot, what, [*known, *sources])
        return found

    def _check_subject(self, id: str, here: Spot, abouts: list[str]) -> None:
        ids = {id for about in abouts for id in self.ids.get(about, ())}
        if id not in ids:
            self._unknown(id, here, " or ".join(sorted(set(abouts))) or "fact", ids)

    def _known(self, id: str, here: Spot, type: str, key: bool = False) -> None:
        if id not in self.ids.get(type, ()):
            self._unknown(id, here, type, self.ids.get(type, ()), key)

    def _step(self, n: int) -> tuple[str, str]:
        done, here = self.entry.shape.done[n], self.entry.spot / "done" / n
        play = self.policy.plays.get(done.play)
        if play is None:
            self._unknown(done.play, here / "play", "play", self.policy.plays)
        elif done.step not in (steps := [step.id for step in play.steps]):
            self._unknown(done.step, here / "step", "step", steps)
        return done.play, done.step

    def _unknown(self, name: str, here: Spot, what: str, known: Iterable[str], key: bool = False) -> None:
        known = list(known)
        help = nearest(name, known) or (f"there are: {', '.join(sorted(known)[:12])}" if known else "")
        self._fault(here, f"there is no {what} '{name}'", help, len(name), key)

    def _fault(self, here: Spot, message: str, help: str, width: int = 1, key: bool = False) -> None:
        self.faults.append(Fault("test", here.key if key else here.value, message, help, width))
