"""The facts as they are known on a day: later rows are not there, later events read as missing."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.policy.contract import Contract, FactType
from engine.policy.kinds import Kind
from engine.policy.names import ACCOUNT
from engine.reasoning.rete.evaluate import Row
from engine.reasoning.rete.source import Raw, Source
from engine.reasoning.rete.values import Value, stored

ASSIGNMENT, OWNER, REP = "assignment", "owner", "rep"


class Special(NamedTuple):
    """The fields of a type that are not taken as they stand."""

    known_from: str
    events: tuple[str, ...]  # dates that are missing until they come
    amounts: tuple[tuple[str, Kind], ...]  # money and numbers


@dataclass(frozen=True)
class Known:
    """The facts of `source` as of `today`, with what is derived on them: account.owner and active, rep.active.

    `owners`: whether anything reads account.owner; otherwise it is left as it stands.
    """

    source: Source
    contract: Contract
    today: date
    owners: bool
    special: Mapping[str, Special]

    def every(self, type: str, order: str | None = None) -> Iterator[list[Row]]:
        """All known rows of a type, in chunks, ordered by a field where that is asked for."""
        for chunk in self.source.every(type, order):
            yield self._seen(type, chunk)

    def where(self, type: str, field: str, wanted: Collection[Value], order: str | None = None) -> Iterator[list[Row]]:
        """The known rows whose field, as it reads today, is one of `wanted`, in chunks, maybe ordered by a field."""
        wanted = set(wanted) - {None}
        if type == ACCOUNT and field == OWNER and self._assigned:
            yield from self._owned(wanted)
        elif (type, field) in ((ACCOUNT, "active"), (REP, "active")):
            yield from (_among(chunk, field, wanted) for chunk in self.every(type))
        else:
            for chunk in self.source.where(type, field, wanted, order):
                yield _among(self._seen(type, chunk), field, wanted)

    def adrift(self, type: str, field: str, target: str) -> Iterator[list[Row]]:
        """The known rows of a type whose field, a ref, is missing or names no row of `target`, in chunks."""
        for chunk in self.source.adrift(type, field, target):
            yield self._seen(type, chunk)

    def _seen(self, type: str, chunk: list[Raw]) -> list[Row]:
        rows = [row for raw in chunk if (row := self._mask(type, raw)) is not None]
        if type == ACCOUNT:
            if self._assigned:
                self._give_owners(rows)
            for row in rows:
                row["active"] = row.get("kind") in (None, "customer") and row.get("lost_on") is None
        if type == REP:
            for row in rows:
                row["active"] = not ((left := row.get("left_on")) and left <= self.today)
        return rows  # type: ignore[return-value]

    def _mask(self, type: str, raw: Raw) -> Raw | None:
        today, (known_from, events, amounts) = self.today, self.special[type]
        if (since := raw.get(known_from)) is not None and since > today:
            return None
        for name in events:
            if (day := raw.get(name)) is not None and day > today:
                raw[name] = None
        for name, kind in amounts:
            if (value := raw.get(name)) is not None:
                raw[name] = stored(value, kind)
        return raw

    @property
    def _assigned(self) -> bool:
        return self.owners and ASSIGNMENT in self.source.present and OWNER in self.contract[ACCOUNT].fields

    def _give_owners(self, accounts: list[Raw]) -> None:
        """Sets each account's owner to the rep whose assignment is in force, the latest one, where there is one."""
        in_force: dict[str, list[Row]] = defaultdict(list)
        for chunk in self.where(ASSIGNMENT, ACCOUNT, [row["id"] for row in accounts]):
            for row in chunk:
                until = row.get("until")
                if row.get("since") is not None and row["since"] <= self.today and (not until or until > self.today):
                    in_force[row[ACCOUNT]].append(row)
        for account in accounts:
            if found := in_force.get(account["id"]):
                account[OWNER] = max(found, key=lambda row: (row["since"], row["id"]))[REP]

    def _owned(self, reps: set[Value]) -> Iterator[list[Row]]:
        """The accounts that these reps own: by the column, or by an assignment."""
        done: set[str] = set()
        for chunk in self.source.where(ACCOUNT, OWNER, reps):
            done.update(row["id"] for row in chunk)
            yield _among(self._seen(ACCOUNT, chunk), OWNER, reps)
        for assigned in self.where(ASSIGNMENT, REP, reps):
            others = {row[ACCOUNT] for row in assigned} - done
            done |= others
            for chunk in self.source.where(ACCOUNT, "id", others):
                yield _among(self._seen(ACCOUNT, chunk), OWNER, reps)


def known_facts(source: Source, contract: Contract, today: date, owners: bool = True) -> Known:
    """The facts of `source` as of `today`."""
    return Known(source, contract, today, owners, {name: _special(type) for name, type in contract.items()})


def _special(type: FactType) -> Special:
    events = (n for n, f in type.fields.items() if f.kind is Kind.DATE and not f.planned)
    amounts = ((n, f.kind) for n, f in type.fields.items() if f.kind in (Kind.MONEY, Kind.NUMBER))
    return Special(type.known_from or "", tuple(events), tuple(amounts))


def _among(rows: list[Row], field: str, wanted: Collection[Value]) -> list[Row]:
    return [row for row in rows if row.get(field) in wanted]
