"""The conclusions that a run wrote down, read back for single matters."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from engine.errors import StoreError
from engine.policy.model import Policy, Signal
from engine.reasoning.layout import play_path, risk_path, signal_path


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

    def outcomes(self, play: str, account: str | None) -> tuple[tuple[str, str], ...]:
        """What was decided about a play's matches for an account: (subject, outcome)."""
        path = self.folder / "decisions.parquet"
        if not path.is_file():
            return ()
        rows = self._rows(
            "select subject, outcome from read_parquet($1)"
            " where play = $2 and account is not distinct from $3 order by subject",
            [str(path), play, account],
        )
        return tuple((str(subject), str(outcome)) for subject, outcome in rows)

    def standing(self, account: str) -> dict[str, Any]:
        """An account's recorded risk level, score and counts of signals."""
        path = risk_path(self.folder)
        rows = self._rows("select * exclude (account) from read_parquet($1) where account = $2", [str(path), account])
        names = ("level", "score", "any", "critical", "high", "medium", "low", "different")
        if not rows:
            return {"level": "green", **dict.fromkeys(names[1:], 0)}
        columns = [column[0] for column in self._db.description or ()]
        return dict(zip(columns, rows[0], strict=True))

    def _rows(self, query: str, values: list[Any]) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(query, values).fetchall()
        except duckdb.Error as error:
            raise StoreError(f"the conclusions in {self.folder.name} cannot be read", "they are damaged") from error
