"""The given facts of a test as rows of plain cells: defaults and ids filled in, copies made, days reckoned."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from engine.facts.columns import all_fields
from engine.policy.contract import Contract, FactType
from engine.policy.faults import Fault, nearest
from engine.policy.kinds import Kind
from engine.policy.names import ACCOUNT
from engine.policy.reading import Spot
from engine.scenarios.days import day_of, is_relative

REP = "rep"
TIMES, EVERY = "times", "every"  # keys of a row that stands for several
MOST_TIMES = 1000
_PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "r1": {"name": "Ann", "role": "sales", "manager": "m1"},
    "m1": {"name": "Mo", "role": "manager", "manager": "d1"},
    "d1": {"name": "Dee", "role": "director"},
}
_HIRED = "2000-01-01"
_FILE: Mapping[str, Any] = {"city": "Xilan", "industry": "trade", "type": "company"}


@dataclass(frozen=True)
class Row:
    """One row of a type: its cells by field, and where it stands in the test file."""

    type: FactType
    cells: Mapping[str, Any]
    spot: Spot

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.cells["id"])


@dataclass(frozen=True)
class Filling:
    """What the rows of one test are filled in with."""

    contract: Contract
    on: date
    fault: Callable[[Fault], None]

    def rows(
        self, given: Mapping[str, list[dict[str, Any]]], spot: Spot, absent: frozenset[str]
    ) -> dict[str, list[Row]]:
        """The rows by type: those given, and accounts and people that every company has unless they are `absent`."""
        found: dict[str, list[Row]] = {}
        for type in given:
            if type not in self.contract:
                self._unknown((spot / type), f"there is no fact type '{type}'", self.contract)
        for type in dict.fromkeys((ACCOUNT, REP, *given)):
            if type not in self.contract or (type not in given and type in absent):
                continue
            rows = [
                row
                for n, cells in enumerate(given.get(type, ()))
                for row in self._copies(self.contract[type], cells, spot / type / n)
            ]
            found[type] = self._with_ids(self.contract[type], rows)
        if ACCOUNT in found and ACCOUNT not in given:
            found[ACCOUNT] = [Row(self.contract[ACCOUNT], {"id": "a1"}, spot)]
        if REP in found:
            known = {row.id for row in found[REP]}
            found[REP] += [Row(self.contract[REP], {"id": id}, spot) for id in _PEOPLE if id not in known]
        accounts = [row.id for row in found.get(ACCOUNT, ())]
        only = accounts[0] if len(accounts) == 1 else None
        return {type: [self._filled(row, only) for row in rows] for type, rows in found.items()}

    def _copies(self, type: FactType, cells: dict[str, Any], spot: Spot) -> Iterator[Row]:
        """The row, or the rows that it stands for: `times` as many, each `every` so many days before the last."""
        times, every = (self._number(cells, key, type, spot) for key in (TIMES, EVERY))
        known = {field.name: field for field in all_fields(type)}
        plain: dict[str, Any] = {}
        for name, value in cells.items():
            here = spot / name
            if name in (TIMES, EVERY) and name not in known:
                continue
            if name not in known:
                self._unknown(here, f"'{name}' is not a field of {type.name}", known)
            elif isinstance(value, dict | list):
                self.fault(Fault("wrong-shape", here.value, f"'{name}' should be a plain value", "write one value"))
            else:
                plain[name] = self._day(value, here) if known[name].kind is Kind.DATE else value
        for n in range(times or 1):
            earlier = timedelta((every or 0) * n)
            yield Row(
                type,
                {
                    name: value - earlier
                    if isinstance(value, date)
                    else f"{value}-{n + 1}"
                    if name == "id" and n
                    else value
                    for name, value in plain.items()
                },
                spot,
            )

    def _number(self, cells: Mapping[str, Any], key: str, type: FactType, spot: Spot) -> int | None:
        value = cells.get(key)
        if key in type.fields or value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_TIMES:
            message = f"'{key}' is not a whole number from 1 to {MOST_TIMES}"
            self.fault(Fault("wrong-value", (spot / key).value, message, "write how many, such as 4", len(str(value))))
            return None
        return value

    def _day(self, value: Any, here: Spot) -> Any:
        """A date; what is none stays as it stands, for the typing to refuse."""
        if not isinstance(value, str):
            return value
        day = day_of(value, self.on)
        if day is None and is_relative(value):
            message = f"'{value}' is not a day"
            self.fault(Fault("wrong-value", here.value, message, "write today, today - 10 or today + 3", len(value)))
            return None
        return day or value

    def _with_ids(self, type: FactType, rows: list[Row]) -> list[Row]:
        """Rows with an id each: their own, or the type's first letter and a number that is free."""
        taken = {str(row.cells["id"]) for row in rows if row.cells.get("id") is not None}
        taken |= set(_PEOPLE) if type.name == REP else set()
        prefix = "".join(word[:1] for word in type.name.split("_"))
        number = 0
        done = []
        for row in rows:
            if row.cells.get("id") is None:
                number = next(n for n in range(number + 1, number + len(taken) + 2) if f"{prefix}{n}" not in taken)
                row = replace(row, cells={**row.cells, "id": f"{prefix}{number}"})
            done.append(replace(row, cells={**row.cells, "id": str(row.cells["id"])}))
        return done

    def _filled(self, row: Row, account: str | None) -> Row:
        """The row with what goes without saying."""
        defaults: dict[str, Any] = {}
        if row.type.name == ACCOUNT:
            defaults = {"name": row.id, "kind": "customer", "owner": "r1", "second": "m1", **_FILE}
            if row.cells.get("kind") == "prospect":
                defaults |= {"stage": "first talk", "grade": "C", "created_on": self.on}
            if row.cells.get("lost_on") is not None:
                defaults |= {"lost_cause": "moved away", "lost_kind": "active", "controllable": False}
        elif row.type.name == REP:
            role = row.cells.get("role", "sales")
            above = {"director": None, "gm": None, "manager": "d1"}.get(str(role), "m1")
            usual = _PEOPLE.get(row.id, {"name": row.id, "role": "sales", "manager": above})
            defaults = {"hired_on": _HIRED, **usual}
        elif account is not None:
            defaults = {
                name: account for name, field in row.type.fields.items() if name == ACCOUNT and field.ref == ACCOUNT
            }
        names = {field.name for field in all_fields(row.type)}
        return replace(
            row, cells={name: value for name, value in (defaults | dict(row.cells)).items() if name in names}
        )

    def _unknown(self, here: Spot, message: str, known: Mapping[str, Any]) -> None:
        name = str(here.path[-1])
        help = nearest(name, known) or f"there are: {', '.join(known)}"
        self.fault(Fault("unknown-name", here.key, message, help, max(len(name), 1)))
