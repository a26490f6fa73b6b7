"""The conclusions that a run wrote down, read back for single matters."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from engine.audit.reading import reading
from engine.errors import StoreError
from engine.policy.model import SEVERITIES, Policy, Signal
from engine.reasoning.layout import WEIGHT_SCALE, judged_path, play_path, risk_path, scaled_weight, signal_path

DECISIONS = "decisions.parquet"


@dataclass(frozen=True)
class Decided:
    """What a night decided about a match of a play. `joined`: the task of another matter that its own is part of."""

    play: str
    subject: str
    account: str | None
    outcome: str
    joined: str | None


@dataclass(frozen=True)
class Conclusion:
    """What a rule concluded about one subject, with the values of the names it used."""

    signal: Signal
    subject: str
    account: str | None
    severity: str
    weight: float
    evidence: dict[str, Any]


class Recorded:
    """A run's conclusions folder."""

    def __init__(self, policy: Policy, folder: Path) -> None:
        if not folder.is_dir():
            raise StoreError(
                f"the conclusions of the run are missing: {folder.name}", "restore the folder from a backup"
            )
        self.policy, self.folder = policy, folder
        self._db = duckdb.connect(":memory:")

    def conclusions(self, rule: str, *, subject: str | None = None, account: str | None = None) -> list[Conclusion]:
        """What a rule concluded about a subject, an account, or both where both are given."""
        path = signal_path(self.folder, rule)
        if not path.is_file():
            return []
        rows = self._rows(
            "select subject, account, severity, weight, evidence from read_parquet($1)"
            " where ($2 is null or subject = $2) and ($3 is null or account = $3) order by subject, account",
            [str(path), subject, account],
        )
        return [Conclusion(self.policy.signals[rule], *row) for row in rows]

    def play(self, play: str, subject: str, account: str | None) -> dict[str, Any] | None:
        """The recorded values behind a play's match, or None where it did not match."""
        path = play_path(self.folder, play)
        if not path.is_file():
            return None
        rows = self._rows(
            "select evidence from read_parquet($1) where subject = $2 and account is not distinct from $3",
            [str(path), subject, account],
        )
        return rows[0][0] if rows else None

    def decided(
        self, *, account: str | None = None, subject: str | None = None, play: str | None = None
    ) -> tuple[Decided, ...]:
        """What was decided about matches: those of an account, about a subject, of a play, as far as they are given."""
        path = self.folder / DECISIONS
        if not path.is_file():
            return ()
        rows = self._rows(
            "select play, subject, account, outcome, joined from read_parquet($1)"
            " where ($2 is null or account = $2) and ($3 is null or subject = $3) and ($4 is null or play = $4)"
            " order by play, subject, account",
            [str(path), account, subject, play],
        )
        return tuple(Decided(*row) for row in rows)

    def all_of(self, *, account: str | None = None, subject: str | None = None) -> list[Conclusion]:
        """Every rule's conclusions for an account, or about a subject; the gravest first."""
        if not any((self.folder / "signals").glob("*.parquet")):
            return []
        rows = self._rows(
            "select distinct parse_filename(filename, true) from read_parquet($1, filename = true,"
            " union_by_name = true) where ($2 is null or account = $2) and ($3 is null or subject = $3) order by all",
            [str(self.folder / "signals" / "*.parquet"), account, subject],
        )
        rules = [rule for (rule,) in rows if rule in self.policy.signals]
        found = [each for rule in rules for each in self.conclusions(rule, subject=subject, account=account)]
        return sorted(found, key=lambda c: (SEVERITIES.index(c.severity), -c.weight, c.signal.name, c.subject))

    def not_judged(self) -> dict[str, tuple[str, ...]]:
        """The rules and plays that were not judged, with the fact types without any file."""
        path = judged_path(self.folder)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))["not_judged"] if path.is_file() else []
            return {str(each["rule"]): tuple(each["missing"]) for each in found}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path.name} of {self.folder.name} cannot be read", "it is damaged") from error

    def standing(self, account: str) -> dict[str, Any]:
        """An account's recorded risk level, score and counts of signals."""
        path = risk_path(self.folder)
        rows = self._rows("select * exclude (account) from read_parquet($1) where account = $2", [str(path), account])
        if not rows:  # green, so that its counts were not written down
            return {"level": "green", **counted(self.all_of(account=account))}
        columns = [column[0] for column in self._db.description or ()]
        return dict(zip(columns, rows[0], strict=True))

    def _rows(self, query: str, values: list[Any]) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(query, values).fetchall()
        except duckdb.Error as error:
            raise StoreError(f"the conclusions in {self.folder.name} cannot be read", "they are damaged") from error


def counted(conclusions: Sequence[Conclusion]) -> dict[str, Any]:
    """The score and the counts of an account's conclusions, as both engines reckon them."""
    severities = Counter(c.severity for c in conclusions)
    return {
        "score": sum(scaled_weight(c.weight) for c in conclusions) / WEIGHT_SCALE,
        "any": len(conclusions),
        **{name: severities[name] for name in SEVERITIES},
        "different": len({c.signal.name for c in conclusions}),
    }


def runs_where(runs: Path, part: str, rule: str, account: str | None, subject: str | None) -> frozenset[str]:
    """The runs in which a rule concluded for an account, or about a subject. `part`: signals or plays."""
    pattern = str(runs / "*" / part / f"{rule}.parquet")
    if not any(runs.glob(f"*/{part}/{rule}.parquet")):
        return frozenset()
    with reading("the conclusions of earlier runs") as db:
        rows = db.execute(
            "select distinct parse_path(filename, 'system')[-3] from read_parquet($1, filename = true,"
            " union_by_name = true) where ($2 is null or account = $2) and ($3 is null or subject = $3)",
            [pattern, account, subject],
        )
        return frozenset(str(run) for (run,) in rows.fetchall())
