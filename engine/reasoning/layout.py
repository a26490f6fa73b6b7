"""The conclusions folder that both engines write: file names, columns, column types.

    signals/<rule>.parquet   one file per judged rule, also where nobody matched; one row per (subject, account)
    risk.parquet             one row per account that has some level; everyone else is green with score 0
    plays/<play>.parquet     one file per judged play; one row per subject whose trigger holds
    judged.json              {"not_judged": [{"rule": name, "missing": [fact types]}, …]}

Rows are in no particular order. `account` is NULL in conclusions about a person or the company.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from sqlglot import exp

from engine.policy.kinds import Kind
from engine.policy.model import Evidence
from engine.reasoning.plan import SIGNAL_COUNTS, Plan

COLUMN_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",  # reckoned wider where needed; a result that does not fit is an EngineError naming the rule
    Kind.NUMBER: "DOUBLE",
    Kind.MONEY: "DECIMAL(38, 4)",
    Kind.DATE: "DATE",
    Kind.BOOLEAN: "BOOLEAN",
}
NO_EVIDENCE = "_"  # the one field, a boolean that is always NULL, of evidence without names: a struct cannot be empty
WEIGHT_SCALE = 1_000_000  # scores are summed exactly, in whole millionths


def column_type(kind: Kind) -> exp.DataType:
    """The column type of values of `kind`."""
    return exp.DataType.build(COLUMN_TYPES[kind], dialect="duckdb")


def evidence_columns(evidence: Iterable[Evidence]) -> dict[str, Kind]:
    """The fields of an evidence struct, in order."""
    return {e.name: e.value.kind for e in evidence} or {NO_EVIDENCE: Kind.BOOLEAN}


def evidence_type(evidence: Iterable[Evidence]) -> exp.DataType:
    """The struct type of an evidence column."""
    fields = [
        exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=column_type(kind))
        for name, kind in evidence_columns(evidence).items()
    ]
    return exp.DataType(this=exp.DataType.Type.STRUCT, expressions=fields, nested=True)


def signal_columns(evidence: Iterable[Evidence]) -> dict[str, exp.DataType]:
    """The columns of signals/<rule>.parquet."""
    text, number = column_type(Kind.TEXT), column_type(Kind.NUMBER)
    return {
        "subject": text,
        "account": text,
        "severity": text,
        "weight": number,
        "evidence": evidence_type(evidence),
    }


def play_columns(evidence: Iterable[Evidence]) -> dict[str, exp.DataType]:
    """The columns of plays/<play>.parquet."""
    text = column_type(Kind.TEXT)
    return {"subject": text, "account": text, "evidence": evidence_type(evidence)}


def risk_columns() -> dict[str, exp.DataType]:
    """The columns of risk.parquet: the level's name, the score, and the counts of conclusions as in `signals.any`."""
    text, number, count = column_type(Kind.TEXT), column_type(Kind.NUMBER), column_type(Kind.INTEGER)
    return {"account": text, "level": text, "score": number} | dict.fromkeys(SIGNAL_COUNTS, count)


def signal_path(folder: Path, rule: str) -> Path:
    """Where the conclusions of `rule` stand."""
    return folder / "signals" / f"{rule}.parquet"


def play_path(folder: Path, play: str) -> Path:
    """Where the conclusions of `play` stand."""
    return folder / "plays" / f"{play}.parquet"


def risk_path(folder: Path) -> Path:
    """Where the risks of accounts stand."""
    return folder / "risk.parquet"


def judged_path(folder: Path) -> Path:
    """Where it is said which rules could not be judged."""
    return folder / "judged.json"


def make_folders(folder: Path) -> None:
    """Makes the conclusions folder."""
    for name in ("signals", "plays"):
        (folder / name).mkdir(parents=True, exist_ok=True)


def write_judged(plan: Plan, folder: Path) -> None:
    """Writes judged.json."""
    rules = [{"rule": n.rule, "missing": list(n.missing)} for n in plan.not_judged]
    text = json.dumps({"not_judged": rules}, ensure_ascii=False, indent=2) + "\n"
    judged_path(folder).write_text(text, encoding="utf-8")


def scaled_weight(weight: int | float) -> int:
    """A weight in whole millionths. A score is their sum over an account's conclusions, divided by WEIGHT_SCALE."""
    return round(weight * WEIGHT_SCALE)
