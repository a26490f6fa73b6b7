"""`judge`: policy text and facts in, conclusions out, through Parquet files on both sides."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.policy.faults import show
from engine.policy.load import check
from engine.policy.model import Policy
from engine.reasoning.columnar import reason

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 22)
TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DECIMAL(18, 4)",
    "date": "DATE",
    "boolean": "BOOLEAN",
}
TEMPLATES = {f"templates/test/text.{language}.md": "# {{ play_title }}\n\nText.\n" for language in ("en", "zh")}
TIERS = """
tiers: {by: rank, rank_by: spend, classes: {A: top 20%, B: top 50%, C: rest}}
measures:
  spend: {about: account, from: order, take: sum(amount)}
"""
RISK = "risk: {red: signals.high >= 1, amber: signals.any >= 1}"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """Facts in a folder, as the engine wants them."""

    folder: Path
    present: frozenset[str]

    def path(self, type: str) -> Path:
        return self.folder / f"{type}.parquet"


@dataclass(frozen=True)
class Conclusions:
    """A conclusions folder, read."""

    folder: Path

    def rows(self, file: str) -> list[dict[str, Any]]:
        """The rows of a file, sorted by subject and account."""
        db = duckdb.connect()
        db.execute("select * from read_parquet($1)", [str(self.folder / file)])
        names = [column[0] for column in db.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in db.fetchall()]
        return sorted(rows, key=lambda row: (row.get("subject") or "", row.get("account") or ""))

    def signals(self, rule: str) -> list[dict[str, Any]]:
        return self.rows(f"signals/{rule}.parquet")

    def subjects(self, rule: str) -> list[str]:
        return [row["subject"] for row in self.signals(rule)]

    def evidence(self, rule: str, name: str) -> dict[str, Any]:
        """The value of a name by subject."""
        return {row["subject"]: row["evidence"][name] for row in self.signals(rule)}

    def plays(self, play: str) -> list[dict[str, Any]]:
        return self.rows(f"plays/{play}.parquet")

    def risk(self) -> dict[str, dict[str, Any]]:
        return {row.pop("account"): row for row in self.rows("risk.parquet")}

    def not_judged(self) -> dict[str, list[str]]:
        found = json.loads((self.folder / "judged.json").read_text(encoding="utf-8"))["not_judged"]
        return {each["rule"]: each["missing"] for each in found}


def load(texts: Mapping[str, str]) -> Policy:
    """A policy of YAML texts by file name, with a contract, tiers, risk and a template where they have none."""
    default = {"rules/facts.yaml": (ROOT / "rules" / "facts.yaml").read_text(encoding="utf-8")}
    default |= {"rules/tiers.yaml": TIERS, "rules/risk.yaml": RISK, **TEMPLATES}
    checked = check({**default, **texts})
    assert checked.policy is not None, "\n".join(show(fault, checked.texts) for fault in checked.faults)
    return checked.policy


def write_facts(folder: Path, policy: Policy, facts: Mapping[str, Sequence[Row] | bytes]) -> Snapshot:
    """Facts as Parquet: a row is a mapping of the fields that are there. Bytes are the file as it is."""
    folder.mkdir(parents=True)
    db = duckdb.connect()
    for type, rows in facts.items():
        if isinstance(rows, bytes):
            (folder / f"{type}.parquet").write_bytes(rows)
            continue
        fields = policy.contract[type].fields
        names = ["id", *(name for name in fields if name != "active")]
        unknown = {name for row in rows for name in row} - set(names)
        assert not unknown, unknown
        columns = ", ".join(f'"{name}" {TYPES[fields[name].kind if name != "id" else "text"]}' for name in names)
        db.execute(f"create or replace table facts ({columns})")
        for row in rows:
            db.execute(f"insert into facts values ({', '.join('?' for _ in names)})", [row.get(name) for name in names])
        db.table("facts").write_parquet(str(folder / f"{type}.parquet"))
    return Snapshot(folder, frozenset(facts))


Judge = Callable[..., Conclusions]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """judge(rules, facts, today=…, plays={name: yaml}, calendar=…, **files): the conclusions."""
    count = 0

    def run(
        rules: str,
        facts: Mapping[str, Sequence[Row] | bytes],
        today: date = TODAY,
        plays: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
        place: str = "work",
        into: Path | None = None,
        **options: Any,
    ) -> Conclusions:
        nonlocal count
        count += 1
        texts = {"rules/test.yaml": rules, **(files or {})}
        texts |= {f"playbooks/{name}.yaml": text for name, text in (plays or {}).items()}
        policy = load(texts)
        into = into or tmp_path / place / f"conclusions {count}"
        reason(policy, write_facts(tmp_path / place / f"facts {count}", policy, facts), today, into, **options)
        return Conclusions(into)

    return run
